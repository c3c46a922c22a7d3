//! "Learning to Relax": conjugate gradients with an SSOR preconditioner on a heat equation whose
//! diffusivity changes with time.
//!
//! Source: arXiv 2310.02246, §5 and its released code.

mod problem;

pub use problem::{Heat, HeatStep, diffusivity};
