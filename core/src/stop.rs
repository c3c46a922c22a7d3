//! [`Stop`]: when to stop, said once for every solver.

use crate::{Real, StepCost};
use core::fmt;
use core::num::NonZeroU32;

/// When a [`Run`](crate::Run) stops.
///
/// Converged means certificate ≤ max(relative · reference, absolute), where the reference is the
/// iteration's (‖b‖₂ for linear systems), or the first certificate where that is zero.
///
/// ```
/// use solvekit_core::Stop;
/// let stop = Stop::relative(1e-5_f32)?.max_iterations(500);
/// # Ok::<(), solvekit_core::StopError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Stop<R> {
    pub(crate) relative: R,
    pub(crate) absolute: R,
    pub(crate) divergence: R,
    pub(crate) max_iterations: u32,
    pub(crate) check_every: NonZeroU32,
    pub(crate) stall_window: u32,
}

/// Why a stopping rule was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum StopError {
    /// A tolerance is negative, NaN or infinite.
    Tolerance,
    /// The divergence limit is not larger than 1.
    Divergence,
    /// The budget does not hold one step with a look before and after it.
    Budget {
        /// What that takes; the largest number where it is more.
        needed: u32,
        /// What was given.
        given: u32,
    },
}

impl fmt::Display for StopError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tolerance => f.write_str("the tolerance must be a finite number, zero or larger"),
            Self::Divergence => f.write_str("the divergence limit must be larger than 1"),
            Self::Budget { needed, given } => {
                write!(f, "a step and its looks cost {needed}, more than the budget of {given}")
            }
        }
    }
}

impl core::error::Error for StopError {}

impl<R: Real> Stop<R> {
    /// Stop at `tolerance` times the reference. Checks every iteration, at most 10,000 of them;
    /// stalled when the certificate's largest value over 1,000 checks is not below that over the
    /// 1,000 before; diverged at 1/ε² times the first one, beyond what units of any unlucky choice
    /// do to a norm.
    ///
    /// # Errors
    /// [`StopError::Tolerance`].
    pub fn relative(tolerance: R) -> Result<Self, StopError> {
        Ok(Self {
            relative: checked(tolerance)?,
            absolute: R::ZERO,
            divergence: R::ONE / (R::EPSILON * R::EPSILON),
            max_iterations: 10_000,
            check_every: NonZeroU32::MIN,
            stall_window: 1_000,
        })
    }

    /// Also stop at `tolerance` itself, in the certificate's units.
    ///
    /// # Errors
    /// [`StopError::Tolerance`].
    pub fn or_absolute(self, tolerance: R) -> Result<Self, StopError> {
        Ok(Self { absolute: checked(tolerance)?, ..self })
    }

    /// Give up as diverged when the certificate exceeds `factor` times the larger of the reference
    /// and the first certificate.
    ///
    /// # Errors
    /// [`StopError::Divergence`] unless `factor` > 1.
    pub fn divergence(self, factor: R) -> Result<Self, StopError> {
        if factor > R::ONE {
            Ok(Self { divergence: factor, ..self })
        } else {
            Err(StopError::Divergence)
        }
    }

    /// At most `cap` iterations.
    #[must_use]
    pub const fn max_iterations(self, cap: u32) -> Self {
        Self { max_iterations: cap, ..self }
    }

    /// Evaluate the certificate every `interval` iterations (and always at the cap). Worth it
    /// where the certificate costs as much as a step.
    #[must_use]
    pub const fn check_every(self, interval: NonZeroU32) -> Self {
        Self { check_every: interval, ..self }
    }

    /// At most as many iterations as `budget` holds, in the unit of `cost`; the looks at the
    /// certificate count, so set [`check_every`](Self::check_every) first. A cap that is lower stays.
    ///
    /// ```
    /// use core::num::NonZeroU32;
    /// use solvekit_core::{StepCost, Stop, StopError};
    /// // A sweep of 1,144 instructions and a residual of 896: at most 50,000 instructions.
    /// let cost = StepCost { step: NonZeroU32::new(1_144).unwrap(), look: 896 };
    /// let stop = Stop::relative(1e-5_f32)?.within(50_000, &cost)?; // 24 iterations
    /// assert_eq!(stop.steps_within(50_000, &cost)?.get(), 24);
    /// let refused = stop.within(2_000, &cost);
    /// assert_eq!(refused, Err(StopError::Budget { needed: 2_936, given: 2_000 }));
    /// # Ok::<(), StopError>(())
    /// ```
    ///
    /// # Errors
    /// [`StopError::Budget`] when not even one iteration fits.
    pub fn within(self, budget: u32, cost: &StepCost) -> Result<Self, StopError> {
        let most = self.steps_within(budget, cost)?.get();
        Ok(Self { max_iterations: self.max_iterations.min(most), ..self })
    }

    /// The steps of a slice ([`Run::advance`](crate::Run::advance)) that costs at most `budget`, in the
    /// unit of `cost`.
    ///
    /// # Errors
    /// [`StopError::Budget`] when not even one step fits.
    pub fn steps_within(&self, budget: u32, cost: &StepCost) -> Result<NonZeroU32, StopError> {
        let needed = cost.of(1, self.check_every).unwrap_or(u32::MAX);
        let refused = StopError::Budget { needed, given: budget };
        cost.steps_within(budget, self.check_every).ok_or(refused)
    }

    /// Stalled when the certificate's largest value over `checks` checks is not below that over the
    /// `checks` before; 0 switches this off.
    #[must_use]
    pub const fn stall_window(self, checks: u32) -> Self {
        Self { stall_window: checks, ..self }
    }
}

fn checked<R: Real>(tolerance: R) -> Result<R, StopError> {
    if tolerance >= R::ZERO && tolerance.is_finite() {
        Ok(tolerance)
    } else {
        Err(StopError::Tolerance)
    }
}
