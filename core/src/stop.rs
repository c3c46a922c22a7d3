//! [`Stop`]: when to stop, said once for every solver.

use crate::Real;
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
}

impl fmt::Display for StopError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Tolerance => "the tolerance must be a finite number, zero or larger",
            Self::Divergence => "the divergence limit must be larger than 1",
        })
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
