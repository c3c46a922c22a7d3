//! Why `train` refused its input.

use crate::file::FileError;
use crate::network::ModelError;
use crate::training::TrainError;
use std::path::PathBuf;
use thiserror::Error;

/// Why `train` refused its input. Rows and columns in messages count from 1, as in the files.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum CommandError {
    /// A file could not be read or written.
    #[error(transparent)]
    File(#[from] FileError),
    /// An option contradicts another one, or has an impossible value.
    #[error("{option}: {cause}")]
    Option {
        /// The option as it is typed.
        option: String,
        /// What is wrong with it.
        cause: String,
    },
    /// A file that does not fit to the others, or from which no network can be trained.
    #[error("{}: {cause}", path.display())]
    Data {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        cause: String,
    },
    /// The training refused what it was given.
    #[error(transparent)]
    Training(Box<TrainError>),
}

impl CommandError {
    pub(super) fn option(option: impl Into<String>, cause: String) -> Self {
        Self::Option { option: option.into(), cause }
    }

    /// What a training found wrong, in the words of the command line.
    pub(super) fn refused(dictionary: &std::path::Path, error: TrainError) -> Self {
        let data = |cause: String| Self::Data { path: dictionary.to_owned(), cause };
        match error {
            TrainError::Plan { what, cause } => Self::option(format!("--{what}"), cause),
            TrainError::Lambda(lambda) => {
                Self::option("--lambda", format!("{lambda} is not a finite number above 0 in f32"))
            }
            TrainError::Dictionary(cause) => data(cause.to_owned()),
            TrainError::Model(error) => match *error {
                ModelError::Weights(cause) => data(format!("no weights follow from it: {cause}")),
                other => Self::Training(Box::new(other.into())),
            },
            TrainError::File(error) => Self::File(error),
            other => Self::Training(Box::new(other)),
        }
    }
}
