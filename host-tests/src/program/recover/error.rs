//! Why `recover` refused its input.

use super::Options;
use crate::batch::BatchError;
use crate::file::FileError;
use crate::network::ModelError;
use solvekit::recovery::RecoveryError;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Why `recover` refused its input. Rows and columns in messages count from 1, as in the files.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum RecoverError {
    /// A file could not be read or written.
    #[error(transparent)]
    File(#[from] FileError),
    /// The columns cannot be worked through as it was asked for.
    #[error(transparent)]
    Batch(#[from] BatchError),
    /// An option contradicts another one, or has an impossible value.
    #[error("{option}: {cause}")]
    Option {
        /// The option as it is typed.
        option: &'static str,
        /// What is wrong with it.
        cause: String,
    },
    /// A network that is none, or none for this dictionary.
    #[error(transparent)]
    Model(Box<ModelError>),
    /// A network that does not suit the dictionary or the options.
    #[error("{}: {error}", path.display())]
    Network {
        /// The network's file.
        path: PathBuf,
        /// What is wrong with it. Part of the message, so not repeated as a source.
        error: Box<ModelError>,
    },
    /// Two files do not fit together.
    #[error("{}: {found} {axis} for {expected} {of}", path.display())]
    Shape {
        /// The file.
        path: PathBuf,
        /// Rows or columns.
        axis: &'static str,
        /// How many it has.
        found: usize,
        /// How many it should have.
        expected: usize,
        /// Of what there are so many.
        of: &'static str,
    },
    /// More non-zeros than the dictionary allows.
    #[error("--sparsity: {asked} is more than the {most} {what} of {}", path.display())]
    Sparsity {
        /// The dictionary.
        path: PathBuf,
        /// What was asked.
        asked: usize,
        /// The largest that can be had.
        most: usize,
        /// Rows or columns.
        what: &'static str,
    },
    /// A dictionary of good numbers that no method can use.
    #[error("{}: {error}", path.display())]
    Dictionary {
        /// The file.
        path: PathBuf,
        /// What is wrong with it. Part of the message, so not repeated as a source.
        error: RecoveryError,
    },
    /// A column of measurements that no method can use.
    #[error("{}, column {column}: {error}", path.display())]
    Measurement {
        /// The file.
        path: PathBuf,
        /// The column, counted from 1.
        column: usize,
        /// What is wrong with it. Part of the message, so not repeated as a source.
        error: RecoveryError,
    },
}

// Boxed, since every result of the command would be as large as the largest error.
impl From<ModelError> for RecoverError {
    fn from(error: ModelError) -> Self {
        Self::Model(Box::new(error))
    }
}

impl RecoverError {
    pub(super) fn option(option: &'static str, cause: String) -> Self {
        Self::Option { option, cause }
    }

    /// What a method found wrong with the dictionary.
    pub(super) fn dictionary(path: &Path, error: RecoveryError) -> Self {
        Self::Dictionary { path: path.to_owned(), error }
    }

    /// What a method found wrong when it was given a column, counted from 0.
    pub(super) fn refused(options: &Options, column: usize, error: RecoveryError) -> Self {
        match error {
            // In f32 a number of f64 may be infinite.
            RecoveryError::HugeMeasurements | RecoveryError::NonFiniteMeasurement { .. } => {
                Self::Measurement { path: options.measurements.clone(), column: column + 1, error }
            }
            other => Self::dictionary(&options.dictionary, other),
        }
    }
}
