//! Blind gain calibration against what is true on paper.

mod gradient;
mod problem;
mod refused;
mod sparse;
mod tables;
