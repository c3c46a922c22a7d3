//! The solver keeps the sampling task out for whole solves: deadlines are missed, and the run must
//! exit with 101.
#![no_std]
#![no_main]

/// Jobs of the sampling task: half a second.
const JOBS: u32 = 500;
/// Whether a lock holds a slice or a whole solve.
const SLICED: bool = false;

include!("../app.rs");
