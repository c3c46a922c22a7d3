//! Signals in a known subspace.

mod fit;
mod kernel;
mod room;

pub use fit::{SubspaceFit, SubspaceFitState};
pub use room::room;
