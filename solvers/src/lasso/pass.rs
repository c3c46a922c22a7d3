//! A pass over the columns in work, and what the gap would be if there were no others.

use super::Lasso;
use super::look::axpy;
use super::workspace::Parts;
use crate::{Buffer, ColumnOperator, Real};

impl<R: Real, A: ColumnOperator<R>, G, I> Lasso<'_, R, A, G, I>
where
    G: Buffer<R>,
    I: AsRef<[usize]> + AsMut<[usize]>,
{
    /// Each coordinate in work to its best value, one after the other.
    /// Keeps g = Aᵀr and ‖r‖². Cost: a row of the Gram matrix for each coordinate that moves.
    pub(super) fn pass(&self, parts: &mut Parts<'_, R>, members: usize, squares: &mut R) {
        for slot in 0..members {
            let at = |v: &[R]| v.get(slot).copied().unwrap_or(R::ZERO);
            let (own, norm, old) = (at(parts.g), at(parts.norms), at(parts.w));
            let new = self.coordinate(own + norm * old, at(parts.inverse));
            let delta = new - old;
            if delta == R::ZERO {
                continue;
            }
            self.complete_row(parts, slot, members);
            if let Some(w) = parts.w.get_mut(slot) {
                *w = new;
            }
            *squares -= delta * (own + own - norm * delta);
            let row = parts.gram.get(slot * parts.capacity..).unwrap_or(&[]);
            axpy(-delta, row, parts.g.get_mut(..members).unwrap_or_default());
        }
    }

    /// The gap among the columns in work, from what passes have kept.
    pub(super) fn inner_gap(&self, parts: &Parts<'_, R>, members: usize, squares: R) -> R {
        let w = parts.w.get(..members).unwrap_or(&[]);
        // The running ‖r‖² may have come out below zero by rounding.
        self.gap(w, parts.g, squares.max(R::ZERO)).gap
    }
}
