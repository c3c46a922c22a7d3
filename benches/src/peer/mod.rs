//! Independent peers: plain index loops as one writes them in C, natural order, one running sum,
//! the reciprocal of the diagonal computed beforehand. None of them uses solvekit's code.
#![allow(clippy::needless_range_loop, reason = "index loops are what these peers are")]

pub mod cholesky;
pub mod dense;
pub mod grid;
pub mod sparse;
pub mod tuner;
