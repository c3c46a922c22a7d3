//! [`CsrError`].

use core::fmt;

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
