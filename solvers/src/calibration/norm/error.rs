//! [`NormError`]: why a norm calibration was refused.

use super::Coverage;
use core::fmt;

/// Why no calibration came of the samples.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum NormError<R> {
    /// Fewer samples than the offset alone needs.
    TooFew {
        /// Samples needed.
        needed: usize,
        /// Samples given.
        given: usize,
    },
    /// A reading is NaN or infinite.
    NonFinite {
        /// Its sample.
        sample: usize,
        /// Its axis: 0, 1, 2.
        axis: usize,
    },
    /// g is not positive and finite.
    Norm,
    /// The samples are one point, or so small or large that their squares are not numbers of this
    /// precision.
    Size,
    /// The samples lie in a plane or on a line, or close to one another on the sphere: the device was
    /// not turned enough.
    Coverage(Coverage<R>),
    /// The readings are so noisy, or so few, that no rung is known well enough.
    Uncertain {
        /// The largest standard error of the last rung that was tried, as
        /// [`NormOptions::error`](super::NormOptions::error) is.
        error: R,
    },
    /// The fit did not end.
    Unsettled,
    /// T is not positive definite, or an axis differs from the others by more than a factor of 5: these
    /// are no readings of a vector of constant length.
    Implausible,
}

impl<R: fmt::Display> fmt::Display for NormError<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooFew { needed, given } => {
                write!(f, "{needed} samples are needed, {given} were given")
            }
            Self::NonFinite { sample, axis } => {
                write!(f, "axis {axis} of sample {sample} is not a finite number")
            }
            Self::Norm => f.write_str("the norm must be a positive finite number"),
            Self::Size => f.write_str(
                "the samples are all the same, or too small or too large for this precision",
            ),
            Self::Coverage(found) => write!(
                f,
                "the sensor was not turned enough: samples in {} of 8 octants, coverage {:.3} of 1",
                found.octants(),
                found.evenness
            ),
            Self::Uncertain { error } => write!(
                f,
                "the samples agree too badly: a standard error of {error:.4} of the radius is left"
            ),
            Self::Unsettled => f.write_str("the fit did not settle"),
            Self::Implausible => {
                f.write_str("no plausible offsets and scales give these samples the same norm")
            }
        }
    }
}

impl<R: fmt::Debug + fmt::Display> core::error::Error for NormError<R> {}
