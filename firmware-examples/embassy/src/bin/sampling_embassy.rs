//! The solver yields after every slice; nothing is late in 10 s.
#![no_std]
#![no_main]

/// Jobs of the sampling task: 10 s.
const JOBS: u32 = 10_000;
/// Whether the solver yields after a slice or after a whole solve.
const SLICED: bool = true;

include!("../app.rs");
