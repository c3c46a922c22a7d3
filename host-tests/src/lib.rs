//! solvekit on the host.
#![forbid(unsafe_code)]

pub mod experiment;
