//! How runs end on a device.

use super::GpuError;
use solvekit::Status;

/// The status that kernels have a number for.
pub(super) fn status(number: u32) -> Result<Status, GpuError> {
    Ok(match number {
        1 => Status::Converged,
        2 => Status::IterationLimit,
        3 => Status::Stalled,
        4 => Status::Diverged,
        5 => Status::NonFinite,
        // A kernel that did not run leaves zeros.
        other => {
            return Err(GpuError::Driver { reason: format!("a run was left with status {other}") });
        }
    })
}
