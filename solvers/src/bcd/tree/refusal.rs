//! [`Refusal`]: why a block was not solved by message passing.

use core::fmt;

/// Why a block was not solved by [`MessagePassing`](super::MessagePassing); the run then ends with
/// [`Status::Breakdown`](crate::Status::Breakdown), and x is as it was.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum Refusal<R> {
    /// The block is no forest.
    Cycle {
        /// A coordinate on a cycle, or between two of them.
        coordinate: usize,
    },
    /// A pivot is clearly not positive, so that the objective has no least value over the block.
    Curvature {
        /// The coordinate.
        coordinate: usize,
        /// The pivot.
        pivot: R,
    },
    /// The block holds a coordinate twice.
    Repeated {
        /// The coordinate.
        coordinate: usize,
    },
    /// The block holds a coordinate that there is not.
    Outside {
        /// The coordinate.
        coordinate: usize,
    },
    /// The buffers are too short.
    Room {
        /// Entries needed.
        expected: usize,
        /// Entries there are.
        found: usize,
    },
}

impl<R: fmt::Display> fmt::Display for Refusal<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cycle { coordinate } => {
                write!(f, "the block is not a forest: coordinate {coordinate} is on a cycle")
            }
            Self::Curvature { coordinate, pivot } => {
                write!(f, "the pivot of coordinate {coordinate} is {pivot}, not positive")
            }
            Self::Repeated { coordinate } => {
                write!(f, "coordinate {coordinate} is in the block more than once")
            }
            Self::Outside { coordinate } => write!(f, "there is no coordinate {coordinate}"),
            Self::Room { expected, found } => {
                write!(f, "{expected} entries are needed, there is room for {found}")
            }
        }
    }
}

impl<R: fmt::Debug + fmt::Display> core::error::Error for Refusal<R> {}
