//! [`FitError`]: why a data fit was refused.

use core::fmt;

/// Why a data fit was refused before the first step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum FitError {
    /// The design has no rows or no columns.
    Empty,
    /// The matrix of a quadratic is not square.
    NotSquare {
        /// Its rows.
        rows: usize,
        /// Its columns.
        columns: usize,
    },
    /// A vector has the wrong length.
    Length {
        /// Entries needed.
        expected: usize,
        /// Entries given.
        found: usize,
    },
    /// An entry of the design or the matrix is NaN or infinite.
    NonFiniteEntry {
        /// Its row.
        row: usize,
        /// Its column.
        column: usize,
    },
    /// An entry of the response, the labels or the linear term is NaN or infinite.
    NonFiniteResponse {
        /// Its row.
        row: usize,
    },
    /// Squares of the response's entries are beyond the largest number of this precision.
    HugeResponse,
    /// The squares of a column of the design are beyond the largest number of this precision.
    HugeColumn {
        /// The column.
        column: usize,
    },
    /// A diagonal entry of a quadratic's matrix is negative, or zero while its row or its entry of
    /// the linear term is not.
    NonPositiveDiagonal {
        /// The row.
        row: usize,
    },
    /// A quadratic's matrix is not symmetric: rows and columns give different products.
    NotSymmetric {
        /// The row where they differ most.
        row: usize,
    },
    /// There are fewer than two classes.
    Classes {
        /// Classes given.
        found: usize,
    },
    /// A label is not one of the classes.
    Label {
        /// Its row.
        row: usize,
    },
    /// An entry of the start is NaN or infinite.
    NonFiniteStart {
        /// The unknown.
        unknown: usize,
    },
}

impl fmt::Display for FitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("there are no rows or no columns"),
            Self::NotSquare { rows, columns } => {
                write!(f, "the matrix is {rows} by {columns}, not square")
            }
            Self::Length { expected, found } => {
                write!(f, "{expected} entries are needed, {found} were given")
            }
            Self::NonFiniteEntry { row, column } => {
                write!(f, "entry ({row}, {column}) is not a finite number")
            }
            Self::NonFiniteResponse { row } => {
                write!(f, "entry {row} of the response is not a finite number")
            }
            Self::HugeResponse => f.write_str("the response is too large for this precision"),
            Self::HugeColumn { column } => {
                write!(f, "column {column} is too large for this precision")
            }
            Self::NonPositiveDiagonal { row } => {
                write!(f, "the diagonal entry of row {row} is not positive")
            }
            Self::NotSymmetric { row } => {
                write!(f, "the matrix is not symmetric, most of all in row {row}")
            }
            Self::Classes { found } => write!(f, "two classes are needed, {found} were given"),
            Self::Label { row } => write!(f, "the label of row {row} is not one of the classes"),
            Self::NonFiniteStart { unknown } => {
                write!(f, "the start of unknown {unknown} is not a finite number")
            }
        }
    }
}

impl core::error::Error for FitError {}
