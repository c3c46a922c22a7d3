//! [`Mcp`]: the minimax concave penalty.

use super::{L1, Penalty, PenaltyError, Separable, excess, from_kink, soft_threshold};
use crate::Real;

/// g(x) = Σⱼ h(xⱼ) with h(x) = λ|x| − x²/(2γ) for |x| ≤ γλ and ½γλ² beyond: like [`L1`] near zero,
/// and nothing is taken off coordinates that are large. **Not convex** (weakly convex: g + x²/(2γ) is
/// convex): a run ends at a stationary point, which need not be the lowest.
///
/// prox, exact for every step. For step < γ the scalar problem is convex:
/// S(v, λ·step) / (1 − step/γ) where |v| ≤ γλ, v beyond. For step ≥ γ it is not: between 0 and γλ it is
/// concave, so that only 0 and v are candidates, with objectives v²/(2·step) and ½γλ². The lower
/// one is v exactly where |v| > λ√(γ·step) (hard thresholding; a tie is zero).
///
/// Distance: max(|∇ⱼf| − λ, 0) at zero, |∇ⱼf + sign(xⱼ) max(λ − |xⱼ|/γ, 0)| elsewhere. Where it is zero x
/// is stationary; for a step ≥ γ it may still not be a fixed point of prox, which looks further.
/// Storage: two numbers.
///
/// ```
/// use solvekit::penalty::{Mcp, Penalty};
/// let penalty = Mcp::new(1.0_f32, 2.0)?;
/// assert_eq!(penalty.prox(0, 1.0, 1.5), 1.0);
/// assert_eq!(penalty.prox(0, 1.0, 3.0), 3.0); // not shrunk
/// // With a long step all or nothing, here at √(2 · 8) = 4.
/// assert_eq!([penalty.prox(0, 8.0, 3.5), penalty.prox(0, 8.0, 4.5)], [0.0, 4.5]);
/// # Ok::<(), solvekit::penalty::PenaltyError>(())
/// ```
///
/// Source: Zhang 2010 (the penalty, eq. 2.1); Breheny and Huang 2011, §2 (its threshold for
/// step < γ); the other case is derived above.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(
    feature = "serde",
    serde(try_from = "Kept<R>", bound(deserialize = "R: Real + serde::Deserialize<'de>"))
)]
pub struct Mcp<R> {
    lambda: R,
    gamma: R,
}

#[cfg(feature = "serde")]
super::kept!(Mcp { lambda, gamma });

impl<R: Real> Mcp<R> {
    /// λ ≥ 0 and γ > 0. A large γ is nearly [`L1`]; the scalar problem of a step along column aⱼ of a
    /// least-squares fit is convex where γ > 1/‖aⱼ‖².
    ///
    /// # Errors
    /// [`PenaltyError::Weight`], [`PenaltyError::Concavity`].
    pub fn new(lambda: R, gamma: R) -> Result<Self, PenaltyError> {
        if !(gamma > R::ZERO && gamma.is_finite()) {
            return Err(PenaltyError::Concavity);
        }
        Ok(Self { lambda: L1::new(lambda)?.lambda(), gamma })
    }

    /// λ.
    pub const fn lambda(&self) -> R {
        self.lambda
    }

    /// γ.
    pub const fn gamma(&self) -> R {
        self.gamma
    }
}

impl<R: Real> Penalty<R> for Mcp<R> {
    fn value(&self, _: usize, x: R) -> R {
        let (size, half, flat) = (x.abs(), R::from_f64(0.5), self.gamma * self.lambda);
        if size > flat {
            half * flat * self.lambda
        } else {
            size * (self.lambda - half * size / self.gamma)
        }
    }
    #[inline]
    fn prox(&self, _: usize, step: R, v: R) -> R {
        let size = v.abs();
        if step < self.gamma {
            if size > self.gamma * self.lambda {
                return v;
            }
            soft_threshold(v, self.lambda * step) * (self.gamma / (self.gamma - step))
        } else if size <= self.lambda * (self.gamma * step).sqrt() {
            R::ZERO
        } else {
            v
        }
    }
    #[inline]
    fn distance(&self, _: usize, x: R, gradient: R) -> R {
        from_kink(x, gradient, self.lambda, self.slope(0, x))
    }
    #[inline]
    fn slope(&self, _: usize, x: R) -> R {
        let slope = excess(self.lambda, x.abs() / self.gamma);
        if x < R::ZERO { -slope } else { slope }
    }
    fn curvature(&self, _: usize, x: R) -> R {
        if x.abs() > self.gamma * self.lambda { R::ZERO } else { -(R::ONE / self.gamma) }
    }
    fn sticks(&self, _: usize, x: R) -> bool {
        x == R::ZERO
    }
}

impl<R: Real> Separable<R> for Mcp<R> {}
