//! Which ω to use next, learned from what earlier solves cost.
//!
//! A tuner sees costs, never problems; randomness is passed in. One round is
//! [`OmegaTuner::select`], a solve, [`OmegaTuner::update`].

mod tsallis;

pub use tsallis::TsallisInf;

use crate::Real;
use core::fmt;

/// Chooses ω for a sequence of solves.
pub trait OmegaTuner<R: Real> {
    /// The ω for the next solve. `uniform` is a random number in [0, 1).
    ///
    /// # Errors
    /// [`TunerError::Uniform`].
    fn select(&mut self, uniform: R) -> Result<R, TunerError>;

    /// Reports what the solve with the last selected ω cost, in units that stay the same and in
    /// which the least cost is about 1: sweeps, or time in a unit much shorter than a solve.
    ///
    /// # Errors
    /// [`TunerError::Cost`], [`TunerError::NothingSelected`]; what was learned is as before.
    fn update(&mut self, cost: R) -> Result<(), TunerError>;
}

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
    /// The cost is negative, NaN or infinite, or so large that the losses would overflow.
    Cost,
    /// `update` without a `select` before it.
    NothingSelected,
}

impl fmt::Display for TunerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoArms => f.write_str("a tuner needs at least one omega"),
            Self::Arm { index } => {
                write!(f, "omega number {index} does not lie strictly between 0 and 2")
            }
            Self::Uniform => f.write_str("the random number must lie in [0, 1)"),
            Self::Cost => {
                f.write_str("a cost must be a number, zero or larger, whose sum stays finite")
            }
            Self::NothingSelected => {
                f.write_str("a cost was reported before an omega was selected")
            }
        }
    }
}

impl core::error::Error for TunerError {}
