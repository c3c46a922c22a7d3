//! Experiments of "Let's Make Block Coordinate Descent Converge Faster": data sets A to E, and the
//! paper's figures 4 to 13.

pub mod data;
