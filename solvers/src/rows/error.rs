//! [`RowsError`]: why a system was refused by the row-action methods.

use core::fmt;

/// Why a system, or a rule for it, was refused before the first step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum RowsError {
    /// The matrix has no rows or no columns.
    Empty,
    /// A vector or a buffer has the wrong length.
    Length {
        /// Entries needed.
        expected: usize,
        /// Entries given.
        found: usize,
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
    /// A row of zeros with a right-hand side that is not zero: no x satisfies it.
    Contradiction {
        /// The row.
        row: usize,
    },
    /// ‖aᵢ‖² is too small or too large for this precision.
    RowSize {
        /// The row.
        row: usize,
    },
    /// The relaxation factor is NaN or outside (0, 2), where projections cannot converge.
    Relaxation,
    /// An entry of the start is NaN or infinite.
    NonFiniteStart {
        /// The unknown.
        unknown: usize,
    },
}

impl fmt::Display for RowsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("there are no rows or no columns"),
            Self::Length { expected, found } => {
                write!(f, "{expected} entries are needed, {found} were given")
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
            Self::Contradiction { row } => {
                write!(f, "row {row} is zero and its right-hand side is not")
            }
            Self::RowSize { row } => {
                write!(f, "the squares of row {row} are too small or too large for this precision")
            }
            Self::Relaxation => {
                f.write_str("the relaxation factor must lie strictly between 0 and 2")
            }
            Self::NonFiniteStart { unknown } => {
                write!(f, "the start of unknown {unknown} is not a finite number")
            }
        }
    }
}

impl core::error::Error for RowsError {}
