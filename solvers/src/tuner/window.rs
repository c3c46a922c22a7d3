//! [`Window`]: the last rounds, and what they say of each arm.

use crate::Real;

/// A window recounts where what left it was this many times what is left: of the digits that
/// rounding spares, eight bits are gone.
const LOSS: u32 = 256;

/// Arms and costs of the last `W` rounds, in a ring, and their statistics over `K` arms.
///
/// A round that enters or leaves changes one mean and the sum of squares, in O(1). Rounding errors
/// of what has left stay behind, so all is counted anew from the ring once per turn of it, and where
/// a subtraction leaves so little that they would show.
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
pub(super) struct Window<R, const K: usize, const W: usize> {
    spread: Spread<R, K>,
    #[cfg_attr(feature = "serde", serde(with = "crate::array"))]
    costs: [R; W],
    #[cfg_attr(feature = "serde", serde(with = "crate::array"))]
    played: [u16; W],
    /// Where the next round goes: over the oldest one once the ring is full.
    next: u32,
    /// Rounds in all; at the largest number it goes back by [`BACK`].
    rounds: u32,
}

/// The turns among the candidates go on after the largest count: it is a multiple of three.
const BACK: u32 = 2;

impl<R: Real, const K: usize, const W: usize> Window<R, K, W> {
    /// No rounds yet.
    pub(super) const fn new() -> Self {
        const {
            assert!(W > 0 && W <= 1 << 24, "a window needs rounds, as many as f32 can count");
            assert!(K <= 1 << 16, "the ring keeps an arm in 16 bits");
        }
        Self { spread: Spread::new(), costs: [R::ZERO; W], played: [0; W], next: 0, rounds: 0 }
    }

    /// Rounds in all.
    pub(super) const fn rounds(&self) -> u32 {
        self.rounds
    }

    /// Rounds in the ring.
    pub(super) fn len(&self) -> u32 {
        self.rounds.min(W as u32)
    }

    /// Mean cost of an arm, and how many rounds it is of; zeros where there are none.
    pub(super) fn arm(&self, arm: usize) -> Option<(R, u32)> {
        self.spread.means.get(arm).copied().zip(self.spread.counts.get(arm).copied())
    }

    /// Every arm that was played, and its mean cost.
    pub(super) fn means(&self) -> impl Iterator<Item = (usize, R)> {
        let arms = self.spread.means.iter().zip(&self.spread.counts).enumerate();
        arms.filter(|(_, (_, count))| **count > 0).map(|(arm, (mean, _))| (arm, *mean))
    }

    /// Variance of costs about their arm's mean; zero as long as no arm was played twice.
    pub(super) fn variance(&self) -> R {
        let arms = self.spread.counts.iter().filter(|count| **count > 0).count() as u32;
        match self.len().saturating_sub(arms) {
            0 => R::ZERO,
            free => self.spread.squares / R::from_u32(free),
        }
    }

    /// A round enters; the oldest one leaves where the ring is full.
    pub(super) fn push(&mut self, arm: usize, cost: R) {
        let at = self.next as usize;
        let mut exact = true;
        if let (Some(played), Some(paid)) = (self.played.get_mut(at), self.costs.get_mut(at)) {
            if self.rounds >= W as u32 {
                exact = self.spread.remove(usize::from(*played), *paid);
            }
            (*played, *paid) = (arm as u16, cost);
        }
        self.spread.add(arm, cost);
        self.rounds = self.rounds.checked_add(1).unwrap_or(u32::MAX - BACK);
        self.next = if at + 1 < W { self.next + 1 } else { 0 };
        if self.next == 0 || !exact {
            self.recount();
        }
    }

    fn recount(&mut self) {
        self.spread = Spread::new();
        let rounds = self.played.iter().zip(&self.costs).take(self.rounds.min(W as u32) as usize);
        rounds.for_each(|(arm, cost)| self.spread.add(usize::from(*arm), *cost));
    }

    /// Whether every field has a value that [`new`](Self::new) and [`push`](Self::push) could have
    /// left there, of costs that are counted up to `largest`.
    #[cfg(feature = "storage")]
    pub(super) fn check(&self, largest: R) -> bool {
        let mut counts = [0; K];
        let mut sound = true;
        // Their length hidden, these stay loops.
        let ring = core::hint::black_box(&self.played[..]).iter().zip(&self.costs);
        for (round, (arm, cost)) in ring.enumerate() {
            if round < self.len() as usize {
                sound &= *cost >= R::ZERO && *cost <= largest;
                match counts.get_mut(usize::from(*arm)) {
                    Some(count) => *count += 1,
                    None => sound = false,
                }
            } else {
                sound &= *arm == 0 && *cost == R::ZERO;
            }
        }
        let amount = |value: R| value >= R::ZERO && value.is_finite();
        for (mean, count) in core::hint::black_box(&self.spread.means[..]).iter().zip(&counts) {
            sound &= amount(*mean) && (*count > 0 || *mean == R::ZERO);
        }
        let turn = (self.rounds as usize).checked_rem(W).unwrap_or(0);
        let later = self.rounds >= u32::MAX - BACK && (self.next as usize) < W;
        sound
            && W > 0
            && counts == self.spread.counts
            && amount(self.spread.peak)
            && self.spread.squares >= R::ZERO
            && self.spread.squares <= self.spread.peak
            && (self.rounds > 1 || self.spread.peak == R::ZERO)
            && (self.next as usize == turn || later)
    }
}

/// Means and squares, to which a round can be added and from which it can be taken.
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
struct Spread<R, const K: usize> {
    /// Mean cost of each arm; zero where there is none.
    #[cfg_attr(feature = "serde", serde(with = "crate::array"))]
    means: [R; K],
    /// Rounds of each arm.
    #[cfg_attr(feature = "serde", serde(with = "crate::array"))]
    counts: [u32; K],
    /// Σ (cost − its arm's mean)².
    squares: R,
    /// The most they have been since they were counted anew: their rounding error goes with it.
    peak: R,
}

impl<R: Real, const K: usize> Spread<R, K> {
    const fn new() -> Self {
        Self { means: [R::ZERO; K], counts: [0; K], squares: R::ZERO, peak: R::ZERO }
    }

    /// Welford's step: with m the mean of n costs, m′ = m + (c − m) / (n + 1) is that of one more,
    /// and the squares grow by (c − m)(c − m′).
    fn add(&mut self, arm: usize, cost: R) {
        let (Some(mean), Some(count)) = (self.means.get_mut(arm), self.counts.get_mut(arm)) else {
            return;
        };
        *count = count.saturating_add(1);
        let away = cost - *mean;
        // A first cost is the mean itself, and says nothing about the spread.
        let next = if *count == 1 { cost } else { *mean + away / R::from_u32(*count) };
        self.squares += away * (cost - next);
        self.peak = self.peak.max(self.squares);
        *mean = next;
    }

    /// The same step backwards. Whether enough digits are left.
    fn remove(&mut self, arm: usize, cost: R) -> bool {
        let (Some(mean), Some(count)) = (self.means.get_mut(arm), self.counts.get_mut(arm)) else {
            return true;
        };
        *count = count.saturating_sub(1);
        if *count == 0 {
            *mean = R::ZERO;
            return true;
        }
        let away = cost - *mean;
        let next = (*mean - away / R::from_u32(*count)).max(R::ZERO);
        self.squares = (self.squares - away * (cost - next)).max(R::ZERO);
        *mean = next;
        let loss = R::from_u32(LOSS);
        cost <= loss * next && self.peak <= loss * self.squares
    }
}
