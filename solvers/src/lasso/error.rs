//! [`LassoError`]: why a lasso was refused.

use crate::fit::FitError;
use core::fmt;

/// Why a lasso was refused before the first step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum LassoError {
    /// The data.
    Fit(FitError),
    /// The squares of the response's entries are below the smallest number of this precision: in
    /// other units they would not be.
    TinyResponse,
    /// λ is negative, NaN or infinite.
    Lambda,
    /// The share α of the L1 norm is NaN or outside [0, 1].
    Share,
    /// A buffer of the workspace is shorter than its capacity needs.
    Workspace {
        /// Entries needed.
        expected: usize,
        /// Entries given.
        found: usize,
    },
}

impl From<FitError> for LassoError {
    fn from(error: FitError) -> Self {
        Self::Fit(error)
    }
}

impl fmt::Display for LassoError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fit(error) => error.fmt(f),
            Self::TinyResponse => f.write_str("the response is too small for this precision"),
            Self::Lambda => f.write_str("lambda must be finite and not negative"),
            Self::Share => f.write_str("the share of the L1 norm must lie in [0, 1]"),
            Self::Workspace { expected, found } => {
                write!(f, "the workspace needs {expected} entries, {found} were given")
            }
        }
    }
}

impl core::error::Error for LassoError {}
