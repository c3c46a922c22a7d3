//! [`Leader`]: which exponent is played, which one is probed, and what the probes showed.

use super::exponent::{ARMS, GAUSS_SEIDEL, YOUNG};
use crate::Real;

/// The exponent that plays, against challengers that are probed now and then.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(super) struct Leader<R> {
    /// The arm that plays.
    arm: u8,
    /// Which kind of challenger comes next: one below, one above, a far one, Gauss–Seidel.
    kind: u8,
    /// The solve at which the next probe may come, and the pause after it.
    next: u32,
    pause: u32,
    /// Mean cost of each arm in units of its solve's asymptotic length; zero while unknown.
    means: [R; ARMS],
    /// Probes won in a row.
    wins: [u8; ARMS],
    /// The arm that led before, while its successor is on trial.
    before: u8,
    pause_before: u32,
    /// Solves left of the trial; zero when there is none.
    trial: u8,
    /// Solves in a row that took far longer than they should.
    violations: u8,
}

/// What one solve plays.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Play<R> {
    pub(super) arm: u8,
    /// Is it a challenger's probe?
    pub(super) probe: bool,
    /// The leader, which takes over when a probe is cut off, and its mean cost (zero: unknown).
    pub(super) leader: u8,
    pub(super) mean: R,
}

/// Kinds of challengers.
const KINDS: u8 = 4;
/// Pause after a promotion and at the start.
const PAUSE: u32 = 6;
const LONGEST_PAUSE: u32 = 128;
/// Solves of a new leader before it must have been worth it.
const TRIAL: u8 = 12;
/// A challenger must be better by this factor.
const BETTER: f64 = 0.97;
/// A far challenger better by this factor needs no second probe.
const FAR_BETTER: f64 = 0.7;
/// Mean cost above which an exponent of 1 or more is no match for the matrix.
const MISFIT: f64 = 4.0;
/// Weight of a new cost in the leader's mean.
const FRESH: f64 = 0.15;

impl<R: Real> Leader<R> {
    pub(super) const fn new() -> Self {
        Self {
            arm: YOUNG,
            kind: 0,
            next: 2,
            pause: PAUSE,
            means: [R::ZERO; ARMS],
            wins: [0; ARMS],
            before: YOUNG,
            pause_before: PAUSE,
            trial: 0,
            violations: 0,
        }
    }

    /// Whether every field has a value that the functions below could have left there.
    #[cfg(feature = "storage")]
    pub(super) fn check(&self) -> bool {
        let arm = |arm: u8| usize::from(arm) < ARMS;
        let pauses = PAUSE..=LONGEST_PAUSE;
        arm(self.arm)
            && arm(self.before)
            && self.kind < KINDS
            && pauses.contains(&self.pause)
            && pauses.contains(&self.pause_before)
            && self.means.iter().all(|mean| *mean >= R::ZERO && mean.is_finite())
            // The second one ends the row.
            && self.wins.iter().all(|wins| *wins < 2)
            && self.violations < 2
            && self.trial <= TRIAL
    }

    pub(super) const fn arm(&self) -> u8 {
        self.arm
    }

    /// Does Gauss–Seidel lead, and has it earned that?
    pub(super) const fn rests(&self) -> bool {
        self.arm == GAUSS_SEIDEL && self.trial == 0
    }

    fn mean(&self, arm: u8) -> R {
        self.means.get(usize::from(arm)).copied().unwrap_or(R::ZERO)
    }

    fn set_mean(&mut self, arm: u8, mean: R) {
        if let Some(slot) = self.means.get_mut(usize::from(arm)) {
            *slot = mean;
        }
    }

    /// What solve number `solve` plays; `settled`: the slowest mode is known well enough to compare.
    pub(super) fn play(&self, solve: u32, settled: bool) -> Play<R> {
        let (leader, mean) = (self.arm, self.mean(self.arm));
        let hurried = self.misfit();
        let rested = solve >= self.next && (settled || hurried);
        let due = rested && self.trial == 0 && mean > R::ZERO;
        let challenger = if due { self.challenger().1 } else { leader };
        Play { arm: challenger, probe: challenger != leader, leader, mean }
    }

    /// Do solves at Young's ω or above take so long that the matrix cannot be what it is made for?
    fn misfit(&self) -> bool {
        self.arm >= YOUNG && self.mean(self.arm) > R::from_f64(MISFIT)
    }

    /// The kind and the arm of the next probe.
    fn challenger(&self) -> (u8, u8) {
        let last = ARMS as u8 - 1;
        let first = if self.misfit() && self.kind == 0 { 2 } else { self.kind };
        for step in 0..KINDS {
            let kind = (first + step) % KINDS;
            let arm = match kind {
                0 => self.arm.saturating_sub(1),
                1 => self.arm.saturating_add(1).min(last),
                2 if self.arm >= YOUNG => self.arm / 2,
                2 => YOUNG,
                // Where Young's ω is too large, the exponents below it may all cost nearly the
                // same, so that no neighbour ever wins; Gauss–Seidel may be better than any.
                _ if self.arm < YOUNG => GAUSS_SEIDEL,
                _ => self.arm,
            };
            if arm != self.arm {
                return (kind, arm);
            }
        }
        (0, self.arm)
    }

    /// A probe ended in solve number `solve`: `cost` where it went to the end, nothing where it was
    /// cut off or did not converge.
    pub(super) fn probed(&mut self, solve: u32, play: &Play<R>, cost: Option<R>) {
        let (kind, arm) = self.challenger();
        let old = self.mean(self.arm);
        self.kind = (kind + 1) % KINDS;
        let won = cost.filter(|cost| *cost < R::from_f64(BETTER) * old);
        let Some(slot) = self.wins.get_mut(usize::from(play.arm)) else { return };
        let Some(cost) = won.filter(|_| arm == play.arm) else {
            *slot = 0;
            self.pause = (self.pause * 7 / 5).min(LONGEST_PAUSE);
            self.next = solve.saturating_add(1 + self.pause);
            return;
        };
        *slot = slot.saturating_add(1);
        self.next = solve.saturating_add(1 + self.pause);
        if *slot >= 2 || (kind == 2 && cost < R::from_f64(FAR_BETTER) * old) {
            *slot = 0;
            self.before = self.arm;
            self.pause_before = self.pause;
            self.arm = arm;
            self.trial = TRIAL;
            self.pause = PAUSE;
            self.set_mean(arm, R::ZERO);
        }
    }

    /// The leader's own solve cost so much.
    pub(super) fn led(&mut self, solve: u32, cost: R) {
        let mean = self.mean(self.arm);
        if self.trial == 0 {
            let fresh = R::from_f64(FRESH);
            let next = if mean > R::ZERO { mean + fresh * (cost - mean) } else { cost };
            self.set_mean(self.arm, next);
            return;
        }
        self.trial -= 1;
        let played = R::from_u32(u32::from(TRIAL - self.trial.min(TRIAL)));
        self.set_mean(self.arm, mean + (cost - mean) / played.max(R::ONE));
        if self.trial == 0 && self.mean(self.arm) > R::from_f64(BETTER) * self.mean(self.before) {
            self.arm = self.before;
            self.pause = (3 * self.pause_before).min(LONGEST_PAUSE);
        }
        if self.trial == 0 {
            self.next = solve.saturating_add(1 + self.pause);
        }
    }

    /// How often the leader's solve took far longer than it should: 0, 1, or 2 where its first
    /// fallback did too. Two such solves in a row cost it its place.
    pub(super) fn judge(&mut self, violations: u8) {
        if violations == 0 {
            self.violations = 0;
            return;
        }
        self.violations += 1;
        if self.violations >= 2 {
            self.violations = 0;
            self.trial = 0;
            self.arm = if violations > 1 { GAUSS_SEIDEL } else { self.arm / 2 };
            self.set_mean(self.arm, R::ZERO);
        }
    }
}

#[cfg(test)]
mod tests;
