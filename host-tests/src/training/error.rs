//! [`TrainError`]: why a training was refused.

use crate::file::FileError;
use crate::network::{Kind, ModelError};
use std::path::PathBuf;
use thiserror::Error;

/// Why a training was refused before its first step.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum TrainError {
    /// A number of the plan is outside its range.
    #[error("{what}: {cause}")]
    Plan {
        /// Which one.
        what: &'static str,
        /// What is wrong with it.
        cause: String,
    },
    /// The signals are not what training needs.
    #[error("the signals: {0}")]
    Signals(String),
    /// λ is no positive number.
    #[error("λ = {0} is not a finite number above 0")]
    Lambda(f64),
    /// A number of a prior is outside its range.
    #[error("the prior: a {what} of {value} is outside its range")]
    Prior {
        /// Which one.
        what: &'static str,
        /// Its value.
        value: f32,
    },
    /// Dictionaries that vary, for a network whose numbers belong to one.
    #[error(
        "a network of kind {0} is for one dictionary: it cannot be trained for those that vary"
    )]
    OneDictionary(Kind),
    /// A learned shrinkage, for a network that has another one.
    #[error("a network of kind {0} has a shrinkage of its own: no other can be learned")]
    OwnShrinkage(Kind),
    /// No network can be trained on this dictionary.
    #[error("the dictionary: {0}")]
    Dictionary(&'static str),
    /// The dictionary has no weights, or the trained numbers make no network.
    #[error(transparent)]
    Model(Box<ModelError>),
    /// A checkpoint could not be read or written.
    #[error(transparent)]
    File(#[from] FileError),
    /// A checkpoint is damaged, of another version or of another training.
    #[error("{}: {cause}", path.display())]
    Checkpoint {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        cause: String,
    },
}

impl From<ModelError> for TrainError {
    fn from(error: ModelError) -> Self {
        Self::Model(Box::new(error))
    }
}
