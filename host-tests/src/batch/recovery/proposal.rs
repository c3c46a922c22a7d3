//! What a step of ISTA makes of the pull Aᵀr, row by row, and what it tells on the way.

use super::panels::{Rows, rows, rows_mut};
use crate::batch::lanes::Side;

/// What a look tells.
#[derive(Clone, Copy, Debug)]
pub(super) struct Look<T> {
    /// Largest |Aᵀr|, and zero times their sum: NaN where one is not finite.
    pull: T,
    pull_taint: T,
    /// The same of x⁺ − x.
    change: T,
    change_taint: T,
}

impl<T: Side> Look<T> {
    pub(super) const NOTHING: Self =
        Self { pull: T::ZERO, pull_taint: T::ZERO, change: T::ZERO, change_taint: T::ZERO };

    #[inline(always)]
    pub(super) fn at_pull(&mut self, pull: T) {
        self.pull = pull.abs().most(self.pull);
        self.pull_taint = self.pull_taint.plus_product(pull, T::ZERO);
    }
    #[inline(always)]
    pub(super) fn at_change(&mut self, change: T) {
        self.change = change.abs().most(self.change);
        self.change_taint = self.change_taint.plus_product(change, T::ZERO);
    }
    /// What S(α Aᵀr; α λ) is at most where x is zero: S itself of the largest, since it never falls.
    #[inline(always)]
    pub(super) fn changing_from_rest(mut self, step: T, threshold: T) -> Self {
        let z = step * self.pull;
        self.change = z - clamped(z, threshold);
        self.change_taint = self.pull_taint;
        self
    }
    /// Of one lane; NaN where a number is not finite.
    pub(super) fn largest_pull(&self, lane: usize) -> T::Real {
        self.pull.lanes()[lane] + self.pull_taint.lanes()[lane]
    }
    pub(super) fn largest_change(&self, lane: usize) -> T::Real {
        self.change.lanes()[lane] + self.change_taint.lanes()[lane]
    }
}

/// x⁺ = S(x + α Aᵀr; α λ), row by row.
pub(super) struct Proposal<'t, T> {
    pub(super) x: &'t [T],
    pub(super) next: &'t mut [T],
    pub(super) step: T,
    pub(super) threshold: T,
    pub(super) scale: T,
    pub(super) look: Look<T>,
    pub(super) moved: T,
}

impl<T: Side> Rows<T> for Proposal<'_, T> {
    #[inline(always)]
    fn end<const COUNT: usize>(&mut self, first: usize, pulls: [T; COUNT]) {
        let (x, next) = (rows::<T, COUNT>(self.x, first), rows_mut::<T, COUNT>(self.next, first));
        let mut i = 0;
        while i < COUNT {
            let x = x[i];
            let z = x.plus_product(self.step, pulls[i]);
            next[i] = z - clamped(z, self.threshold);
            let change = x - next[i];
            self.look.at_pull(pulls[i]);
            self.look.at_change(change);
            let apart = self.scale * change;
            self.moved = self.moved.plus_product(apart, apart);
            i += 1;
        }
    }
}

/// −b … b; of NaN anything between, which a difference from it does not show.
#[inline(always)]
pub(super) fn clamped<T: Side>(z: T, bound: T) -> T {
    (-bound).most(z.least(bound))
}

/// x ← x + γ · sum, and what a threshold leaves of it.
pub(super) struct Step<'t, T, const THRESHOLD: u8> {
    pub(super) x: &'t mut [T],
    pub(super) step: T,
    pub(super) threshold: T,
}

pub(super) const NONE: u8 = 0;
pub(super) const SOFT: u8 = 1;
pub(super) const HARD: u8 = 2;

impl<T: Side, const THRESHOLD: u8> Rows<T> for Step<'_, T, THRESHOLD> {
    #[inline(always)]
    fn end<const COUNT: usize>(&mut self, first: usize, pulls: [T; COUNT]) {
        let x = rows_mut::<T, COUNT>(self.x, first);
        let mut i = 0;
        while i < COUNT {
            let z = x[i].plus_product(self.step, pulls[i]);
            x[i] = match THRESHOLD {
                SOFT => z - clamped(z, self.threshold),
                // What is not at or below it stays, NaN too.
                HARD => self.threshold.if_less(z.abs(), z, T::ZERO.plus_product(z, T::ZERO)),
                _ => z,
            };
            i += 1;
        }
    }
}

/// x ← S(α Aᵀr; α λ), row by row: from x = 0.
pub(super) struct FromRest<'t, T> {
    pub(super) x: &'t mut [T],
    pub(super) step: T,
    pub(super) threshold: T,
    pub(super) look: Look<T>,
}

impl<T: Side> Rows<T> for FromRest<'_, T> {
    #[inline(always)]
    fn end<const COUNT: usize>(&mut self, first: usize, pulls: [T; COUNT]) {
        let x = rows_mut::<T, COUNT>(self.x, first);
        let mut i = 0;
        while i < COUNT {
            let z = self.step * pulls[i];
            x[i] = z - clamped(z, self.threshold);
            self.look.at_pull(pulls[i]);
            i += 1;
        }
    }
}

/// How far x is from S(x + α Aᵀr; α λ), row by row.
pub(super) struct AtEnd<'t, T> {
    pub(super) x: &'t [T],
    pub(super) step: T,
    pub(super) threshold: T,
    pub(super) look: Look<T>,
}

impl<T: Side> Rows<T> for AtEnd<'_, T> {
    #[inline(always)]
    fn end<const COUNT: usize>(&mut self, first: usize, pulls: [T; COUNT]) {
        let x = rows::<T, COUNT>(self.x, first);
        let mut i = 0;
        while i < COUNT {
            let x = x[i];
            let z = x.plus_product(self.step, pulls[i]);
            self.look.at_change(x - (z - clamped(z, self.threshold)));
            i += 1;
        }
    }
}
