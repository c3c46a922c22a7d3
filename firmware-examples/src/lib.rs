//! What every story's image shares: start and exit, panic and fault handlers,
//! the log, the stack painter and the marks between which instructions count.
//!
//! A story is a plain function in `scenarios`, so the host tests run the very
//! same source; an image is one macro call:
//!
//! ```ignore
//! #![no_std]
//! #![no_main]
//! firmware_examples::story!(scenarios::relax::story);
//! ```
//!
//! The image's exit code is its verdict: 0 done, 101 panicked, 102 faulted.
#![no_std]

mod fault;
pub mod marker;
mod say;
pub mod sizes;
pub mod stack;
mod start;
pub mod uart;

pub use fault::{FAULTED, PANICKED};
pub use say::say;
pub use start::{Regions, kernels, region, story};

// Linked for what they register: the log's transport, the reset code and the
// critical section that defmt needs.
use defmt_semihosting as _;
#[cfg(target_arch = "arm")]
use {cortex_m as _, cortex_m_rt as _};
#[cfg(target_arch = "riscv32")]
use {riscv as _, riscv_rt as _};
