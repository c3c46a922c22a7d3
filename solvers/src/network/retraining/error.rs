//! [`RetrainingError`]: why a retraining was refused.

use crate::recovery::RecoveryError;
use core::fmt;

/// Why measurements or limits were refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum RetrainingError {
    /// There is nothing to learn from.
    NoMeasurements,
    /// The dictionary, or one of the measurements, was refused.
    Measurement {
        /// Its place among the measurements.
        place: usize,
        /// Why.
        error: RecoveryError,
    },
    /// Limits of steps are positive finite numbers, the shortest first.
    Limits,
}

impl fmt::Display for RetrainingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoMeasurements => f.write_str("there are no measurements to learn from"),
            Self::Measurement { place, error } => write!(f, "measurements {place}: {error}"),
            Self::Limits => {
                f.write_str("limits of steps must be positive finite numbers, the shortest first")
            }
        }
    }
}

impl core::error::Error for RetrainingError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Measurement { error, .. } => Some(error),
            _ => None,
        }
    }
}
