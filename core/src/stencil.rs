//! [`FivePoint`]: a grid operator that stores three numbers instead of a matrix.

use crate::operator::{Update, looked_up, zeros};
use crate::{ColorOperator, LinearOperator, Real, RowOperator, SMatrix, Scalar};

/// The five-point stencil on an `R` × `C` grid with zero values outside:
///
/// (A x)ᵢⱼ = center·xᵢⱼ + vertical·(xᵢ₋₁ⱼ + xᵢ₊₁ⱼ) + horizontal·(xᵢⱼ₋₁ + xᵢⱼ₊₁).
///
/// Symmetric. Unknowns are numbered column by column, as `SMatrix` stores them. Storage: 3
/// numbers, whatever the grid. One product: 4 multiplications and 4 additions per point.
///
/// ```
/// use solvekit_core::{FivePoint, LinearOperator, SMatrix};
/// let laplacian = FivePoint::<f32, 10, 10>::laplacian(0.0);
/// let mut y = laplacian.zero_range();
/// laplacian.apply(&SMatrix::repeat(1.0), &mut y);
/// assert_eq!((y[(0, 0)], y[(0, 5)], y[(5, 5)]), (2.0, 1.0, 0.0));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FivePoint<T, const R: usize, const C: usize> {
    /// Weight of the point itself.
    pub center: T,
    /// Weight of the neighbours in the same column.
    pub vertical: T,
    /// Weight of the neighbours in the same row.
    pub horizontal: T,
}

impl<T: Scalar, const R: usize, const C: usize> FivePoint<T, R, C> {
    /// −Δ on a unit grid plus `shift`·I: center 4 + shift, neighbours −1.
    pub fn laplacian(shift: T) -> Self {
        let two = T::ONE + T::ONE;
        Self { center: two + two + shift, vertical: -T::ONE, horizontal: -T::ONE }
    }

    /// The value at one point. The neighbour relaxed last (above) enters last, so that the chain
    /// from one relaxed point to the next is as short as it can be.
    #[inline(always)]
    fn combine(&self, center: T, left: T, right: T, below: T, above: T) -> T {
        ((self.center * center + self.horizontal * (left + right)) + self.vertical * below)
            + self.vertical * above
    }

    /// Column `j` to be changed, with its left and right neighbours, zeros outside the grid.
    #[inline(always)]
    fn column<'a>(
        x: &'a mut [[T; R]; C],
        j: usize,
        outside: &'a [T; R],
    ) -> Option<(&'a mut [T; R], &'a [T; R], &'a [T; R])> {
        let (before, rest) = x.split_at_mut(j.min(C));
        let (column, after) = rest.split_first_mut()?;
        let left = before.last().unwrap_or(outside);
        let right = after.first().unwrap_or(outside);
        Some((column, left, right))
    }

    /// Relaxes column `j`, top to bottom: xᵢⱼ ← `at(row, value, xᵢⱼ)`.
    #[inline(always)]
    fn relax_column(
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

    /// Relaxes every second point of column `j` from `first` (0 or 1) on. None waits for another,
    /// and the ends of the column are taken out of the loop, so that it can be vectorised.
    #[inline(always)]
    fn relax_alternate_unrolled(
        &self,
        x: &mut [[T; R]; C],
        j: usize,
        first: usize,
        zero: &[T; R],
        mut at: impl FnMut(usize, T, T) -> T,
    ) {
        let Some((column, left, right)) = Self::column(x, j, zero) else { return };
        let mut above = match first.checked_sub(1).and_then(|i| column.get(i)) {
            Some(above) => self.vertical * *above,
            None => self.vertical * T::ZERO,
        };
        let mut i = first;
        let mut point = |i: usize| {
            // Where this stays a call, the compiler does not know that i < R.
            let next = column.get(i + 1).copied().unwrap_or(T::ZERO);
            let (Some(own), Some(left), Some(right)) =
                (column.get_mut(i), left.get(i), right.get(i))
            else {
                return;
            };
            let below = self.vertical * next;
            let sides = self.center * *own + self.horizontal * (*left + *right);
            *own = at(i, (sides + below) + above, *own);
            above = below;
        };
        while i + 6 < R {
            point(i);
            point(i + 2);
            point(i + 4);
            point(i + 6);
            i += 8;
        }
        while i < R {
            point(i);
            i += 2;
        }
    }

    /// Relaxes the points of [`relax_alternate_unrolled`](Self::relax_alternate_unrolled) one by
    /// one, where a single point fills the registers.
    #[inline(always)]
    fn relax_alternate(
        &self,
        x: &mut [[T; R]; C],
        j: usize,
        first: usize,
        zero: &[T; R],
        [p, q]: [&[T; R]; 2],
        update: &impl Update<T>,
    ) {
        let Some((column, left, right)) = Self::column(x, j, zero) else { return };
        let above = first.checked_sub(1).and_then(|i| column.get(i)).copied();
        let mut above = self.vertical * above.unwrap_or(T::ZERO);
        let mut i = first;
        while i < R {
            let below = self.vertical * if i + 1 < R { column[i + 1] } else { T::ZERO };
            let old = column[i];
            let sides = self.center * old + self.horizontal * (left[i] + right[i]);
            column[i] = update.relaxed((sides + below) + above, old, [p[i], q[i]]);
            above = below;
            i += 2;
        }
    }

    /// Relaxes columns `j` and `j + 1` together, the second one row behind the first, so that
    /// each point meets the neighbours it meets in [`relax_column`](Self::relax_column), and two
    /// chains from one relaxed point to the next run side by side. A last column runs alone.
    #[inline(always)]
    fn relax_pair(
        &self,
        x: &mut [[T; R]; C],
        j: usize,
        zero: &[T; R],
        [p, q]: [&[[T; R]; C]; 2],
        update: &impl Update<T>,
    ) {
        let (before, rest) = x.split_at_mut(j.min(C));
        let (Some([p, p_next]), Some([q, q_next])) =
            (p.get(j..).and_then(<[_]>::first_chunk), q.get(j..).and_then(<[_]>::first_chunk))
        else {
            let (Some(p), Some(q)) = (p.get(j), q.get(j)) else { return };
            return self
                .relax_column(x, j, zero, |i, dot, old| update.relaxed(dot, old, [p[i], q[i]]));
        };
        let [first, second, after @ ..] = rest else { return };
        let left = before.last().unwrap_or(zero);
        let right = after.first().unwrap_or(zero);
        let (mut above, mut above_second) = (T::ZERO, T::ZERO);
        let mut here = first.first().copied().unwrap_or(T::ZERO);
        let mut here_second = T::ZERO;
        for i in 0..R {
            let below = if i + 1 < R { first[i + 1] } else { T::ZERO };
            let next = second[i];
            let value = self.combine(here, left[i], next, below, above);
            let new = update.relaxed(value, here, [p[i], q[i]]);
            first[i] = new;
            if i > 0 {
                let value = self.combine(here_second, above, right[i - 1], next, above_second);
                above_second = update.relaxed(value, here_second, [p_next[i - 1], q_next[i - 1]]);
                second[i - 1] = above_second;
            }
            (above, here, here_second) = (new, below, next);
        }
        if let (Some(last), Some(right), Some(p), Some(q)) =
            (second.last_mut(), right.last(), p_next.last(), q_next.last())
        {
            let value = self.combine(here_second, above, *right, T::ZERO, above_second);
            *last = update.relaxed(value, here_second, [*p, *q]);
        }
    }
}

impl<T: Scalar, const R: usize, const C: usize> LinearOperator<T> for FivePoint<T, R, C> {
    type Domain = SMatrix<T, R, C>;
    type Range = SMatrix<T, R, C>;

    #[inline]
    fn rows(&self) -> usize {
        R * C
    }
    #[inline]
    fn columns(&self) -> usize {
        R * C
    }
    fn zero_domain(&self) -> Self::Domain {
        zeros()
    }
    fn zero_range(&self) -> Self::Range {
        zeros()
    }
    #[inline]
    fn apply(&self, x: &Self::Domain, y: &mut Self::Range) {
        let y = y.data.0.as_flattened_mut();
        self.visit(x, |row, value| {
            if let Some(slot) = y.get_mut(row) {
                *slot = value;
            }
        });
    }
    #[inline]
    fn apply_adjoint(&self, y: &Self::Range, x: &mut Self::Domain) {
        self.apply(y, x);
    }
    fn non_finite(&self) -> Option<(usize, usize)> {
        let bad = |weight: T| !weight.all(Real::is_finite);
        let places = [(self.center, (0, 0)), (self.vertical, (0, 1)), (self.horizontal, (0, R))];
        places.into_iter().find(|(weight, _)| bad(*weight)).map(|(_, place)| place)
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
                let left = left.map(|left| self.horizontal * left[i]);
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
                let right = right.map(|right| self.horizontal * right[i]);
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
                let left = left.map(|left| self.horizontal * left[i]);
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

impl<T: Scalar, const R: usize, const C: usize> ColorOperator<T> for FivePoint<T, R, C> {
    /// Two, as on a chessboard: point (i, j) has colour (i + j) mod 2.
    #[inline]
    fn colors(&self) -> usize {
        2
    }

    #[inline]
    fn relax_color(
        &self,
        color: usize,
        x: &mut Self::Domain,
        mut update: impl FnMut(usize, T, T) -> T,
    ) {
        if color > 1 {
            return;
        }
        let zero = [T::ZERO; R];
        for j in 0..C {
            let first = (j + color) % 2;
            self.relax_alternate_unrolled(&mut x.data.0, j, first, &zero, |i, dot, old| {
                update(j * R + i, dot, old)
            });
        }
    }

    #[inline(always)]
    fn relax_color_beside(
        &self,
        color: usize,
        x: &mut Self::Domain,
        beside: [&Self::Range; 2],
        update: &impl Update<T>,
    ) {
        if color > 1 {
            return;
        }
        let zero = [T::ZERO; R];
        let [p, q] = beside.map(|vector| &vector.data.0);
        for j in 0..C {
            let (p, q) = (&p[j], &q[j]);
            let first = (j + color) % 2;
            // The bits are the same. Lanes fill the registers with one point, and a Cortex-M has
            // few of them; elsewhere the compiler vectorises the unrolled form.
            if wide::<T>() || cfg!(target_arch = "arm") {
                self.relax_alternate(&mut x.data.0, j, first, &zero, [p, q], update);
            } else {
                self.relax_alternate_unrolled(&mut x.data.0, j, first, &zero, |i, dot, old| {
                    update.relaxed(dot, old, [p[i], q[i]])
                });
            }
        }
    }
}

/// Is `T` wider than any one number, so that it must be lanes?
const fn wide<T>() -> bool {
    size_of::<T>() > size_of::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sweeping_and_visiting_give_the_bits_of_row_dot() {
        let a = FivePoint::<f32, 4, 3> { center: 4.3, vertical: -1.1, horizontal: -0.7 };
        let start = SMatrix::<f32, 4, 3>::from_fn(|i, j| 0.3 * i as f32 - 0.7 * j as f32 + 0.1);
        let (mut by_relax, mut by_row) = (start, start);
        a.relax(&mut by_relax, |row, dot, old| old - 0.2 * dot + row as f32);
        for row in 0..12 {
            let dot = a.row_dot(row, &by_row);
            by_row[row] = by_row[row] - 0.2 * dot + row as f32;
        }
        assert_eq!(by_relax, by_row);
        let mut rows = 0;
        a.visit(&start, |row, dot| {
            rows += 1;
            assert_eq!(dot.to_bits(), a.row_dot(row, &start).to_bits());
        });
        assert_eq!(rows, 12);
        assert_eq!(a.row_dot(12, &start), 0.0);
    }

    /// An update that is not finite everywhere, so that its repair is met as well.
    struct Step;
    impl<T: Scalar> Update<T> for Step {
        fn relaxed(&self, dot: T, old: T, [p, q]: [T; 2]) -> T {
            (old + q * (p - dot)).finite_or(old)
        }
    }

    fn beside_is_relax<const R: usize, const C: usize>() {
        let lanes = |k: f32| crate::Lanes([k, 1e38 * k, 0.3 - k, 0.7 * k]);
        let a = FivePoint::<_, R, C> {
            center: lanes(4.3),
            vertical: lanes(-1.1),
            horizontal: lanes(-0.7),
        };
        let grid =
            |s: f32| SMatrix::<_, R, C>::from_fn(|i, j| lanes(s * i as f32 - 0.7 * j as f32));
        let (p, q) = (grid(0.9), grid(0.1));
        let (mut beside, mut plain) = (grid(0.3), grid(0.3));
        a.relax_beside(&mut beside, [&p, &q], &Step);
        a.relax(&mut plain, looked_up([&p, &q], &Step));
        assert_eq!(beside, plain, "{R} x {C}");
        for color in 0..3 {
            a.relax_color_beside(color, &mut beside, [&p, &q], &Step);
            a.relax_color(color, &mut plain, looked_up([&p, &q], &Step));
            assert_eq!(beside, plain, "colour {color} of {R} x {C}");
        }
    }

    #[test]
    fn columns_relaxed_together_give_the_bits_of_one_after_the_other() {
        beside_is_relax::<1, 1>();
        beside_is_relax::<1, 2>();
        beside_is_relax::<4, 3>();
        beside_is_relax::<5, 4>();
        beside_is_relax::<2, 5>();
    }

    #[test]
    fn it_is_the_matrix_it_says() {
        let a = FivePoint::<f64, 3, 2> { center: 5.0, vertical: -1.0, horizontal: -2.0 };
        let mut dense = SMatrix::<f64, 6, 6>::zeros();
        for k in 0..6 {
            let mut unit = SMatrix::<f64, 3, 2>::zeros();
            unit[k] = 1.0;
            let mut column = a.zero_range();
            a.apply(&unit, &mut column);
            for r in 0..6 {
                dense[(r, k)] = column[r];
            }
        }
        assert_eq!(dense, dense.transpose());
        assert_eq!(
            (dense[(0, 0)], dense[(0, 1)], dense[(0, 3)], dense[(2, 3)]),
            (5.0, -1.0, -2.0, 0.0)
        );
    }
}
