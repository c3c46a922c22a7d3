//! Batches: every backend against one problem after the other.

mod calibration;
mod cholesky;
mod lasso;
mod recovery;
mod runner;
#[allow(dead_code, reason = "what other backends need is beside it")]
mod same;
mod sor;
mod tolerance;
