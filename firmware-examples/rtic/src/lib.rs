//! A solve in slices beside a sampling task that must never be late, with RTIC 2.
//!
//! - The task `sample` is bound to a hardware timer: a thousand times a second it reads eight
//!   currents from an ADC, looks at the present temperatures of a rod, and checks its own deadline.
//! - The task `solving` has the lowest priority: solve after solve it finds the temperatures of 32
//!   points of the rod from the currents, warm from the solve before.
//!
//! Both need the solver's state, so that the solver locks it, and a lock keeps the sampling task out.
//! One lock around a whole solve would make that task late (`fail_deadline_rtic` does so, and fails).
//! Here it is held for a slice: for as many steps as fit into [`SLICE`], by the cost of a step that
//! is measured at the start ([`measured_step`]). Between two slices the state is usable, and slices
//! give the very bits of one long call, which the image asserts for every solve.
//!
//! # Run it
//!
//! In emulation, with every check: `cargo xtask emulate --story sampling_rtic`. QEMU runs with
//! `-icount shift=4`: time is executed instructions, 16 ns each, which is 0.8 cycles of the 50 MHz
//! that both the timer and the clock count. No core is timed by that: on a board the same measured
//! step decides how many fit into a slice, and a slice that is too short for one is refused.
//!
//! On a board: [`board`] is all that is the LM3S6965's; replace it and the device crate, the name of
//! the timer's interrupt and that of an unused one in `src/app.rs`, and let `probe-rs run --chip …`
//! be the runner (`boards/` shows that).
#![no_std]

pub mod board;

use board::cycles;
use scenarios::realtime::{Solve, Sweeps};

// Linked for its interrupt vectors.
use lm3s6965 as _;

/// Cycles of a period of the sampling task: 1 ms. A job must have ended when the next is released.
pub const PERIOD: u32 = board::HZ / 1_000;
/// Cycles that the solver may keep the sampling task out: what a job does not need of a period.
pub const SLICE: u32 = PERIOD / 4 * 3;
/// Steps that are measured.
const MEASURED: u32 = 8;

/// The dearest of a few steps, in cycles.
pub fn measured_step(sweeps: &Sweeps<'_>, start: Solve) -> u32 {
    let mut solve = start;
    // The start is evaluated in a slice of its own, and is cheaper than a step.
    let _ = solve.advance(sweeps, 0);
    let costs = (0..MEASURED).map(|_| {
        let before = cycles();
        let _ = solve.advance(sweeps, 1);
        board::elapsed(before, cycles())
    });
    costs.max().unwrap_or(0)
}
