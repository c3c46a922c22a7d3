//! What a running solver tells from afar: bytes from a wire become observations, and those a history.
//!
//! | item | what it does |
//! |---|---|
//! | [`Frames`] | bytes that hold [frames](solvekit::telemetry::Frame), as of a serial port |
//! | [`Log`] | bytes of a defmt log, read with the firmware's image |
//! | [`Tally`] | what could not be read, and why |
//! | [`History`] | observations, solve by solve |
//!
//! ```
//! use solvekit::{Observation, Status, telemetry::Wire};
//! use solvekit_host::telemetry::{Frames, History};
//!
//! let (mut frames, mut history) = (Frames::default(), History::default());
//! let seen = Observation { iteration: 0, residual: 1.0, parameter: None, arm: None, status: Status::Running };
//! let mut wire = Wire::new(|bytes: &[u8]| {
//!     frames.feed(&bytes[..5], |seen| history.add(&seen)); // bytes come as they come
//!     frames.feed(&bytes[5..], |seen| history.add(&seen));
//!     true
//! });
//! wire.send(&seen, 0);
//! assert_eq!((history.solves(), frames.tally().observations), (1, 1));
//! ```

mod figure;
mod frames;
mod history;
mod log;

pub use figure::figure;
pub use frames::{Frames, Tally};
pub use history::{Arm, History, Solve};
pub use log::{Log, LogError, observation};
