//! A network's file: what goes in comes out to the same bits, and what is no such file is refused by
//! name.

#[allow(dead_code, reason = "other suites use more of it")]
#[path = "../recovery/problem.rs"]
mod problem;

mod export;
mod model;
mod recover;
mod refused;
mod round_trip;
mod splines;
