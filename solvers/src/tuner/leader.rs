//! The arm that unimodal UCB plays next, whichever way it forgets.

use crate::Real;

/// Every so many rounds the leader itself is played, as many as there are candidates.
const TURN: u32 = 3;

/// The arm with the least mean cost, the first of several; the middle one of all where none was
/// played. `played` gives each arm that was, and its mean.
#[inline]
pub(super) fn leader<R: Real>(arms: usize, played: impl Iterator<Item = (usize, R)>) -> usize {
    // Means are finite.
    let (mut best, mut least) = (arms / 2, R::INFINITY);
    played.for_each(|(arm, mean)| {
        if mean < least {
            (best, least) = (arm, mean);
        }
    });
    best
}

/// The leader against its two neighbours.
pub(super) struct Contest<R> {
    /// How many arms there are.
    pub(super) arms: usize,
    pub(super) leader: usize,
    /// Rounds that have a cost.
    pub(super) rounds: u32,
    /// Rounds that still count.
    pub(super) counted: u32,
    /// Variance of costs about their arm's mean.
    pub(super) variance: R,
}

impl<R: Real> Contest<R> {
    /// Who plays the round: the leader every third time, else the one with the smallest index.
    /// `known` gives an arm's mean cost and how many rounds it is of, if there are any.
    #[inline]
    pub(super) fn winner(&self, known: impl Fn(usize) -> Option<(R, R)>) -> usize {
        let leader = self.leader;
        if self.rounds.is_multiple_of(TURN) {
            return leader;
        }
        // ln 2 (⌊log₂ t⌋ + 1) ≥ ln t, without a logarithm.
        let log = R::from_f64(core::f64::consts::LN_2)
            * R::from_u32(self.counted.checked_ilog2().unwrap_or(0) + 1);
        // A count of sweeps is not known to better than a half, however little it varies.
        let variance = self.variance.max(R::from_f64(0.25));
        let width = (variance + variance) * log;
        // The smallest cost that an arm may have as far as is known.
        let index = |arm| match known(arm) {
            Some((mean, count)) => mean - (width / count).sqrt_coarse(),
            None => -R::INFINITY,
        };
        let (mut arm, mut least) = (leader, index(leader));
        for neighbour in [leader.checked_sub(1), leader.checked_add(1)].into_iter().flatten() {
            let index = index(neighbour);
            if neighbour < self.arms && index < least {
                (arm, least) = (neighbour, index);
            }
        }
        arm
    }
}
