//! Blind gain calibration against what is true on paper.

#![allow(
    clippy::print_stdout,
    reason = "the figures that are asked for are shown with --nocapture"
)]

mod auto;
mod dense;
mod fit;
mod gradient;
mod problem;
mod recalibration;
mod refused;
mod shared;
mod sparse;
mod start;
mod tables;
mod tracking;
