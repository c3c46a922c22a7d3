//! Unrolled networks as data: what training writes, `recover` and `export` read.
//!
//! A [`Model`] is the numbers of one network for one dictionary, and how they were found. Its file is
//! JSON with a checksum; a file of another version, with a broken checksum or for another dictionary
//! is refused before use. One that was trained for dictionaries that vary serves any of its shape.

mod digest;
mod error;
mod file;
mod kind;
mod layers;
mod matrix;
mod model;
mod provenance;
mod splines;
mod varying;
mod weight;

pub use digest::Digest;
pub use error::ModelError;
pub use file::{read, to_bytes, write};
pub use kind::Kind;
pub use layers::{ModelLayers, ModelMemory};
pub use matrix::Matrix;
pub use model::{Model, Numbers};
pub use provenance::Provenance;
pub use splines::Splines;
pub use varying::Varying;
pub use weight::{Analytic, analytic, pseudo_inverse};
