//! [`RuleError`].

use core::fmt;

/// Why a rule, or what is computed once for each block, was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum RuleError {
    /// Blocks of no coordinates.
    NoBlock,
    /// A buffer is too short.
    Room {
        /// Entries needed.
        expected: usize,
        /// Entries given.
        found: usize,
    },
    /// A block of the problem's matrix is not positive semidefinite.
    Indefinite {
        /// The block.
        block: usize,
    },
    /// A weight is negative, NaN or infinite.
    Weight {
        /// The block.
        block: usize,
    },
    /// All weights are zero: there is nothing to draw.
    NoWeight,
    /// The bound of the curvature is not a positive number.
    Curvature,
}

impl RuleError {
    pub(crate) const fn check_room(expected: usize, found: usize) -> Result<(), Self> {
        if found < expected { Err(Self::Room { expected, found }) } else { Ok(()) }
    }
}

impl fmt::Display for RuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoBlock => f.write_str("a block needs at least one coordinate"),
            Self::Room { expected, found } => {
                write!(f, "a buffer needs {expected} entries, {found} were given")
            }
            Self::Indefinite { block } => {
                write!(f, "block {block} of the matrix is not positive semidefinite")
            }
            Self::Weight { block } => {
                write!(f, "the weight of block {block} must be finite and not negative")
            }
            Self::NoWeight => f.write_str("every weight is zero"),
            Self::Curvature => {
                f.write_str("the bound of the curvature must be positive and finite")
            }
        }
    }
}

impl core::error::Error for RuleError {}
