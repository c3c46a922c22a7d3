//! Norm calibration: offset, scale and cross-axis terms of a three-axis sensor that sees a vector of
//! constant length.
//!
//! An accelerometer at rest sees gravity and a magnetometer the field of the earth, in whatever
//! direction the device is held. So all v = T (y − o) should have the same norm g, and that alone
//! fixes the offset o and the symmetric matrix T: a rotation between the axes and the case does not
//! change a norm, and stays unknown (six poses fix it).
//!
//! | step | |
//! |---|---|
//! | [`Samples`] | y of all poses, checked, and a sphere through them: centre, radius, [`Coverage`] |
//! | [`NormFit`] | least ½ mean (‖T (y − o)‖ / g − 1)², as an [`Iteration`](crate::Iteration), for one [`Rung`] |
//! | [`NormCalibration`] | the highest rung that the poses can tell, with its standard errors |
//!
//! Source: Gauss–Newton with the step regularised by the gradient's norm, Semenov, Jaggi and Doikov,
//! *Gradient-Normalized Smoothness*, ICLR 2026.

mod calibration;
mod error;
mod fit;
mod model;
mod room;
mod samples;
mod system;

pub use calibration::{NormCalibration, NormOptions};
pub use error::NormError;
pub use fit::{NormFit, NormFitState};
pub use model::{NormModel, Rung};
pub use room::NormRoom;
pub use samples::{Coverage, Samples};
