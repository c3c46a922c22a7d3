//! Why `calibrate` refused its input as a whole; what is wrong with one device is told beside it.

use crate::batch::BatchError;
use crate::file::FileError;
use std::path::PathBuf;
use thiserror::Error;

/// Why `calibrate` refused its input. Rows and columns in messages count from 1, as in the files.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum CalibrateError {
    /// A file could not be read or written.
    #[error(transparent)]
    File(#[from] FileError),
    /// The devices cannot be worked through as it was asked for.
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
    /// A file of a shape that fits nothing.
    #[error("{}: {cause}", path.display())]
    Shape {
        /// The file.
        path: PathBuf,
        /// What its shape is and what it should be.
        cause: String,
    },
}

impl CalibrateError {
    pub(super) const fn option(option: &'static str, cause: String) -> Self {
        Self::Option { option, cause }
    }

    /// Unless it is positive and finite.
    pub(super) fn positive(option: &'static str, number: f64) -> Result<(), Self> {
        if number > 0.0 && number.is_finite() {
            return Ok(());
        }
        Err(Self::option(option, format!("{number} is not a finite number above 0")))
    }
}
