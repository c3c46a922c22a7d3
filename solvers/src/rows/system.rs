//! [`RowSystem`]: A x = b, checked, with the size of every row.

use super::RowsError;
use crate::operator::residual_norm;
use crate::sum::{max_abs, norm};
use crate::system::first_non_finite;
use crate::{Buffer, Real, RowOperator, Scalar};

/// A x = b of any shape, checked once, and 1 / ‖aᵢ‖² of every row; zero for a row of zeros, which no
/// step can do anything about.
///
/// Storage: M + 2 numbers.
#[derive(Clone, Debug)]
pub struct RowSystem<'a, T: Scalar, A: RowOperator<T>> {
    a: &'a A,
    b: &'a A::Range,
    inverse_squares: A::Range,
    b_norm: T,
    /// A power of two that brings b to about 1.
    scale: T,
}

impl<'a, T: Scalar, A: RowOperator<T>> RowSystem<'a, T, A> {
    /// Checks A and b.
    ///
    /// # Errors
    /// [`RowsError`]: `Empty`, `Length`, `NonFiniteEntry`, `NonFiniteRightHandSide`,
    /// `HugeRightHandSide`, `Contradiction`, `RowSize`.
    pub fn new(a: &'a A, b: &'a A::Range) -> Result<Self, RowsError> {
        let rows = a.rows();
        if rows == 0 || a.columns() == 0 {
            return Err(RowsError::Empty);
        }
        let found = b.as_slice().len();
        if found != rows {
            return Err(RowsError::Length { expected: rows, found });
        }
        if let Some((row, column)) = a.non_finite() {
            return Err(RowsError::NonFiniteEntry { row, column });
        }
        if let Some(row) = first_non_finite(b.as_slice()) {
            return Err(RowsError::NonFiniteRightHandSide { row });
        }
        let b_norm = norm(b);
        if !b_norm.all(Real::is_finite) {
            return Err(RowsError::HugeRightHandSide);
        }
        let zero = |value: T::Real| value == T::Real::ZERO;
        let mut inverse_squares = a.zero_range();
        let pairs = inverse_squares.as_mut_slice().iter_mut().zip(b.as_slice());
        for (row, (inverse, b)) in pairs.enumerate() {
            let (squares, size) = (squared_norm(a, row), largest(a, row));
            *inverse = squares.select(zero, T::ZERO, T::ONE / squares);
            // In every lane: a row of zeros where and only where its entries are.
            let lost = size.select(zero, T::ZERO, squares.select(zero, T::ONE, T::ZERO));
            if !(squares.all(Real::is_finite) && inverse.all(Real::is_finite) && lost.all(zero)) {
                return Err(RowsError::RowSize { row });
            }
            if !size.select(zero, *b, T::ZERO).all(zero) {
                return Err(RowsError::Contradiction { row });
            }
        }
        let scale = max_abs(b.as_slice()).unit_scale();
        Ok(Self { a, b, inverse_squares, b_norm, scale })
    }

    /// A.
    pub const fn matrix(&self) -> &'a A {
        self.a
    }

    /// bᵢ − aᵢᵀx; zero beyond the last row.
    #[inline]
    pub fn residual(&self, row: usize, x: &A::Domain) -> T {
        let b = self.b.as_slice().get(row);
        b.map_or(T::ZERO, |b| *b - self.a.row_dot(row, x))
    }

    /// 1 / ‖aᵢ‖²; zero for a row of zeros and beyond the last row.
    #[inline]
    pub fn inverse_square(&self, row: usize) -> T {
        self.inverse_squares.as_slice().get(row).copied().unwrap_or(T::ZERO)
    }

    /// x ← x + `factor` · aᵢ. An entry that would not be finite stays as it is.
    #[inline]
    pub(super) fn add_row(&self, row: usize, factor: T, x: &mut A::Domain) {
        let x = x.as_mut_slice();
        self.a.visit_row(row, |column, value| {
            if let Some(x) = x.get_mut(column) {
                *x = (*x + factor * value).finite_or(*x);
            }
        });
    }

    /// ‖b − A x‖₂, lane by lane. An x that is not finite where A has no entry shows too.
    pub(super) fn residual_norm(&self, x: &A::Domain) -> T {
        let unseen = max_abs(x.as_slice()) * T::ZERO;
        residual_norm(self.a, self.b, x, self.scale) + unseen
    }

    pub(super) fn worst_residual(&self, x: &A::Domain) -> T::Real {
        self.residual_norm(x).worst_against(self.b_norm)
    }

    pub(super) fn reference(&self) -> T::Real {
        self.b_norm.worst()
    }

    /// # Errors
    /// `Length`, `NonFiniteStart`.
    pub(super) fn start(&self, x: A::Domain) -> Result<A::Domain, RowsError> {
        let (expected, found) = (self.a.columns(), x.as_slice().len());
        if expected != found {
            return Err(RowsError::Length { expected, found });
        }
        match first_non_finite(x.as_slice()) {
            Some(unknown) => Err(RowsError::NonFiniteStart { unknown }),
            None => Ok(x),
        }
    }
}

/// ‖aᵢ‖².
pub(super) fn squared_norm<T: Scalar, A: RowOperator<T>>(a: &A, row: usize) -> T {
    a.row_pair(row, row, |_| T::ONE)
}

/// max |aᵢⱼ| over j.
fn largest<T: Scalar, A: RowOperator<T>>(a: &A, row: usize) -> T {
    let mut largest = T::ZERO;
    a.visit_row(row, |_, value| largest = largest.max(value.abs()));
    largest
}
