//! [`ArrayError`]: why the calibration of an array was refused.

use super::ArrayCounts;
use crate::calibration::CalibrationError;
use core::fmt;

/// Why frames, a subspace or a parameter were refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum ArrayError {
    /// There are no sensors, or the subspace has no columns.
    Empty,
    /// A vector or a buffer has the wrong length.
    Length {
        /// Entries needed.
        expected: usize,
        /// Entries given.
        found: usize,
    },
    /// A measurement of a frame is NaN or infinite.
    NonFiniteMeasurement {
        /// Its sensor.
        sensor: usize,
    },
    /// An entry of the start is NaN or infinite.
    NonFiniteStart {
        /// The sensor.
        sensor: usize,
    },
    /// The squares of the measurements are too small or too large for this precision.
    Size,
    /// All measurements are zero (or, about the mean, always the same).
    Silent,
    /// A forgetting factor is not in (0, 1].
    Forgetting,
    /// Columns of the basis are not orthonormal.
    NotOrthonormal {
        /// The first column.
        first: usize,
        /// The second one, or the first again where its length is not 1.
        second: usize,
    },
    /// The signals fill the space of all sensors: nothing tells gains from signals.
    Signals {
        /// m.
        sensors: usize,
        /// k.
        signals: usize,
    },
    /// A row of the basis is zero: its sensor sees none of the signals.
    Blind {
        /// The sensor.
        sensor: usize,
    },
    /// Fewer equations than gains.
    Unidentifiable(ArrayCounts),
    /// More frames are needed, however many sensors there are.
    Frames {
        /// Frames needed.
        needed: usize,
        /// Frames given; with forgetting as many as count.
        given: usize,
    },
    /// A sensor that measures always the same.
    Constant {
        /// The sensor.
        sensor: usize,
    },
    /// The columns of a sensing matrix are dependent, or not finite.
    Dependent,
    /// A gain that is thought to be zero, or not finite.
    Weight {
        /// The sensor.
        sensor: usize,
    },
    /// The frames cannot tell the gains.
    Singular,
    /// Two sensors of unknown noise: no frames tell a small gain from much noise. Three sensors, or noise
    /// that is known to be equal, do.
    TwoSensors,
    /// A single sensor has no other to be compared with.
    OneSensor,
    /// The moments must be about the mean.
    NotCentred,
    /// There is no such sensor to refer offsets to.
    Reference {
        /// What was asked.
        sensor: usize,
        /// m.
        sensors: usize,
    },
}

impl From<CalibrationError> for ArrayError {
    fn from(error: CalibrationError) -> Self {
        match error {
            CalibrationError::NotOrthonormal { first, second } => {
                Self::NotOrthonormal { first, second }
            }
            CalibrationError::Length { expected, found } => Self::Length { expected, found },
            _ => Self::Empty,
        }
    }
}

impl fmt::Display for ArrayError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("there are no sensors or no signals"),
            Self::Length { expected, found } => {
                write!(f, "{expected} entries are needed, {found} were given")
            }
            Self::NonFiniteMeasurement { sensor } => {
                write!(f, "the measurement of sensor {sensor} is not a finite number")
            }
            Self::NonFiniteStart { sensor } => {
                write!(f, "the start of sensor {sensor} is not a finite number")
            }
            Self::Size => f.write_str(
                "the squares of the measurements are too small or too large for this precision",
            ),
            Self::Silent => f.write_str("the measurements are zero, or always the same"),
            Self::Forgetting => {
                f.write_str("a forgetting factor must lie above 0 and not above 1")
            }
            Self::NotOrthonormal { first, second } if first == second => {
                write!(f, "column {first} of the basis does not have the length 1")
            }
            Self::NotOrthonormal { first, second } => {
                write!(f, "columns {first} and {second} of the basis are not orthogonal")
            }
            Self::Signals { sensors, signals } => write!(
                f,
                "{signals} signals fill the space of {sensors} sensors: fewer signals than sensors are needed"
            ),
            Self::Blind { sensor } => {
                write!(f, "row {sensor} of the basis is zero: its sensor sees none of the signals")
            }
            Self::Unidentifiable(counts) => write!(
                f,
                "{} frames of {} sensors cannot fix their gains: {} equations are needed, {} given",
                counts.frames,
                counts.sensors,
                counts.needed(),
                counts.equations(),
            ),
            Self::Frames { needed, given } => {
                write!(f, "{needed} frames are needed, {given} given")
            }
            Self::Constant { sensor } => write!(f, "sensor {sensor} measures always the same"),
            Self::Dependent => {
                f.write_str("the columns of the sensing matrix are dependent, or not finite")
            }
            Self::Weight { sensor } => {
                write!(f, "the gain of sensor {sensor} must be finite and not zero")
            }
            Self::Singular => f.write_str("the frames cannot tell the gains"),
            Self::TwoSensors => f.write_str(
                "two sensors of unknown noise cannot be told apart: three are needed, or equal noise",
            ),
            Self::OneSensor => f.write_str("a single sensor has no other to be compared with"),
            Self::NotCentred => f.write_str("the moments must be about the mean"),
            Self::Reference { sensor, sensors } => {
                write!(f, "offsets cannot refer to sensor {sensor} of {sensors}")
            }
        }
    }
}

impl core::error::Error for ArrayError {}
