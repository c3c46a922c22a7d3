//! What every linear solver asks of a system A x = b before its first step: [`SystemError`].

use crate::sor::is_relaxation;
use crate::sum::{max_abs, norm};
use crate::{Buffer, LinearOperator, Real, RowOperator, Scalar};
use core::fmt;

/// Why a system was refused before the first step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum SystemError {
    /// The matrix has no rows.
    Empty,
    /// The matrix is not square.
    NotSquare {
        /// Its rows.
        rows: usize,
        /// Its columns.
        columns: usize,
    },
    /// The right-hand side or the start has the wrong length.
    Length {
        /// Unknowns of the matrix.
        expected: usize,
        /// Entries given.
        found: usize,
    },
    /// A diagonal entry is zero: the row cannot be solved for its own unknown.
    ZeroDiagonal {
        /// The row.
        row: usize,
    },
    /// A diagonal entry is so small that 2 / aᵢᵢ is infinite.
    TinyDiagonal {
        /// The row.
        row: usize,
    },
    /// A matrix entry is NaN or infinite.
    NonFiniteEntry {
        /// Its row.
        row: usize,
        /// Its column.
        column: usize,
    },
    /// An entry of the right-hand side is NaN or infinite.
    NonFiniteRightHandSide {
        /// Its row.
        row: usize,
    },
    /// ‖b‖₂ is beyond the largest number of this precision.
    HugeRightHandSide,
    /// An entry of the start is NaN or infinite.
    NonFiniteStart {
        /// Its row.
        row: usize,
    },
    /// Blocks of no unknowns.
    NoBlock,
    /// A block on the diagonal has no inverse.
    SingularBlock {
        /// The block, counted from 0.
        block: usize,
    },
    /// A diagonal entry is not positive: between bounds the row cannot be relaxed towards a solution.
    NonPositiveDiagonal {
        /// The row.
        row: usize,
    },
    /// A bound is NaN.
    NanBound {
        /// The unknown.
        row: usize,
    },
    /// The lower bound is above the upper one, or no finite number lies between them.
    CrossedBounds {
        /// The unknown.
        row: usize,
    },
    /// ω is NaN or outside (0, 2), where SOR cannot converge.
    Omega,
    /// The Jacobi radius is NaN or outside [0, 1), where Young's formula has no answer.
    JacobiRadius,
    /// The tolerance is NaN or outside (0, 1).
    Tolerance,
    /// The ends of a context's interval are not finite or not in order.
    ContextInterval,
}

impl fmt::Display for SystemError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the matrix is empty"),
            Self::NotSquare { rows, columns } => {
                write!(f, "the matrix is {rows} by {columns}, not square")
            }
            Self::Length { expected, found } => {
                write!(f, "{expected} entries are needed, {found} were given")
            }
            Self::ZeroDiagonal { row } => write!(f, "the diagonal entry of row {row} is zero"),
            Self::TinyDiagonal { row } => {
                write!(f, "the diagonal entry of row {row} is too small to divide by")
            }
            Self::NonFiniteEntry { row, column } => {
                write!(f, "matrix entry ({row}, {column}) is not a finite number")
            }
            Self::NonFiniteRightHandSide { row } => {
                write!(f, "entry {row} of the right-hand side is not a finite number")
            }
            Self::HugeRightHandSide => {
                f.write_str("the norm of the right-hand side is too large for this precision")
            }
            Self::NonFiniteStart { row } => {
                write!(f, "entry {row} of the start is not a finite number")
            }
            Self::NoBlock => f.write_str("a block needs at least one unknown"),
            Self::SingularBlock { block } => write!(f, "diagonal block {block} is singular"),
            Self::NonPositiveDiagonal { row } => {
                write!(f, "the diagonal entry of row {row} is not positive")
            }
            Self::NanBound { row } => write!(f, "a bound of unknown {row} is not a number"),
            Self::CrossedBounds { row } => {
                write!(f, "the bounds of unknown {row} leave no number between them")
            }
            Self::Omega => f.write_str("omega must lie strictly between 0 and 2"),
            Self::JacobiRadius => f.write_str("the Jacobi radius must lie in [0, 1)"),
            Self::Tolerance => f.write_str("the tolerance must lie strictly between 0 and 1"),
            Self::ContextInterval => {
                f.write_str("the ends of the context interval must be finite and in order")
            }
        }
    }
}

impl core::error::Error for SystemError {}

/// A system that has passed the checks every solver makes, and the size of its right-hand side.
#[derive(Clone, Debug)]
pub(crate) struct System<'a, T: Scalar, A: LinearOperator<T>> {
    pub(crate) a: &'a A,
    pub(crate) b: &'a A::Range,
    pub(crate) b_norm: T,
    /// A power of two that brings b to about 1, so that no square under- or overflows.
    pub(crate) scale: T,
}

impl<'a, T: Scalar, A: LinearOperator<T>> System<'a, T, A> {
    /// # Errors
    /// `NotSquare`, `Empty`, `Length`, `NonFiniteEntry`, `NonFiniteRightHandSide`,
    /// `HugeRightHandSide`.
    pub(crate) fn new(a: &'a A, b: &'a A::Range) -> Result<Self, SystemError> {
        let (rows, columns) = (a.rows(), a.columns());
        if rows != columns {
            return Err(SystemError::NotSquare { rows, columns });
        }
        if rows == 0 {
            return Err(SystemError::Empty);
        }
        let found = b.as_slice().len();
        if found != rows {
            return Err(SystemError::Length { expected: rows, found });
        }
        if let Some((row, column)) = a.non_finite() {
            return Err(SystemError::NonFiniteEntry { row, column });
        }
        if let Some(row) = first_non_finite(b.as_slice()) {
            return Err(SystemError::NonFiniteRightHandSide { row });
        }
        let b_norm = norm(b);
        if !b_norm.all(Real::is_finite) {
            return Err(SystemError::HugeRightHandSide);
        }
        Ok(Self { a, b, b_norm, scale: max_abs(b.as_slice()).unit_scale() })
    }

    /// Hands back a start that can be used.
    ///
    /// # Errors
    /// `Length`, `NonFiniteStart`.
    pub(crate) fn start(&self, x: A::Domain) -> Result<A::Domain, SystemError> {
        let (expected, found) = (self.a.columns(), x.as_slice().len());
        if expected != found {
            return Err(SystemError::Length { expected, found });
        }
        match first_non_finite(x.as_slice()) {
            Some(row) => Err(SystemError::NonFiniteStart { row }),
            None => Ok(x),
        }
    }

    /// r ← s (b − A x) with a power of two s, returned, that brings its largest entry to about 1.
    pub(crate) fn residual(&self, x: &A::Domain, r: &mut A::Range) -> T {
        self.a.apply(x, r);
        for (r, b) in r.as_mut_slice().iter_mut().zip(self.b.as_slice()) {
            *r = *b - *r;
        }
        let scale = max_abs(r.as_slice()).unit_scale();
        r.as_mut_slice().iter_mut().for_each(|r| *r *= scale);
        scale
    }
}

/// 1 / aᵢᵢ.
///
/// # Errors
/// `ZeroDiagonal`, `TinyDiagonal`.
pub(crate) fn inverse_diagonal<T: Scalar, A: RowOperator<T>>(
    a: &A,
) -> Result<A::Range, SystemError> {
    let mut inverse_diagonal = a.zero_range();
    for (row, inverse) in inverse_diagonal.as_mut_slice().iter_mut().enumerate() {
        let diagonal = a.diagonal(row);
        if !diagonal.all(|d| d != T::Real::ZERO) {
            return Err(SystemError::ZeroDiagonal { row });
        }
        *inverse = T::ONE / diagonal;
        // ω < 2, so that ω / aᵢᵢ is finite too.
        if !(*inverse + *inverse).all(Real::is_finite) {
            return Err(SystemError::TinyDiagonal { row });
        }
    }
    Ok(inverse_diagonal)
}

/// 0 < ω < 2 in every lane.
///
/// # Errors
/// `Omega`.
pub(crate) fn check_omega<T: Scalar>(omega: T) -> Result<(), SystemError> {
    if omega.all(is_relaxation) { Ok(()) } else { Err(SystemError::Omega) }
}

/// Sets what is not finite to zero.
pub(crate) fn restore_finite<T: Scalar>(x: &mut impl Buffer<T>) {
    x.as_mut_slice().iter_mut().for_each(|x| *x = x.finite_or(T::ZERO));
}

pub(crate) fn first_non_finite<T: Scalar>(v: &[T]) -> Option<usize> {
    v.iter().position(|x| !x.all(Real::is_finite))
}
