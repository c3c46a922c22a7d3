//! Dense matrices of any size, column by column.

use crate::vector::Vector;
use solvekit::sum::{Accumulator, dot, dots, dots_with};
use solvekit::{ColumnOperator, LinearOperator, Real};
use thiserror::Error;

/// A dense matrix of any size whose columns lie one behind the other: `SMatrix` for the host, with
/// the same bits.
///
/// Storage: M · N numbers. One product: M · N multiplications and additions.
///
/// ```
/// use solvekit::ColumnOperator;
/// use solvekit_host::{matrix::DenseMatrix, vector::Vector};
///
/// let design = DenseMatrix::from_columns(2, vec![1.0, 2.0, 0.0, 3.0, 1.0, 1.0])?;
/// assert_eq!(design.column_dot(1, &Vector::filled(2, 2.0)), 6.0);
/// # Ok::<(), solvekit_host::matrix::DenseMatrixError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct DenseMatrix<T> {
    rows: usize,
    columns: usize,
    values: Vec<T>,
}

/// Why numbers are no dense matrix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum DenseMatrixError {
    /// A matrix without rows says nothing about its number of columns.
    #[error("a matrix needs at least one row")]
    NoRows,
    /// The numbers do not fill whole columns.
    #[error("{found} numbers do not fill columns of {rows}")]
    Length {
        /// Entries of one column.
        rows: usize,
        /// Numbers given.
        found: usize,
    },
}

impl<T: Real> DenseMatrix<T> {
    /// From its numbers, column by column.
    ///
    /// # Errors
    /// [`DenseMatrixError`].
    pub fn from_columns(rows: usize, values: Vec<T>) -> Result<Self, DenseMatrixError> {
        if rows == 0 {
            return Err(DenseMatrixError::NoRows);
        }
        if !values.len().is_multiple_of(rows) {
            return Err(DenseMatrixError::Length { rows, found: values.len() });
        }
        Ok(Self { rows, columns: values.len() / rows, values })
    }

    /// All numbers, column by column.
    #[must_use]
    pub fn values(&self) -> &[T] {
        &self.values
    }

    /// Column j; empty outside the matrix.
    #[must_use]
    #[inline]
    pub fn column(&self, j: usize) -> &[T] {
        let start = j.saturating_mul(self.rows);
        self.values.get(start..start.saturating_add(self.rows)).unwrap_or(&[])
    }
}

impl<T: Real> DenseMatrix<T> {
    /// `R` entries of A x from the `first` on, each in the fixed order of sums: four columns at a
    /// time, whose entries lie side by side. Zeros outside the matrix.
    #[inline(always)]
    fn block<const R: usize>(&self, first: usize, x: &[T]) -> [T; R] {
        let none = [T::ZERO; R];
        let part = |column| -> &[T; R] {
            <[T]>::get(column, first..).and_then(<[T]>::first_chunk::<R>).unwrap_or(&none)
        };
        let mut sums = [[-T::ZERO; R]; 4];
        let (fours, rest) = x.as_chunks::<4>();
        let mut columns = self.values.chunks_exact(4 * self.rows);
        for (x, columns) in fours.iter().zip(&mut columns) {
            let (left, right) = columns.split_at(2 * self.rows);
            let ((a, b), (c, d)) = (left.split_at(self.rows), right.split_at(self.rows));
            let [a, b, c, d] = [a, b, c, d].map(part);
            for r in 0..R {
                sums[0][r] += a[r] * x[0];
                sums[1][r] += b[r] * x[1];
                sums[2][r] += c[r] * x[2];
                sums[3][r] += d[r] * x[3];
            }
        }
        let columns = columns.remainder().chunks_exact(self.rows);
        for (sum, (x, column)) in sums.iter_mut().zip(rest.iter().zip(columns)) {
            for (sum, entry) in sum.iter_mut().zip(part(column)) {
                *sum += *entry * *x;
            }
        }
        let [a, b, c, d] = sums;
        std::array::from_fn(|r| (a[r] + b[r]) + (c[r] + d[r]))
    }

    /// y ← A x by blocks of `R` rows; the last one reaches back, and finds the same bits
    /// again.
    #[inline(always)]
    fn by_blocks<const R: usize>(&self, x: &[T], y: &mut [T]) {
        let last = self.rows.saturating_sub(R);
        let mut first = 0;
        while first < self.rows {
            first = first.min(last);
            if let Some(y) = y.get_mut(first..).and_then(<[T]>::first_chunk_mut::<R>) {
                *y = self.block(first, x);
            }
            first += R;
        }
    }
}

impl<T: Real> LinearOperator<T> for DenseMatrix<T> {
    type Domain = Vector<T>;
    type Range = Vector<T>;

    fn rows(&self) -> usize {
        self.rows
    }

    fn columns(&self) -> usize {
        self.columns
    }

    fn zero_domain(&self) -> Vector<T> {
        Vector::filled(self.columns, T::ZERO)
    }

    fn zero_range(&self) -> Vector<T> {
        Vector::filled(self.rows, T::ZERO)
    }

    fn apply(&self, x: &Vector<T>, y: &mut Vector<T>) {
        match self.rows {
            0..4 => self.by_blocks::<1>(x, y),
            4..32 => self.by_blocks::<4>(x, y),
            _ => self.by_blocks::<32>(x, y),
        }
    }

    fn apply_adjoint(&self, y: &Vector<T>, x: &mut Vector<T>) {
        // What is longer would not meet the columns four by four.
        let known = x.len().min(self.columns);
        let (fours, rest) = x[..known].as_chunks_mut::<4>();
        let mut columns = self.values.chunks_exact(4 * self.rows);
        for (x, columns) in fours.iter_mut().zip(&mut columns) {
            let (left, right) = columns.split_at(2 * self.rows);
            let ((a, b), (c, d)) = (left.split_at(self.rows), right.split_at(self.rows));
            *x = dots_with([a, b, c, d], y);
        }
        for (x, column) in rest.iter_mut().zip(columns.remainder().chunks_exact(self.rows)) {
            *x = dot(column, y);
        }
    }

    fn non_finite(&self) -> Option<(usize, usize)> {
        // All of them at once first, which is vectors' work; the place only where there is one.
        if self.values.iter().fold(true, |finite, value| finite & value.is_finite()) {
            return None;
        }
        let place = self.values.iter().position(|value| !value.is_finite())?;
        Some((place % self.rows, place / self.rows))
    }
}

impl<T: Real> ColumnOperator<T> for DenseMatrix<T> {
    #[inline]
    fn column_dot(&self, column: usize, y: &Vector<T>) -> T {
        if column < self.columns { dot(self.column(column), y) } else { T::ZERO }
    }

    #[inline]
    fn add_column(&self, column: usize, factor: T, y: &mut Vector<T>) {
        for (y, entry) in y.iter_mut().zip(self.column(column)) {
            *y += factor * *entry;
        }
    }

    #[inline]
    fn add_columns(&self, columns: [usize; 4], factors: [T; 4], y: &mut Vector<T>) {
        let [a, b, c, d] = columns.map(|j| self.column(j));
        if [a, b, c, d].iter().any(|column| column.is_empty()) {
            for (j, factor) in columns.into_iter().zip(factors) {
                self.add_column(j, factor, y);
            }
            return;
        }
        for ((((y, a), b), c), d) in y.iter_mut().zip(a).zip(b).zip(c).zip(d) {
            *y = (((*y + factors[0] * *a) + factors[1] * *b) + factors[2] * *c) + factors[3] * *d;
        }
    }

    #[inline]
    fn combine_column(
        &self,
        column: usize,
        factor: T,
        (beta, z): (T, &Vector<T>),
        y: &mut Vector<T>,
    ) {
        let pairs = y.iter_mut().zip(z.iter());
        match self.column(column) {
            [] => pairs.for_each(|(y, z)| *y = beta * *z),
            entries => {
                for ((y, z), entry) in pairs.zip(entries) {
                    *y = beta * *z + factor * *entry;
                }
            }
        }
    }

    #[inline]
    fn visit_column(&self, column: usize, mut visit: impl FnMut(usize, T)) {
        self.column(column).iter().enumerate().for_each(|(i, entry)| visit(i, *entry));
    }

    #[inline]
    fn column_pair(&self, first: usize, second: usize, weight: impl Fn(usize) -> T) -> T {
        let mut sum = Accumulator::default();
        for (i, (a, b)) in self.column(first).iter().zip(self.column(second)).enumerate() {
            sum.add(i, *a * *b * weight(i));
        }
        sum.total()
    }

    #[inline]
    fn column_dots(&self, columns: [usize; 4], y: &Vector<T>) -> [T; 4] {
        dots_with(columns.map(|j| self.column(j)), y)
    }

    #[inline]
    fn column_pairs(&self, first: usize, others: [usize; 4]) -> [T; 4] {
        dots_with(others.map(|j| self.column(j)), self.column(first))
    }

    #[inline]
    fn column_squares(&self, columns: [usize; 4]) -> [T; 4] {
        let columns = columns.map(|j| self.column(j));
        dots(columns, columns)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use solvekit::SMatrix;
    use solvekit::sum::sum_of;

    #[test]
    fn it_has_the_bits_of_the_matrix_of_fixed_size() {
        let fixed = SMatrix::<f64, 7, 5>::from_fn(|i, j| ((i * 5 + j * 3) as f64).sin());
        let any = DenseMatrix::from_columns(7, fixed.as_slice().to_vec()).expect("whole columns");
        let y = Vector::from_iter((0..7).map(|i| (i as f64 * 0.7).cos()));
        let fixed_y = nalgebra::SVector::from_column_slice(&y);
        for j in 0..6 {
            assert_eq!(any.column_dot(j, &y), fixed.column_dot(j, &fixed_y));
            let all = [j, 4, 0, 6];
            assert_eq!(any.column_dots(all, &y), fixed.column_dots(all, &fixed_y));
            assert_eq!(any.column_pairs(j, all), fixed.column_pairs(j, all));
            assert_eq!(any.column_squares(all), fixed.column_squares(all));
            let (mut a, mut b) = (y.clone(), fixed_y);
            any.add_column(j, 0.3, &mut a);
            fixed.add_column(j, 0.3, &mut b);
            assert_eq!(&a[..], b.as_slice());
        }
        let x = Vector::from_iter((0..5).map(|j| 1.0 / (j as f64 + 1.0)));
        let (mut a, mut b) = (any.zero_range(), fixed.zero_range());
        any.apply(&x, &mut a);
        fixed.apply(&nalgebra::SVector::from_column_slice(&x), &mut b);
        assert_eq!(&a[..], b.as_slice());
    }

    /// Every shape of blocks: each entry is the fixed-order sum, to the bit.
    #[test]
    fn products_have_the_fixed_order_whatever_the_size() {
        let number = |k: usize| ((k * 37 + 11) as f32).sin();
        let vector = |n: usize| (0..n).map(|k| number(3 * k)).collect::<Vector<f32>>();
        for rows in (1..9).chain([31, 32, 33, 63, 64, 65, 70]) {
            for columns in [0, 1, 3, 4, 5, 8, 11] {
                let values = (0..rows * columns).map(number).collect();
                let a = DenseMatrix::from_columns(rows, values).expect("whole columns");
                let (mut ax, mut aty) = (a.zero_range(), a.zero_domain());
                a.apply(&vector(columns), &mut ax);
                a.apply_adjoint(&vector(rows), &mut aty);
                let entry = |i: usize, j: usize| a.column(j)[i];
                for (i, ax) in ax.iter().enumerate() {
                    let sum = sum_of(columns, |j| entry(i, j) * number(3 * j));
                    assert_eq!(ax.to_bits(), sum.to_bits(), "row {i} of {rows} x {columns}");
                }
                for (j, aty) in aty.iter().enumerate() {
                    let sum = sum_of(rows, |i| entry(i, j) * number(3 * i));
                    assert_eq!(aty.to_bits(), sum.to_bits(), "column {j} of {rows} x {columns}");
                }
            }
        }
    }

    #[test]
    fn a_longer_vector_gets_what_there_is() {
        let a = DenseMatrix::from_columns(2, (0..12).map(f64::from).collect()).expect("whole");
        let mut x = Vector::filled(9, 7.0);
        a.apply_adjoint(&Vector::from(vec![1.0, 1.0]), &mut x);
        assert_eq!(x[..], [1.0, 5.0, 9.0, 13.0, 17.0, 21.0, 7.0, 7.0, 7.0]);
    }

    #[test]
    fn what_is_no_matrix_is_refused() {
        assert_eq!(DenseMatrix::<f64>::from_columns(0, vec![]), Err(DenseMatrixError::NoRows));
        let ragged = DenseMatrix::from_columns(2, vec![1.0; 3]);
        assert_eq!(ragged, Err(DenseMatrixError::Length { rows: 2, found: 3 }));
        let bad = DenseMatrix::from_columns(2, vec![0.0, 1.0, 2.0, f64::NAN]).expect("whole");
        assert_eq!(bad.non_finite(), Some((1, 1)));
    }
}
