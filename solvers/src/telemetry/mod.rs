//! A run watched from outside: what an [`Observer`] hears, as bytes on a wire.
//!
//! | item | what it does |
//! |---|---|
//! | [`Ring`](crate::Ring) | keeps the last observations, for a task with time to send them |
//! | [`Wire`] | an observer that sends: each observation as one [`Frame`] |
//! | [`Frame`] | an observation with its number and a checksum, between zero bytes; [`decode`](Frame::decode) refuses what is none |
//!
//! `solvekit watch` on a host draws what comes, from a pipe or a serial port.
//!
//! ```
//! use solvekit::telemetry::{Frame, Wire};
//! use solvekit::{FivePoint, Ring, Run, SMatrix, Stop, sor::Sor};
//!
//! let plate = FivePoint::<f32, 8, 8>::laplacian(0.0);
//! let source = SMatrix::repeat(1.0);
//! let sor = Sor::new(&plate, &source, 1.5)?;
//! let (mut state, mut run) = (sor.start(), Run::new(Stop::relative(1e-4)?));
//!
//! // What may not wait keeps the last looks; what may sends them when there is time.
//! let mut ring = Ring::<f32, 16>::new();
//! let mut sent = Vec::new(); // stands for a serial port
//! let mut wire = Wire::new(|bytes: &[u8]| {
//!     sent.extend_from_slice(bytes);
//!     true
//! });
//! while !run.advance_observed(&sor, &mut state, 10, &mut ring).status.is_final() {
//!     while let Some(seen) = ring.pop() {
//!         wire.send(&seen, ring.lost());
//!     }
//! }
//! let last = sent.split(|byte| *byte == 0).filter(|frame| !frame.is_empty()).last();
//! let frame = Frame::decode(last.ok_or("nothing was sent")?)?;
//! assert!(frame.observation.parameter == Some(1.5) && frame.lost == 0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`Observer`]: crate::Observer

mod frame;
mod wire;

pub use frame::{Frame, FrameError};
pub use wire::Wire;
