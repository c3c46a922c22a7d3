//! [`ColumnOperator`]: operators whose columns can be read one at a time, for methods that change
//! one unknown after another.

use crate::sum::{Accumulator, dot, dots, dots_with};
use crate::{Buffer, LinearOperator, RowOperator, SMatrix, Scalar};

/// An operator whose columns can be read one at a time.
///
/// A dense `SMatrix` lies column by column and is one. Sparse data is stored as the rows of Aᵀ and
/// handed over as [`Transposed`].
pub trait ColumnOperator<T: Scalar>: LinearOperator<T> {
    /// Σᵢ aᵢⱼ yᵢ in the fixed summation order of the entries stored; zero outside the matrix.
    fn column_dot(&self, column: usize, y: &Self::Range) -> T;

    /// y ← y + `factor` · aⱼ; nothing outside the matrix.
    fn add_column(&self, column: usize, factor: T, y: &mut Self::Range);

    /// Every stored entry of one column, rows ascending: `visit(i, aᵢⱼ)`; none outside the matrix.
    fn visit_column(&self, column: usize, visit: impl FnMut(usize, T));

    /// Σᵢ aᵢⱼ aᵢₖ `weight(i)` in the fixed summation order of the rows where both are stored; zero
    /// outside the matrix.
    fn column_pair(&self, first: usize, second: usize, weight: impl Fn(usize) -> T) -> T;

    /// [`add_column`](Self::add_column) of four columns, one after the other; overridden where four at
    /// once are faster, with the same bits.
    #[inline]
    fn add_columns(&self, columns: [usize; 4], factors: [T; 4], y: &mut Self::Range) {
        for (column, factor) in columns.into_iter().zip(factors) {
            self.add_column(column, factor, y);
        }
    }

    /// y ← β z + `factor` · aⱼ, of the pair (β, z); β z outside the matrix.
    #[inline]
    fn combine_column(
        &self,
        column: usize,
        factor: T,
        (beta, z): (T, &Self::Range),
        y: &mut Self::Range,
    ) {
        let pairs = y.as_mut_slice().iter_mut().zip(z.as_slice());
        pairs.for_each(|(y, z)| *y = beta * *z);
        self.add_column(column, factor, y);
    }

    /// [`column_dot`](Self::column_dot) of four columns, with the same bits; overridden where four
    /// at once are faster.
    #[inline]
    fn column_dots(&self, columns: [usize; 4], y: &Self::Range) -> [T; 4] {
        columns.map(|column| self.column_dot(column, y))
    }

    /// [`column_pair`](Self::column_pair) of one column with four others and no weights, with the
    /// same bits; overridden where four at once are faster.
    #[inline]
    fn column_pairs(&self, first: usize, others: [usize; 4]) -> [T; 4] {
        others.map(|other| self.column_pair(first, other, |_| T::ONE))
    }

    /// ‖aⱼ‖² of four columns, with the bits of [`column_pair`](Self::column_pair) without weights.
    #[inline]
    fn column_squares(&self, columns: [usize; 4]) -> [T; 4] {
        columns.map(|column| self.column_pair(column, column, |_| T::ONE))
    }
}

impl<T: Scalar, const M: usize, const N: usize> ColumnOperator<T> for SMatrix<T, M, N> {
    #[inline(always)]
    fn column_dot(&self, column: usize, y: &Self::Range) -> T {
        self.data.0.get(column).map_or(T::ZERO, |column| dot(column, &y.data.0[0]))
    }

    #[inline(always)]
    fn add_column(&self, column: usize, factor: T, y: &mut Self::Range) {
        if let Some(column) = self.data.0.get(column) {
            for (y, entry) in y.data.0[0].iter_mut().zip(column) {
                *y += factor * *entry;
            }
        }
    }

    #[inline]
    fn add_columns(&self, columns: [usize; 4], factors: [T; 4], y: &mut Self::Range) {
        if let [Some(a), Some(b), Some(c), Some(d)] = columns.map(|j| self.data.0.get(j)) {
            for ((((y, a), b), c), d) in y.data.0[0].iter_mut().zip(a).zip(b).zip(c).zip(d) {
                *y = (((*y + factors[0] * *a) + factors[1] * *b) + factors[2] * *c)
                    + factors[3] * *d;
            }
        } else {
            for (column, factor) in columns.into_iter().zip(factors) {
                self.add_column(column, factor, y);
            }
        }
    }

    #[inline]
    fn combine_column(
        &self,
        column: usize,
        factor: T,
        (beta, z): (T, &Self::Range),
        y: &mut Self::Range,
    ) {
        let pairs = y.data.0[0].iter_mut().zip(&z.data.0[0]);
        match self.data.0.get(column) {
            Some(column) => {
                for ((y, z), entry) in pairs.zip(column) {
                    *y = beta * *z + factor * *entry;
                }
            }
            None => pairs.for_each(|(y, z)| *y = beta * *z),
        }
    }

    #[inline]
    fn visit_column(&self, column: usize, mut visit: impl FnMut(usize, T)) {
        if let Some(column) = self.data.0.get(column) {
            column.iter().enumerate().for_each(|(i, entry)| visit(i, *entry));
        }
    }

    #[inline]
    fn column_pair(&self, first: usize, second: usize, weight: impl Fn(usize) -> T) -> T {
        let mut sum = Accumulator::default();
        if let (Some(first), Some(second)) = (self.data.0.get(first), self.data.0.get(second)) {
            for (i, (a, b)) in first.iter().zip(second).enumerate() {
                sum.add(i, *a * *b * weight(i));
            }
        }
        sum.total()
    }

    #[inline]
    fn column_dots(&self, columns: [usize; 4], y: &Self::Range) -> [T; 4] {
        let column = |j: usize| self.data.0.get(j).map_or(&[] as &[T], |column| column);
        dots_with(columns.map(column), &y.data.0[0])
    }

    #[inline]
    fn column_pairs(&self, first: usize, others: [usize; 4]) -> [T; 4] {
        let column = |j: usize| self.data.0.get(j).map_or(&[] as &[T], |column| column);
        dots_with(others.map(column), column(first))
    }

    #[inline]
    fn column_squares(&self, columns: [usize; 4]) -> [T; 4] {
        let column = |j: usize| self.data.0.get(j).map_or(&[] as &[T], |column| column);
        dots(columns.map(column), columns.map(column))
    }
}

/// Aᵀ: what reads A by rows reads Aᵀ by columns. Borrows A, stores nothing.
///
/// ```
/// use solvekit_core::{ColumnOperator, CsrSlice, SVector, column::Transposed};
/// // A design of 3 rows and 2 columns, stored by columns: (1, 0, 2) and (0, 3, 0).
/// const BY_COLUMNS: CsrSlice<f32, 2, 3> =
///     CsrSlice::from_parts([2, 3], &[0, 2, 1], &[1.0, 2.0, 3.0]);
/// let design = Transposed(&BY_COLUMNS);
/// let y = SVector::from([1.0, 1.0, 1.0]);
/// assert_eq!(design.column_dot(0, &y), 3.0);
/// assert_eq!(design.column_pair(0, 0, |_| 1.0), 5.0);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Transposed<'a, A>(pub &'a A);

impl<T: Scalar, A: LinearOperator<T>> LinearOperator<T> for Transposed<'_, A> {
    type Domain = A::Range;
    type Range = A::Domain;

    fn rows(&self) -> usize {
        self.0.columns()
    }
    fn columns(&self) -> usize {
        self.0.rows()
    }
    fn zero_domain(&self) -> Self::Domain {
        self.0.zero_range()
    }
    fn zero_range(&self) -> Self::Range {
        self.0.zero_domain()
    }
    fn apply(&self, x: &Self::Domain, y: &mut Self::Range) {
        self.0.apply_adjoint(x, y);
    }
    fn apply_adjoint(&self, y: &Self::Range, x: &mut Self::Domain) {
        self.0.apply(y, x);
    }
    fn non_finite(&self) -> Option<(usize, usize)> {
        self.0.non_finite().map(|(row, column)| (column, row))
    }
}

impl<T: Scalar, A: RowOperator<T>> ColumnOperator<T> for Transposed<'_, A> {
    #[inline]
    fn column_dot(&self, column: usize, y: &Self::Range) -> T {
        self.0.row_dot(column, y)
    }

    #[inline]
    fn add_column(&self, column: usize, factor: T, y: &mut Self::Range) {
        let y = y.as_mut_slice();
        self.0.visit_row(column, |i, entry| {
            if let Some(y) = y.get_mut(i) {
                *y += factor * entry;
            }
        });
    }

    #[inline]
    fn visit_column(&self, column: usize, visit: impl FnMut(usize, T)) {
        self.0.visit_row(column, visit);
    }

    #[inline]
    fn column_pair(&self, first: usize, second: usize, weight: impl Fn(usize) -> T) -> T {
        self.0.row_pair(first, second, weight)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CsrVec, SVector};

    #[test]
    fn dense_and_sparse_columns_agree_with_the_naive_sums() {
        let entries = [(0, 0, 2.0), (2, 0, -1.0), (1, 1, 3.0), (2, 1, 0.5), (0, 2, 4.0)];
        let mut dense = SMatrix::<f64, 3, 3>::zeros();
        entries.iter().for_each(|&(i, j, value)| dense[(i, j)] = value);
        let stored = CsrVec::<f64, 3, 3, 5>::from_triplets(entries.map(|(i, j, v)| (j, i, v)));
        let stored = stored.unwrap();
        let sparse = Transposed(&stored);
        let y = SVector::from([1.0, -2.0, 0.25]);
        let weight = |i: usize| 1.0 + i as f64;
        for j in 0..4 {
            let naive: f64 = if j < 3 { (0..3).map(|i| dense[(i, j)] * y[i]).sum() } else { 0.0 };
            assert_eq!(dense.column_dot(j, &y), naive);
            assert_eq!(sparse.column_dot(j, &y), naive);
            let (mut a, mut b) = (y, y);
            dense.add_column(j, -1.5, &mut a);
            sparse.add_column(j, -1.5, &mut b);
            assert_eq!(a, b);
            let all = [j, 0, 3, 1];
            for within in [all, [j, 0, 2, 1]] {
                let factors = [0.3, -1.0, 7.0, 0.1];
                let (mut a, mut b, mut one_by_one) = (y, y, y);
                dense.add_columns(within, factors, &mut a);
                sparse.add_columns(within, factors, &mut b);
                for (j, factor) in within.into_iter().zip(factors) {
                    dense.add_column(j, factor, &mut one_by_one);
                }
                assert_eq!((a, b), (one_by_one, one_by_one), "{within:?}");
            }
            let (mut a, mut b) = (SVector::zeros(), SVector::zeros());
            dense.combine_column(j, 0.7, (-0.2, &y), &mut a);
            sparse.combine_column(j, 0.7, (-0.2, &y), &mut b);
            let mut in_two = y * -0.2;
            dense.add_column(j, 0.7, &mut in_two);
            assert_eq!((a, b), (in_two, in_two), "{j}");
            for design in [dense.column_dots(all, &y), sparse.column_dots(all, &y)] {
                assert_eq!(design, all.map(|j| dense.column_dot(j, &y)));
            }
            for design in [dense.column_pairs(j, all), sparse.column_pairs(j, all)] {
                assert_eq!(design, all.map(|k| dense.column_pair(j, k, |_| 1.0)));
            }
            for design in [dense.column_squares(all), sparse.column_squares(all)] {
                assert_eq!(design, all.map(|k| dense.column_pair(k, k, |_| 1.0)));
            }
            for k in 0..3 {
                let term = |i: usize| dense[(i, j)] * dense[(i, k)] * weight(i);
                let naive: f64 = if j < 3 { (0..3).map(term).sum() } else { 0.0 };
                assert_eq!(dense.column_pair(j, k, weight), naive, "({j}, {k})");
                assert_eq!(sparse.column_pair(j, k, weight), naive, "({j}, {k})");
            }
        }
    }
}
