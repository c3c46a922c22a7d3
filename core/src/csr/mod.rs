//! [`Csr`]: a sparse matrix of fixed shape, in RAM that never grows or in a table in flash.

mod assemble;
mod error;

pub use error::CsrError;

use crate::operator::zeros;
use crate::sum::{Accumulator, sum_of};
use crate::{LinearOperator, Real, RowOperator, SVector, Scalar};

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

impl<'a, T, const M: usize, const N: usize> CsrSlice<'a, T, M, N> {
    /// A table as it stands; `const`, unchecked. Call [`check`](Csr::check) before use: an
    /// unchecked table cannot panic or read outside, but entries outside the matrix count as zero.
    pub const fn from_parts(row_ends: [u16; M], columns: &'a [u16], values: &'a [T]) -> Self {
        Self { row_ends, columns, values, scalar: core::marker::PhantomData }
    }
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
        dot(self.row(row), x)
    }
    #[inline]
    fn lower_dot(&self, row: usize, x: &Self::Domain) -> T {
        let (columns, values) = self.row(row);
        let end = columns.partition_point(|column| usize::from(*column) < row);
        dot((columns.get(..end).unwrap_or(&[]), values), x)
    }
    #[inline]
    fn upper_dot(&self, row: usize, x: &Self::Domain) -> T {
        let (columns, values) = self.row(row);
        let start = columns.partition_point(|column| usize::from(*column) <= row);
        let behind = values.get(start..).unwrap_or(&[]);
        dot((columns.get(start..).unwrap_or(&[]), behind), x)
    }
    #[inline]
    fn visit_row(&self, row: usize, mut visit: impl FnMut(usize, T)) {
        let (columns, values) = self.row(row);
        columns.iter().zip(values).for_each(|(j, value)| visit(usize::from(*j), *value));
    }
    fn row_pair(&self, first: usize, second: usize, weight: impl Fn(usize) -> T) -> T {
        let (mut sum, mut terms) = (Accumulator::default(), 0);
        visit_common(self.row(first), self.row(second), |k, a, b| {
            sum.add(terms, a * b * weight(usize::from(k)));
            terms += 1;
        });
        sum.total()
    }
}

/// Visits what two sparse rows (columns ascending, and their values) have in common, in order.
pub fn visit_common<I: Copy + Ord, T: Copy>(
    (mut columns, mut values): (&[I], &[T]),
    (mut others, mut other_values): (&[I], &[T]),
    mut visit: impl FnMut(I, T, T),
) {
    while let ([j, columns_after @ ..], [a, values_after @ ..]) = (columns, values)
        && let ([k, others_after @ ..], [b, other_values_after @ ..]) = (others, other_values)
    {
        if j == k {
            visit(*j, *a, *b);
        }
        if j <= k {
            (columns, values) = (columns_after, values_after);
        }
        if k <= j {
            (others, other_values) = (others_after, other_values_after);
        }
    }
}

/// Σ over the entries given, in the fixed order.
#[inline]
fn dot<T: Scalar, const N: usize>((columns, values): (&[u16], &[T]), x: &SVector<T, N>) -> T {
    let x = &x.data.0[0];
    sum_of(values.len().min(columns.len()), |k| match (columns.get(k), values.get(k)) {
        (Some(j), Some(value)) => *value * x.get(usize::from(*j)).copied().unwrap_or(T::ZERO),
        _ => T::ZERO,
    })
}

#[cfg(test)]
mod tests;
