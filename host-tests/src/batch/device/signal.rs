//! [`Signal`]: a signal's run of ISTA, as all kernels have it.

use super::{IstaEnd, IstaSetting, status};
use bytemuck::{Pod, Zeroable};

/// Where a signal's run stands; the kernels' structure of this name has the same fields.
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
#[repr(C)]
pub(in super::super) struct Signal {
    status: u32,
    pub(in super::super) iterations: u32,
    checks: u32,
    residual: f32,
    window: f32,
    window_before: f32,
    threshold: f32,
    tolerance: f32,
    divergence: f32,
}

/// A status of signals that kernels leave alone, and that none of them gives.
const DONE: u32 = 6;

impl Signal {
    /// Before it begins: nothing but α λ.
    pub(in super::super) fn at_rest(threshold: f32) -> Self {
        Self { threshold, ..Self::zeroed() }
    }

    /// A run that begins, or that is over.
    pub(in super::super) fn new(setting: &IstaSetting) -> Self {
        Self {
            status: if setting.is_done { DONE } else { 0 },
            window_before: f32::MAX,
            tolerance: setting.tolerance,
            divergence: setting.divergence,
            ..Self::at_rest(setting.threshold)
        }
    }

    /// How it ended; `None` where it was over before.
    ///
    /// # Errors
    /// That it did not.
    pub(in super::super) fn end(&self) -> Result<Option<IstaEnd>, String> {
        let Self { iterations, residual, .. } = *self;
        match (self.status, status(self.status)) {
            (DONE, _) => Ok(None),
            (_, Some(status)) => Ok(Some(IstaEnd { status, iterations, residual })),
            (number, None) => Err(format!("a run was left with status {number}")),
        }
    }
}
