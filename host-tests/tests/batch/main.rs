//! Batches: every backend against one problem after the other.

mod calibration;
mod cholesky;
mod lasso;
#[allow(dead_code, reason = "another suite uses more of it")]
#[path = "../network_file/model.rs"]
mod model;
mod network;
#[allow(dead_code, reason = "other suites use more of it")]
#[path = "../recovery/problem.rs"]
mod problem;
mod recovery;
mod runner;
mod same;
mod sor;
mod sparse;
mod tolerance;
