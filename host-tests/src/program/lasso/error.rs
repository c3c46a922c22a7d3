//! Why `lasso` refused its input.

use super::Options;
use crate::file::FileError;
use solvekit::fit::FitError;
use solvekit::lasso::LassoError;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Why `lasso` refused its input. Rows and columns in messages count from 1, as in the files.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum LassoCommandError {
    /// A file could not be read or written.
    #[error(transparent)]
    File(#[from] FileError),
    /// An option contradicts another one, or has an impossible value.
    #[error("{option}: {cause}")]
    Option {
        /// The option as it is typed.
        option: &'static str,
        /// What is wrong with it.
        cause: String,
    },
    /// The content of a good file is not what the fit needs.
    #[error("{}: {cause}", path.display())]
    Content {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        cause: String,
    },
}

impl LassoCommandError {
    pub(super) fn option(option: &'static str, cause: impl Into<String>) -> Self {
        Self::Option { option, cause: cause.into() }
    }

    pub(super) fn content(path: &Path, cause: impl Into<String>) -> Self {
        Self::Content { path: path.to_owned(), cause: cause.into() }
    }

    /// A column whose squares are beyond f64, counted from 0.
    pub(super) fn huge_column(options: &Options, column: usize) -> Self {
        let cause = format!("the squares of column {} are beyond f64: use other units", column + 1);
        Self::content(&options.design, cause)
    }

    /// What the solver found wrong with the problem.
    pub(super) fn refused(options: &Options, error: LassoError) -> Self {
        match error {
            LassoError::Fit(FitError::HugeColumn { column }) => Self::huge_column(options, column),
            LassoError::Fit(FitError::HugeResponse) => {
                Self::content(&options.response, "its squares are beyond f64: use other units")
            }
            LassoError::TinyResponse => {
                Self::content(&options.response, "its squares are below f64: use other units")
            }
            LassoError::Lambda => Self::option("--lambda", error.to_string()),
            LassoError::Share => Self::option("--l1-ratio", error.to_string()),
            other => Self::content(&options.design, other.to_string()),
        }
    }
}
