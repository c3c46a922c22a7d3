//! Sparse recovery against what is true on paper.

mod ista;
mod problem;
mod refused;
