//! Dense operators: nalgebra's `SMatrix`, shapes checked when compiling.

mod product;
mod relax;
mod vector;

pub use product::multiply;

use crate::operator::{Update, zeros};
use crate::scalar::FLOAT_UNIT;
use crate::sum::{dot, sum_of};
use crate::{LinearOperator, RowOperator, SMatrix, SVector, Scalar};
use core::hint::black_box;

/// Whether numbers have registers of their own, one each: not where they are lanes.
const fn has_registers<T: Scalar>() -> bool {
    FLOAT_UNIT && size_of::<T>() == size_of::<T::Real>()
}

/// Whether sixteen of them can be arguments in registers: so it is on Arm. In tests it is tried everywhere.
const fn has_arguments<T: Scalar>() -> bool {
    has_registers::<T>() && cfg!(any(target_arch = "arm", test))
}

/// Storage M·N numbers, column by column. One product M·N multiplications and additions.
impl<T: Scalar, const M: usize, const N: usize> LinearOperator<T> for SMatrix<T, M, N> {
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
        let y = &mut y.data.0[0];
        if has_arguments::<T>() && M.is_multiple_of(4) && N == 16 {
            let columns = self.data.0.first_chunk().zip(vector::sixteen(&x.data.0[0]));
            if let Some((a, [x0, x1, x2, x3])) = columns {
                vector::sixteen_columns(a, y, x0, x1, x2, x3);
                return;
            }
        }
        // Up to 16 numbers of x stay in registers, row after row.
        if has_registers::<T>() && M.is_multiple_of(8) && N.is_multiple_of(8) && N > 16 {
            // As in `multiply`.
            let (a, x) = black_box((&self.data.0[..], &x.data.0[0][..]));
            let (a, x) = (a.as_chunks::<8>().0, x.as_chunks::<8>().0);
            for (block, y) in y.as_chunks_mut::<8>().0.iter_mut().enumerate() {
                vector::eight_rows(a, x, 8 * block, y);
            }
            return;
        }
        for (row, y) in y.iter_mut().enumerate() {
            *y = self.row_dot(row, x);
        }
    }
    #[inline]
    fn apply_adjoint(&self, y: &Self::Range, x: &mut Self::Domain) {
        if has_arguments::<T>()
            && N.is_multiple_of(4)
            && M == 16
            && let Some([y0, y1, y2, y3]) = vector::sixteen(&y.data.0[0])
        {
            vector::sixteen_rows(&self.data.0, &mut x.data.0[0], y0, y1, y2, y3);
            return;
        }
        for (column, x) in self.data.0.iter().zip(&mut x.data.0[0]) {
            *x = dot(column, &y.data.0[0]);
        }
    }
    fn non_finite(&self) -> Option<(usize, usize)> {
        for (j, column) in self.data.0.iter().enumerate() {
            for (i, entry) in column.iter().enumerate() {
                if !entry.all(crate::Real::is_finite) {
                    return Some((i, j));
                }
            }
        }
        None
    }
}

impl<T: Scalar, const M: usize, const N: usize> RowOperator<T> for SMatrix<T, M, N> {
    #[inline]
    fn diagonal(&self, row: usize) -> T {
        let column = self.data.0.get(row);
        column.and_then(|column| column.get(row)).copied().unwrap_or(T::ZERO)
    }
    #[inline]
    fn as_columns(&self) -> Option<&[T]> {
        Some(self.data.0.as_flattened())
    }
    #[inline(always)]
    fn row_dot(&self, row: usize, x: &Self::Domain) -> T {
        if row >= M {
            return T::ZERO;
        }
        sum_of(N, |k| self.data.0[k][row] * x.data.0[0][k])
    }
    #[inline(always)]
    fn relax_beside(
        &self,
        x: &mut Self::Domain,
        beside: [&Self::Range; 2],
        update: &impl Update<T>,
    ) {
        relax::relax_beside(self, x, beside, update);
    }
    #[inline]
    fn visit_row(&self, row: usize, mut visit: impl FnMut(usize, T)) {
        if row < M {
            self.data.0.iter().enumerate().for_each(|(j, column)| visit(j, column[row]));
        }
    }
    #[inline]
    fn lower_dot(&self, row: usize, x: &Self::Domain) -> T {
        if row >= M {
            return T::ZERO;
        }
        let columns = self.data.0.get(..row).unwrap_or(&self.data.0);
        let x = x.data.0[0].get(..row).unwrap_or(&x.data.0[0]);
        row_of(columns, row, x)
    }
    #[inline]
    fn upper_dot(&self, row: usize, x: &Self::Domain) -> T {
        if row >= M {
            return T::ZERO;
        }
        let columns = self.data.0.get(row + 1..).unwrap_or(&[]);
        let x = x.data.0[0].get(row + 1..).unwrap_or(&[]);
        row_of(columns, row, x)
    }
}

/// Σₖ of one row of some columns times the x that belong to them. Looked up rather than indexed: that
/// the indices fit is beyond what the compiler sees where this is not inlined.
#[inline(always)]
fn row_of<T: Scalar, const M: usize>(columns: &[[T; M]], row: usize, x: &[T]) -> T {
    sum_of(columns.len().min(x.len()), |k| match (columns.get(k), x.get(k)) {
        (Some(column), Some(x)) => column.get(row).copied().unwrap_or(T::ZERO) * *x,
        _ => T::ZERO,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn products_are_row_by_row<const M: usize, const N: usize>() {
        let entry = |i: usize, j: usize| ((i * 7 + j * j * 13 + i * j * 5) as f32 * 0.37).sin();
        for size in [1.0, -0.0] {
            let a = SMatrix::<f32, M, N>::from_fn(|i, j| size * entry(i, j));
            let x = SVector::<f32, N>::from_fn(|j, _| entry(j, j + 1));
            let mut y = SVector::repeat(f32::NAN);
            a.apply(&x, &mut y);
            for i in 0..M {
                let (found, expected) = (y[i], a.row_dot(i, &x));
                assert_eq!(found.to_bits(), expected.to_bits(), "{M} x {N}, {i}, size {size}");
            }
            let y = SVector::<f32, M>::from_fn(|i, _| entry(i + 2, i));
            let mut x = SVector::repeat(f32::NAN);
            a.apply_adjoint(&y, &mut x);
            for j in 0..N {
                let (found, expected) = (x[j], dot(&a.data.0[j], y.as_slice()));
                assert_eq!(found.to_bits(), expected.to_bits(), "{N} x {M}, {j}, size {size}");
            }
        }
    }

    #[test]
    fn several_rows_at_once_have_the_bits_of_each_alone() {
        products_are_row_by_row::<8, 24>();
        products_are_row_by_row::<32, 32>();
        products_are_row_by_row::<16, 16>();
        products_are_row_by_row::<12, 24>();
        products_are_row_by_row::<8, 27>();
        products_are_row_by_row::<4, 16>();
        products_are_row_by_row::<6, 16>();
        products_are_row_by_row::<16, 20>();
        products_are_row_by_row::<16, 7>();
    }
}
