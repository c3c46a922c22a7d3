//! [`Scad`]: the smoothly clipped absolute deviation.

use super::{L1, Penalty, PenaltyError, Separable, excess, from_kink, soft_threshold};
use crate::Real;

/// g(x) = Σⱼ h(xⱼ) with h(0) = 0 and the slope h′(x) = λ for 0 < x ≤ λ, (aλ − x)/(a − 1) for
/// λ < x ≤ aλ, 0 beyond; h(−x) = h(x). [`L1`] up to λ, then ever less, and nothing is taken off
/// coordinates that are large. **Not convex** (weakly convex: g + x²/(2(a − 1)) is convex): a run
/// ends at a stationary point, which need not be the lowest.
///
/// prox, exact for every step t. For t < a − 1 the scalar problem is convex: S(v, λt) where
/// |v| ≤ λ(1 + t), ((a − 1) v − sign(v) aλt) / (a − 1 − t) from there to aλ, v beyond. For t ≥ a − 1 it is
/// concave between λ and aλ, so that only S(v, λt) and v are candidates; v has the lower objective
/// exactly where |v| is above λ(a + 1 + t)/2 (t ≤ a + 1, where S(v, λt) ≠ 0) or λ√(t(a + 1)) (t > a + 1,
/// where it is 0). A tie goes to the smaller number.
///
/// Distance: max(|∇ⱼf| − λ, 0) at zero, |∇ⱼf + h′(xⱼ)| elsewhere. Where it is zero x is stationary; for a
/// step ≥ a − 1 it may still not be a fixed point of prox, which looks further. Storage: two numbers.
///
/// ```
/// use solvekit::penalty::{Penalty, Scad};
/// let penalty = Scad::new(1.0_f32, 3.0)?;
/// assert_eq!(penalty.prox(0, 1.0, 1.5), 0.5);
/// assert_eq!(penalty.prox(0, 1.0, 2.5), 2.0);
/// assert_eq!(penalty.prox(0, 1.0, 4.0), 4.0); // not shrunk
/// // With a long step all or nothing, here at √(9 · 4) = 6.
/// assert_eq!([penalty.prox(0, 9.0, 5.5), penalty.prox(0, 9.0, 6.5)], [0.0, 6.5]);
/// # Ok::<(), solvekit::penalty::PenaltyError>(())
/// ```
///
/// Source: Fan and Li 2001 (the penalty, eq. 2.7; they take a = 3.7); Breheny and Huang 2011, §2
/// (its threshold for t < a − 1); the other case is derived above.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(
    feature = "serde",
    serde(try_from = "Kept<R>", bound(deserialize = "R: Real + serde::Deserialize<'de>"))
)]
pub struct Scad<R> {
    lambda: R,
    a: R,
}

#[cfg(feature = "serde")]
super::kept!(Scad { lambda, a });

impl<R: Real> Scad<R> {
    /// λ ≥ 0 and a > 1. The scalar problem of a step along column aⱼ of a least-squares fit is convex
    /// where a > 1 + 1/‖aⱼ‖².
    ///
    /// # Errors
    /// [`PenaltyError::Weight`], [`PenaltyError::Concavity`].
    pub fn new(lambda: R, a: R) -> Result<Self, PenaltyError> {
        if !(a > R::ONE && a.is_finite()) {
            return Err(PenaltyError::Concavity);
        }
        Ok(Self { lambda: L1::new(lambda)?.lambda(), a })
    }

    /// λ.
    pub const fn lambda(&self) -> R {
        self.lambda
    }

    /// a.
    pub const fn a(&self) -> R {
        self.a
    }

    /// Where v is taken instead of S(v, λt), for t ≥ a − 1.
    fn switch(&self, step: R) -> R {
        let flat = self.a + R::ONE;
        if step > flat {
            self.lambda * (flat * step).sqrt()
        } else {
            self.lambda * (R::from_f64(0.5) * (flat + step))
        }
    }
}

impl<R: Real> Penalty<R> for Scad<R> {
    fn value(&self, _: usize, x: R) -> R {
        let (size, lambda, a) = (x.abs(), self.lambda, self.a);
        if size <= lambda {
            lambda * size
        } else if size > a * lambda {
            R::from_f64(0.5) * lambda * lambda * (a + R::ONE)
        } else {
            // λ² at λ, and from there the slope on its way to zero.
            let past = size - lambda;
            lambda * size - R::from_f64(0.5) * past * past / (a - R::ONE)
        }
    }
    #[inline]
    fn prox(&self, _: usize, step: R, v: R) -> R {
        let (size, lambda, bend) = (v.abs(), self.lambda, self.a - R::ONE);
        let flat = self.a * lambda;
        if step >= bend {
            if size > self.switch(step) { v } else { soft_threshold(v, lambda * step) }
        } else if size > flat {
            v
        } else if size > lambda + lambda * step {
            // ((a − 1) v − sign(v) a λ t) / (a − 1 − t), as the way that is left to aλ.
            let left = (flat - size) * (bend / (bend - step));
            if v < R::ZERO { left - flat } else { flat - left }
        } else {
            soft_threshold(v, lambda * step)
        }
    }
    #[inline]
    fn distance(&self, _: usize, x: R, gradient: R) -> R {
        from_kink(x, gradient, self.lambda, self.slope(0, x))
    }
    #[inline]
    fn slope(&self, _: usize, x: R) -> R {
        let size = x.abs();
        let slope = if size <= self.lambda {
            self.lambda
        } else {
            excess(self.a * self.lambda, size) / (self.a - R::ONE)
        };
        if x < R::ZERO { -slope } else { slope }
    }
    fn curvature(&self, _: usize, x: R) -> R {
        let size = x.abs();
        if size <= self.lambda || size > self.a * self.lambda {
            R::ZERO
        } else {
            -(R::ONE / (self.a - R::ONE))
        }
    }
    fn sticks(&self, _: usize, x: R) -> bool {
        x == R::ZERO
    }
}

impl<R: Real> Separable<R> for Scad<R> {}
