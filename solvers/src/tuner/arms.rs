//! [`Arms`]: the values of ω that a tuner chooses from.

use super::TunerError;
use crate::Real;
use crate::sor::is_relaxation;

/// `K` values of ω, each in (0, 2).
///
/// ```
/// use solvekit::tuner::Arms;
/// let arms = Arms::<f64, 20>::evenly(1.0, 1.95)?;
/// assert!((arms.values()[13] - 1.65).abs() < 1e-12);
/// // 2 − ω from 1 to 0.05 in equal ratios: closer together where the best ω of large problems lie.
/// let arms = Arms::<f64, 20>::logarithmic(1.0, 1.95)?;
/// assert!((arms.values()[13] - 1.871).abs() < 1e-3);
/// # Ok::<(), solvekit::tuner::TunerError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(
    feature = "serde",
    serde(
        transparent,
        bound(
            serialize = "R: serde::Serialize",
            deserialize = "R: Copy + serde::Deserialize<'de>"
        )
    )
)]
pub struct Arms<R, const K: usize>(
    #[cfg_attr(feature = "serde", serde(with = "crate::array"))] [R; K],
);

impl<R: Real, const K: usize> Arms<R, K> {
    /// Given values, in any order (only [`UnimodalUcb`](super::UnimodalUcb) needs them sorted).
    ///
    /// # Errors
    /// [`TunerError::NoArms`], [`TunerError::Arm`].
    pub fn new(omegas: [R; K]) -> Result<Self, TunerError> {
        if K == 0 {
            return Err(TunerError::NoArms);
        }
        match omegas.iter().position(|omega| !is_relaxation(*omega)) {
            Some(index) => Err(TunerError::Arm { index }),
            None => Ok(Self(omegas)),
        }
    }

    /// Spread evenly in ω from `first` to `last`.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn evenly(first: R, last: R) -> Result<Self, TunerError> {
        let gaps = R::from_u32(K.saturating_sub(1).max(1) as u32);
        let arm = |i: usize| first + (last - first) * R::from_u32(i as u32) / gaps;
        Self::new(core::array::from_fn(arm))
    }

    /// Spread evenly in ln(2 − ω) from `first` to `last`. The sweeps of over-relaxation are about
    /// proportional to 1 / (2 − ω), so neighbours differ by the same ratio of cost.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn logarithmic(first: R, last: R) -> Result<Self, TunerError> {
        let two = R::ONE + R::ONE;
        if K == 0 {
            return Err(TunerError::NoArms);
        }
        for (index, omega) in [(0, first), (K - 1, last)] {
            if !is_relaxation(omega) {
                return Err(TunerError::Arm { index });
            }
        }
        let (start, end) = (two - first, two - last);
        let gaps = K.saturating_sub(1).max(1) as u32;
        let ratio =
            if end < start { root(end / start, gaps) } else { R::ONE / root(start / end, gaps) };
        let mut distance = start;
        let mut omegas = [first; K];
        for omega in omegas.iter_mut().skip(1) {
            distance *= ratio;
            *omega = two - distance;
        }
        // The last one without the rounding of all those products.
        if let (Some(slot), true) = (omegas.last_mut(), K > 1) {
            *slot = last;
        }
        Self::new(omegas)
    }

    /// Whether there are values and every one is an ω: what was restored from storage need not be.
    #[cfg(feature = "storage")]
    pub(super) fn check(&self) -> bool {
        // Its length hidden, this stays a loop.
        K > 0 && core::hint::black_box(&self.0[..]).iter().all(|omega| is_relaxation(*omega))
    }

    /// The values.
    pub const fn values(&self) -> &[R; K] {
        &self.0
    }

    pub(super) fn get(&self, index: usize) -> Result<R, TunerError> {
        self.0.get(index).copied().ok_or(TunerError::NoArms)
    }
}

/// The n-th root of x in (0, 1]: Newton's method for qⁿ = x from 1, where it decreases to the root
/// because qⁿ is convex.
fn root<R: Real>(x: R, n: u32) -> R {
    let order = R::from_u32(n);
    let mut q = R::ONE;
    // A step takes at most the factor 1 − 1/n off: n ln(1/x) of them, and a few for the last digits.
    for _ in 0..STEPS {
        let mut power = R::ONE;
        for _ in 1..n {
            power *= q;
        }
        let next = q - (power * q - x) / (order * power);
        if next >= q {
            break;
        }
        q = next;
    }
    q
}

/// Most Newton steps for a root: x is at least the smallest 2 − ω, about the machine's ε, and
/// ln(1/ε) + 6 is below 50; the rest is spare.
const STEPS: usize = 100;
