//! ISTA on many signals with one dictionary.

use super::Device;
use solvekit::Status;
use std::fmt::Debug;

/// A dictionary A (M × N) and measurements, signal by signal.
#[derive(Clone, Copy, Debug)]
pub struct IstaSignals<'a> {
    /// M.
    pub rows: usize,
    /// N.
    pub columns: usize,
    /// Column by column.
    pub dictionary: &'a [f32],
    /// One behind the other.
    pub measurements: &'a [f32],
    /// α.
    pub step: f32,
}

/// What one signal's run compares with.
#[derive(Clone, Copy, Debug)]
pub struct IstaSetting {
    /// Is there nothing to be done for it?
    pub is_done: bool,
    /// α λ.
    pub threshold: f32,
    /// Of the certificate.
    pub tolerance: f32,
    /// The same.
    pub divergence: f32,
}

/// What is the same for all runs.
#[derive(Clone, Copy, Debug)]
pub struct IstaRule {
    /// Iterations from one look to the next.
    pub check_every: u32,
    /// After which a run ends.
    pub max_iterations: u32,
    /// Looks without progress that end one; 0 for never.
    pub stall_window: u32,
}

/// How each signal ended; `None` for one that was done before.
pub(in super::super) type Ends = Vec<Option<IstaEnd>>;

/// How one signal ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct IstaEnd {
    /// Final.
    pub status: Status,
    /// How many were made.
    pub iterations: u32,
    /// The last one that was looked at.
    pub residual: f32,
}

/// Signals in the device's memory, at x = 0.
pub trait IstaOnDevice<D: Device>: Sized + Debug {
    /// Brings them there.
    fn new(device: &D, signals: IstaSignals<'_>) -> Result<Self, D::Error>;
    /// ‖Aᵀy‖_∞ of each signal.
    fn correlations(&self, device: &D) -> Result<Vec<f32>, D::Error>;
    /// The certificates at x = 0, for the thresholds α λ.
    fn begin(&self, device: &D, thresholds: &[f32]) -> Result<Vec<f32>, D::Error>;
    /// Runs all signals from x = 0 to their ends; returns when all is done.
    fn run(&self, device: &D, rule: IstaRule, settings: &[IstaSetting]) -> Result<(), D::Error>;
    /// Brings back how each ended, and x one behind the other.
    fn read(&self, device: &D) -> Result<(Ends, Vec<f32>), D::Error>;
}

/// The status that kernels have a number for; `None` for what no kernel leaves that ran.
pub(in super::super) const fn status(number: u32) -> Option<Status> {
    Some(match number {
        1 => Status::Converged,
        2 => Status::IterationLimit,
        3 => Status::Stalled,
        4 => Status::Diverged,
        5 => Status::NonFinite,
        _ => return None,
    })
}
