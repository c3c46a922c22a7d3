//! A solve in slices that yields to a sampling task, with embassy.
//!
//! - The task `sample` waits for its ticker: a thousand times a second it reads eight currents over an
//!   asynchronous SPI bus, and checks its own deadline. The bus fails now and then, in every way
//!   there is ([`fault_of`]): such a job ends in an error with a name, in time, and the last good
//!   currents stay.
//! - The task `solve` finds the temperatures of 32 points of a rod from the currents, warm from the
//!   solve before, and yields after every slice.
//!
//! Tasks of one executor never interrupt each other: whoever is ready waits for the end of the slice
//! that runs, once when its ticker wakes it and once for each of the eight transfers. A slice is
//! therefore planned as a small part of the period ([`SLICE`]), as many steps as fit by the cost of a
//! step that is measured at the start. A solve that does not yield makes the sampling task late
//! (`fail_deadline_embassy` does so, and fails). Where that is too coarse, give the sampling task an
//! `InterruptExecutor` of its own.
//!
//! embassy's clock is SysTick here ([`systick`]), which every Cortex-M has; HALs bring drivers of
//! their own, which need less waking up.
//!
//! # Run it
//!
//! In emulation, with every check: `cargo xtask emulate --story sampling_embassy`. QEMU runs with
//! `-icount shift=3`: time is executed instructions, 8 ns each, about what a Cortex-M4F takes at 168 MHz. No core is timed by that: on a board
//! the measured step decides how many fit into a slice.
//!
//! On a board: leave out [`systick`] where the HAL has a time driver, put the HAL's bus in the place
//! of the fake one in `src/app.rs`, and let `probe-rs run --chip …` be the runner (`boards/` shows
//! that).
#![no_std]

pub mod systick;

use embassy_time::Instant;
use scenarios::faulty::Fault;
use scenarios::realtime::{Solve, Sweeps};

/// Microseconds of a period of the sampling task. A job must have ended when the next is due.
pub const PERIOD: u32 = 1_000;
/// Microseconds of a slice: a job waits for nine of them, and has time left.
pub const SLICE: u32 = 50;
/// Microseconds after which a sample is given up.
pub const PATIENCE: u32 = 600;
/// Jobs that a fault lasts.
const LASTS: u32 = 20;
/// Steps that are measured.
const MEASURED: u32 = 8;

/// Microseconds since the start.
pub fn now() -> u32 {
    Instant::now().as_micros() as u32
}

/// The dearest of a few steps, in microseconds.
pub fn measured_step(sweeps: &Sweeps<'_>, start: Solve) -> u32 {
    let mut solve = start;
    // The start is evaluated in a slice of its own, and is cheaper than a step.
    let _ = solve.advance(sweeps, 0);
    let costs = (0..MEASURED).map(|_| {
        let before = now();
        let _ = solve.advance(sweeps, 1);
        now().wrapping_sub(before)
    });
    // The clock cut off less than one.
    1 + costs.max().unwrap_or(0)
}

/// How the bus fails at a job: every second in another way, for 20 ms.
pub const fn fault_of(job: u32) -> Option<Fault> {
    if job % 1_000 >= LASTS {
        return None;
    }
    match job / 1_000 {
        1 => Some(Fault::NoAcknowledge),
        2 => Some(Fault::Hangs),
        3 => Some(Fault::StuckLow),
        4 => Some(Fault::StuckHigh),
        5 => Some(Fault::Frozen),
        _ => None,
    }
}
