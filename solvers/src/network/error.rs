//! [`NetworkError`]: why a network was refused.

use core::fmt;

/// Why the numbers of a network were refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum NetworkError {
    /// There are no layers.
    Empty,
    /// A table has another length than the network has layers, or a vector another than unknowns.
    Length {
        /// Entries needed.
        expected: usize,
        /// Entries given.
        found: usize,
    },
    /// A weight matrix has another shape than the dictionary.
    Shape {
        /// Its place among the weights.
        layer: usize,
    },
    /// A number of a layer is NaN, infinite or outside its range: steps are positive, thresholds
    /// and shares not negative.
    Layer {
        /// The layer, from 0.
        layer: usize,
    },
    /// An entry of a weight matrix is NaN or infinite.
    NonFiniteWeight {
        /// Its place among the weights.
        layer: usize,
    },
    /// A number of the whole network is NaN, infinite or outside its range.
    Parameter,
}

impl fmt::Display for NetworkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("there are no layers"),
            Self::Length { expected, found } => {
                write!(f, "{expected} entries are needed, {found} were given")
            }
            Self::Shape { layer } => {
                write!(f, "weight matrix {layer} has another shape than the dictionary")
            }
            Self::Layer { layer } => write!(f, "a number of layer {layer} is outside its range"),
            Self::NonFiniteWeight { layer } => {
                write!(f, "weight matrix {layer} has an entry that is not a finite number")
            }
            Self::Parameter => f.write_str("a number of the network is outside its range"),
        }
    }
}

impl core::error::Error for NetworkError {}
