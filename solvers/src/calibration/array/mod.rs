//! Blind gain calibration of arrays without known sensing matrices, from the moments of their frames.
//!
//! | model | what is known | |
//! |---|---|---|
//! | y_l = γ ∘ U z_l (+ o) | the subspace U of the fields that the sensors see, with fewer dimensions than sensors | [`SubspaceFit`], [`SubspaceCalibration`] |
//! | y_l = γ z_l + o | all sensors see the same, each with its own noise | [`FactorFit`], [`FactorCalibration`] |
//! | y_t = γ ∘ A_t x_t | A_t, another one for every frame | [`Scenes`] |
//!
//! Frames go into [`Moments`] one by one and are not kept: sums of m (m + 1) / 2 products, of any number
//! of frames, with forgetting where gains drift. The fits are [`Iteration`](crate::Iteration)s. The
//! calibrations leave nothing to choose: faulty sensors are named ([`Sensor`](super::Sensor)) and left out,
//! gains come with standard errors, and a [`Verdict`](super::Verdict) says whether they are to be
//! believed. [`ArrayCounts`] says beforehand whether there are frames enough.

mod counts;
mod error;
mod factor;
mod marks;
mod moments;
mod scenes;
mod subspace;

pub use counts::ArrayCounts;
pub use error::ArrayError;
pub use factor::{
    FactorCalibration, FactorCalibrationState, FactorFit, FactorFitState, Origin, SensorNoise,
};
pub use moments::Moments;
pub use scenes::Scenes;
pub use subspace::{
    SubspaceCalibration, SubspaceCalibrationState, SubspaceFit, SubspaceFitState, room,
};
