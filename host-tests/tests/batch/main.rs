//! Batches: every backend against one problem after the other.

mod cholesky;
mod recovery;
mod runner;
mod same;
mod sor;
mod tolerance;
