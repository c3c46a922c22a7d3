//! What the command line of `recover` says.

use super::method::Needs;
use super::{Method, RecoverError};
use crate::precision::Precision;
use crate::program::Work;
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
network applies the layers of FILE in f32, with the bits that firmware finds; the file must be for this \
dictionary. Layers have no tolerance to reach: a column that has come through them finite ends as \
`inferred`, and `residual` is ‖y − A x‖ / ‖y‖. With --safeguard the least ½‖y − A x‖² + g(x) is looked for: \
after the last layer x is at most as high as that of ista after as many steps, or ista's x is taken \
(`refused` counts such columns), and ista goes on to TOL. g is λ‖x‖₁, of an unfolded network its own g.
With --backend simd ista, fista, iht and the layers of networks go side by side where the dictionary is in \
full: the answers are those of scalar to rounding, and iterations may differ by a few; other methods go \
by scalar all the same.
The NMSE is 10 log₁₀ Σ‖x − x*‖² / Σ‖x*‖² over all columns together; null in JSON where there is no truth, \
or the truth or the error is zero.
Files: a dictionary is .npy, .csv or .txt (a line a row) or Matrix Market .mtx, where a `coordinate` \
file stays sparse; measurements and truths are columns of such a table. Rows and columns in messages \
count from 1.
Exit codes: 0 all columns converged (or were inferred), 1 not all, 2 bad input or an output that cannot be written (no \
file is new then).
Ctrl-C ends it early and keeps what there is, with exit code 130; a second one does not wait.";

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

    /// The network, a file that `solvekit train` wrote
    #[arg(long, value_name = "FILE")]
    pub network: Option<PathBuf>,

    /// Apply the first K layers [default: all of the file]
    #[arg(long, value_name = "K", allow_hyphen_values = true)]
    pub layers: Option<u32>,

    /// Hold the network against ista, and go on to the tolerance
    #[arg(long)]
    pub safeguard: bool,

    /// λ of ista and fista, and of --safeguard, above 0: without it nothing asks for zeros
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

    /// Stop at a certificate of TOL, relative and below 1 [default: 1e-6; 1e-5 with --safeguard, in f32]
    #[arg(long, value_name = "TOL", allow_hyphen_values = true)]
    pub tol: Option<f64>,

    /// Give up after so many steps, for each column [default: 10000]
    #[arg(long, value_name = "STEPS", allow_hyphen_values = true)]
    pub max_iterations: Option<u32>,

    /// By what, and on how many threads
    #[command(flatten)]
    pub work: Work,

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
    /// A, Y and a method, and the defaults of the command line for all else.
    pub fn new(
        dictionary: impl Into<PathBuf>,
        measurements: impl Into<PathBuf>,
        method: Method,
    ) -> Self {
        Self {
            dictionary: dictionary.into(),
            measurements: measurements.into(),
            method,
            network: None,
            layers: None,
            safeguard: false,
            lambda: None,
            lambda_fraction: None,
            sparsity: None,
            truth: None,
            tol: None,
            max_iterations: None,
            work: Work::default(),
            output: None,
            json: false,
        }
    }

    /// When to stop.
    pub(super) fn stop<T: Precision>(&self) -> Result<Stop<T>, RecoverError> {
        let refused = |cause: String| RecoverError::option("--tol", cause);
        let tolerance = self.tolerance();
        let stop = Stop::relative(T::from_f64(tolerance));
        let stop = stop.map_err(|error| refused(error.to_string()))?;
        if tolerance >= 1.0 {
            return Err(refused(format!(
                "{tolerance} accepts x = 0 unsolved: it is relative to the measurements and must be \
                 below 1"
            )));
        }
        Ok(stop.max_iterations(self.cap()))
    }

    /// What the certificate is to reach.
    pub(super) fn tolerance(&self) -> f64 {
        let default = if self.method == Method::Network { 1e-5 } else { 1e-6 };
        self.tol.unwrap_or(default)
    }

    /// Steps of a column.
    pub(super) fn cap(&self) -> u32 {
        self.max_iterations.unwrap_or(10_000)
    }

    /// Is there a tolerance to reach? Layers alone have none.
    pub(super) fn converges(&self) -> bool {
        self.method != Method::Network || self.safeguard
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
        if method == Method::Network {
            return self.check_network();
        }
        for (option, given) in [
            ("--network", self.network.is_some()),
            ("--layers", self.layers.is_some()),
            ("--safeguard", self.safeguard),
        ] {
            if given {
                return refused(option, format!("{method} has none: give --method network"));
            }
        }
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

    fn check_network(&self) -> Result<(), RecoverError> {
        let refused = |option, cause: &str| Err(RecoverError::option(option, cause.to_owned()));
        if self.network.is_none() {
            return refused("--network", "--method network needs it");
        }
        if self.layers == Some(0) {
            return refused("--layers", "1 or more is needed");
        }
        if self.sparsity.is_some() {
            return refused("--sparsity", "a network has none");
        }
        if self.safeguard {
            return self.lambda().map(drop);
        }
        for (option, given) in [
            ("--lambda", self.lambda.is_some()),
            ("--lambda-fraction", self.lambda_fraction.is_some()),
            ("--tol", self.tol.is_some()),
            ("--max-iterations", self.max_iterations.is_some()),
        ] {
            if given {
                return refused(option, "layers alone have none: give --safeguard too");
            }
        }
        Ok(())
    }
}
