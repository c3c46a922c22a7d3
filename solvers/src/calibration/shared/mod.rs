//! [`SharedGains`]: the gains of sensors that see several signals, one after another.

mod errors;
mod fit;
mod look;
mod state;
mod steps;

pub use fit::{SharedGains, shared_room};
pub use state::{SharedGainsState, SharedGainsStateOf};
