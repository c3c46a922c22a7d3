//! [`TunerError`].

use core::fmt;

/// Why a tuner refused an input; its state is as before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum TunerError {
    /// There are no arms.
    NoArms,
    /// An arm is NaN or outside (0, 2).
    Arm {
        /// Which one.
        index: usize,
    },
    /// The random number is NaN or outside [0, 1).
    Uniform,
    /// The cost is negative, NaN or larger than 2³², or so large that the losses would overflow.
    Cost,
    /// `update` without a `select` before it.
    NothingSelected,
    /// This tuner chooses by context, and the round has none.
    NoContext,
    /// The context is to be a Jacobi radius, and is NaN or outside [0, 1).
    JacobiRadius,
    /// The ends of an interval are not finite, or not in order, or too far apart for their
    /// distance to be a number.
    Interval,
    /// There are no bins.
    NoBins,
    /// There are no terms.
    NoTerms,
    /// The multiple at which solves are cut off is not a finite number of at least 1.
    Multiple,
}

impl fmt::Display for TunerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoArms => "a tuner needs at least one omega",
            Self::Arm { index } => {
                return write!(f, "omega number {index} does not lie strictly between 0 and 2");
            }
            Self::Uniform => "the random number must lie in [0, 1)",
            Self::Cost => "a cost must be a number from 0 to 2^32 whose sum stays finite",
            Self::NothingSelected => "a cost was reported before an omega was selected",
            Self::NoContext => "this tuner chooses by context, and none was given",
            Self::JacobiRadius => "the context must be a Jacobi radius in [0, 1)",
            Self::Interval => "an interval needs two finite ends, the lower one first",
            Self::NoBins => "there must be at least one bin",
            Self::NoTerms => "there must be at least one term",
            Self::Multiple => "the cut-off must be a finite multiple, 1 or larger",
        })
    }
}

impl core::error::Error for TunerError {}
