//! Batches: every backend against one problem after the other.

mod cholesky;
mod runner;
mod same;
mod sor;
