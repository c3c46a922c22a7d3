//! The firmware stories as plain functions: one problem in, result bits out, the same on host and
//! target, so that the two outputs can be compared line by line.
#![no_std]
#![forbid(unsafe_code)]

pub mod array;
pub mod balance;
pub mod biosignal;
pub mod busy_pin;
pub mod compass;
pub mod deployed;
pub mod drift;
pub mod exported;
pub mod faulty;
pub mod frame;
pub mod heat;
mod kept;
pub mod labels;
mod line;
mod meter;
pub mod nor;
pub mod opaque;
pub mod realtime;
pub mod refit;
pub mod relax;
pub mod reset;
pub mod retrain;
pub mod sequence;
pub mod stiffness;
pub mod unmix;
pub mod watched;

pub use line::Line;
pub use meter::{Meter, NoMeter};
