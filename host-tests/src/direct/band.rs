//! Gauss's elimination with row exchanges in a band.

use super::{DirectError, reverse_cuthill_mckee};
use crate::matrix::CsrMatrix;
use crate::vector::Vector;
use solvekit::Real;

/// Where the entries of P A Pᵀ lie: an order of the unknowns, and how far from the diagonal it
/// leaves them. It depends on the pattern alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Band {
    order: Vec<u32>,
    place: Vec<u32>,
    pub(super) below: usize,
    pub(super) above: usize,
}

impl Band {
    /// Plans the factor of `a`, in reverse Cuthill–McKee order.
    #[must_use]
    pub fn of<T: Real>(a: &CsrMatrix<T>) -> Self {
        let order = reverse_cuthill_mckee(a);
        let mut place = vec![0; order.len()];
        order.iter().enumerate().for_each(|(new, old)| place[*old as usize] = new as u32);
        let (mut below, mut above) = (0, 0);
        for (old, (columns, _)) in a.rows_in_order().enumerate() {
            for &column in columns {
                let (i, j) = (place[old] as usize, place[column as usize] as usize);
                below = below.max(i.saturating_sub(j));
                above = above.max(j.saturating_sub(i));
            }
        }
        Self { order, place, below, above }
    }

    /// Numbers that the factor stores: row exchanges widen the upper half by the lower.
    #[must_use]
    pub fn entries(&self) -> usize {
        self.order.len() * (self.width() + self.below)
    }

    /// At most so many multiplications with a subtraction make the factor.
    #[must_use]
    pub fn factor_work(&self) -> f64 {
        self.order.len() as f64 * self.below as f64 * self.width() as f64
    }

    /// At most so many solve with it.
    #[must_use]
    pub fn solve_work(&self) -> f64 {
        self.entries() as f64
    }

    /// Entries of one row of U.
    fn width(&self) -> usize {
        1 + self.below + self.above
    }
}

/// Q P A Pᵀ = L U, Q the row exchanges that put the largest entry of each column on the diagonal.
#[derive(Clone, Debug)]
pub struct Lu<T> {
    band: Band,
    /// Row i of U from its diagonal on, [`Band::width`] numbers each.
    upper: Vec<T>,
    /// The multipliers of step k for the rows behind it.
    lower: Vec<T>,
    /// The row exchanged with row k in step k.
    exchanged: Vec<u32>,
}

impl<T: Real> Lu<T> {
    /// Factors `a`.
    ///
    /// # Errors
    /// [`DirectError::Singular`] when a column has nothing left to divide by.
    pub fn new(a: &CsrMatrix<T>, band: Band) -> Result<Self, DirectError> {
        let (n, width) = (band.order.len(), band.width());
        // While row i waits, it is stored from column i − below on; entries further left are done.
        let mut upper = vec![T::ZERO; n * width];
        for (old, (columns, entries)) in a.rows_in_order().enumerate() {
            let row = band.place[old] as usize;
            for (&column, &entry) in columns.iter().zip(entries) {
                let column = band.place[column as usize] as usize;
                upper[row * width + column + band.below - row] = entry;
            }
        }
        let mut factor =
            Self { lower: vec![T::ZERO; n * band.below], exchanged: vec![0; n], upper, band };
        for step in 0..n {
            factor.eliminate(step)?;
        }
        Ok(factor)
    }

    /// Column `step`: exchange, divide, subtract. Rows below are shifted so that they start at the
    /// next column.
    fn eliminate(&mut self, step: usize) -> Result<(), DirectError> {
        let (width, below) = (self.band.width(), self.band.below);
        let n = self.band.order.len();
        let last = (step + below).min(n - 1);
        if step == 0 {
            // The first rows are stored with nothing in front of their first column.
            for row in 0..=last.min(below) {
                let own = &mut self.upper[row * width..(row + 1) * width];
                own.rotate_left(below - row);
            }
        }
        // A later row enters the window exactly when its first column is `step`: nothing to shift.
        let column = |row: usize| row * width;
        let best = (step..=last).fold(step, |best, row| {
            let larger = self.upper[column(row)].abs() > self.upper[column(best)].abs();
            if larger { row } else { best }
        });
        let pivot = self.upper[column(best)];
        if pivot == T::ZERO || !pivot.is_finite() {
            return Err(DirectError::Singular { column: self.band.order[step] as usize });
        }
        self.exchanged[step] = best as u32;
        if best != step {
            let (head, tail) = self.upper.split_at_mut(best * width);
            head[step * width..(step + 1) * width].swap_with_slice(&mut tail[..width]);
        }
        let (head, tail) = self.upper.split_at_mut((step + 1) * width);
        let own = &head[step * width..];
        for (k, row) in tail.chunks_exact_mut(width).take(last - step).enumerate() {
            let factor = row[0] / pivot;
            self.lower[step * below + k] = factor;
            for j in 1..width {
                row[j - 1] = row[j] - factor * own[j];
            }
            row[width - 1] = T::ZERO;
        }
        Ok(())
    }

    /// x ← A⁻¹ b.
    pub fn solve(&self, b: &Vector<T>) -> Vector<T> {
        let (n, width, below) = (self.band.order.len(), self.band.width(), self.band.below);
        let mut y: Vec<T> = self.band.order.iter().map(|old| b[*old as usize]).collect();
        for step in 0..n {
            y.swap(step, self.exchanged[step] as usize);
            let value = y[step];
            let behind = y[step + 1..].iter_mut().zip(&self.lower[step * below..]);
            behind.take(below).for_each(|(y, factor)| *y -= *factor * value);
        }
        for row in (0..n).rev() {
            let own = &self.upper[row * width..(row + 1) * width];
            let known = own[1..].iter().zip(&y[row + 1..]);
            let sum = known.fold(T::ZERO, |sum, (u, y)| sum + *u * *y);
            y[row] = (y[row] - sum) / own[0];
        }
        let mut x = Vector::filled(n, T::ZERO);
        self.band.order.iter().zip(y).for_each(|(old, y)| x[*old as usize] = y);
        x
    }
}
