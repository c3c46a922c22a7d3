//! [`UnimodalUcb`]: the best ω where the cost falls and then rises.

use super::leader::{Contest, leader};
use super::{Arms, Choice, Cost, OmegaTuner, Round, TunerError};
use crate::Real;
use crate::sum::square;
use core::num::NonZeroU32;

/// Unimodal UCB over `K` sorted values of ω: plays only the leader, which is the arm with the least
/// mean cost, and its two neighbours.
///
/// Every third round is the leader's. The others go to the one of the three with the smallest
/// mᵢ − √(2 v f / nᵢ): nᵢ its rounds and mᵢ their mean cost, v the variance of costs about their arm's
/// mean, f ≥ ln t. The middle arm is the first leader. The cost of SOR falls in ω up to the best one and
/// rises beyond it, so a leader with no better neighbour is the best arm; arms far from it are never
/// paid for. Draws no random numbers (the round's is only checked).
///
/// A censored cost counts as no less than its arm's mean. Where the best ω drifts,
/// [`forgetting`](Self::forgetting) makes old rounds count less, so that neighbours are tried again.
///
/// Storage: 3 K + 6 words of 32 bits in f32. Cost per round: a pass over the arms, three square roots.
///
/// ```
/// use solvekit::tuner::{Arms, Cost, OmegaTuner, Round, UnimodalUcb};
/// let mut tuner = UnimodalUcb::new(Arms::<f32, 20>::evenly(1.0, 1.95)?);
/// for _ in 0..60 {
///     let omega = tuner.select(Round::new(0.0))?.omega;
///     tuner.update(Cost::Solved(20.0 + 100.0 * (omega - 1.8).abs()))?;
/// }
/// assert!((tuner.favourite() - 1.8).abs() < 1e-3);
/// # Ok::<(), solvekit::tuner::TunerError>(())
/// ```
///
/// Source: Combes and Proutiere 2014 (OSUB and its sliding window; here a discount, with the
/// variance estimated).
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
pub struct UnimodalUcb<R, const K: usize> {
    arms: Arms<R, K>,
    /// Mean cost of each arm.
    #[cfg_attr(feature = "serde", serde(with = "crate::array"))]
    means: [R; K],
    /// Rounds of each arm, faded; zero before the first.
    #[cfg_attr(feature = "serde", serde(with = "crate::array"))]
    counts: [R; K],
    /// Variance of costs about their arm's mean.
    variance: R,
    /// Rounds that have a cost.
    rounds: u32,
    /// Rounds after which what was learned has faded to 1/e; the largest number: never.
    memory: NonZeroU32,
    /// The arm in play.
    selected: Option<u32>,
}

impl<R: Real, const K: usize> UnimodalUcb<R, K> {
    /// A tuner that knows nothing yet. The arms must be sorted.
    pub const fn new(arms: Arms<R, K>) -> Self {
        Self {
            arms,
            means: [R::ZERO; K],
            counts: [R::ZERO; K],
            variance: R::ZERO,
            rounds: 0,
            memory: NonZeroU32::MAX,
            selected: None,
        }
    }

    /// Forgets: every round so far counts by the factor 1 − 1/`memory` less in each later one.
    #[must_use]
    pub const fn forgetting(self, memory: NonZeroU32) -> Self {
        Self { memory, ..self }
    }

    /// The values of ω to choose from.
    pub const fn arms(&self) -> &[R; K] {
        self.arms.values()
    }

    /// Rounds learned from.
    pub const fn rounds(&self) -> u32 {
        self.rounds
    }

    /// The leader.
    pub fn favourite(&self) -> R {
        self.arms.get(self.leader()).unwrap_or(R::ONE)
    }

    /// Mean cost of the leader.
    pub fn mean_cost(&self) -> R {
        self.means.get(self.leader()).copied().unwrap_or(R::ZERO)
    }

    /// Whether every field has a value that [`new`](Self::new), `select` and `update` could have
    /// left there: what was restored from storage need not.
    #[cfg(feature = "storage")]
    pub(crate) fn check(&self) -> bool {
        let amount = |value: R| value >= R::ZERO && value.is_finite();
        let rounds = R::from_u32(self.rounds);
        let arm = |(mean, count): (&R, &R)| {
            // Without fading, an arm has a mean from its first round on.
            let unplayed = *count == R::ZERO && self.memory == NonZeroU32::MAX;
            amount(*mean)
                && amount(*count)
                // A count of rounds ends; the arm's may be more.
                && (*count <= rounds || self.rounds == u32::MAX)
                && (*mean == R::ZERO || (self.rounds > 0 && !unplayed))
        };
        self.arms.check()
            // Its length hidden, this stays a loop.
            && core::hint::black_box(&self.means[..]).iter().zip(&self.counts).all(arm)
            && amount(self.variance)
            && (self.rounds > 0 || self.variance == R::ZERO)
            && self.selected.is_none_or(|arm| (arm as usize) < K)
    }

    fn leader(&self) -> usize {
        let played = self.means.iter().zip(&self.counts).enumerate();
        let played = played.filter(|(_, (_, count))| **count > R::ZERO);
        leader(K, played.map(|(arm, (mean, _))| (arm, *mean)))
    }
}

impl<R: Real, const K: usize> OmegaTuner<R> for UnimodalUcb<R, K> {
    fn select(&mut self, round: Round<R>) -> Result<Choice<R>, TunerError> {
        round.draw()?;
        let contest = Contest {
            arms: K,
            leader: self.leader(),
            rounds: self.rounds,
            counted: self.rounds.min(self.memory.get()),
            variance: self.variance,
        };
        let arm = contest.winner(|arm| {
            let known = self.means.get(arm).copied().zip(self.counts.get(arm).copied());
            known.filter(|(_, count)| *count > R::ZERO)
        });
        let omega = self.arms.get(arm)?;
        self.selected = Some(arm as u32);
        Ok(Choice::fixed(omega))
    }

    fn update(&mut self, cost: Cost<R>) -> Result<(), TunerError> {
        let cost = cost.checked()?;
        let arm = self.selected.ok_or(TunerError::NothingSelected)? as usize;
        let (Some(before), Some(count)) = (self.means.get(arm), self.counts.get(arm)) else {
            return Err(TunerError::NoArms);
        };
        let memory = R::from_u32(self.memory.get());
        let value = cost.at_least(*before);
        let mean = *before + (value - *before) / (*count + R::ONE);
        let rounds = self.rounds.saturating_add(1);
        let mut variance = self.variance;
        if *count > R::ZERO {
            // An arm's first cost says nothing about the spread.
            let weight = R::ONE / R::from_u32(rounds.min(self.memory.get()));
            variance += (square(value - *before) - variance) * weight;
        }
        if !(mean.is_finite() && variance.is_finite()) {
            return Err(TunerError::Cost);
        }
        self.selected = None;
        self.rounds = rounds;
        self.variance = variance;
        if let (Some(slot), Some(count)) = (self.means.get_mut(arm), self.counts.get_mut(arm)) {
            *slot = mean;
            *count += R::ONE;
        }
        if self.memory < NonZeroU32::MAX {
            let kept = (memory - R::ONE) / memory;
            self.counts.iter_mut().for_each(|count| *count *= kept);
        }
        Ok(())
    }

    fn arms(&self) -> &[R] {
        self.arms.values()
    }
}
