//! A sparse design about the means of its columns, which stays sparse.

use crate::matrix::CsrMatrix;
use crate::vector::Vector;
use solvekit::sum::{Accumulator, sum_of};
use solvekit::{ColumnOperator, LinearOperator, RowOperator};

/// X − 1 mᵀ for a sparse X, stored as the rows of Xᵀ beside m.
///
/// Nothing is filled in, but most things touch every row: a product with a column is one with its
/// entries and one sum, which four columns share; two columns against each other are a pass over the
/// rows, with the bits of the dense matrix.
#[derive(Debug)]
pub(super) struct Centred {
    by_columns: CsrMatrix<f64>,
    means: Vector<f64>,
}

impl Centred {
    pub(super) const fn new(by_columns: CsrMatrix<f64>, means: Vector<f64>) -> Self {
        Self { by_columns, means }
    }

    fn mean(&self, column: usize) -> f64 {
        self.means.get(column).copied().unwrap_or(0.0)
    }

    /// Every entry of a column, rows ascending; none outside the matrix.
    fn column(&self, column: usize) -> impl Iterator<Item = f64> {
        let rows = if column < self.columns() { self.rows() } else { 0 };
        let (places, values) = self.by_columns.row(column);
        let mut stored = places.iter().zip(values).peekable();
        let mean = self.mean(column);
        (0..rows).map(move |i| {
            let value = stored.next_if(|(place, _)| **place as usize == i);
            value.map_or(0.0, |(_, value)| *value) - mean
        })
    }
}

fn sum(y: &[f64]) -> f64 {
    sum_of(y.len(), |k| y[k])
}

impl LinearOperator<f64> for Centred {
    type Domain = Vector<f64>;
    type Range = Vector<f64>;

    fn rows(&self) -> usize {
        self.by_columns.columns()
    }
    fn columns(&self) -> usize {
        self.by_columns.rows()
    }
    fn zero_domain(&self) -> Vector<f64> {
        self.by_columns.zero_range()
    }
    fn zero_range(&self) -> Vector<f64> {
        self.by_columns.zero_domain()
    }
    fn apply(&self, x: &Vector<f64>, y: &mut Vector<f64>) {
        self.by_columns.apply_adjoint(x, y);
        let shift = solvekit::sum::dot(&self.means, x);
        y.iter_mut().for_each(|y| *y -= shift);
    }
    fn apply_adjoint(&self, y: &Vector<f64>, x: &mut Vector<f64>) {
        self.by_columns.apply(y, x);
        let sum = sum(y);
        x.iter_mut().zip(self.means.iter()).for_each(|(x, mean)| *x -= mean * sum);
    }
    fn non_finite(&self) -> Option<(usize, usize)> {
        let entry = self.by_columns.non_finite().map(|(column, row)| (row, column));
        entry.or_else(|| Some((0, self.means.iter().position(|mean| !mean.is_finite())?)))
    }
}

impl ColumnOperator<f64> for Centred {
    fn column_dot(&self, column: usize, y: &Vector<f64>) -> f64 {
        self.by_columns.row_dot(column, y) - self.mean(column) * sum(y)
    }

    fn add_column(&self, column: usize, factor: f64, y: &mut Vector<f64>) {
        y.iter_mut().zip(self.column(column)).for_each(|(y, entry)| *y += factor * entry);
    }

    fn visit_column(&self, column: usize, mut visit: impl FnMut(usize, f64)) {
        self.column(column).enumerate().for_each(|(i, entry)| visit(i, entry));
    }

    fn column_pair(&self, first: usize, second: usize, weight: impl Fn(usize) -> f64) -> f64 {
        let mut sum = Accumulator::default();
        for (i, (a, b)) in self.column(first).zip(self.column(second)).enumerate() {
            sum.add(i, a * b * weight(i));
        }
        sum.total()
    }

    fn column_dots(&self, columns: [usize; 4], y: &Vector<f64>) -> [f64; 4] {
        let sum = sum(y);
        columns.map(|column| self.by_columns.row_dot(column, y) - self.mean(column) * sum)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matrix::{DenseMatrix, Triplets};

    #[test]
    fn it_is_the_dense_matrix_less_its_means() {
        let entries = [(0, 0, 2.0), (2, 0, -1.0), (1, 1, 3.0), (3, 1, 0.5), (0, 2, 4.0)];
        let (rows, columns, means) = (4, 3, [0.25, 0.875, 1.0]);
        let mut by_columns = Triplets::new(columns, rows).expect("a size");
        let mut values: Vec<f64> = means.iter().flat_map(|mean| [-mean; 4]).collect();
        for (i, j, value) in entries {
            by_columns.push(j, i, value).expect("inside");
            values[j * rows + i] += value;
        }
        let dense = DenseMatrix::from_columns(rows, values).expect("whole columns");
        let by_columns = by_columns.into_csr().expect("a matrix");
        let centred = Centred::new(by_columns, Vector::from(means.to_vec()));
        let y = Vector::from(vec![1.0, -2.0, 0.25, 5.0]);
        let close = |a: f64, b: f64| assert!((a - b).abs() < 1e-13, "{a} and {b}");
        for j in 0..=columns {
            close(centred.column_dot(j, &y), dense.column_dot(j, &y));
            let all = [j, 0, 3, 1];
            assert_eq!(centred.column_dots(all, &y), all.map(|j| centred.column_dot(j, &y)));
            assert_eq!(centred.column_pairs(j, all), dense.column_pairs(j, all));
            assert_eq!(centred.column_squares(all), dense.column_squares(all));
            let (mut a, mut b) = (y.clone(), y.clone());
            centred.add_column(j, -1.5, &mut a);
            dense.add_column(j, -1.5, &mut b);
            assert_eq!(a, b);
            let mut seen = Vec::new();
            centred.visit_column(j, |i, entry| seen.push((i, entry)));
            let expected: Vec<_> = dense.column(j).iter().copied().enumerate().collect();
            assert_eq!(seen, expected);
        }
        let x = Vector::from(vec![0.5, -1.0, 2.0]);
        let (mut a, mut b) = (centred.zero_range(), dense.zero_range());
        centred.apply(&x, &mut a);
        dense.apply(&x, &mut b);
        a.iter().zip(b.iter()).for_each(|(a, b)| close(*a, *b));
        let (mut a, mut b) = (centred.zero_domain(), dense.zero_domain());
        centred.apply_adjoint(&y, &mut a);
        dense.apply_adjoint(&y, &mut b);
        a.iter().zip(b.iter()).for_each(|(a, b)| close(*a, *b));
        assert_eq!(centred.non_finite(), None);
    }
}
