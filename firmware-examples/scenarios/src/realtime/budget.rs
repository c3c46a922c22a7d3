//! [`steps_within`]: steps that fit into a slice.

use super::TOLERANCE;
use core::num::NonZeroU32;
use solvekit::{StepCost, Stop, StopError};

/// How many steps fit into a slice of so many cycles, at least one.
///
/// A step's cost is measured on the device, in the units of its clock, the look behind it included:
/// the dearest of a few. Costs vary with the numbers (in software a float's more than in hardware),
/// so a slice is planned with room to spare, and whether it kept to it is checked by whoever waits
/// for its end.
///
/// # Errors
/// [`StopError::Budget`] when not even one step fits; a step of no cycles was not measured, and fits
/// nowhere.
pub fn steps_within(slice: u32, step: u32) -> Result<u32, StopError> {
    let step = NonZeroU32::new(step).unwrap_or(NonZeroU32::MAX);
    let cost = StepCost { step, look: 0 };
    Stop::relative(TOLERANCE)?.steps_within(slice, &cost).map(NonZeroU32::get)
}
