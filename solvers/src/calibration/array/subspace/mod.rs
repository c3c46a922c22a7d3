//! Signals in a known subspace.

mod answer;
mod calibration;
mod fit;
mod kernel;
mod room;
mod search;
mod start;
mod state;
mod step;

pub use calibration::SubspaceCalibration;
pub use fit::{SubspaceFit, SubspaceFitState};
pub(super) use kernel::{Mask, normalise};
pub(super) use room::Room;
pub use room::room;
pub use state::SubspaceCalibrationState;
