//! [`ModelError`]: why a network file was refused.

use super::{Digest, Kind};
use crate::batch::BatchError;
use crate::file::FileError;
use solvekit::dictionary::QuantizedError;
use solvekit::recovery::RecoveryError;
use std::path::PathBuf;
use thiserror::Error;

/// Why a network was refused before use.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ModelError {
    /// The file could not be read or written.
    #[error(transparent)]
    File(#[from] FileError),
    /// The file is no network of this program.
    #[error("{}: not a network file: {cause}", path.display())]
    Format {
        /// The file.
        path: PathBuf,
        /// What a reader stumbled over, with its line.
        cause: String,
    },
    /// Another version of the format.
    #[error("{}: a network file of version {found}, version {expected} is needed", path.display())]
    Version {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: u64,
        /// The version that is known.
        expected: u64,
    },
    /// The file was changed or cut after it was written.
    #[error("{}: the checksum is that of other content: the file is damaged", path.display())]
    Checksum {
        /// The file.
        path: PathBuf,
    },
    /// Numbers that make no network: tables of other lengths than the shape says, steps that are not
    /// positive, entries that are not finite.
    #[error("a {kind} network of {rows} x {columns}: {cause}")]
    Numbers {
        /// Which network.
        kind: Kind,
        /// M.
        rows: usize,
        /// N.
        columns: usize,
        /// What is wrong.
        cause: String,
    },
    /// The network was made for a dictionary of another shape.
    #[error("the network is for a dictionary of {expected:?}, this one is {found:?}")]
    Shape {
        /// Rows and columns it is for.
        expected: (usize, usize),
        /// Rows and columns given.
        found: (usize, usize),
    },
    /// The network was made for another dictionary of the same shape.
    #[error("the network is for the dictionary {expected}, this one is {found}")]
    Dictionary {
        /// The one it is for.
        expected: Digest,
        /// The one given.
        found: Digest,
    },
    /// More layers are asked for than the network has, or none.
    #[error("{asked} layers of a network of {most}")]
    Depth {
        /// Layers asked for.
        asked: u32,
        /// Layers there are.
        most: usize,
    },
    /// A column of measurements that no network can use.
    #[error("column {} of the measurements: {error}", column + 1)]
    Measurements {
        /// The column, from 0; from 1 in the message.
        column: usize,
        /// What is wrong with it. Part of the message, so not repeated as a source.
        error: RecoveryError,
    },
    /// Measurements that make no batch.
    #[error("measurements: {0}")]
    Batch(#[from] BatchError),
    /// Nothing that can be measured makes the layers answer: there is no run worth recording.
    #[error("no measurements make its layers find anything: there is no run to record")]
    Silent,
    /// The matrices cannot be stored in 8 bits.
    #[error("8-bit codes: {0}")]
    Quantized(#[from] QuantizedError),
    /// No weights follow from this dictionary.
    #[error("the dictionary has no weights: {0}")]
    Weights(&'static str),
}
