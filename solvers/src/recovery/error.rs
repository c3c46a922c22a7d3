//! [`RecoveryError`]: why a recovery was refused.

use core::fmt;

/// Why a dictionary, measurements or a parameter were refused before the first step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum RecoveryError {
    /// The dictionary has no rows or no columns.
    Empty,
    /// A vector or a buffer has the wrong length.
    Length {
        /// Entries needed.
        expected: usize,
        /// Entries given.
        found: usize,
    },
    /// An entry of the dictionary is NaN or infinite.
    NonFiniteEntry {
        /// Its row.
        row: usize,
        /// Its column.
        column: usize,
    },
    /// A measurement is NaN or infinite.
    NonFiniteMeasurement {
        /// Its row.
        row: usize,
    },
    /// ‖y‖₂ or ‖Aᵀy‖_∞ is beyond the largest number of this precision.
    HugeMeasurements,
    /// The dictionary is zero, or so large or small that its squares are not numbers of this
    /// precision: no step suits it.
    DictionarySize,
    /// A step is not positive and finite, or so long that the plain iteration cannot converge:
    /// 2 / ‖A‖² or more.
    Step,
    /// The sparsity is zero or larger than the dictionary allows.
    Sparsity {
        /// What was asked.
        asked: usize,
        /// The largest that can be had.
        most: usize,
    },
    /// An entry of the start is NaN or infinite.
    NonFiniteStart {
        /// The unknown.
        unknown: usize,
    },
}

impl fmt::Display for RecoveryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("there are no rows or no columns"),
            Self::Length { expected, found } => {
                write!(f, "{expected} entries are needed, {found} were given")
            }
            Self::NonFiniteEntry { row, column } => {
                write!(f, "dictionary entry ({row}, {column}) is not a finite number")
            }
            Self::NonFiniteMeasurement { row } => {
                write!(f, "measurement {row} is not a finite number")
            }
            Self::HugeMeasurements => {
                f.write_str("the measurements are too large for this precision")
            }
            Self::DictionarySize => f.write_str(
                "the dictionary is zero, or its squares are too small or too large for this precision",
            ),
            Self::Step => {
                f.write_str("the step must lie strictly between 0 and 2 / ‖A‖² (the squared norm)")
            }
            Self::Sparsity { asked, most } => {
                write!(f, "a sparsity of 1 to {most} is needed, {asked} was given")
            }
            Self::NonFiniteStart { unknown } => {
                write!(f, "the start of unknown {unknown} is not a finite number")
            }
        }
    }
}

impl core::error::Error for RecoveryError {}
