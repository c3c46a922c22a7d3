//! [`CholeskyError`].

use core::fmt;

/// Why a matrix was not factored.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum CholeskyError<R> {
    /// The matrix has no rows.
    Empty,
    /// The matrix is not square.
    NotSquare {
        /// Its rows.
        rows: usize,
        /// Its columns.
        columns: usize,
    },
    /// The memory given is too small.
    Memory {
        /// Numbers needed.
        expected: usize,
        /// Numbers given.
        found: usize,
    },
    /// A matrix entry is NaN or infinite.
    NonFiniteEntry {
        /// Its row.
        row: usize,
        /// Its column.
        column: usize,
    },
    /// The matrix is not positive definite (or a factor would leave the range).
    Pivot {
        /// The row whose pivot cannot be used.
        row: usize,
        /// aᵢᵢ − Σ lᵢₖ², which should be positive.
        value: R,
    },
}

impl<R: fmt::Debug> fmt::Display for CholeskyError<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the matrix is empty"),
            Self::NotSquare { rows, columns } => {
                write!(f, "the matrix is {rows} by {columns}, not square")
            }
            Self::Memory { expected, found } => {
                write!(f, "the factor needs {expected} numbers, {found} were given")
            }
            Self::NonFiniteEntry { row, column } => {
                write!(f, "matrix entry ({row}, {column}) is not a finite number")
            }
            Self::Pivot { row, value } => {
                write!(
                    f,
                    "the matrix is not positive definite: the pivot of row {row} is {value:?}"
                )
            }
        }
    }
}

impl<R: fmt::Debug> core::error::Error for CholeskyError<R> {}
