//! `omega: auto`: the slowest mode and the best exponent, kept from solve to solve.

mod context;
mod control;
mod exponent;
mod halves;
mod leader;
mod memory;
mod ritz;
mod solve;

pub use halves::Halves;
pub use memory::AutoMemory;
pub use solve::{AutoSor, AutoSorState};
