//! [`QuantizedError`]: why codes, scales or values were refused.

use core::fmt;

/// Why tables are no quantised matrix, or values cannot be quantised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum QuantizedError {
    /// Blocks have 1 to 32 entries.
    Block {
        /// Entries asked for.
        asked: usize,
    },
    /// The table of codes has another length than the shape asks for.
    Codes {
        /// Codes needed.
        expected: usize,
        /// Codes given.
        found: usize,
    },
    /// The table of scales has another length than the shape asks for.
    Scales {
        /// Scales needed.
        expected: usize,
        /// Scales given.
        found: usize,
    },
    /// A code of −128, which is none.
    Code {
        /// Its place in the table.
        place: usize,
    },
    /// A scale that is negative, NaN or infinite.
    Scale {
        /// Its place in the table.
        place: usize,
    },
    /// A value that is NaN or infinite.
    NonFiniteEntry {
        /// Its place in the column.
        row: usize,
    },
}

impl fmt::Display for QuantizedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Block { asked } => {
                write!(f, "blocks have 1 to 32 entries, {asked} were asked for")
            }
            Self::Codes { expected, found } => {
                write!(f, "{expected} codes are needed, {found} were given")
            }
            Self::Scales { expected, found } => {
                write!(f, "{expected} scales are needed, {found} were given")
            }
            Self::Code { place } => write!(f, "code {place} is −128"),
            Self::Scale { place } => write!(f, "scale {place} is negative or not a finite number"),
            Self::NonFiniteEntry { row } => {
                write!(f, "the entry in row {row} is not a finite number")
            }
        }
    }
}

impl core::error::Error for QuantizedError {}
