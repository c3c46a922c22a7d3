//! [`Banded`]: a square matrix with few diagonals, all of them stored.

use crate::operator::zeros;
use crate::sum::{dot, sum_of};
use crate::{LinearOperator, Real, RowOperator, SVector, Scalar};
use core::fmt;

/// An `N` × `N` matrix with `W` = 2h + 1 stored diagonals: aᵢⱼ = 0 where |i − j| > h.
///
/// Row i holds aᵢⱼ for j = i − h … i + h; places outside the matrix are zero and not part of any
/// sum. Storage: N·W numbers, no indices. One product: N·W multiplications and additions.
///
/// ```
/// use solvekit_core::{Banded, LinearOperator, SVector};
/// // A string of springs: 2 on the diagonal, −1 beside it.
/// let springs = Banded::<f32, 5, 3>::from_diagonals([[-1.0; 5], [2.0; 5], [-1.0; 5]])?;
/// let mut y = springs.zero_range();
/// springs.apply(&SVector::from([1.0, 1.0, 1.0, 1.0, 1.0]), &mut y);
/// assert_eq!(y, SVector::from([1.0, 0.0, 0.0, 0.0, 1.0]));
/// # Ok::<(), solvekit_core::BandedError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Banded<T, const N: usize, const W: usize> {
    rows: [[T; W]; N],
}

/// Why a band was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum BandedError {
    /// An even number of diagonals has no middle one.
    EvenWidth {
        /// The number given.
        width: usize,
    },
}

impl fmt::Display for BandedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EvenWidth { width } => {
                write!(f, "{width} diagonals have no middle one: the width must be odd")
            }
        }
    }
}

impl core::error::Error for BandedError {}

impl<T: Scalar, const N: usize, const W: usize> Banded<T, N, W> {
    /// Diagonals on either side of the middle one.
    const HALF: usize = W / 2;

    /// From aᵢⱼ = `entry(i, j)`, asked for every place of the band that lies in the matrix.
    ///
    /// # Errors
    /// [`BandedError::EvenWidth`].
    pub fn from_fn(mut entry: impl FnMut(usize, usize) -> T) -> Result<Self, BandedError> {
        if W.is_multiple_of(2) {
            return Err(BandedError::EvenWidth { width: W });
        }
        let mut rows = [[T::ZERO; W]; N];
        for (i, row) in rows.iter_mut().enumerate() {
            for (k, slot) in row.iter_mut().enumerate() {
                if let Some(j) = (i + k).checked_sub(Self::HALF).filter(|j| *j < N) {
                    *slot = entry(i, j);
                }
            }
        }
        Ok(Self { rows })
    }

    /// From rows: `rows[i][k]` is aᵢⱼ with j = i + k − h. Places outside the matrix are ignored.
    ///
    /// # Errors
    /// [`BandedError::EvenWidth`].
    pub fn from_rows(rows: [[T; W]; N]) -> Result<Self, BandedError> {
        let at = |i: usize, k: usize| rows.get(i).and_then(|row| row.get(k)).copied();
        Self::from_fn(|i, j| at(i, j + Self::HALF - i).unwrap_or(T::ZERO))
    }

    /// From diagonals, the lowest first: `diagonals[k][i]` is aᵢⱼ with j = i + k − h. Places outside
    /// the matrix are ignored.
    ///
    /// # Errors
    /// [`BandedError::EvenWidth`].
    pub fn from_diagonals(diagonals: [[T; N]; W]) -> Result<Self, BandedError> {
        let at = |k: usize, i: usize| diagonals.get(k).and_then(|d| d.get(i)).copied();
        Self::from_fn(|i, j| at(j + Self::HALF - i, i).unwrap_or(T::ZERO))
    }

    /// The first column of row `row` and the entries from there on; none outside the matrix.
    #[inline]
    pub fn row(&self, row: usize) -> (usize, &[T]) {
        let first = Self::HALF.saturating_sub(row).min(W);
        let end = (N + Self::HALF).saturating_sub(row).min(W);
        let own = self.rows.get(row).and_then(|entries| entries.get(first..end));
        (row.saturating_sub(Self::HALF), own.unwrap_or(&[]))
    }
}

impl<T: Scalar, const N: usize, const W: usize> LinearOperator<T> for Banded<T, N, W> {
    type Domain = SVector<T, N>;
    type Range = SVector<T, N>;

    #[inline]
    fn rows(&self) -> usize {
        N
    }
    #[inline]
    fn columns(&self) -> usize {
        N
    }
    fn zero_domain(&self) -> Self::Domain {
        zeros()
    }
    fn zero_range(&self) -> Self::Range {
        zeros()
    }
    #[inline]
    fn apply(&self, x: &Self::Domain, y: &mut Self::Range) {
        for (row, y) in y.data.0[0].iter_mut().enumerate() {
            *y = self.row_dot(row, x);
        }
    }
    fn apply_adjoint(&self, y: &Self::Range, x: &mut Self::Domain) {
        for (column, x) in x.data.0[0].iter_mut().enumerate() {
            let first = column.saturating_sub(Self::HALF);
            let end = (column + Self::HALF + 1).min(N);
            *x = sum_of(end - first, |k| {
                let row = first + k;
                let entry = self.rows.get(row).and_then(|r| r.get(column + Self::HALF - row));
                match (entry, y.data.0[0].get(row)) {
                    (Some(entry), Some(y)) => *entry * *y,
                    _ => T::ZERO,
                }
            });
        }
    }
    fn non_finite(&self) -> Option<(usize, usize)> {
        (0..N).find_map(|i| {
            let (first, entries) = self.row(i);
            let place = entries.iter().position(|entry| !entry.all(Real::is_finite))?;
            Some((i, first + place))
        })
    }
}

impl<T: Scalar, const N: usize, const W: usize> RowOperator<T> for Banded<T, N, W> {
    #[inline]
    fn diagonal(&self, row: usize) -> T {
        self.rows.get(row).and_then(|row| row.get(Self::HALF)).copied().unwrap_or(T::ZERO)
    }
    #[inline]
    fn row_dot(&self, row: usize, x: &Self::Domain) -> T {
        let (first, entries) = self.row(row);
        dot(entries, x.data.0[0].get(first..).unwrap_or(&[]))
    }
    #[inline]
    fn visit_row(&self, row: usize, mut visit: impl FnMut(usize, T)) {
        let (first, entries) = self.row(row);
        entries.iter().enumerate().for_each(|(k, entry)| visit(first + k, *entry));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SMatrix;

    /// A full matrix with every entry of the band different.
    fn full<const N: usize>(half: usize) -> SMatrix<f64, N, N> {
        SMatrix::from_fn(|i, j| if i.abs_diff(j) <= half { (10 * i + j + 1) as f64 } else { 0.0 })
    }

    fn check<const N: usize, const W: usize>() {
        let dense = full::<N>(W / 2);
        // What lies outside the matrix must not matter, not even a NaN.
        let at = |i: usize, k: usize| {
            let j = (i + k).checked_sub(W / 2).filter(|j| *j < N);
            j.map_or(f64::NAN, |j| dense[(i, j)])
        };
        let rows = core::array::from_fn(|i| core::array::from_fn(|k| at(i, k)));
        let diagonals = core::array::from_fn(|k| core::array::from_fn(|i| at(i, k)));
        let a = Banded::<f64, N, W>::from_rows(rows).expect("odd");
        assert_eq!(Ok(a), Banded::from_diagonals(diagonals));
        assert_eq!(a.non_finite(), None);
        let x = SVector::<f64, N>::from_fn(|i, _| i as f64 - 1.5);
        let (mut y, mut z) = (a.zero_range(), a.zero_domain());
        a.apply(&x, &mut y);
        a.apply_adjoint(&x, &mut z);
        // Small whole numbers and halves: every product and sum is exact.
        assert_eq!((y, z), (dense * x, dense.transpose() * x));
        let mut visited = SMatrix::<f64, N, N>::zeros();
        for i in 0..=N {
            a.visit_row(i, |j, value| visited[(i, j)] = value);
        }
        assert_eq!(visited, dense);
        assert_eq!((a.diagonal(1), a.diagonal(N), a.row_dot(N, &x)), (dense[(1, 1)], 0.0, 0.0));
    }

    #[test]
    fn it_is_the_matrix_it_says() {
        check::<6, 1>();
        check::<6, 3>();
        check::<6, 5>();
        // A band as wide as the matrix, and wider.
        check::<3, 5>();
        check::<2, 7>();
    }

    #[test]
    fn an_even_width_is_refused() {
        let refused = Err(BandedError::EvenWidth { width: 4 });
        assert_eq!(Banded::<f32, 6, 4>::from_rows([[1.0; 4]; 6]), refused);
        assert_eq!(Banded::<f32, 6, 4>::from_diagonals([[1.0; 6]; 4]), refused);
    }

    #[test]
    fn a_bad_entry_is_found_at_its_place() {
        let a = Banded::<f32, 4, 3>::from_fn(|i, j| if (i, j) == (2, 3) { f32::NAN } else { 1.0 });
        assert_eq!(a.expect("odd").non_finite(), Some((2, 3)));
    }
}
