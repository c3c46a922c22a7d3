//! Why `solve` refused its input.

use super::one::Refusal;
use crate::batch::BatchError;
use crate::file::FileError;
use solvekit::SystemError;
use solvekit::fit::FitError;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Why `solve` refused its input. Rows and columns in messages count from 1, as in the files.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SolveError {
    /// A file could not be read or written.
    #[error(transparent)]
    File(#[from] FileError),
    /// The systems cannot be worked through as it was asked for.
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
    /// The content of a good file is not what the solve needs.
    #[error("{}{}: {cause}", path.display(), Shift(*shift))]
    Content {
        /// The file.
        path: PathBuf,
        /// The shift of the system at fault, where there are several.
        shift: Option<f64>,
        /// What is wrong with it.
        cause: String,
    },
}

/// ", shifted by 0.5", or nothing.
struct Shift(Option<f64>);

impl std::fmt::Display for Shift {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.map_or(Ok(()), |shift| write!(f, ", shifted by {shift}"))
    }
}

impl SolveError {
    pub(super) fn content(path: &Path, cause: impl Into<String>) -> Self {
        Self::Content { path: path.to_owned(), shift: None, cause: cause.into() }
    }

    /// Why a method refused the system of the matrix in `path`.
    pub(super) fn refused(path: &Path, shift: Option<f64>, refusal: Refusal) -> Self {
        match refusal {
            Refusal::Content(cause) => Self::Content { path: path.to_owned(), shift, cause },
            Refusal::JacobiRadius(cause) => Self::Option { option: "--jacobi-radius", cause },
            Refusal::System(error) => Self::system(path, shift, error),
            Refusal::Direct(error) => {
                Self::Content { path: path.to_owned(), shift, cause: error.to_string() }
            }
            Refusal::Fit(error) => {
                Self::Content { path: path.to_owned(), shift, cause: fit_cause(error) }
            }
            Refusal::Block { unknowns } => Self::Option {
                option: "--block",
                cause: format!("it is larger than the {unknowns} unknowns there are"),
            },
            Refusal::Coloring(error) => {
                Self::Content { path: path.to_owned(), shift, cause: error.to_string() }
            }
            Refusal::NoRoom => Self::Option {
                option: "--workspace",
                cause: "no method fits into so little memory".to_owned(),
            },
        }
    }

    const fn bounds(cause: String) -> Self {
        Self::Option { option: "--lower, --upper", cause }
    }

    /// What a solver found wrong with the system of the matrix in `path`.
    fn system(path: &Path, shift: Option<f64>, error: SystemError) -> Self {
        let cause = match error {
            SystemError::ZeroDiagonal { row } => {
                format!("the diagonal entry of row {} is zero, and SOR divides by it", row + 1)
            }
            SystemError::TinyDiagonal { row } => {
                format!("the diagonal entry of row {} is too small to divide by", row + 1)
            }
            SystemError::NonPositiveDiagonal { row } => {
                format!("the diagonal entry of row {} is not positive, as bounds need it", row + 1)
            }
            SystemError::NanBound { row } => {
                return Self::bounds(format!("a bound of unknown {} is not a number", row + 1));
            }
            SystemError::CrossedBounds { row } => {
                let cause =
                    format!("the bounds of unknown {} leave no number between them", row + 1);
                return Self::bounds(cause);
            }
            SystemError::NonFiniteEntry { row, column } => {
                format!("entry ({}, {}) is not a finite number", row + 1, column + 1)
            }
            SystemError::NonFiniteRightHandSide { row } => format!(
                "entry {} of A·1 is not a finite number: give a right-hand side with --rhs",
                row + 1
            ),
            // ω was checked in f64, and rounding it may have made it 0 or 2.
            SystemError::Omega => {
                return Self::Option { option: "--omega", cause: error.to_string() };
            }
            other => other.to_string(),
        };
        Self::Content { path: path.to_owned(), shift, cause }
    }
}

/// What descent on ½ xᵀA x − bᵀx found wrong with A.
fn fit_cause(error: FitError) -> String {
    match error {
        FitError::NonPositiveDiagonal { row } => format!(
            "the diagonal entry of row {} is not positive, as block coordinate descent needs it",
            row + 1
        ),
        FitError::NotSymmetric { row } => format!(
            "row {0} is not column {0}, and block coordinate descent needs a symmetric matrix",
            row + 1
        ),
        other => other.to_string(),
    }
}
