//! [`TsallisInf`]: the best fixed ω by a bandit that needs no tuning of its own.

use super::{OmegaTuner, TunerError};
use crate::Real;
use crate::sor::is_relaxation;
use crate::sum::square;

/// Tsallis-INF over `K` values of ω: costs in, the next ω out, within a constant factor of the
/// best possible regret against the best of the `K`, whether costs are random or adversarial.
///
/// Round t: with kᵢ the importance-weighted losses so far, s their scale and η = 2/√t, arm i is
/// drawn with pᵢ = 4 / (η (kᵢ/s − x))², x such that Σ pᵢ = 1. A cost ℓ of arm i adds (ℓ − 1)/pᵢ to
/// kᵢ; s is the mean cost so far less 1 (1 at first). Costs are counts of iterations: one below 1
/// counts as 1, so costs in other units need a unit in which they are well above 1.
///
/// In aᵢ = (η/2)(kᵢ − min k)/s and z = −(η/2)(x − min k/s), the condition is
/// g(z) = Σ (aᵢ + z)⁻² = 1 with z in [1, √K], g convex and decreasing. Newton's method from the left of
/// the root cannot overshoot, so no step meets a pole. (An unguarded start elsewhere does: it ends on the
/// wrong side of one and freezes an arm.) From the right of the root one step leads to the left; the bracket's
/// end catches it. So the last round's z is a safe start and two or three steps are enough.
///
/// Storage: 2 K + 6 words of 32 bits in f32. Cost per round: a few passes over the arms, one square root.
///
/// ```
/// use solvekit::tuner::{OmegaTuner, TsallisInf};
/// let mut tuner = TsallisInf::new([1.0_f32, 1.5, 1.9])?;
/// let mut uniform = 0.1; // stands for the caller's random number generator
/// for _ in 0..300 {
///     uniform = (uniform + 0.618) % 1.0;
///     let omega = tuner.select(uniform)?;
///     tuner.update(20.0 + 100.0 * (omega - 1.5).abs())?; // what the solve cost
/// }
/// assert!(tuner.probabilities()[1] > 0.8);
/// # Ok::<(), solvekit::tuner::TunerError>(())
/// ```
///
/// Source: arXiv 2310.02246, Algorithm 1 (Tsallis-INF: Zimmert and Seldin, 2021).
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(
    feature = "serde",
    serde(bound(serialize = "R: serde::Serialize", deserialize = "R: serde::Deserialize<'de>"))
)]
pub struct TsallisInf<R, const K: usize> {
    #[cfg_attr(feature = "serde", serde(with = "serde_big_array::BigArray"))]
    arms: [R; K],
    /// kᵢ − min k: shifted every round, so that they stay bounded by the spread of the arms.
    #[cfg_attr(feature = "serde", serde(with = "serde_big_array::BigArray"))]
    losses: [R; K],
    /// z of the last round, where this round's search starts.
    root: R,
    /// Mean cost so far.
    mean: R,
    /// Rounds that have a cost.
    rounds: u32,
    /// The arm in play and 1/pᵢ of it.
    selected: Option<(usize, R)>,
}

impl<R: Real, const K: usize> TsallisInf<R, K> {
    /// A tuner that knows nothing yet.
    ///
    /// # Errors
    /// [`TunerError::NoArms`], [`TunerError::Arm`].
    pub fn new(arms: [R; K]) -> Result<Self, TunerError> {
        if K == 0 {
            return Err(TunerError::NoArms);
        }
        match arms.iter().position(|omega| !is_relaxation(*omega)) {
            Some(index) => Err(TunerError::Arm { index }),
            None => Ok(Self {
                arms,
                losses: [R::ZERO; K],
                root: R::ONE,
                mean: R::ZERO,
                rounds: 0,
                selected: None,
            }),
        }
    }

    /// `K` arms spread evenly from `first` to `last`.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn evenly(first: R, last: R) -> Result<Self, TunerError> {
        let gaps = R::from_u32(K.saturating_sub(1).max(1) as u32);
        let arm = |i: usize| first + (last - first) * R::from_u32(i as u32) / gaps;
        Self::new(core::array::from_fn(arm))
    }

    /// The values of ω to choose from.
    pub const fn arms(&self) -> &[R; K] {
        &self.arms
    }

    /// Rounds learned from.
    pub const fn rounds(&self) -> u32 {
        self.rounds
    }

    /// Mean cost so far.
    pub const fn mean_cost(&self) -> R {
        self.mean
    }

    /// The probabilities of the next draw: positive, sum 1, smaller where the losses are larger.
    pub fn probabilities(&self) -> [R; K] {
        let rate = self.rate();
        let (root, total) = self.solve(rate);
        self.losses.map(|loss| square(R::ONE / (loss * rate + root)) / total)
    }

    /// Whether every field has a value that [`new`](Self::new), `select` and `update` could have
    /// left there: what was restored from storage need not.
    #[cfg(feature = "storage")]
    pub(crate) fn check(&self) -> bool {
        let amount = |value: R| value >= R::ZERO && value.is_finite();
        let (mut sound, mut least, mut fresh) = (true, R::MAX, self.mean == R::ZERO);
        // Their length hidden, this stays a loop; unrolled for 20 arms it took 3.8 KB more flash.
        let (arms, losses) = core::hint::black_box((&self.arms[..], &self.losses[..]));
        for (omega, loss) in arms.iter().zip(losses) {
            sound &= is_relaxation(*omega) && amount(*loss);
            fresh &= *loss == R::ZERO;
            least = least.min(*loss);
        }
        sound
            && least == R::ZERO
            && amount(self.mean)
            && (self.rounds > 0 || fresh)
            // √K is the bracket's end, and K is not below it; one more is for rounding.
            && self.root >= R::ONE
            && self.root <= R::from_u32(K as u32) + R::ONE
            // 1/p is at least 1, but for rounding, and infinite where p is about to underflow.
            && self.selected.is_none_or(|(index, inverse)| index < K && inverse + inverse >= R::ONE)
    }

    /// The arm with the largest probability.
    pub fn favourite(&self) -> R {
        let least = self.losses.iter().zip(&self.arms).reduce(|a, b| if b.0 < a.0 { b } else { a });
        least.map_or(R::ONE, |(_, omega)| *omega)
    }

    /// (η/2)/s = 1/(√t s), with t the round about to be played.
    fn rate(&self) -> R {
        let t = R::from_u32(self.rounds.saturating_add(1));
        let spread = self.mean - R::ONE;
        let scale = if spread > R::ZERO { spread } else { R::ONE };
        R::ONE / (t.sqrt_coarse() * scale)
    }

    /// z, and Σ (aᵢ + z)⁻² there.
    fn solve(&self, rate: R) -> (R, R) {
        // The scaled sum's own rounding: what is left is divided out of the probabilities.
        let enough = R::ONE + R::EPSILON * R::from_u32(4 * K as u32);
        let mut z = self.root;
        let mut total = R::ONE;
        // Quadratic convergence from the left: a dozen steps is more than any start needs.
        for _ in 0..STEPS {
            let mut cubes = R::ZERO;
            total = R::ZERO;
            for loss in &self.losses {
                let weight = R::ONE / (*loss * rate + z);
                let p = weight * weight;
                total += p;
                cubes += p * weight;
            }
            if total >= R::ONE && total <= enough {
                break;
            }
            let next = z + (total - R::ONE) / (cubes + cubes);
            let next = if next > R::ONE { next } else { R::ONE };
            if next == z {
                break;
            }
            z = next;
        }
        (z, total)
    }
}

/// Most Newton steps in one round.
const STEPS: usize = 30;

impl<R: Real, const K: usize> OmegaTuner<R> for TsallisInf<R, K> {
    fn select(&mut self, uniform: R) -> Result<R, TunerError> {
        if !(uniform >= R::ZERO && uniform < R::ONE) {
            return Err(TunerError::Uniform);
        }
        let rate = self.rate();
        let (root, total) = self.solve(rate);
        self.root = root;
        let target = uniform * total;
        let mut below = R::ZERO;
        let mut choice = None;
        for (index, (loss, omega)) in self.losses.iter().zip(&self.arms).enumerate() {
            let distance = *loss * rate + root;
            below += square(R::ONE / distance);
            choice = Some((index, square(distance) * total, *omega));
            if below > target {
                break;
            }
        }
        let (index, inverse, omega) = choice.ok_or(TunerError::NoArms)?;
        self.selected = Some((index, inverse));
        Ok(omega)
    }

    fn update(&mut self, cost: R) -> Result<(), TunerError> {
        if !(cost >= R::ZERO && cost.is_finite()) {
            return Err(TunerError::Cost);
        }
        let (index, inverse) = self.selected.ok_or(TunerError::NothingSelected)?;
        // A count of iterations is at least 1; less would reward an arm for being played.
        let loss = (cost - R::ONE).max(R::ZERO) * inverse;
        let rounds = self.rounds.saturating_add(1);
        let mean = self.mean + (cost - self.mean) / R::from_u32(rounds);
        let total = self.losses.get(index).map_or(loss, |before| *before + loss);
        if !total.is_finite() || !mean.is_finite() {
            return Err(TunerError::Cost);
        }
        self.selected = None;
        self.rounds = rounds;
        self.mean = mean;
        if let Some(slot) = self.losses.get_mut(index) {
            *slot = total;
        }
        let least = self.losses.iter().copied().reduce(R::min).unwrap_or(R::ZERO);
        self.losses.iter_mut().for_each(|loss| *loss -= least);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_start_of_the_search_ends_at_the_root() {
        let mut tuner = TsallisInf::<f64, 20>::evenly(1.0, 1.95).expect("valid arms");
        tuner.losses = core::array::from_fn(|i| (i * i) as f64 * 37.0);
        tuner.rounds = 500;
        tuner.mean = 60.0;
        let (expected, total) = tuner.solve(tuner.rate());
        assert!((total - 1.0).abs() < 1e-13, "{total}");
        // Far to the right of the root the first step goes left of the bracket.
        for root in [1.0, 1.5, 4.0, 50.0, 1e6] {
            tuner.root = root;
            let (z, total) = tuner.solve(tuner.rate());
            assert!((total - 1.0).abs() < 1e-13 && (z - expected).abs() < 1e-13, "{root}: {z}");
            assert!((1.0..=4.5).contains(&z), "{z}");
        }
    }
}
