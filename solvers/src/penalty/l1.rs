//! [`L1`]: λ‖x‖₁.

use super::{Penalty, PenaltyError, Separable, excess};
use crate::Real;
use crate::scalar::FLOAT_UNIT;

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
        let shrink = |v: &mut R, x: &R| *v = self.prox(0, step, *x + step * *v);
        // Four in a piece. As many of each, or pieces would pair the wrong ends.
        let whole = if FLOAT_UNIT { v.len().min(x.len()) & !3 } else { 0 };
        let halves = v.split_at_mut_checked(whole).zip(x.split_at_checked(whole));
        let Some(((v4, v), (x4, x))) = halves else { return };
        for ([a, b, c, d], [p, q, r, s]) in v4.as_chunks_mut().0.iter_mut().zip(x4.as_chunks().0) {
            shrink(a, p);
            shrink(b, q);
            shrink(c, r);
            shrink(d, s);
        }
        v.iter_mut().zip(x).for_each(|(v, x)| shrink(v, x));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_of_all_is_one_of_each_at_every_length() {
        let penalty = L1::new(0.5_f32).unwrap();
        let x: [f32; 11] = core::array::from_fn(|k| (k as f32 * 1.7).sin());
        let gradient: [f32; 11] = core::array::from_fn(|k| (k as f32).cos() - 0.2);
        for (m, n) in (0..=11).flat_map(|m| (0..=11).map(move |n| (m, n))) {
            let mut v = gradient;
            penalty.step_all(0.8, &x[..m], &mut v[..n]);
            for k in 0..11 {
                let one = penalty.prox(k, 0.8, x[k] + 0.8 * gradient[k]);
                let expected = if k < m.min(n) { one } else { gradient[k] };
                assert_eq!(v[k].to_bits(), expected.to_bits(), "{k} of {m} and {n}");
            }
        }
    }
}
