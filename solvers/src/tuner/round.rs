//! What goes into a round and what comes out: [`Round`], [`Choice`], [`Cost`].

use super::TunerError;
use crate::{Real, Report};

/// The largest cost: more than any count of sweeps, and its square leaves f32 half of its range for
/// sums and weights.
const LARGEST: f64 = 4_294_967_296.0;

/// What a tuner is told before a solve.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Round<R> {
    /// A random number in [0, 1).
    pub uniform: R,
    /// What is known of the problem: a shift, a diffusivity, a Jacobi radius.
    pub context: Option<R>,
}

impl<R: Real> Round<R> {
    /// A round without context.
    pub const fn new(uniform: R) -> Self {
        Self { uniform, context: None }
    }

    /// A round with a context.
    pub const fn with_context(uniform: R, context: R) -> Self {
        Self { uniform, context: Some(context) }
    }

    /// The random number, if it is one of [0, 1).
    pub(super) fn draw(&self) -> Result<R, TunerError> {
        if self.uniform >= R::ZERO && self.uniform < R::ONE {
            Ok(self.uniform)
        } else {
            Err(TunerError::Uniform)
        }
    }
}

/// The ω of one solve, and how to use it.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Choice<R> {
    /// ω, or where to start.
    pub omega: R,
    /// Whether the solve may adapt it ([`AdaptiveSor`](crate::sor::AdaptiveSor)).
    pub adapt: bool,
    /// When to give this ω up.
    pub cut: Option<Cut<R>>,
}

/// When a solve that takes too long goes on with another ω.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Cut<R> {
    /// The cost after which the selected ω is given up.
    pub cost: R,
    /// The ω to go on with.
    pub omega: R,
}

impl<R: Real> Choice<R> {
    /// One ω from beginning to end.
    pub const fn fixed(omega: R) -> Self {
        Self { omega, adapt: false, cut: None }
    }

    /// An ω to start from.
    pub const fn adaptive(omega: R) -> Self {
        Self { omega, adapt: true, cut: None }
    }
}

/// What one solve cost.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Cost<R> {
    /// It converged with the selected ω.
    Solved(R),
    /// It did not: it hit its cap or failed, or was cut off and went on with another ω. What was
    /// paid in all; of the selected ω it is only known that it is no success.
    Censored(R),
}

impl<R: Real> Cost<R> {
    /// What was paid.
    pub const fn value(self) -> R {
        match self {
            Self::Solved(value) | Self::Censored(value) => value,
        }
    }

    /// The cost of a run of one ω in steps, of which at most `cap` were allowed. A run that failed
    /// costs all of them, however early it failed: it must not look cheap.
    ///
    /// ```
    /// use solvekit::{SMatrix, SVector, Stop, solve, sor::Sor, tuner::Cost};
    /// let (a, b) = (SMatrix::<f32, 2, 2>::new(1.0, 3.0, -3.0, 1.0), SVector::from([1.0, 1.0]));
    /// let sor = Sor::new(&a, &b, 1.0)?;
    /// let report = solve(&sor, &mut sor.start(), Stop::relative(1e-5)?.max_iterations(500));
    /// assert!(report.iterations < 50); // diverged
    /// assert_eq!(Cost::of(&report, 500), Cost::Censored(500.0));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn of(report: &Report<R>, cap: u32) -> Self {
        if report.converged() {
            Self::Solved(R::from_u32(report.iterations))
        } else {
            Self::Censored(R::from_u32(cap.max(report.iterations)))
        }
    }

    /// The largest cost there is.
    #[cfg(feature = "storage")]
    pub(super) fn largest() -> R {
        R::from_f64(LARGEST)
    }

    /// The same cost, if it is a number from 0 to 2³².
    pub(super) fn checked(self) -> Result<Self, TunerError> {
        let value = self.value();
        if value >= R::ZERO && value <= R::from_f64(LARGEST) {
            Ok(self)
        } else {
            Err(TunerError::Cost)
        }
    }

    /// What a learner counts: no less than `typical` where the ω was no success, and never more than
    /// the largest cost. A prediction may be larger; learned from, it would raise the next ones.
    pub(super) fn at_least(self, typical: R) -> R {
        match self {
            Self::Solved(value) => value,
            Self::Censored(value) => value.max(typical.min(R::from_f64(LARGEST))),
        }
    }
}
