//! Cholesky's factor of a sparse symmetric matrix, stored row by row from its first entry on.

use super::{DirectError, reverse_cuthill_mckee};
use crate::matrix::CsrMatrix;
use crate::vector::Vector;
use solvekit::Real;
use solvekit::sum::dot;

/// Where a factor's entries will lie: the order of the unknowns and the first column of every row.
///
/// It depends on the pattern of A alone, so a sequence of matrices of one pattern shares it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    /// `order[new] = old`.
    pub(super) order: Vec<u32>,
    /// `place[old] = new`.
    place: Vec<u32>,
    /// First column of each row of the factor.
    first: Vec<u32>,
}

impl Envelope {
    /// Plans the factor of `a`, in reverse Cuthill–McKee order.
    #[must_use]
    pub fn of<T: Real>(a: &CsrMatrix<T>) -> Self {
        let order = reverse_cuthill_mckee(a);
        let mut place = vec![0; order.len()];
        order.iter().enumerate().for_each(|(new, old)| place[*old as usize] = new as u32);
        let mut first: Vec<u32> = (0..order.len() as u32).collect();
        for (old, (columns, _)) in a.rows_in_order().enumerate() {
            for &column in columns {
                let (i, j) = (place[old], place[column as usize]);
                let (row, column) = (i.max(j), i.min(j));
                first[row as usize] = first[row as usize].min(column);
            }
        }
        Self { order, place, first }
    }

    /// Entries of the factor, the diagonal included.
    #[must_use]
    pub fn entries(&self) -> usize {
        self.widths().map(|width| width + 1).sum()
    }

    /// At most so many multiplications with an addition make the factor.
    #[must_use]
    pub fn factor_work(&self) -> f64 {
        self.widths().map(|width| width as f64 * (width as f64 + 3.0) / 2.0).sum()
    }

    /// So many solve with it.
    #[must_use]
    pub fn solve_work(&self) -> f64 {
        2.0 * self.entries() as f64
    }

    /// Entries of each row before the diagonal.
    fn widths(&self) -> impl Iterator<Item = usize> {
        self.first.iter().enumerate().map(|(row, first)| row - *first as usize)
    }
}

/// P A Pᵀ = L Lᵀ.
///
/// Storage: [`Envelope::entries`] numbers. Work: [`Envelope::factor_work`] multiplications to make,
/// [`Envelope::solve_work`] to solve.
#[derive(Clone, Debug)]
pub struct Cholesky<T> {
    envelope: Envelope,
    /// Row i is `values[ends[i − 1]..ends[i]]`, from its first column to the diagonal.
    ends: Vec<usize>,
    values: Vec<T>,
}

impl<T: Real> Cholesky<T> {
    /// Factors `a`, of whose entries those below the diagonal are read (and `envelope`'s pattern
    /// must hold them all).
    ///
    /// # Errors
    /// [`DirectError::NotPositive`]: `a` is not positive definite.
    pub fn new(a: &CsrMatrix<T>, envelope: Envelope) -> Result<Self, DirectError> {
        let ends: Vec<usize> = envelope
            .widths()
            .scan(0, |end, width| {
                *end += width + 1;
                Some(*end)
            })
            .collect();
        let mut values = vec![T::ZERO; envelope.entries()];
        for (old, (columns, entries)) in a.rows_in_order().enumerate() {
            let row = envelope.place[old];
            for (&column, &entry) in columns.iter().zip(entries) {
                let column = envelope.place[column as usize];
                if column <= row {
                    values[ends[row as usize] - 1 - (row - column) as usize] = entry;
                }
            }
        }
        let mut factor = Self { envelope, ends, values };
        for row in 0..factor.ends.len() {
            factor.eliminate(row)?;
        }
        Ok(factor)
    }

    /// Turns one row of A into one of L, the rows above being done.
    fn eliminate(&mut self, row: usize) -> Result<(), DirectError> {
        let first = self.envelope.first[row] as usize;
        let (done, rest) = self.values.split_at_mut(self.ends[row] - 1 - (row - first));
        let own = &mut rest[..=row - first];
        for column in first..row {
            let other_first = self.envelope.first[column] as usize;
            let other = &done[self.ends[column] - 1 - (column - other_first)..self.ends[column]];
            let common = first.max(other_first);
            let sum = dot(&own[common - first..column - first], &other[common - other_first..]);
            own[column - first] = (own[column - first] - sum) / other[column - other_first];
        }
        let (diagonal, before) = own.split_last_mut().expect("a row holds its diagonal");
        let pivot = *diagonal - dot(before, before);
        if pivot > T::ZERO && pivot.is_finite() {
            *diagonal = pivot.sqrt();
            Ok(())
        } else {
            Err(DirectError::NotPositive { row: self.envelope.order[row] as usize })
        }
    }

    /// x ← A⁻¹ b.
    pub fn solve(&self, b: &Vector<T>) -> Vector<T> {
        let order = &self.envelope.order;
        let mut y: Vec<T> = order.iter().map(|old| b[*old as usize]).collect();
        for row in 0..y.len() {
            let (first, own) = self.row(row);
            let (before, diagonal) = (&own[..row - first], own[row - first]);
            y[row] = (y[row] - dot(before, &y[first..row])) / diagonal;
        }
        for row in (0..y.len()).rev() {
            let (first, own) = self.row(row);
            let value = y[row] / own[row - first];
            y[row] = value;
            y[first..row].iter_mut().zip(own).for_each(|(y, l)| *y -= *l * value);
        }
        let mut x = Vector::filled(y.len(), T::ZERO);
        order.iter().zip(y).for_each(|(old, y)| x[*old as usize] = y);
        x
    }

    fn row(&self, row: usize) -> (usize, &[T]) {
        let first = self.envelope.first[row] as usize;
        (first, &self.values[self.ends[row] - 1 - (row - first)..self.ends[row]])
    }
}
