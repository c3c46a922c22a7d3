//! A solve beside a task that must never be late: a rod that is heated in eight places, and an ADC that
//! is sampled a thousand times a second. What the integrations of RTIC and embassy have in common.

mod budget;
mod deadlines;
mod rod;

pub use budget::steps_within;
pub use deadlines::{Deadlines, Tally};
pub use rod::{
    HEATERS, Heat, Load, OMEGA, Rod, Solve, Sweeps, TOLERANCE, UNKNOWNS, load, rod, sweeps,
};
