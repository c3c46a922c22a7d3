//! Blind gain calibration of arrays against what is true on paper.

#![allow(
    clippy::print_stdout,
    reason = "the figures that are asked for are shown with --nocapture"
)]

mod factor;
mod faults;
mod oracle;
mod problem;
mod refused;
mod scenes;
mod subspace;
mod tables;
