//! Penalties: one file each. To add one, implement [`Penalty`] (and [`Separable`] where coordinates
//! do not know of each other) in a file of its own and list it here.
//!
//! | penalty | gⱼ(x) | convex |
//! |---|---|---|
//! | [`Unpenalized`] | 0 | yes |
//! | [`L1`] | λ\|x\| | yes |
//!
//! Where a smooth part is ½‖y − A x‖² the weights here are not divided by the number of rows.

mod l1;
mod unpenalized;

pub use crate::{Penalty, Separable};
pub use l1::{L1, soft_threshold};
pub use unpenalized::Unpenalized;

use core::fmt;

/// Why a penalty was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum PenaltyError {
    /// A weight is negative, NaN or infinite.
    Weight,
}

impl fmt::Display for PenaltyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Weight => f.write_str("a penalty's weight must be finite and not negative"),
        }
    }
}

impl core::error::Error for PenaltyError {}
