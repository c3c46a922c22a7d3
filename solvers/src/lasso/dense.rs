//! Where a path begins that has few zeros at its end: with all columns in work, and no L1 norm.

use super::Lasso;
use super::factor::append_marked;
use super::look::axpy;
use super::problem::copy;
use super::trace::product;
use super::workspace::Parts;
use crate::direct::{packed, solve_in_place};
use crate::{Buffer, ColumnOperator, Real};

/// The strongest pull at w = 0, in units of α λ, from which on so few zeros are expected that the path
/// from zero, which computes no more rows of the Gram matrix than it needs, is the longer one.
const SMALL: f64 = 256.0;
/// The least volume of the columns, of unit length, over that of columns without correlation: those
/// much alike share their weight among few, and the path from zero is the shorter one.
const VOLUME: f64 = 0.0625;

impl<R: Real, A: ColumnOperator<R>, G, I> Lasso<'_, R, A, G, I>
where
    G: Buffer<R>,
    I: AsRef<[usize]> + AsMut<[usize]>,
{
    /// From w = 0 to the solution for α λ = 0, where α λ is so small, the rows so many and the columns
    /// so little alike that a path from there should be shorter: it is that of growing λ, on which
    /// coordinates become zero. Elsewhere nothing changes.
    ///
    /// Cost: the Gram matrix, and a factorisation that goes faster for all columns together than for
    /// one after the other.
    pub(super) fn begin_dense(
        &self,
        parts: &mut Parts<'_, R>,
        members: usize,
        factored: &mut usize,
        squares: &mut R,
    ) {
        let strongest =
            parts.g.iter().take(members).fold(R::ZERO, |most, g| most.max(self.pull(*g)));
        // With as many columns as rows any column is nearly a sum of others.
        let rows = self.design.rows();
        let few = members.saturating_mul(4) <= rows.saturating_mul(3);
        let small = R::from_f64(SMALL) * self.l1 <= strongest && strongest > R::ZERO;
        let moved = parts.w.iter().take(members).any(|w| *w != R::ZERO);
        // Without a sign to begin with, x ≥ 0 has no such path.
        if !few || !small || moved || self.nonnegative {
            return;
        }
        *factored = 0;
        let (mut volume, mut first) = (R::ONE, 0);
        while first < members {
            let last = (first + 4).min(members);
            for (slot, mark) in parts.d.iter_mut().enumerate().take(last) {
                *mark = if slot < first { R::ZERO } else { R::ONE };
            }
            (first..last).for_each(|slot| self.complete_next(parts, slot, members));
            append_marked(parts, last, factored, self.ridge);
            for row in first..*factored {
                let left = R::from_u32((rows - row) as u32) / R::from_u32(rows as u32);
                volume *= share(parts, row) / left;
            }
            if *factored < last || volume < R::from_f64(VOLUME) {
                *factored = 0;
                return;
            }
            first = last;
        }
        let order = parts.order.get(..members).unwrap_or(&[]);
        let d = parts.d.get_mut(..members).unwrap_or_default();
        let h = parts.h.get_mut(..members).unwrap_or_default();
        for (d, slot) in d.iter_mut().zip(order) {
            *d = parts.g.get(*slot).copied().unwrap_or(R::ZERO);
        }
        solve_in_place(parts.factor, d);
        product(parts.gram, parts.capacity, order, d, h);
        for (d, slot) in d.iter().zip(order) {
            let known = parts.g.get(*slot).zip(h.get(*slot));
            if let (Some(w), Some((g, h))) = (parts.w.get_mut(*slot), known) {
                *squares -= *d * (*g + *g - *h);
                *w = *d;
            }
        }
        axpy(-R::ONE, h, parts.g);
    }
    /// [`complete_row`](Self::complete_row) where the rows of all slots before this one are complete.
    fn complete_next(&self, parts: &mut Parts<'_, R>, slot: usize, members: usize) {
        let Parts { capacity, gram, members: columns, known, .. } = parts;
        let capacity = *capacity;
        let (before, own) = gram.split_at_mut((slot * capacity).min(gram.len()));
        for (entry, row) in own.iter_mut().zip(before.chunks_exact(capacity.max(1))) {
            *entry = row.get(slot).copied().unwrap_or(R::ZERO);
        }
        let columns = columns.get(..members).unwrap_or(&[]);
        let others = columns.get(slot..).unwrap_or(&[]).chunks(4);
        let Some(column) = columns.get(slot).copied() else { return };
        for (entries, others) in
            own.get_mut(slot..members).unwrap_or_default().chunks_mut(4).zip(others)
        {
            let batch = core::array::from_fn(|k| others.get(k).copied().unwrap_or(column));
            copy(entries, self.design.column_pairs(column, batch));
        }
        if let Some(known) = known.get_mut(slot) {
            *known = members;
        }
    }
}

/// What the rows of the factor before one leave of its column's square.
fn share<R: Real>(parts: &Parts<'_, R>, row: usize) -> R {
    let slot = parts.order.get(row).copied().unwrap_or(0);
    let whole = parts.gram.get(slot * parts.capacity + slot).copied().unwrap_or(R::ONE);
    let inverse = parts.factor.get(packed(row + 1) - 1).copied().unwrap_or(R::ONE);
    R::ONE / (whole * inverse * inverse)
}
