//! What fits ask of their data before the first step.

use super::FitError;
use crate::system::first_non_finite;
use crate::{Buffer, ColumnOperator, Real};

/// A design that is not empty, of finite numbers, and with a row for each of the `found` responses.
///
/// # Errors
/// `Empty`, `Length`, `NonFiniteEntry`.
pub(super) fn design<R: Real, A: ColumnOperator<R>>(
    design: &A,
    found: usize,
) -> Result<(), FitError> {
    let expected = design.rows();
    if expected == 0 || design.columns() == 0 {
        return Err(FitError::Empty);
    }
    if expected != found {
        return Err(FitError::Length { expected, found });
    }
    match design.non_finite() {
        Some((row, column)) => Err(FitError::NonFiniteEntry { row, column }),
        None => Ok(()),
    }
}

/// ‖aⱼ‖² of every column.
///
/// # Errors
/// `HugeColumn`.
pub(super) fn squared_norms<R: Real, A: ColumnOperator<R>>(
    design: &A,
) -> Result<A::Domain, FitError> {
    let mut squares = design.zero_domain();
    for (column, slot) in squares.as_mut_slice().iter_mut().enumerate() {
        *slot = design.column_pair(column, column, |_| R::ONE);
        if !slot.is_finite() {
            return Err(FitError::HugeColumn { column });
        }
    }
    Ok(squares)
}

/// A start of finite numbers, one for each unknown.
///
/// # Errors
/// `Length`, `NonFiniteStart`.
pub(super) fn start<R: Real, X: Buffer<R>>(expected: usize, x: X) -> Result<X, FitError> {
    let found = x.as_slice().len();
    if expected != found {
        return Err(FitError::Length { expected, found });
    }
    match first_non_finite(x.as_slice()) {
        Some(unknown) => Err(FitError::NonFiniteStart { unknown }),
        None => Ok(x),
    }
}
