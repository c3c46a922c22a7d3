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
    /// The least scale σ₀ of a concomitant lasso is not positive, NaN or infinite.
    Scale,
    /// There is no λ_max above zero to begin a path at: no column pulls, or α is 0.
    LargestLambda,
    /// The smallest λ of a path is NaN or not between 0 and λ_max.
    Ratio,
    /// A path of fewer than two λ.
    Count,
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
            Self::Scale => f.write_str("the least scale must be positive and finite"),
            Self::LargestLambda => f.write_str("there is no largest lambda above zero to begin at"),
            Self::Ratio => f.write_str("a path must end between zero and its largest lambda"),
            Self::Count => f.write_str("a path has two values of lambda at least"),
            Self::Workspace { expected, found } => {
                write!(f, "the workspace needs {expected} entries, {found} were given")
            }
        }
    }
}

impl core::error::Error for LassoError {}
