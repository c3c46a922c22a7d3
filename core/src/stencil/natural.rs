//! The rows one after the other, there and back, and the triangles.

use super::{FivePoint, wide};
use crate::operator::{Update, looked_up};
use crate::{RowOperator, Scalar};

impl<T: Scalar, const R: usize, const C: usize> FivePoint<T, R, C> {
    /// Relaxes column `j`, top to bottom: xᵢⱼ ← `at(row, value, xᵢⱼ)`.
    #[inline(always)]
    pub(super) fn relax_column(
        &self,
        x: &mut [[T; R]; C],
        j: usize,
        zero: &[T; R],
        mut at: impl FnMut(usize, T, T) -> T,
    ) {
        let Some((column, left, right)) = Self::column(x, j, zero) else { return };
        let mut above = T::ZERO;
        let mut here = column.first().copied().unwrap_or(T::ZERO);
        for i in 0..R {
            let below = if i + 1 < R { column[i + 1] } else { T::ZERO };
            let value = self.combine(here, left[i], right[i], below, above);
            above = at(i, value, here);
            column[i] = above;
            here = below;
        }
    }

    /// Relaxes column `j`, bottom to top. The neighbour relaxed last enters one addition earlier
    /// than in [`relax_column`](Self::relax_column): the order of the sum is that of the rows.
    #[inline(always)]
    fn relax_column_back(
        &self,
        x: &mut [[T; R]; C],
        j: usize,
        zero: &[T; R],
        mut at: impl FnMut(usize, T, T) -> T,
    ) {
        let Some((column, left, right)) = Self::column(x, j, zero) else { return };
        let mut below = T::ZERO;
        let mut here = column.last().copied().unwrap_or(T::ZERO);
        for i in (0..R).rev() {
            let above = if i > 0 { column[i - 1] } else { T::ZERO };
            let value = self.combine(here, left[i], right[i], below, above);
            below = at(i, value, here);
            column[i] = below;
            here = above;
        }
    }
}

impl<T: Scalar, const R: usize, const C: usize> RowOperator<T> for FivePoint<T, R, C> {
    #[inline]
    fn diagonal(&self, row: usize) -> T {
        if row < R * C { self.center } else { T::ZERO }
    }

    #[inline]
    fn row_dot(&self, row: usize, x: &Self::Domain) -> T {
        let (Some(i), Some(j)) = (row.checked_rem(R), row.checked_div(R)) else { return T::ZERO };
        let x = &x.data.0;
        let at = |i: usize, j: usize| x.get(j).and_then(|c| c.get(i)).copied().unwrap_or(T::ZERO);
        if j >= C {
            return T::ZERO;
        }
        // One below zero wraps to the largest index, which `get` finds outside.
        self.combine(
            at(i, j),
            at(i, j.wrapping_sub(1)),
            at(i, j + 1),
            at(i + 1, j),
            at(i.wrapping_sub(1), j),
        )
    }

    #[inline]
    fn visit_row(&self, row: usize, mut visit: impl FnMut(usize, T)) {
        let (Some(i), Some(j)) = (row.checked_rem(R), row.checked_div(R)) else { return };
        if j >= C {
            return;
        }
        if j > 0 {
            visit(row - R, self.horizontal);
        }
        if i > 0 {
            visit(row - 1, self.vertical);
        }
        visit(row, self.center);
        if i + 1 < R {
            visit(row + 1, self.vertical);
        }
        if j + 1 < C {
            visit(row + R, self.horizontal);
        }
    }

    #[inline]
    fn relax(&self, x: &mut Self::Domain, mut update: impl FnMut(usize, T, T) -> T) {
        let zero = [T::ZERO; R];
        for j in 0..C {
            self.relax_column(&mut x.data.0, j, &zero, |i, dot, old| update(j * R + i, dot, old));
        }
    }

    #[inline(always)]
    fn relax_beside(
        &self,
        x: &mut Self::Domain,
        beside: [&Self::Range; 2],
        update: &impl Update<T>,
    ) {
        // One column's chain waits more than it computes, the more so with lanes. A scalar one
        // already overlaps with the next column's in a processor that looks ahead.
        if wide::<T>() {
            let zero = [T::ZERO; R];
            let [p, q] = beside.map(|vector| &vector.data.0);
            for j in (0..C).step_by(2) {
                self.relax_pair(&mut x.data.0, j, &zero, [p, q], update);
            }
        } else {
            self.relax(x, looked_up(beside, update));
        }
    }

    #[inline]
    fn relax_back(&self, x: &mut Self::Domain, mut update: impl FnMut(usize, T, T) -> T) {
        let zero = [T::ZERO; R];
        for j in (0..C).rev() {
            self.relax_column_back(&mut x.data.0, j, &zero, |i, dot, old| {
                update(j * R + i, dot, old)
            });
        }
    }

    #[inline]
    fn lower_dot(&self, row: usize, x: &Self::Domain) -> T {
        let (Some(i), Some(j)) = (row.checked_rem(R), row.checked_div(R)) else { return -T::ZERO };
        let x = &x.data.0;
        let Some(column) = x.get(j) else { return -T::ZERO };
        let above = column.get(i.wrapping_sub(1)).map(|above| self.vertical * *above);
        let left = x.get(j.wrapping_sub(1)).and_then(|column| column.get(i));
        pair(left.map(|left| self.horizontal * *left), above)
    }

    #[inline]
    fn upper_dot(&self, row: usize, x: &Self::Domain) -> T {
        let (Some(i), Some(j)) = (row.checked_rem(R), row.checked_div(R)) else { return -T::ZERO };
        let x = &x.data.0;
        let Some(column) = x.get(j) else { return -T::ZERO };
        let below = column.get(i + 1).map(|below| self.vertical * *below);
        let right = x.get(j + 1).and_then(|column| column.get(i));
        pair(below, right.map(|right| self.horizontal * *right))
    }

    #[inline]
    fn sweep_lower(&self, x: &mut Self::Domain, mut update: impl FnMut(usize, T, T) -> T) {
        for j in 0..C {
            let (before, rest) = x.data.0.split_at_mut(j);
            let Some(column) = rest.first_mut() else { return };
            let left = before.last();
            let mut above = None;
            for (i, point) in column.iter_mut().enumerate() {
                let left = left.and_then(|left| left.get(i)).map(|left| self.horizontal * *left);
                let dot = pair(left, above.map(|above| self.vertical * above));
                *point = update(j * R + i, dot, *point);
                above = Some(*point);
            }
        }
    }

    #[inline]
    fn sweep_upper(&self, x: &mut Self::Domain, mut update: impl FnMut(usize, T, T) -> T) {
        for j in (0..C).rev() {
            let (before, after) = x.data.0.split_at_mut(j + 1);
            let Some(column) = before.last_mut() else { return };
            let right = after.first();
            let mut below = None;
            for (i, point) in column.iter_mut().enumerate().rev() {
                let right =
                    right.and_then(|right| right.get(i)).map(|right| self.horizontal * *right);
                let dot = pair(below.map(|below| self.vertical * below), right);
                *point = update(j * R + i, dot, *point);
                below = Some(*point);
            }
        }
    }

    #[inline]
    fn visit_lower(&self, x: &Self::Domain, mut visit: impl FnMut(usize, T)) {
        for (j, column) in x.data.0.iter().enumerate() {
            let left = x.data.0.get(j.wrapping_sub(1));
            let mut above = None;
            for (i, point) in column.iter().enumerate() {
                let left = left.and_then(|left| left.get(i)).map(|left| self.horizontal * *left);
                visit(j * R + i, pair(left, above.map(|above: T| self.vertical * above)));
                above = Some(*point);
            }
        }
    }

    #[inline]
    fn visit(&self, x: &Self::Domain, mut visit: impl FnMut(usize, T)) {
        let zero = [T::ZERO; R];
        let x = &x.data.0;
        for j in 0..C {
            let left = x.get(j.wrapping_sub(1)).unwrap_or(&zero);
            let right = x.get(j + 1).unwrap_or(&zero);
            let column = &x[j];
            for i in 0..R {
                let above = if i > 0 { column[i - 1] } else { T::ZERO };
                let below = if i + 1 < R { column[i + 1] } else { T::ZERO };
                visit(j * R + i, self.combine(column[i], left[i], right[i], below, above));
            }
        }
    }
}

/// The sum of what there is, with the bits of the fixed order: a sum of nothing is −0.
#[inline(always)]
fn pair<T: Scalar>(first: Option<T>, second: Option<T>) -> T {
    match (first, second) {
        (Some(first), Some(second)) => first + second,
        (Some(one), None) | (None, Some(one)) => one,
        (None, None) => -T::ZERO,
    }
}
