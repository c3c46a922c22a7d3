//! [`L1`]: λ‖x‖₁.

use super::{Penalty, PenaltyError, Separable, excess};
use crate::Real;

/// g(x) = λ‖x‖₁, which sets coordinates to exactly zero. prox: S(v, λ·step), soft thresholding.
///
/// ```
/// use solvekit::penalty::{L1, Penalty};
/// let penalty = L1::new(0.5_f32)?;
/// assert_eq!(penalty.prox(0, 1.0, 2.0), 1.5);
/// assert_eq!(penalty.prox(0, 1.0, -0.25), 0.0);
/// // Zero is stationary as long as |∇ⱼf| ≤ λ.
/// assert_eq!(penalty.distance(0, 0.0, 0.5), 0.0);
/// assert_eq!(penalty.distance(0, 0.0, 0.75), 0.25);
/// # Ok::<(), solvekit::penalty::PenaltyError>(())
/// ```
///
/// Source: Tibshirani 1996 (the lasso); Donoho and Johnstone 1994 (soft thresholding).
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(
    feature = "serde",
    serde(try_from = "Kept<R>", bound(deserialize = "R: Real + serde::Deserialize<'de>"))
)]
pub struct L1<R> {
    lambda: R,
}

#[cfg(feature = "serde")]
super::kept!(L1 { lambda });

impl<R: Real> L1<R> {
    /// λ ≥ 0.
    ///
    /// # Errors
    /// [`PenaltyError::Weight`].
    pub fn new(lambda: R) -> Result<Self, PenaltyError> {
        if lambda >= R::ZERO && lambda.is_finite() {
            Ok(Self { lambda })
        } else {
            Err(PenaltyError::Weight)
        }
    }

    /// A weight that has been checked.
    pub(super) const fn checked(lambda: R) -> Self {
        Self { lambda }
    }

    /// λ.
    pub const fn lambda(&self) -> R {
        self.lambda
    }
}

/// S(v, t): v moved towards zero by t, and no further than zero. NaN in, NaN out.
#[inline]
pub fn soft_threshold<R: Real>(v: R, t: R) -> R {
    // Zero first, the commonest end. NaN is neither and stays through the sum.
    if v.abs() <= t {
        R::ZERO
    } else if v > t {
        v - t
    } else {
        v + t
    }
}

impl<R: Real> Penalty<R> for L1<R> {
    fn value(&self, _: usize, x: R) -> R {
        self.lambda * x.abs()
    }
    #[inline]
    fn prox(&self, _: usize, step: R, v: R) -> R {
        soft_threshold(v, self.lambda * step)
    }
    #[inline]
    fn step_all(&self, step: R, x: &[R], v: &mut [R]) {
        for (coordinate, (v, x)) in v.iter_mut().zip(x).enumerate() {
            *v = self.prox(coordinate, step, *x + step * *v);
        }
    }
    #[inline]
    fn distance(&self, _: usize, x: R, gradient: R) -> R {
        if x > R::ZERO {
            (gradient + self.lambda).abs()
        } else if x < R::ZERO {
            (gradient - self.lambda).abs()
        } else {
            // x is zero, or NaN and stays so.
            x.abs() + excess(gradient.abs(), self.lambda)
        }
    }
    #[inline]
    fn slope(&self, _: usize, x: R) -> R {
        if x < R::ZERO { -self.lambda } else { self.lambda }
    }
    fn sticks(&self, _: usize, x: R) -> bool {
        x == R::ZERO
    }
}

impl<R: Real> Separable<R> for L1<R> {}
