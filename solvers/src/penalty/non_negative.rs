//! [`NonNegative`]: x ≥ 0, with λ Σⱼ xⱼ.

use super::{Constraint, Penalty, PenaltyError, Separable, excess, off_bound, outside};
use crate::Real;

/// g(x) = λ Σⱼ xⱼ where every xⱼ ≥ 0, infinite elsewhere. With λ = 0 the bound alone; with λ > 0 the
/// sum is ‖x‖₁.
///
/// prox: max(v − λ·step, 0). Distance: |∇ⱼf + λ| where xⱼ > 0, max(−∇ⱼf − λ, 0) at zero; below zero,
/// where there is no subgradient, the largest finite number (not infinity, with which a run from
/// such a start would end before its first step). Storage: one number.
///
/// ```
/// use solvekit::penalty::{NonNegative, Penalty};
/// let bound = NonNegative::default();
/// assert_eq!([bound.prox(0, 1.0_f32, -2.0), bound.prox(0, 1.0, 2.0)], [0.0, 2.0]);
/// // At the bound a gradient that points out of it is no reason to move.
/// assert_eq!([bound.distance(0, 0.0_f32, 3.0), bound.distance(0, 0.0, -3.0)], [0.0, 3.0]);
/// assert_eq!(NonNegative::new(0.5_f32)?.prox(0, 1.0, 2.0), 1.5);
/// # Ok::<(), solvekit::penalty::PenaltyError>(())
/// ```
///
/// Source: Nutini, Laradji and Schmidt 2022 (both parts of it, in the experiments); Parikh and Boyd, *Proximal
/// Algorithms*, 2014, §6.2 and §2.2.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(
    feature = "serde",
    serde(try_from = "Kept<R>", bound(deserialize = "R: Real + serde::Deserialize<'de>"))
)]
pub struct NonNegative<R> {
    lambda: R,
}

#[cfg(feature = "serde")]
super::kept!(NonNegative { lambda });

impl<R: Real> NonNegative<R> {
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

    /// λ.
    pub const fn lambda(&self) -> R {
        self.lambda
    }
}

impl<R: Real> Penalty<R> for NonNegative<R> {
    fn value(&self, _: usize, x: R) -> R {
        if x < R::ZERO { R::INFINITY } else { self.lambda * x }
    }
    #[inline]
    fn prox(&self, _: usize, step: R, v: R) -> R {
        excess(v, self.lambda * step)
    }
    #[inline]
    fn distance(&self, _: usize, x: R, gradient: R) -> R {
        if x > R::ZERO {
            (gradient + self.lambda).abs()
        } else if x == R::ZERO {
            off_bound(-(gradient + self.lambda))
        } else {
            outside(x, gradient)
        }
    }
    #[inline]
    fn slope(&self, _: usize, _: R) -> R {
        self.lambda
    }
    fn sticks(&self, _: usize, x: R) -> bool {
        x <= R::ZERO
    }
}

impl<R: Real> Separable<R> for NonNegative<R> {}

impl<R: Real> Constraint<R> for NonNegative<R> {
    #[inline]
    fn project(&self, _: usize, x: R) -> R {
        excess(x, R::ZERO)
    }
}
