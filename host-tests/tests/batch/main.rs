//! Batches: every backend against one problem after the other.

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
#[allow(dead_code, reason = "what other backends need is beside it")]
mod same;
mod sor;
mod tolerance;
