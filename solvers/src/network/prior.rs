//! [`BernoulliGaussian`]: entries that are zero or normal, and their mean given a noisy look.

use super::NetworkError;
use crate::Real;

/// The prior of an entry that is 0 with probability 1 − p and N(0, α²) otherwise.
///
/// Storage: 4 numbers. With the feature `serde` p and α² are kept, and checked anew when they are read.
///
/// ```
/// use solvekit::network::BernoulliGaussian;
/// let prior = BernoulliGaussian::new(0.1_f32, 1.0)?;
/// // What noise of that size can explain is nearly zero, what it cannot stays nearly as it is.
/// assert!(prior.mean(0.2, 0.01) < 0.05);
/// assert!((prior.mean(1.0, 0.01) - 1.0 / 1.01).abs() < 1e-6);
/// # Ok::<(), solvekit::network::NetworkError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(
    feature = "serde",
    serde(
        try_from = "Kept<R>",
        into = "Kept<R>",
        bound(
            serialize = "R: Real + serde::Serialize",
            deserialize = "R: Real + serde::Deserialize<'de>"
        )
    )
)]
pub struct BernoulliGaussian<R> {
    density: R,
    variance: R,
    /// 1 / α.
    inverse_deviation: R,
    /// ln((1 − p) / p).
    log_odds: R,
}

/// What is kept of a prior; who reads it passes the constructor's checks.
#[cfg(feature = "serde")]
#[derive(serde::Serialize, serde::Deserialize)]
struct Kept<R> {
    density: R,
    variance: R,
}

#[cfg(feature = "serde")]
impl<R: Real> From<BernoulliGaussian<R>> for Kept<R> {
    fn from(BernoulliGaussian { density, variance, .. }: BernoulliGaussian<R>) -> Self {
        Self { density, variance }
    }
}

#[cfg(feature = "serde")]
impl<R: Real> TryFrom<Kept<R>> for BernoulliGaussian<R> {
    type Error = NetworkError;

    fn try_from(Kept { density, variance }: Kept<R>) -> Result<Self, NetworkError> {
        Self::new(density, variance)
    }
}

impl<R: Real> BernoulliGaussian<R> {
    /// p, above 0 and at most 1, (1 − p) / p being finite, and α², above 0.
    ///
    /// # Errors
    /// [`NetworkError::Density`], [`NetworkError::Variance`].
    pub fn new(density: R, variance: R) -> Result<Self, NetworkError> {
        if !(density > R::ZERO && density <= R::ONE) {
            return Err(NetworkError::Density);
        }
        if !(variance > R::ZERO && variance.is_finite()) {
            return Err(NetworkError::Variance);
        }
        // −∞ for p = 1: then nothing is zero. ∞ where p is next to nothing.
        let log_odds = ((R::ONE - density) / density).ln();
        if log_odds == R::INFINITY {
            return Err(NetworkError::Density);
        }
        let inverse_deviation = R::ONE / variance.sqrt();
        Ok(Self { density, variance, inverse_deviation, log_odds })
    }

    /// p.
    pub const fn density(&self) -> R {
        self.density
    }

    /// α².
    pub const fn variance(&self) -> R {
        self.variance
    }

    /// 1 / α.
    pub(super) const fn inverse_deviation(&self) -> R {
        self.inverse_deviation
    }

    /// η(r; τ²), the mean of an entry x given r = x + N(0, τ²):
    ///
    /// η = r α² / (α² + τ²) · p φ(r; α² + τ²) / ((1 − p) φ(r; τ²) + p φ(r; α² + τ²)),
    ///
    /// φ(r; v) being the density of N(0, v). τ² below 1e-12 α² counts as that. NaN in, NaN out;
    /// otherwise η lies between 0 and r, since the densities enter through the exponent of their
    /// ratio alone.
    #[must_use]
    pub fn mean(&self, r: R, tau2: R) -> R {
        self.given(tau2 / self.variance).mean(r)
    }

    /// η for one τ² = t α².
    pub(super) fn given(&self, t: R) -> Posterior<R> {
        // At most the largest number, so that no factor is 0 where another may be infinite.
        let t = t.max(R::from_f64(1e-12)).min(R::MAX);
        let (inverse, half) = (R::ONE / t, R::from_f64(0.5));
        Posterior {
            shrink: R::ONE / (R::ONE + t),
            inverse_deviation: self.inverse_deviation,
            offset: self.log_odds + half * (R::ONE + inverse).ln(),
            rate: half * inverse,
        }
    }
}

/// η(·; τ²) of a [`BernoulliGaussian`], made ready for many r.
///
/// Storage: 4 numbers. Cost of an entry: an exponential and a division.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Posterior<R> {
    /// α² / (α² + τ²).
    shrink: R,
    inverse_deviation: R,
    /// ln of (1 − p) φ(0; τ²) / (p φ(0; α² + τ²)).
    offset: R,
    /// α² / 2τ².
    rate: R,
}

impl<R: Real> Posterior<R> {
    /// η(r). NaN in, NaN out.
    #[inline]
    pub fn mean(&self, r: R) -> R {
        let size = r * self.inverse_deviation;
        // Two factors of which neither leaves the range before their product does.
        let evidence = (size * self.shrink) * (size * self.rate);
        // eᵛ is 0 or infinite at worst, and the share of a non-zero 1 or 0.
        let share = R::ONE / (R::ONE + (self.offset - evidence).exp());
        r * self.shrink * share
    }
}
