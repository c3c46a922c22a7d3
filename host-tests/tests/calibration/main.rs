//! Blind gain calibration against what is true on paper.

mod auto;
mod dense;
mod fit;
mod gradient;
mod problem;
mod refused;
mod sparse;
mod start;
mod tables;
