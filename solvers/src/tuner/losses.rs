//! [`Losses`]: what Tsallis-INF knows of its arms; [`TsallisInf`](super::TsallisInf) has one of
//! these, [`TsallisBins`](super::TsallisBins) one a bin.

use super::{Cost, TunerError};
use crate::Real;
use crate::sum::square;
use core::num::NonZeroU32;

/// Importance-weighted losses of `K` arms. The doc comment of [`TsallisInf`](super::TsallisInf)
/// has the equations.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(
    feature = "serde",
    serde(bound(
        serialize = "R: serde::Serialize",
        deserialize = "R: Copy + serde::Deserialize<'de>"
    ))
)]
pub(super) struct Losses<R, const K: usize> {
    /// kᵢ − min k: shifted every round, so that they stay bounded by the spread of the arms.
    #[cfg_attr(feature = "serde", serde(with = "crate::array"))]
    pub(super) losses: [R; K],
    /// z of the last round, where this round's search starts.
    pub(super) root: R,
    /// Mean cost so far.
    pub(super) mean: R,
    /// Rounds that have a cost.
    pub(super) rounds: u32,
    /// Rounds after which what was learned has faded to 1/e; the largest number: never.
    memory: NonZeroU32,
    /// Whether likely arms lose relative to the mean cost.
    baseline: bool,
    /// The arm in play and 1/pᵢ of it.
    selected: Option<(u32, R)>,
}

impl<R: Real, const K: usize> Losses<R, K> {
    /// Knows nothing yet.
    pub(super) const fn new() -> Self {
        Self {
            losses: [R::ZERO; K],
            root: R::ONE,
            mean: R::ZERO,
            rounds: 0,
            memory: NonZeroU32::MAX,
            baseline: false,
            selected: None,
        }
    }

    pub(super) const fn forgetting(self, memory: NonZeroU32) -> Self {
        Self { memory, ..self }
    }

    pub(super) const fn with_baseline(self) -> Self {
        Self { baseline: true, ..self }
    }

    /// The probabilities of the next draw.
    pub(super) fn probabilities(&self) -> [R; K] {
        let rate = self.rate();
        let (root, total) = self.solve(rate);
        self.losses.map(|loss| square(R::ONE / (loss * rate + root)) / total)
    }

    /// The arm with the smallest losses.
    pub(super) fn favourite(&self) -> usize {
        let arms = self.losses.iter().enumerate();
        arms.reduce(|a, b| if b.1 < a.1 { b } else { a }).map_or(0, |(index, _)| index)
    }

    /// Draws an arm.
    pub(super) fn select(&mut self, uniform: R) -> Result<usize, TunerError> {
        let rate = self.rate();
        let (root, total) = self.solve(rate);
        let target = uniform * total;
        let mut below = R::ZERO;
        let mut choice = None;
        for (index, loss) in self.losses.iter().enumerate() {
            let distance = *loss * rate + root;
            below += square(R::ONE / distance);
            choice = Some((index, square(distance) * total));
            if below > target {
                break;
            }
        }
        let (index, inverse) = choice.ok_or(TunerError::NoArms)?;
        self.root = root;
        self.selected = Some((index as u32, inverse));
        Ok(index)
    }

    /// Learns what the drawn arm cost.
    pub(super) fn update(&mut self, cost: Cost<R>) -> Result<(), TunerError> {
        let cost = cost.checked()?.at_least(self.mean);
        let (index, inverse) = self.selected.ok_or(TunerError::NothingSelected)?;
        let index = index as usize;
        // A count of iterations is at least 1; less would reward an arm for being played.
        let paid = (cost - R::ONE).max(R::ZERO);
        let (floor, base) = self.base();
        let own = if inverse * floor <= R::ONE { base } else { R::ZERO };
        let loss = (paid - own) * inverse;
        let rounds = self.rounds.saturating_add(1);
        let mean = self.mean + (cost - self.mean) / R::from_u32(rounds.min(self.memory.get()));
        let total = self.losses.get(index).map_or(loss, |before| *before + loss);
        if !total.is_finite() || !mean.is_finite() {
            return Err(TunerError::Cost);
        }
        if base > R::ZERO {
            let rate = self.rate();
            for loss in &mut self.losses {
                if floor * square(*loss * rate + self.root) <= R::ONE {
                    *loss += base;
                }
            }
        }
        self.selected = None;
        self.rounds = rounds;
        self.mean = mean;
        if let Some(slot) = self.losses.get_mut(index) {
            *slot += loss;
        }
        let least = self.losses.iter().copied().reduce(R::min).unwrap_or(R::ZERO);
        self.losses.iter_mut().for_each(|loss| *loss -= least);
        if self.memory < NonZeroU32::MAX {
            let memory = R::from_u32(self.memory.get());
            let kept = (memory - R::ONE) / memory;
            self.losses.iter_mut().for_each(|loss| *loss *= kept);
        }
        Ok(())
    }

    /// Whether every field has a value that learning could have left there.
    #[cfg(feature = "storage")]
    pub(super) fn check(&self) -> bool {
        let amount = |value: R| value >= R::ZERO && value.is_finite();
        let (mut sound, mut least, mut fresh) = (true, R::MAX, self.mean == R::ZERO);
        // Its length hidden, this stays a loop; unrolled for 20 arms it takes kilobytes of flash.
        for loss in core::hint::black_box(&self.losses[..]) {
            sound &= amount(*loss);
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
            && self.selected.is_none_or(|(index, inverse)| {
                (index as usize) < K && inverse + inverse >= R::ONE
            })
    }

    /// Whether an arm is in play.
    #[cfg(feature = "storage")]
    pub(super) const fn is_playing(&self) -> bool {
        self.selected.is_some()
    }

    /// The probability from which on an arm loses relative to a base, η², and the base.
    fn base(&self) -> (R, R) {
        if self.baseline {
            let four = R::from_u32(4);
            (four / self.horizon(), (self.mean - R::ONE).max(R::ZERO))
        } else {
            (R::ONE, R::ZERO)
        }
    }

    /// t of the round about to be played, no more than the memory.
    fn horizon(&self) -> R {
        R::from_u32(self.rounds.saturating_add(1).min(self.memory.get()))
    }

    /// (η/2)/s = 1/(√t s), with t the round about to be played.
    pub(super) fn rate(&self) -> R {
        let spread = self.mean - R::ONE;
        let scale = if spread > R::ZERO { spread } else { R::ONE };
        R::ONE / (self.horizon().sqrt_coarse() * scale)
    }

    /// z, and Σ (aᵢ + z)⁻² there.
    pub(super) fn solve(&self, rate: R) -> (R, R) {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_start_of_the_search_ends_at_the_root() {
        let mut tuner = Losses::<f64, 20>::new();
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
