//! What the command line of `recover` says.

use super::method::Needs;
use super::{Method, RecoverError};
use clap::Args;
use solvekit::Stop;
use std::path::PathBuf;

/// What `--help` says below the options.
pub const AFTER_HELP: &str = "\
ista and fista find the least ½‖y − A x‖² + λ‖x‖₁, which is zero from λ = ‖Aᵀy‖_∞ on; the others look \
for at most K non-zeros with the least ‖y − A x‖, and need not find the best ones.
--tol is relative: for omp ‖y − A x‖ ≤ TOL·‖y‖, so that with noise it should be the noise's part of y; for \
the others a step moves no entry by more than TOL·‖Aᵀy‖_∞ times the step's length. omp that has used its K \
columns up above TOL tells `breakdown`; its x is written all the same.
The NMSE is 10 log₁₀ Σ‖x − x*‖² / Σ‖x*‖² over all columns together; null in JSON where there is no truth, \
or the truth or the error is zero.
Files: a dictionary is .npy, .csv or .txt (a line a row) or Matrix Market .mtx, where a `coordinate` \
file stays sparse; measurements and truths are columns of such a table. Rows and columns in messages \
count from 1.
Exit codes: 0 all columns converged, 1 not all, 2 bad input or an output that cannot be written (no \
file is new then).";

/// Options of `recover`.
#[derive(Args, Clone, Debug)]
pub struct Options {
    /// A, a row a measurement, a column an unknown
    #[arg(long, value_name = "FILE")]
    pub dictionary: PathBuf,

    /// Y, a column for each signal
    #[arg(long, value_name = "FILE")]
    pub measurements: PathBuf,

    /// How to recover
    #[arg(long, value_enum)]
    pub method: Method,

    /// λ of ista and fista, above 0: without it nothing asks for zeros
    #[arg(long, value_name = "L", allow_hyphen_values = true)]
    pub lambda: Option<f64>,

    /// λ as a part of ‖Aᵀy‖_∞ of each column, above 0 and at most 1 [default: 0.1]
    #[arg(long, value_name = "F", allow_hyphen_values = true)]
    pub lambda_fraction: Option<f64>,

    /// K, the most non-zeros of a signal, of iht, niht, htp and omp
    #[arg(long, value_name = "K", allow_hyphen_values = true)]
    pub sparsity: Option<usize>,

    /// X*, the true signals, a column each, to compare with
    #[arg(long, value_name = "FILE")]
    pub truth: Option<PathBuf>,

    /// Stop at a certificate of TOL, relative and below 1
    #[arg(long, value_name = "TOL", default_value_t = 1e-6, allow_hyphen_values = true)]
    pub tol: f64,

    /// Give up after so many steps, for each column
    #[arg(long, value_name = "STEPS", default_value_t = 10_000, allow_hyphen_values = true)]
    pub max_iterations: u32,

    /// Where to write X, .npy or .csv, a column for each signal
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,

    /// Print one JSON object on stdout
    #[arg(long)]
    pub json: bool,
}

/// How λ is told.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Lambda {
    Is(f64),
    /// Of ‖Aᵀy‖_∞.
    Fraction(f64),
}

impl Options {
    /// When to stop.
    pub(super) fn stop(&self) -> Result<Stop<f64>, RecoverError> {
        let refused = |cause: String| RecoverError::option("--tol", cause);
        let stop = Stop::relative(self.tol).map_err(|error| refused(error.to_string()))?;
        if self.tol >= 1.0 {
            return Err(refused(format!(
                "{} accepts x = 0 unsolved: it is relative to the measurements and must be below 1",
                self.tol
            )));
        }
        Ok(stop.max_iterations(self.max_iterations))
    }

    /// λ as it was told, or the default.
    pub(super) fn lambda(&self) -> Result<Lambda, RecoverError> {
        let refused = |option, cause: String| Err(RecoverError::option(option, cause));
        match (self.lambda, self.lambda_fraction) {
            (Some(_), Some(_)) => {
                refused("--lambda-fraction", "--lambda is given too: give one".to_owned())
            }
            (None, None) => Ok(Lambda::Fraction(0.1)),
            (Some(lambda), None) if lambda > 0.0 && lambda.is_finite() => Ok(Lambda::Is(lambda)),
            (Some(lambda), None) => {
                refused("--lambda", format!("{lambda} is not a finite number above 0"))
            }
            (None, Some(fraction)) if fraction > 0.0 && fraction <= 1.0 => {
                Ok(Lambda::Fraction(fraction))
            }
            (None, Some(fraction)) => {
                refused("--lambda-fraction", format!("{fraction} does not lie in (0, 1]"))
            }
        }
    }

    /// What a parser of single options cannot see.
    pub(super) fn check(&self) -> Result<(), RecoverError> {
        let method = self.method;
        let refused = |option, cause: String| Err(RecoverError::option(option, cause));
        if method.needs() == Needs::Lambda {
            if self.sparsity.is_some() {
                return refused("--sparsity", format!("{method} has none: give --lambda"));
            }
            return self.lambda().map(drop);
        }
        for (option, given) in
            [("--lambda", self.lambda), ("--lambda-fraction", self.lambda_fraction)]
        {
            if given.is_some() {
                return refused(option, format!("{method} has no λ: give --sparsity"));
            }
        }
        match self.sparsity {
            None => refused("--sparsity", format!("{method} needs it")),
            Some(0) => refused("--sparsity", "1 or more is needed".to_owned()),
            Some(_) => Ok(()),
        }
    }
}
