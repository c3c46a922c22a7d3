//! [`SorError`].

use core::fmt;

/// Why a system was refused before the first sweep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum SorError {
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
    /// ω is NaN or outside (0, 2), where SOR cannot converge.
    Omega,
    /// The Jacobi radius is NaN or outside [0, 1), where Young's formula has no answer.
    JacobiRadius,
}

impl fmt::Display for SorError {
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
            Self::Omega => f.write_str("omega must lie strictly between 0 and 2"),
            Self::JacobiRadius => f.write_str("the Jacobi radius must lie in [0, 1)"),
        }
    }
}

impl core::error::Error for SorError {}
