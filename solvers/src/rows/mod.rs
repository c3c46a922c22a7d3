//! A x = b by projections onto a few rows at a time, in one vector of memory.
//!
//! | method | a step |
//! |---|---|
//! | [`Kaczmarz`] | x is projected onto the chosen rows, one after the other |
//! | [`BlockKaczmarz`] | x is projected onto all of them at once (sketch-and-project) |
//!
//! Which rows are next is a [`rule`]. A may have any shape; of many solutions the nearest to the start is
//! found, of none the run says [`Stalled`](crate::Status::Stalled). These are the row-wise twins of
//! [`bcd`](crate::bcd)'s coordinate steps: Kaczmarz for A is coordinate descent for
//! ½‖Aᵀy‖² − bᵀy with x = Aᵀy kept.

mod block;
mod error;
mod kaczmarz;
pub mod rule;
mod system;

pub use block::{BlockKaczmarz, BlockKaczmarzState};
pub use error::RowsError;
pub use kaczmarz::{Kaczmarz, KaczmarzState};
pub use system::RowSystem;
