//! Blind gain calibration of arrays without known sensing matrices.

mod counts;
mod error;
mod moments;
mod subspace;

pub use counts::ArrayCounts;
pub use error::ArrayError;
pub use moments::Moments;
pub use subspace::{SubspaceFit, SubspaceFitState, room};
