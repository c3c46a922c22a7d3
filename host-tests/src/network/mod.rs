//! Unrolled networks as data: what training writes, `recover` and `export` read.
//!
//! A [`Model`] is the numbers of one network for one dictionary, and how they were found. Its file is
//! JSON with a checksum; a file of another version, with a broken checksum or for another dictionary
//! is refused before use.

mod digest;
mod error;
mod file;
mod kind;
mod layers;
mod matrix;
mod model;
mod provenance;
mod weight;

pub use digest::Digest;
pub use error::ModelError;
pub use file::{read, to_bytes, write};
pub use kind::Kind;
pub use layers::{ModelLayers, ModelMemory};
pub use matrix::Matrix;
pub use model::{Model, Numbers};
pub use provenance::Provenance;
pub use weight::{Analytic, analytic, pseudo_inverse};
