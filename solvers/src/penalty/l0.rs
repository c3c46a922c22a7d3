//! [`L0`]: λ for every coordinate that is not zero.

use super::{L1, Penalty, PenaltyError, Separable};
use crate::Real;

/// g(x) = λ‖x‖₀, λ times the number of coordinates that are not zero. **Not convex**, and not even
/// continuous: a run ends where a proximal step of its length stays, which need not be the lowest
/// objective and depends on the start and the step.
///
/// prox, hard thresholding: v where |v| > √(2λ·step), zero elsewhere (a tie is zero). Distance:
/// |∇ⱼf| where xⱼ ≠ 0, and zero where xⱼ = 0: there the penalty is steeper than any f, so every zero
/// is stationary, and so is x = 0. Storage: one number.
///
/// ```
/// use solvekit::penalty::{L0, Penalty};
/// let penalty = L0::new(2.0_f32)?;
/// assert_eq!([penalty.prox(0, 1.0, 2.5), penalty.prox(0, 1.0, -2.0)], [2.5, 0.0]);
/// assert_eq!(penalty.total(&[3.0, 0.0, -1e-9]), 4.0);
/// # Ok::<(), solvekit::penalty::PenaltyError>(())
/// ```
///
/// Source: Blumensath and Davies 2008 (iterative thresholding for sparse approximations), eq. 2.2.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(
    feature = "serde",
    serde(try_from = "Kept<R>", bound(deserialize = "R: Real + serde::Deserialize<'de>"))
)]
pub struct L0<R> {
    lambda: R,
}

#[cfg(feature = "serde")]
super::kept!(L0 { lambda });

impl<R: Real> L0<R> {
    /// λ ≥ 0.
    ///
    /// # Errors
    /// [`PenaltyError::Weight`].
    pub fn new(lambda: R) -> Result<Self, PenaltyError> {
        Ok(Self { lambda: L1::new(lambda)?.lambda() })
    }

    /// λ.
    pub const fn lambda(&self) -> R {
        self.lambda
    }
}

/// v where |v| > t, else zero. NaN in, NaN out.
#[inline]
pub fn hard_threshold<R: Real>(v: R, t: R) -> R {
    if v.abs() <= t { R::ZERO } else { v }
}

impl<R: Real> Penalty<R> for L0<R> {
    fn value(&self, _: usize, x: R) -> R {
        // x is zero, or NaN and stays so, where it has no size.
        if x.abs() > R::ZERO { self.lambda } else { x.abs() }
    }
    #[inline]
    fn prox(&self, _: usize, step: R, v: R) -> R {
        hard_threshold(v, (R::from_f64(2.0) * self.lambda * step).sqrt())
    }
    #[inline]
    fn distance(&self, _: usize, x: R, gradient: R) -> R {
        // A gradient that is not finite is never small.
        if x == R::ZERO { R::ZERO * gradient } else { gradient.abs() + R::ZERO * x }
    }
    fn slope(&self, _: usize, _: R) -> R {
        R::ZERO
    }
    fn sticks(&self, _: usize, x: R) -> bool {
        x == R::ZERO
    }
}

impl<R: Real> Separable<R> for L0<R> {}
