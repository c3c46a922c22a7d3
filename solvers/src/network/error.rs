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
    /// A weight matrix that need not have the dictionary's shape has not its own either.
    WeightShape {
        /// The matrix.
        weight: Weight,
        /// Rows needed.
        rows: usize,
        /// Columns needed.
        columns: usize,
    },
    /// An entry of such a matrix is NaN or infinite.
    WeightEntry {
        /// The matrix.
        weight: Weight,
        /// Its row.
        row: usize,
        /// Its column.
        column: usize,
    },
    /// The share of entries that are not zero is not above 0 and at most 1.
    Density,
    /// The variance of the entries that are not zero is not a positive finite number.
    Variance,
    /// The variance of the noise is negative or not finite, also in units of the prior's.
    Noise,
    /// tr(AᵀA) is not a positive finite number.
    DictionaryEnergy,
    /// tr(WWᵀ) is not a positive finite number.
    WeightEnergy,
    /// A spline has no knot, or more than there is room for.
    KnotCount {
        /// Knots given.
        found: usize,
    },
    /// A knot is not finite, or not above the one before it and 0.
    Knot {
        /// The knot, from 0.
        knot: usize,
    },
    /// The value at a knot is not finite, or below the one before it and 0: the function would
    /// fall. Or it rises more steeply than a number can say.
    KnotValue {
        /// The knot, from 0.
        knot: usize,
    },
    /// No knot lies at the threshold, where soft thresholding bends.
    NoKnotAtThreshold,
}

/// Which weight matrix of a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Weight {
    /// B of [`Lista`](super::Lista).
    B {
        /// Its place among them.
        layer: usize,
    },
    /// C of [`Lista`](super::Lista).
    C {
        /// Its place among them.
        layer: usize,
    },
    /// W₁ of [`AdaLista`](super::AdaLista).
    W1,
    /// W₂ of [`AdaLista`](super::AdaLista).
    W2,
}

impl fmt::Display for Weight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::B { layer } => write!(f, "B {layer}"),
            Self::C { layer } => write!(f, "C {layer}"),
            Self::W1 => f.write_str("W1"),
            Self::W2 => f.write_str("W2"),
        }
    }
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
            Self::WeightShape { weight, rows, columns } => {
                write!(f, "weight matrix {weight} is not {rows} by {columns}")
            }
            Self::WeightEntry { weight, row, column } => {
                write!(
                    f,
                    "entry ({row}, {column}) of weight matrix {weight} is not a finite number"
                )
            }
            Self::Density => f.write_str("the share of non-zero entries must lie in (0, 1]"),
            Self::Variance => {
                f.write_str("the variance of non-zero entries must be positive and finite")
            }
            Self::Noise => f.write_str("the variance of the noise must be finite, not negative"),
            Self::DictionaryEnergy => {
                f.write_str("the squares of the dictionary's entries have no positive finite sum")
            }
            Self::WeightEnergy => {
                f.write_str("the squares of the weight's entries have no positive finite sum")
            }
            Self::KnotCount { found } => {
                write!(f, "{found} knots: from 1 to {} are possible", super::MAX_KNOTS)
            }
            Self::Knot { knot } => {
                write!(f, "knot {knot} is not a finite number above the one before it and 0")
            }
            Self::KnotValue { knot } => {
                write!(
                    f,
                    "at knot {knot} the function would fall, or its value or slope is not finite"
                )
            }
            Self::NoKnotAtThreshold => f.write_str("no knot lies at the threshold, 1"),
        }
    }
}

impl core::error::Error for NetworkError {}
