//! A network's file: what goes in comes out to the same bits, and what is no such file is refused by
//! name.

// Other suites use more of it.
#[allow(dead_code)]
#[path = "../recovery/problem.rs"]
mod problem;

mod export;
mod model;
mod recover;
mod refused;
mod round_trip;
