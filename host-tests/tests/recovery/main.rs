//! Sparse recovery against what is true on paper.

mod fista;
mod greedy;
mod ista;
mod problem;
mod refused;
