//! Batches: every backend against one problem after the other.

mod calibration;
mod cholesky;
mod lasso;
mod recovery;
mod runner;
mod same;
mod sor;
mod tolerance;
