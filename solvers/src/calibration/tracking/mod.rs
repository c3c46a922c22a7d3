//! Gains that drift, followed from frame to frame.
//!
//! A frame is p snapshots of m sensors, y_l = γ ∘ A_l x + noise with known rows, and an unknown x of
//! length n. Every frame has its own x and its own rows; the gains wander from one to the next, each by
//! about s. One frame tells them to about √v; all frames so far, the older the less, tell more.
//!
//! | item | what it is |
//! |---|---|
//! | [`GainTracker`] | how to follow: which gain K of an average, given, by a rule, or steered |
//! | [`Track`] | what is known from frame to frame: 3 m + 7 numbers, 7 m + 7 with offsets, to be kept across a reset |
//! | [`Frame`] | rows and measurements, some of which may be missing |
//! | [`FrameRoom`] | memory to work in; nothing of it lasts |
//! | [`FrameReport`] | what a frame came to |
//!
//! Rows that come from a seed ([`Signs`](crate::dictionary::Signs), [`Transposed`](crate::Transposed))
//! take no memory, and neither do those of any other [`ColumnOperator`](crate::ColumnOperator) that
//! computes its columns.

mod advance;
mod frame;
mod judge;
mod known;
mod lock;
mod report;
mod room;
mod step;
mod track;
mod tracker;
mod update;

pub use frame::Frame;
pub use report::{FrameReport, FrameStatus, Relock, SeenSensor, Skipped};
pub use room::{FrameRoom, FrameRoomOf};
pub use track::Track;
pub use tracker::{Forgetting, GainTracker};
