//! Six-pose calibration (Ferraris) of an accelerometer and a gyroscope.
//!
//! The device rests with each of its axes upwards and downwards, and is then turned about each axis by
//! a known angle. Gravity in six known directions gives the accelerometer's offset, scales and axes, the
//! turns those of the gyroscope, both in the frame of the case: unlike a fit of the norm
//! ([`norm`](super::norm)) this finds the rotation between sensors and case.
//!
//! | step | |
//! |---|---|
//! | [`Session`] | means of the readings of every [`Part`], fed one at a time |
//! | [`FerrarisCalibration`] | offsets, scales and axes ([`Axes`]) from them, and how well the poses agree |
//!
//! Source: Ferraris, Grimaldi and Parvis, *Procedure for effortless in-field calibration of three-axis
//! rate gyros and accelerometers*, Sensors and Materials 7 (1995).

mod axes;
mod calibration;
mod error;
mod part;
mod session;

pub use axes::Axes;
pub use calibration::{FerrarisCalibration, FerrarisOptions, Gyroscope};
pub use error::FerrarisError;
pub use part::{Axis, Part};
pub use session::{Mean, Session};
