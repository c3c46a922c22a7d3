//! [`Columns`]: the designs of a group of fits.

use super::super::lanes::{Side, dot, dot_same};

/// Designs that are read column by column.
pub(super) trait Columns<T: Side> {
    /// Puts the design of a fit into a lane.
    fn load(&mut self, lane: usize, design: &[T::Real]);
    /// Σᵢ aᵢⱼ rᵢ.
    fn dot(&self, column: usize, r: &[T]) -> T;
    /// r ← r + `factor` aⱼ.
    fn add(&self, column: usize, factor: T, r: &mut [T]);
}

/// A design for each fit.
pub(super) struct Own<T>(pub(super) Vec<T>);

impl<T: Side> Columns<T> for Own<T> {
    fn load(&mut self, lane: usize, design: &[T::Real]) {
        for (slot, number) in self.0.iter_mut().zip(design) {
            slot.lanes_mut()[lane] = *number;
        }
    }
    #[inline(always)]
    fn dot(&self, column: usize, r: &[T]) -> T {
        dot(&self.0[column * r.len()..][..r.len()], r)
    }
    #[inline(always)]
    fn add(&self, column: usize, factor: T, r: &mut [T]) {
        let column = &self.0[column * r.len()..][..r.len()];
        for (r, entry) in r.iter_mut().zip(column) {
            *r += factor * *entry;
        }
    }
}

/// One design, of plain numbers.
pub(super) struct Same<'a, R>(pub(super) &'a [R]);

impl<T: Side> Columns<T> for Same<'_, T::Real> {
    fn load(&mut self, _lane: usize, _design: &[T::Real]) {}
    #[inline(always)]
    fn dot(&self, column: usize, r: &[T]) -> T {
        dot_same(&self.0[column * r.len()..][..r.len()], r)
    }
    #[inline(always)]
    fn add(&self, column: usize, factor: T, r: &mut [T]) {
        let column = &self.0[column * r.len()..][..r.len()];
        for (r, entry) in r.iter_mut().zip(column) {
            *r += factor * T::splat(*entry);
        }
    }
}
