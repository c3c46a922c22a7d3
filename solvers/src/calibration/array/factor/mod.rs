//! One signal for all sensors.

mod answer;
mod calibration;
mod fit;
mod kernel;
mod search;
mod state;

pub use calibration::FactorCalibration;
pub use fit::{FactorFit, FactorFitState, Origin, SensorNoise};
pub use state::FactorCalibrationState;
