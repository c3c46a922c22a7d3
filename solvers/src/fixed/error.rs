//! [`FixedError`].

use core::fmt;

/// Why a matrix, a vector or a parameter was refused before the first step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum FixedError {
    /// The matrix has no rows or no columns.
    Empty,
    /// More products in a sum than can be added without overflow.
    Size {
        /// The most.
        most: usize,
    },
    /// The memory given is too small, or two buffers differ in length.
    Memory {
        /// Numbers needed.
        expected: usize,
        /// Numbers given.
        found: usize,
    },
    /// The sum of the sizes of a row is 1 or more: scale the matrix and the right-hand side down.
    RowSum {
        /// The first such row.
        row: usize,
    },
    /// The matrix is not positive definite to its 31 bits.
    Pivot {
        /// The row whose pivot cannot be used.
        row: usize,
    },
    /// A diagonal entry is zero or negative.
    Diagonal {
        /// Its row.
        row: usize,
    },
    /// ω is not strictly between 0 and 2.
    Omega,
    /// A parameter is negative or not finite, or a step is zero.
    Parameter,
    /// The power of two of a matrix is not from −16 to 15.
    Exponent,
    /// A number to be converted is NaN or infinite.
    NonFinite {
        /// Its place.
        place: usize,
    },
    /// The sparsity is zero or larger than the number of unknowns.
    Sparsity {
        /// What was asked.
        asked: usize,
        /// The largest that can be had.
        most: usize,
    },
}

impl fmt::Display for FixedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the matrix is empty"),
            Self::Size { most } => write!(f, "there are more than {most} rows or columns"),
            Self::Memory { expected, found } => {
                write!(f, "{expected} numbers are needed, {found} were given")
            }
            Self::RowSum { row } => {
                write!(f, "the sizes of row {row} add up to 1 or more: scale the system down")
            }
            Self::Pivot { row } => {
                write!(f, "the matrix is not positive definite: the pivot of row {row}")
            }
            Self::Diagonal { row } => {
                write!(f, "the diagonal entry of row {row} is not positive")
            }
            Self::Omega => f.write_str("omega must lie strictly between 0 and 2"),
            Self::Parameter => {
                f.write_str("parameters must be finite and not negative, steps positive")
            }
            Self::Exponent => f.write_str("the matrix's power of two must be from -16 to 15"),
            Self::NonFinite { place } => write!(f, "number {place} is not finite"),
            Self::Sparsity { asked, most } => {
                write!(f, "a sparsity of 1 to {most} is needed, {asked} was given")
            }
        }
    }
}

impl core::error::Error for FixedError {}
