//! What layers make of the rows of a product.

use super::super::panels::{Panels, Rows, multiply, rows, rows_mut};
use super::super::proposal::clamped;
use crate::batch::lanes::Side;

/// Sums as they are.
pub(super) struct Plain<'t, T> {
    pub(super) start: Option<&'t [T]>,
    pub(super) out: &'t mut [T],
}

impl<T: Side> Rows<T> for Plain<'_, T> {
    #[inline(always)]
    fn start<const COUNT: usize>(&self, first: usize) -> [T; COUNT] {
        match self.start {
            Some(start) => *rows(start, first),
            None => [T::ZERO; COUNT],
        }
    }
    #[inline(always)]
    fn end<const COUNT: usize>(&mut self, first: usize, sums: [T; COUNT]) {
        *rows_mut(self.out, first) = sums;
    }
}

/// x ← x + γ · sum, and what a threshold leaves of it.
pub(super) struct Step<'t, T, const THRESHOLD: u8> {
    x: &'t mut [T],
    step: T,
    threshold: T,
}

pub(super) const NONE: u8 = 0;
pub(super) const SOFT: u8 = 1;
pub(super) const HARD: u8 = 2;

impl<T: Side, const THRESHOLD: u8> Rows<T> for Step<'_, T, THRESHOLD> {
    #[inline(always)]
    fn start<const COUNT: usize>(&self, _: usize) -> [T; COUNT] {
        [T::ZERO; COUNT]
    }
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

#[inline(always)]
pub(super) fn step<T: Side, const THRESHOLD: u8>(
    adjoint: &Panels<T::Real>,
    r: &[T],
    x: &mut [T],
    [step, threshold]: [T::Real; 2],
) {
    let (step, threshold) = (T::splat(step), T::splat(threshold));
    multiply(adjoint, r, Step::<_, THRESHOLD> { x, step, threshold });
}
