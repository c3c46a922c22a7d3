//! [`TsallisInf`]: the best fixed ω by a bandit that needs no tuning of its own.

use super::losses::Losses;
use super::{Arms, Choice, Cost, OmegaTuner, Round, TunerError};
use crate::Real;
use core::num::NonZeroU32;

/// Tsallis-INF over `K` values of ω: costs in, the next ω out, within a constant factor of the
/// best possible regret against the best of the `K`, whether costs are random or adversarial.
///
/// Round t: with kᵢ the importance-weighted losses so far, s their scale and η = 2/√t, arm i is
/// drawn with pᵢ = 4 / (η (kᵢ/s − x))², x such that Σ pᵢ = 1. A cost ℓ of arm i adds (ℓ − 1)/pᵢ to
/// kᵢ; s is the mean cost so far less 1 (1 at first). Costs are counts of iterations: one below 1
/// counts as 1, so costs in other units need a unit in which they are well above 1. A censored cost
/// counts as no less than the mean so far.
///
/// In aᵢ = (η/2)(kᵢ − min k)/s and z = −(η/2)(x − min k/s), the condition is
/// g(z) = Σ (aᵢ + z)⁻² = 1 with z in [1, √K], g convex and decreasing. Newton's method from the left of
/// the root cannot overshoot, so no step meets a pole. (An unguarded start elsewhere does: it ends on the
/// wrong side of one and freezes an arm.) From the right of the root one step leads to the left; the bracket's
/// end catches it. So the last round's z is a safe start and two or three steps are enough.
///
/// Where the best ω drifts, [`forgetting`](Self::forgetting) lets old losses fade.
///
/// Storage: 2 K + 8 words of 32 bits in f32. Cost per round: a few passes over the arms, one square root.
///
/// ```
/// use solvekit::tuner::{Arms, Cost, OmegaTuner, Round, TsallisInf};
/// let mut tuner = TsallisInf::new(Arms::new([1.0_f32, 1.5, 1.9])?);
/// let mut uniform = 0.1; // stands for the caller's random number generator
/// for _ in 0..300 {
///     uniform = (uniform + 0.618) % 1.0;
///     let omega = tuner.select(Round::new(uniform))?.omega;
///     tuner.update(Cost::Solved(20.0 + 100.0 * (omega - 1.5).abs()))?; // what the solve cost
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
    serde(bound(
        serialize = "R: serde::Serialize",
        deserialize = "R: Copy + serde::Deserialize<'de>"
    ))
)]
pub struct TsallisInf<R, const K: usize> {
    arms: Arms<R, K>,
    losses: Losses<R, K>,
}

impl<R: Real, const K: usize> TsallisInf<R, K> {
    /// A tuner that knows nothing yet.
    pub const fn new(arms: Arms<R, K>) -> Self {
        Self { arms, losses: Losses::new() }
    }

    /// With `K` arms spread evenly from `first` to `last`.
    ///
    /// # Errors
    /// As [`Arms::new`].
    pub fn evenly(first: R, last: R) -> Result<Self, TunerError> {
        Arms::evenly(first, last).map(Self::new)
    }

    /// Forgets: losses shrink by the factor 1 − 1/`memory` every round, and once so many rounds are
    /// over, η stays at 2/√`memory`. For costs whose best ω drifts; a tenth to a half of the rounds
    /// that it stays the same is a good memory.
    #[must_use]
    pub const fn forgetting(self, memory: NonZeroU32) -> Self {
        Self { arms: self.arms, losses: self.losses.forgetting(memory) }
    }

    /// Reduces the variance of the losses: an arm with pᵢ ≥ η² loses relative to the mean cost b,
    /// that is b + (ℓ − 1 − b)/pᵢ when it was played and b when it was not. The expectation is the
    /// same. Less probable arms are left alone: there a cost far from b would weigh too much.
    ///
    /// Source: Zimmert and Seldin 2021, §4 (the reduced-variance estimator).
    #[must_use]
    pub const fn with_baseline(self) -> Self {
        Self { arms: self.arms, losses: self.losses.with_baseline() }
    }

    /// The values of ω to choose from.
    pub const fn arms(&self) -> &[R; K] {
        self.arms.values()
    }

    /// Rounds learned from.
    pub const fn rounds(&self) -> u32 {
        self.losses.rounds
    }

    /// Mean cost so far.
    pub const fn mean_cost(&self) -> R {
        self.losses.mean
    }

    /// The probabilities of the next draw: positive, sum 1, smaller where the losses are larger.
    pub fn probabilities(&self) -> [R; K] {
        self.losses.probabilities()
    }

    /// Whether every field has a value that [`new`](Self::new), `select` and `update` could have
    /// left there: what was restored from storage need not.
    #[cfg(feature = "storage")]
    pub(crate) fn check(&self) -> bool {
        self.arms.check() && self.losses.check()
    }

    /// The arm with the largest probability.
    pub fn favourite(&self) -> R {
        self.arms.get(self.losses.favourite()).unwrap_or(R::ONE)
    }
}

impl<R: Real, const K: usize> OmegaTuner<R> for TsallisInf<R, K> {
    fn select(&mut self, round: Round<R>) -> Result<Choice<R>, TunerError> {
        let arm = self.losses.select(round.draw()?)?;
        self.arms.get(arm).map(Choice::fixed)
    }

    fn update(&mut self, cost: Cost<R>) -> Result<(), TunerError> {
        self.losses.update(cost)
    }

    fn arms(&self) -> &[R] {
        self.arms.values()
    }
}
