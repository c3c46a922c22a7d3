//! [`WindowedUcb`]: the best ω of the last rounds, where the cost falls and then rises.

use super::leader::{Contest, leader};
use super::window::Window;
use super::{Arms, Choice, Cost, OmegaTuner, Round, TunerError};
use crate::Real;

/// Unimodal UCB over `K` sorted values of ω that knows the last `W` rounds and nothing else, for a
/// best ω that drifts or jumps.
///
/// It plays as [`UnimodalUcb`](super::UnimodalUcb) does: the leader every third round, else the one
/// of the leader and its two neighbours with the smallest mᵢ − √(2 v f / nᵢ), where nᵢ, mᵢ and v are
/// of the window and f ≥ ln min(t, W). There v = Σ (cᵣ − its arm's mean)² / (n − arms played), of the
/// n ≤ W costs in the window. An arm whose rounds have all left is as one never played, so a neighbour
/// of the leader is tried again at most a few rounds after its last one left. After a jump the old
/// costs are gone `W` rounds later, whatever they were, and then the leader moves on to a new arm at
/// least every third round.
///
/// 30 to 60 rounds are a good window: 10 to 20 for each of the three arms in play. `W` is from 1 to
/// 2²⁴, and `K` at most 65,536; else it does not compile.
///
/// A censored cost counts as no less than its arm's mean before it. Draws no random numbers (the
/// round's is only checked).
///
/// Storage: 3 K + 3 W/2 + 6 words of 32 bits in f32, W/2 rounded up. Cost per round: two passes over
/// the arms, three square roots, and O(1) for the window, but a pass over it once in `W` rounds, and
/// also where the round that leaves cost more than 256 times the mean that is left, or the squares
/// fall below 1/256 of their peak: f32 would keep too few digits.
///
/// ```
/// use solvekit::tuner::{Arms, Cost, OmegaTuner, Round, WindowedUcb};
/// let mut tuner = WindowedUcb::<f32, 20, 40>::new(Arms::evenly(1.0, 1.95)?);
/// for best in [1.8, 1.3] {
///     for _ in 0..100 {
///         let omega = tuner.select(Round::new(0.0))?.omega;
///         tuner.update(Cost::Solved(20.0 + 100.0 * (omega - best).abs()))?;
///     }
///     assert!((tuner.favourite() - best).abs() < 1e-3);
/// }
/// # Ok::<(), solvekit::tuner::TunerError>(())
/// ```
///
/// A window without rounds does not compile:
///
/// ```compile_fail
/// use solvekit::tuner::{Arms, WindowedUcb};
/// let tuner = WindowedUcb::<f32, 2, 0>::new(Arms::new([1.0, 1.5]).unwrap());
/// ```
///
/// Source: Combes and Proutiere, *Unimodal Bandits*, 2014 (SW-OSUB; here with the variance
/// estimated); the window's index: Garivier and Moulines 2011 (SW-UCB); the running sums: Welford
/// 1962.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(
    feature = "serde",
    serde(bound(
        serialize = "R: serde::Serialize",
        deserialize = "R: Real + serde::Deserialize<'de>"
    ))
)]
pub struct WindowedUcb<R, const K: usize, const W: usize> {
    arms: Arms<R, K>,
    window: Window<R, K, W>,
    /// The arm in play.
    selected: Option<u32>,
}

impl<R: Real, const K: usize, const W: usize> WindowedUcb<R, K, W> {
    /// A tuner that knows nothing yet. The arms must be sorted.
    pub const fn new(arms: Arms<R, K>) -> Self {
        Self { arms, window: Window::new(), selected: None }
    }

    /// The values of ω to choose from.
    pub const fn arms(&self) -> &[R; K] {
        self.arms.values()
    }

    /// Rounds learned from, those that have left the window too.
    pub const fn rounds(&self) -> u32 {
        self.window.rounds()
    }

    /// The leader.
    pub fn favourite(&self) -> R {
        self.arms.get(self.leader()).unwrap_or(R::ONE)
    }

    /// Mean cost of the leader in the window.
    pub fn mean_cost(&self) -> R {
        self.window.arm(self.leader()).map_or(R::ZERO, |(mean, _)| mean)
    }

    /// Whether every field has a value that [`new`](Self::new), `select` and `update` could have
    /// left there: what was restored from storage need not.
    #[cfg(feature = "storage")]
    pub(crate) fn check(&self) -> bool {
        self.arms.check()
            && self.window.check(Cost::largest())
            && self.selected.is_none_or(|arm| (arm as usize) < K)
    }

    fn leader(&self) -> usize {
        leader(K, self.window.means())
    }
}

impl<R: Real, const K: usize, const W: usize> OmegaTuner<R> for WindowedUcb<R, K, W> {
    fn select(&mut self, round: Round<R>) -> Result<Choice<R>, TunerError> {
        round.draw()?;
        let contest = Contest {
            arms: K,
            leader: self.leader(),
            rounds: self.window.rounds(),
            counted: self.window.len(),
            variance: self.window.variance(),
        };
        let arm = contest.winner(|arm| match self.window.arm(arm) {
            Some((mean, count)) if count > 0 => Some((mean, R::from_u32(count))),
            _ => None,
        });
        let omega = self.arms.get(arm)?;
        self.selected = Some(arm as u32);
        Ok(Choice::fixed(omega))
    }

    fn update(&mut self, cost: Cost<R>) -> Result<(), TunerError> {
        let cost = cost.checked()?;
        let arm = self.selected.ok_or(TunerError::NothingSelected)? as usize;
        let (mean, _) = self.window.arm(arm).ok_or(TunerError::NoArms)?;
        self.selected = None;
        self.window.push(arm, cost.at_least(mean));
        Ok(())
    }

    fn arms(&self) -> &[R] {
        self.arms.values()
    }
}
