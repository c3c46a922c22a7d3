//! Batches: every backend against one problem after the other.

mod runner;
mod same;
mod sor;
