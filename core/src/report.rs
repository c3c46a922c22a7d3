//! [`Status`] and [`Report`]: how a run ended, and what was evaluated to say so.

use core::fmt;

/// How a run stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Status {
    /// The budget is used up and nothing else is decided: call `advance` again.
    Running,
    /// The certificate was evaluated and is at most the tolerance.
    Converged,
    /// The iteration cap came first.
    IterationLimit,
    /// Over a whole stall window the certificate came down no further than over the one before: the
    /// floor of the precision, or a system without a solution.
    Stalled,
    /// The certificate grew beyond the divergence limit; the state holds the iterate that showed it.
    Diverged,
    /// The certificate is NaN or infinite; the state holds the last finite iterate.
    NonFinite,
    /// The method itself cannot go on (a zero pivot, a non-positive curvature).
    Breakdown,
}

impl Status {
    /// Anything but [`Running`](Self::Running).
    pub const fn is_final(self) -> bool {
        !matches!(self, Self::Running)
    }

    /// The name in snake case, as in the program's JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Converged => "converged",
            Self::IterationLimit => "iteration_limit",
            Self::Stalled => "stalled",
            Self::Diverged => "diverged",
            Self::NonFinite => "non_finite",
            Self::Breakdown => "breakdown",
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What a solver evaluates to know that it is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Certificate {
    /// ‖b − A x‖₂, recomputed from x.
    ResidualNorm,
    /// ‖p‖₂ with pᵢ = aᵢᵢ · (clamp(xᵢ + rᵢ / aᵢᵢ, lᵢ, uᵢ) − xᵢ), r = b − A x: the residual where no
    /// bound is in the way, and zero exactly at a solution of the complementarity problem.
    NaturalResidual,
    /// The largest distance over all coordinates (or groups) of −∇f(x) from ∂g(x): ‖∇f‖_∞ where
    /// there is no penalty g, and zero exactly at a stationary point.
    Stationarity,
    /// f(x) + g(x) less the value of a feasible point of the dual problem: an upper bound of the
    /// distance to the least objective.
    DualityGap,
    /// max |x − prox(x − α ∇f(x))| / α over all coordinates, α being the method's step: the change of
    /// a proximal gradient step as a gradient. ‖∇f‖_∞ where there is no penalty, and zero exactly
    /// where the step stays: at a least objective where f and g are convex.
    ProximalResidual,
    /// The largest of ‖Δv‖ / ‖v‖ over all vectors v that are sought, Δv being the change that the next
    /// step of the method will make: zero exactly where the method stays.
    RelativeChange,
}

/// How a run ended (or stands), with the numbers that decided it, all in the same units.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[must_use = "a report may say that the run did not converge"]
#[non_exhaustive]
pub struct Report<R> {
    /// The outcome.
    pub status: Status,
    /// Steps taken since the run began.
    pub iterations: u32,
    /// What was evaluated.
    pub certificate: Certificate,
    /// Its value when it was last evaluated.
    pub residual: R,
    /// What it was compared with: converged means `residual <= tolerance`.
    pub tolerance: R,
    /// What a relative tolerance refers to (for linear systems ‖b‖₂).
    pub reference: R,
    /// Numbers that were cut off at the ends of their format since the state began; always zero in
    /// floating point. Where there are any, the data ask for another scale.
    pub overflows: u32,
}

impl<R: crate::Real> Report<R> {
    /// The certificate relative to the reference; zero where both are.
    pub fn relative(&self) -> R {
        if self.residual == R::ZERO { R::ZERO } else { self.residual / self.reference }
    }
}

impl<R> Report<R> {
    /// Did it converge?
    pub fn converged(&self) -> bool {
        self.status == Status::Converged
    }
}
