//! The solver keeps the sampling task out for a slice at a time; nothing is late in 10 s.
#![no_std]
#![no_main]

/// Jobs of the sampling task: 10 s.
const JOBS: u32 = 10_000;
/// Whether a lock holds a slice or a whole solve.
const SLICED: bool = true;

include!("../app.rs");
