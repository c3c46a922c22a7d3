//! A pass over the columns in work, and what the gap would be if there were no others.

use super::Lasso;
use super::look::axpy;
use super::workspace::Parts;
use crate::{ColumnOperator, Real};

impl<R: Real, A: ColumnOperator<R>, G, I> Lasso<'_, R, A, G, I> {
    /// Each coordinate in work to its best value, one after the other.
    /// Keeps g = Aᵀr and ‖r‖². Cost: a row of the Gram matrix for each coordinate that moves.
    pub(super) fn pass(&self, parts: &mut Parts<'_, R>, members: usize, squares: &mut R) {
        let Some(g) = parts.g.get_mut(..members) else { return };
        let rows = parts.gram.chunks_exact(parts.capacity.max(1));
        let columns = rows.zip(parts.w.iter_mut()).zip(&*parts.inverse).take(members).enumerate();
        for (slot, ((row, w), inverse)) in columns {
            let Some(own) = g.get(slot).copied() else { break };
            let norm = row.get(slot).copied().unwrap_or(R::ZERO);
            let old = *w;
            let new = self.coordinate(own + norm * old, *inverse);
            let delta = new - old;
            if delta == R::ZERO {
                continue;
            }
            *w = new;
            *squares -= delta * (own + own - norm * delta);
            axpy(-delta, row, g);
        }
    }

    /// The gap among the columns in work, from what passes have kept.
    pub(super) fn inner_gap(&self, parts: &Parts<'_, R>, members: usize, squares: R) -> R {
        let pairs = parts.w.iter().zip(&*parts.g).take(members);
        // The running ‖r‖² may have come out below zero by rounding.
        self.gap(pairs, squares.max(R::ZERO)).gap
    }
}
