//! One signal for all sensors.

mod answer;
mod calibration;
mod fit;
mod kernel;

pub use calibration::{FactorCalibration, FactorCalibrationState};
pub use fit::{FactorFit, FactorFitState, Origin, SensorNoise};
