//! [`Csr`]: a sparse matrix of fixed shape, in RAM that never grows or in a table in flash.

use crate::operator::zeros;
use crate::sum::sum_of;
use crate::{LinearOperator, Real, RowOperator, SVector, Scalar};
use core::fmt;

/// An `M` × `N` matrix in compressed sparse rows.
///
/// Row i owns the entries `row_ends[i − 1]..row_ends[i]`, columns ascending, none twice. Storage:
/// M + NNZ indices of 16 bits and NNZ numbers; `V` and `I` say where they are:
/// [`CsrVec`] owns up to a fixed capacity (`heapless`), [`CsrSlice`] borrows a `const` table, so a
/// matrix in flash costs no RAM. One product: NNZ multiplications and additions.
///
/// ```
/// use solvekit_core::{CsrSlice, CsrVec, RowOperator, SVector};
/// // [ 4 −1 ]    a table in flash            and one assembled on the device
/// // [ −1 4 ]
/// const TABLE: CsrSlice<f32, 2, 2> = CsrSlice::from_parts([2, 4], &[0, 1, 0, 1], &[4., -1., -1., 4.]);
/// TABLE.check()?;
/// let assembled = CsrVec::<f32, 2, 2, 4>::from_triplets([(0, 0, 4.), (1, 1, 4.), (0, 1, -1.), (1, 0, -1.)])?;
/// let x = SVector::from([1.0, 2.0]);
/// assert_eq!(TABLE.row_dot(0, &x), assembled.row_dot(0, &x));
/// # Ok::<(), solvekit_core::CsrError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Csr<T, const M: usize, const N: usize, V, I> {
    row_ends: [u16; M],
    columns: I,
    values: V,
    scalar: core::marker::PhantomData<T>,
}

/// Owns at most `NNZ` entries in place.
pub type CsrVec<T, const M: usize, const N: usize, const NNZ: usize> =
    Csr<T, M, N, heapless::Vec<T, NNZ>, heapless::Vec<u16, NNZ>>;

/// Borrows its entries, for example from a `const` table.
pub type CsrSlice<'a, T, const M: usize, const N: usize> = Csr<T, M, N, &'a [T], &'a [u16]>;

/// Why a sparse matrix was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum CsrError {
    /// An entry lies outside the matrix.
    OutOfRange {
        /// Row of the entry.
        row: usize,
        /// Column of the entry.
        column: usize,
    },
    /// More entries than the capacity (or than 16-bit offsets can count).
    Capacity {
        /// Number of entries that fit.
        capacity: usize,
    },
    /// The columns of a row do not ascend strictly.
    Order {
        /// The row.
        row: usize,
    },
    /// Row ends descend, or do not end with the number of entries.
    RowEnds {
        /// The first row at fault.
        row: usize,
    },
}

impl fmt::Display for CsrError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OutOfRange { row, column } => {
                write!(f, "entry ({row}, {column}) lies outside the matrix")
            }
            Self::Capacity { capacity } => write!(f, "more than the {capacity} entries that fit"),
            Self::Order { row } => write!(f, "the columns of row {row} do not ascend"),
            Self::RowEnds { row } => write!(f, "the end of row {row} does not fit the entries"),
        }
    }
}

impl core::error::Error for CsrError {}

impl<'a, T, const M: usize, const N: usize> CsrSlice<'a, T, M, N> {
    /// A table as it stands; `const`, unchecked. Call [`check`](Csr::check) before use: an
    /// unchecked table cannot panic or read outside, but entries outside the matrix count as zero.
    pub const fn from_parts(row_ends: [u16; M], columns: &'a [u16], values: &'a [T]) -> Self {
        Self { row_ends, columns, values, scalar: core::marker::PhantomData }
    }
}

impl<T: Scalar, const M: usize, const N: usize, const NNZ: usize> CsrVec<T, M, N, NNZ> {
    /// A matrix without entries; `const`, so that it can live in a `static` and be filled in place.
    pub const fn new() -> Self {
        Self {
            row_ends: [0; M],
            columns: heapless::Vec::new(),
            values: heapless::Vec::new(),
            scalar: core::marker::PhantomData,
        }
    }

    /// aᵢⱼ ← aᵢⱼ + value: entries given several times are summed in the order of arrival.
    ///
    /// Cost: a new entry moves those behind it, O(NNZ); no scratch memory.
    ///
    /// # Errors
    /// [`CsrError::OutOfRange`], [`CsrError::Capacity`]; the matrix is as before.
    pub fn add(&mut self, row: usize, column: usize, value: T) -> Result<(), CsrError> {
        let full = CsrError::Capacity { capacity: NNZ.min(usize::from(u16::MAX)) };
        let index = u16::try_from(column).ok().filter(|_| column < N && row < M);
        let index = index.ok_or(CsrError::OutOfRange { row, column })?;
        let range = self.range(row);
        let own = self.columns.get(range.clone()).unwrap_or(&[]);
        match own.binary_search(&index) {
            Ok(at) => {
                if let Some(slot) = self.values.get_mut(range.start + at) {
                    *slot += value;
                }
            }
            Err(at) => {
                if self.values.is_full() || self.values.len() >= usize::from(u16::MAX) {
                    return Err(full);
                }
                insert(&mut self.columns, range.start + at, index).map_err(|_| full)?;
                insert(&mut self.values, range.start + at, value).map_err(|_| full)?;
                self.row_ends.iter_mut().skip(row).for_each(|end| *end += 1);
            }
        }
        Ok(())
    }

    /// Assembles a matrix from (row, column, value) in any order with [`add`](Self::add). Returns
    /// it by value: on a small stack, use [`new`](Self::new) and `add` in place.
    ///
    /// # Errors
    /// [`CsrError::OutOfRange`], [`CsrError::Capacity`].
    pub fn from_triplets(
        triplets: impl IntoIterator<Item = (usize, usize, T)>,
    ) -> Result<Self, CsrError> {
        let mut csr = Self::new();
        triplets.into_iter().try_for_each(|(row, column, value)| csr.add(row, column, value))?;
        Ok(csr)
    }
}

impl<T: Scalar, const M: usize, const N: usize, const NNZ: usize> Default for CsrVec<T, M, N, NNZ> {
    fn default() -> Self {
        Self::new()
    }
}

/// Puts `item` at `at` and moves the rest up; gives the last one back where there is no room.
/// (`heapless` has this too, with a panic for an index out of range in the image.)
fn insert<T, const N: usize>(list: &mut heapless::Vec<T, N>, at: usize, item: T) -> Result<(), T> {
    let mut carried = item;
    let tail = list.iter_mut().skip(at);
    tail.for_each(|slot| core::mem::swap(slot, &mut carried));
    list.push(carried)
}

impl<T: Scalar, const M: usize, const N: usize, V: AsRef<[T]>, I: AsRef<[u16]>> Csr<T, M, N, V, I> {
    /// Is the table sound? One built by [`CsrVec::add`] is.
    ///
    /// # Errors
    /// [`CsrError::RowEnds`], [`CsrError::Order`], [`CsrError::OutOfRange`].
    pub fn check(&self) -> Result<(), CsrError> {
        let (columns, values) = (self.columns.as_ref(), self.values.as_ref());
        let mut start = 0;
        for (row, end) in self.row_ends.iter().map(|end| usize::from(*end)).enumerate() {
            let fits = values.get(start..end).is_some();
            let own = columns.get(start..end).filter(|_| fits).ok_or(CsrError::RowEnds { row })?;
            if let Some(column) = own.iter().find(|column| usize::from(**column) >= N) {
                return Err(CsrError::OutOfRange { row, column: usize::from(*column) });
            }
            if own.windows(2).any(|pair| pair.first() >= pair.last()) {
                return Err(CsrError::Order { row });
            }
            start = end;
        }
        if start == values.len() && start == columns.len() {
            Ok(())
        } else {
            Err(CsrError::RowEnds { row: M.saturating_sub(1) })
        }
    }

    /// Columns and values of one row; empty outside the matrix.
    #[inline]
    pub fn row(&self, row: usize) -> (&[u16], &[T]) {
        let range = self.range(row);
        let columns = self.columns.as_ref().get(range.clone()).unwrap_or(&[]);
        let values = self.values.as_ref().get(range).unwrap_or(&[]);
        (columns, values)
    }

    #[inline]
    fn range(&self, row: usize) -> core::ops::Range<usize> {
        let end = |row: usize| self.row_ends.get(row).map_or(0, |end| usize::from(*end));
        let start = if row == 0 { 0 } else { end(row - 1) };
        start..end(row)
    }

    /// Every entry in storage order: (row, column, value).
    fn entries(&self) -> impl Iterator<Item = (usize, usize, T)> + '_ {
        (0..M).flat_map(move |i| {
            let (columns, values) = self.row(i);
            columns.iter().zip(values).map(move |(j, value)| (i, usize::from(*j), *value))
        })
    }
}

impl<T, const M: usize, const N: usize, V, I> LinearOperator<T> for Csr<T, M, N, V, I>
where
    T: Scalar,
    V: AsRef<[T]>,
    I: AsRef<[u16]>,
{
    type Domain = SVector<T, N>;
    type Range = SVector<T, M>;

    #[inline]
    fn rows(&self) -> usize {
        M
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
        *x = zeros();
        for (i, j, value) in self.entries() {
            if let (Some(x), Some(y)) = (x.data.0[0].get_mut(j), y.data.0[0].get(i)) {
                *x += value * *y;
            }
        }
    }
    fn non_finite(&self) -> Option<(usize, usize)> {
        let bad = |value: T| !value.all(Real::is_finite);
        self.entries().find(|(_, _, value)| bad(*value)).map(|(i, j, _)| (i, j))
    }
}

impl<T, const M: usize, const N: usize, V, I> RowOperator<T> for Csr<T, M, N, V, I>
where
    T: Scalar,
    V: AsRef<[T]>,
    I: AsRef<[u16]>,
{
    fn diagonal(&self, row: usize) -> T {
        let (columns, values) = self.row(row);
        let place = columns.iter().position(|column| usize::from(*column) == row);
        place.and_then(|k| values.get(k)).copied().unwrap_or(T::ZERO)
    }
    #[inline]
    fn row_dot(&self, row: usize, x: &Self::Domain) -> T {
        let (columns, values) = self.row(row);
        let x = &x.data.0[0];
        sum_of(values.len().min(columns.len()), |k| match (columns.get(k), values.get(k)) {
            (Some(j), Some(value)) => *value * x.get(usize::from(*j)).copied().unwrap_or(T::ZERO),
            _ => T::ZERO,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SMatrix;

    type Small = CsrVec<f64, 3, 3, 6>;

    #[test]
    fn assembly_sorts_and_sums() {
        let a =
            Small::from_triplets([(2, 2, 1.0), (0, 1, 5.0), (0, 0, 2.0), (2, 2, 3.0), (1, 1, 7.0)]);
        let a = a.expect("it fits");
        a.check().expect("sound");
        let mut dense = SMatrix::<f64, 3, 3>::zeros();
        a.entries().for_each(|(i, j, v)| dense[(i, j)] = v);
        assert_eq!(dense, SMatrix::from([[2.0, 0.0, 0.0], [5.0, 7.0, 0.0], [0.0, 0.0, 4.0]]));
        let x = SVector::from([1.0, 2.0, 3.0]);
        let (mut y, mut z) = (a.zero_range(), a.zero_domain());
        a.apply(&x, &mut y);
        a.apply_adjoint(&x, &mut z);
        assert_eq!((y, z), (dense * x, dense.transpose() * x));
        assert_eq!((a.diagonal(2), a.diagonal(9)), (4.0, 0.0));
    }

    #[test]
    fn bad_triplets_are_named() {
        assert_eq!(
            Small::from_triplets([(3, 0, 1.0)]),
            Err(CsrError::OutOfRange { row: 3, column: 0 })
        );
        assert_eq!(
            Small::from_triplets([(0, 70_000, 1.0)]),
            Err(CsrError::OutOfRange { row: 0, column: 70_000 })
        );
        let nine = (0..9).map(|k| (k / 3, k % 3, 1.0));
        assert_eq!(Small::from_triplets(nine), Err(CsrError::Capacity { capacity: 6 }));
    }

    #[test]
    fn bad_tables_are_named() {
        let table =
            |ends, columns| CsrSlice::<f32, 2, 2>::from_parts(ends, columns, &[1.0, 2.0]).check();
        assert!(table([1, 2], &[0, 1]).is_ok());
        assert_eq!(table([1, 2], &[0, 2]), Err(CsrError::OutOfRange { row: 1, column: 2 }));
        assert_eq!(table([2, 2], &[1, 1]), Err(CsrError::Order { row: 0 }));
        assert_eq!(table([2, 1], &[0, 1]), Err(CsrError::RowEnds { row: 1 }));
        assert_eq!(table([1, 1], &[0, 1]), Err(CsrError::RowEnds { row: 1 }));
        assert_eq!(table([1, 3], &[0, 1]), Err(CsrError::RowEnds { row: 1 }));
    }
}
