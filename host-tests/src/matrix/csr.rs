//! Compressed sparse rows of any size.

use super::TripletsError;
use crate::vector::Vector;
use solvekit::sum::{Accumulator, sum_of};
use solvekit::{LinearOperator, Real, RowOperator};

/// A sparse matrix stored by rows, of any size: [`solvekit::Csr`] for the host, with the same bits.
///
/// Storage: one `usize` a row, and 4 bytes and one value an entry. Columns ascend in each row and
/// none comes twice. One product: as many multiplications and additions as entries.
///
/// ```
/// use solvekit::{LinearOperator, RowOperator};
/// use solvekit_host::{matrix::Triplets, vector::Vector};
///
/// let mut triplets = Triplets::new(2, 2)?;
/// for (row, column, value) in [(0, 0, 4.0), (0, 1, -1.0), (1, 0, -1.0), (1, 1, 4.0)] {
///     triplets.push(row, column, value)?;
/// }
/// let a = triplets.into_csr()?;
/// assert_eq!(a.row_dot(0, &Vector::filled(2, 1.0)), 3.0);
/// # Ok::<(), solvekit_host::matrix::TripletsError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct CsrMatrix<T> {
    width: usize,
    row_ends: Vec<usize>,
    columns: Vec<u32>,
    values: Vec<T>,
}

impl<T: Real> CsrMatrix<T> {
    /// From parts that [`super::Triplets`] has put in order.
    pub(super) const fn from_sorted(
        width: usize,
        row_ends: Vec<usize>,
        columns: Vec<u32>,
        values: Vec<T>,
    ) -> Self {
        Self { width, row_ends, columns, values }
    }

    /// All entries of a matrix of so many columns, row after row; those that are zero are stored too.
    ///
    /// # Errors
    /// [`TripletsError::TooLarge`].
    pub fn from_dense(columns: usize, values: &[T]) -> Result<Self, TripletsError> {
        let rows = values.len().checked_div(columns).unwrap_or(0);
        let (Ok(width), Ok(_)) = (u32::try_from(columns), u32::try_from(rows)) else {
            return Err(TripletsError::TooLarge { rows, columns });
        };
        Ok(Self {
            width: columns,
            row_ends: (1..=rows).map(|row| row * columns).collect(),
            columns: (0..rows).flat_map(|_| 0..width).collect(),
            values: values[..rows * columns].to_vec(),
        })
    }

    /// How many entries are stored.
    #[must_use]
    pub const fn entries(&self) -> usize {
        self.values.len()
    }

    /// The columns and the values of row `i`; empty outside the matrix.
    #[must_use]
    pub fn row(&self, i: usize) -> (&[u32], &[T]) {
        let start = if i == 0 { 0 } else { self.end(i - 1) };
        self.span(start, self.end(i))
    }

    /// Every row in order.
    pub fn rows_in_order(&self) -> impl Iterator<Item = (&[u32], &[T])> {
        let mut start = 0;
        self.row_ends.iter().map(move |&end| {
            let row = self.span(start, end);
            start = end;
            row
        })
    }

    /// A + shift·I. A diagonal entry that was not stored becomes one.
    #[must_use]
    pub fn shifted(&self, shift: T) -> Self {
        let room = self.values.len() + self.row_ends.len();
        let mut columns = Vec::with_capacity(room);
        let mut values = Vec::with_capacity(room);
        let mut row_ends = Vec::with_capacity(self.row_ends.len());
        for (i, (own_columns, own_values)) in self.rows_in_order().enumerate() {
            let place = own_columns.partition_point(|&column| (column as usize) < i);
            let stored = own_columns.get(place).is_some_and(|&column| column as usize == i);
            let start = values.len();
            columns.extend_from_slice(own_columns);
            values.extend_from_slice(own_values);
            if stored {
                values[start + place] += shift;
            } else if i < self.width {
                // Every row index below the width fits, since every column index does.
                columns.insert(start + place, i as u32);
                values.insert(start + place, shift);
            }
            row_ends.push(values.len());
        }
        Self { width: self.width, row_ends, columns, values }
    }

    /// Each row divided by its own number.
    ///
    /// # Panics
    /// Unless there is one number for each row.
    pub fn divide_rows(&mut self, by: &[T]) {
        assert_eq!(by.len(), self.row_ends.len(), "one number for each row");
        let mut start = 0;
        for (&end, by) in self.row_ends.iter().zip(by) {
            self.values[start..end].iter_mut().for_each(|value| *value = *value / *by);
            start = end;
        }
    }

    /// Whether aᵢⱼ = aⱼᵢ up to the rounding of either, for every entry that is stored. Cost: a search
    /// for each.
    #[must_use]
    pub fn is_symmetric(&self) -> bool {
        let close = |a: T, b: T| {
            // Both may have been rounded once or twice on their way into the file.
            (a - b).abs() <= T::EPSILON * T::from_f64(8.0) * a.abs().max(b.abs())
        };
        self.row_ends.len() == self.width
            && self.rows_in_order().enumerate().all(|(i, (columns, values))| {
                let mut pairs = columns.iter().zip(values);
                pairs.all(|(&j, &value)| close(value, self.entry(j as usize, i)))
            })
    }

    /// aᵢⱼ; zero where nothing is stored.
    #[must_use]
    pub fn entry(&self, i: usize, j: usize) -> T {
        let (columns, values) = self.row(i);
        let place = u32::try_from(j).ok().and_then(|j| columns.binary_search(&j).ok());
        place.map_or(T::ZERO, |place| values[place])
    }

    fn end(&self, i: usize) -> usize {
        self.row_ends.get(i).copied().unwrap_or(self.values.len())
    }

    fn span(&self, start: usize, end: usize) -> (&[u32], &[T]) {
        (&self.columns[start..end], &self.values[start..end])
    }
}

/// Σⱼ aᵢⱼ xⱼ of one row, in the fixed order.
#[inline]
fn dot<T: Real>((columns, values): (&[u32], &[T]), x: &[T]) -> T {
    let values = &values[..columns.len()];
    sum_of(columns.len(), |k| values[k] * x[columns[k] as usize])
}

impl<T: Real> LinearOperator<T> for CsrMatrix<T> {
    type Domain = Vector<T>;
    type Range = Vector<T>;

    fn rows(&self) -> usize {
        self.row_ends.len()
    }

    fn columns(&self) -> usize {
        self.width
    }

    fn zero_domain(&self) -> Vector<T> {
        Vector::filled(self.width, T::ZERO)
    }

    fn zero_range(&self) -> Vector<T> {
        Vector::filled(self.row_ends.len(), T::ZERO)
    }

    fn apply(&self, x: &Vector<T>, y: &mut Vector<T>) {
        for (y, row) in y.iter_mut().zip(self.rows_in_order()) {
            *y = dot(row, x);
        }
    }

    fn apply_adjoint(&self, y: &Vector<T>, x: &mut Vector<T>) {
        x.fill(T::ZERO);
        for (y, (columns, values)) in y.iter().zip(self.rows_in_order()) {
            for (&column, &value) in columns.iter().zip(values) {
                x[column as usize] += value * *y;
            }
        }
    }

    fn non_finite(&self) -> Option<(usize, usize)> {
        self.rows_in_order().enumerate().find_map(|(i, (columns, values))| {
            let place = values.iter().position(|value| !value.is_finite())?;
            Some((i, columns[place] as usize))
        })
    }
}

impl<T: Real> RowOperator<T> for CsrMatrix<T> {
    fn diagonal(&self, row: usize) -> T {
        self.entry(row, row)
    }

    fn row_dot(&self, row: usize, x: &Vector<T>) -> T {
        dot(self.row(row), x)
    }

    fn lower_dot(&self, row: usize, x: &Vector<T>) -> T {
        let (columns, values) = self.row(row);
        let end = columns.partition_point(|&column| (column as usize) < row);
        dot((&columns[..end], values), x)
    }

    fn upper_dot(&self, row: usize, x: &Vector<T>) -> T {
        let (columns, values) = self.row(row);
        let start = columns.partition_point(|&column| column as usize <= row);
        dot((&columns[start..], &values[start..]), x)
    }

    fn visit_row(&self, row: usize, mut visit: impl FnMut(usize, T)) {
        let (columns, values) = self.row(row);
        columns.iter().zip(values).for_each(|(&column, &value)| visit(column as usize, value));
    }

    fn row_pair(&self, first: usize, second: usize, weight: impl Fn(usize) -> T) -> T {
        let (mut sum, mut terms) = (Accumulator::default(), 0);
        let ((columns, values), (others, other_values)) = (self.row(first), self.row(second));
        let (mut i, mut j) = (0, 0);
        // Which of the two goes on cannot be foretold: no branch depends on it.
        while let (Some(a), Some(b)) = (columns.get(i), others.get(j)) {
            if a == b {
                sum.add(terms, values[i] * other_values[j] * weight(*a as usize));
                terms += 1;
            }
            (i, j) = (i + usize::from(a <= b), j + usize::from(b <= a));
        }
        sum.total()
    }

    fn relax(&self, x: &mut Vector<T>, mut update: impl FnMut(usize, T, T) -> T) {
        for (i, row) in self.rows_in_order().enumerate() {
            let sum = dot(row, x);
            if let Some(x) = x.get_mut(i) {
                *x = update(i, sum, *x);
            }
        }
    }

    fn visit(&self, x: &Vector<T>, mut visit: impl FnMut(usize, T)) {
        for (i, row) in self.rows_in_order().enumerate() {
            visit(i, dot(row, x));
        }
    }
}
