//! [`SharedGainsState`]: gains, signals, and how far they are.

use crate::calibration::Gauge;
use crate::{Buffer, LinearOperator, Real};

/// What of a state is up to date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(super) enum Phase {
    /// Nothing; the start comes next.
    Blank,
    /// The start, which is to come.
    Started,
    /// The gains.
    Given,
    /// What follows from them.
    Moved,
    /// The step to come.
    Proposed,
    /// There is no step to come.
    Broken,
}

/// Gains, signals and room: 4 m + n per signal + 2 n + m p + m n + m (m + 1) / 2 + n (n + 1) / 2 + 3 numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct SharedGainsState<R, X, S, G, Y, W> {
    pub(super) gains: G,
    /// One for each signal, scaled.
    pub(super) signals: S,
    /// Gains to be tried.
    pub(super) trial: G,
    /// The step to come.
    pub(super) direction: G,
    pub(super) gradient: G,
    pub(super) row: X,
    pub(super) along: X,
    pub(super) u: Y,
    /// Triangles of signal and gains, and rows between them.
    pub(super) memory: W,
    /// ½ Σ r², scaled.
    pub(super) objective: R,
    /// ‖d‖ / ‖γ‖ of the step to come.
    pub(super) change: R,
    pub(super) conditioning: R,
    pub(super) gauge: Gauge,
    pub(super) phase: Phase,
}

/// The state for an operator's vectors.
pub type SharedGainsStateOf<R, A, S, G, W> =
    SharedGainsState<R, <A as LinearOperator<R>>::Range, S, G, <A as LinearOperator<R>>::Domain, W>;

impl<R: Real, X: Buffer<R>, S: AsRef<[X]>, G: Buffer<R>, Y, W> SharedGainsState<R, X, S, G, Y, W> {
    /// The gains; 1 before the first step.
    pub const fn gains(&self) -> &G {
        &self.gains
    }

    /// The gains, to be changed. Whoever does starts a new [`Run`](crate::Run), which looks at them anew; the
    /// signals follow from them.
    pub const fn gains_mut(&mut self) -> &mut G {
        self.phase = Phase::Given;
        &mut self.gains
    }

    /// The least eigenvalue of the matrix of the last step, relative to the mean one; 1 before.
    pub const fn conditioning(&self) -> R {
        self.conditioning
    }

    /// Which of all equivalent answers this is.
    pub const fn gauge(&self) -> Gauge {
        self.gauge
    }
}
