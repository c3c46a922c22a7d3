//! [`FerrarisError`]: why a six-pose calibration was refused.

use super::Part;
use core::fmt;

/// Why no calibration came of the session.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum FerrarisError<R> {
    /// A part has no readings.
    Missing(Part),
    /// A reading is NaN or infinite.
    NonFinite {
        /// What the device was doing.
        part: Part,
        /// Readings of that part before it.
        sample: u32,
        /// 0, 1, 2 of the accelerometer, 3, 4, 5 of the gyroscope.
        channel: usize,
    },
    /// Gravity is not positive and finite.
    Gravity,
    /// The sampling rate is not positive and finite.
    Rate,
    /// The angle of the turns is zero or not finite.
    Angle,
    /// The device was not at rest.
    Moved {
        /// In this part.
        part: Part,
        /// The standard deviation of an axis of the accelerometer, as a part of gravity.
        deviation: R,
    },
    /// The six poses are not along three different axes: two of them may have changed names.
    Poses {
        /// |det R| of the accelerometer: 1 for perpendicular axes.
        independence: R,
    },
    /// The three turns are not about different axes, or there was no turning.
    Turns {
        /// |det R| of the gyroscope: 1 for perpendicular axes.
        independence: R,
    },
    /// The middles of opposite poses differ too much from axis to axis: a pose was not what it was
    /// called, or the device was held aslant.
    Disagree {
        /// The largest difference, as a part of gravity.
        disagreement: R,
    },
}

impl<R: fmt::Display> fmt::Display for FerrarisError<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(part) => write!(f, "there are no readings of part {part}"),
            Self::NonFinite { part, sample, channel } => {
                let sensor = if *channel < 3 { "acceleration" } else { "rate" };
                let axis = channel % 3;
                write!(
                    f,
                    "{sensor} {axis} of reading {sample} of part {part} is not a finite number"
                )
            }
            Self::Gravity => f.write_str("gravity must be a positive finite number"),
            Self::Rate => f.write_str("the sampling rate must be a positive finite number"),
            Self::Angle => f.write_str("the angle of the turns must be finite and not zero"),
            Self::Moved { part, deviation } => write!(
                f,
                "the device moved during part {part}: a standard deviation of {deviation:.3} of gravity"
            ),
            Self::Poses { independence } => write!(
                f,
                "the six poses do not lie along three axes (independence {independence:.3} of 1)"
            ),
            Self::Turns { independence } => write!(
                f,
                "the turns are not about three axes (independence {independence:.3} of 1)"
            ),
            Self::Disagree { disagreement } => write!(
                f,
                "the middles of opposite poses differ by {disagreement:.3} of gravity from axis to axis"
            ),
        }
    }
}

impl<R: fmt::Debug + fmt::Display> core::error::Error for FerrarisError<R> {}
