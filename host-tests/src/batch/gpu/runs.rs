//! How runs end on a device.

use super::super::device;
use super::GpuError;
use solvekit::Status;

/// The status that kernels have a number for.
pub(super) fn status(number: u32) -> Result<Status, GpuError> {
    // A kernel that did not run leaves zeros.
    device::status(number)
        .ok_or_else(|| GpuError::Driver { reason: format!("a run was left with status {number}") })
}
