//! What the command line of `calibrate gains` says.

use crate::program::calibrate::{CalibrateError, Common};
use clap::{Args, ValueEnum};
use std::fmt;
use std::path::PathBuf;

/// What `--help` says below the options.
pub(in crate::program::calibrate) const AFTER_HELP: &str = "\
y_l = γ ∘ A_l x + noise, l = 1 … p: m sensors of unknown gains γ see one unknown signal x through known \
A_l. Gains have the mean 1, since (α γ, x / α) explains the same data for every α. Y is a table with a row \
a snapshot and a column a sensor; A an .npy array of p × m × n, or a table of p m rows and n columns, \
snapshot after snapshot.
auto finds faulty sensors and leaves them out, tells standard errors, and refuses with a reason what the \
data cannot tell. gauss-newton is its kernel alone. gradient is the projected gradient of the paper, with \
the gains' deviation from 1 bounded by --radius, and with at most --sparsity non-zeros in x; it knows no \
standard errors.
--tol is the relative change of x and γ in a step.";

/// Options of `calibrate gains`.
#[derive(Args, Clone, Debug)]
pub struct Options {
    /// A: p × m × n, or p m rows of n
    #[arg(long, value_name = "FILE")]
    pub sensing: PathBuf,

    /// Y: a row a snapshot, a column a sensor
    #[arg(long, value_name = "FILE")]
    pub observations: PathBuf,

    /// The sensors, by name or place of their columns [default: all columns]
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub sensors: Vec<String>,

    /// How to calibrate
    #[arg(long, value_enum, default_value_t = Method::Auto)]
    pub method: Method,

    /// Each sensor has an unknown offset too
    #[arg(long)]
    pub offsets: bool,

    /// The noise's standard deviation, where it is known (auto)
    #[arg(long, value_name = "SIGMA", allow_hyphen_values = true)]
    pub noise: Option<f64>,

    /// ρ: no gain is further from 1 than this, below 1 (gradient)
    #[arg(long, value_name = "RHO", allow_hyphen_values = true)]
    pub radius: Option<f64>,

    /// K: at most so many unknowns are not zero (gradient)
    #[arg(long, value_name = "K")]
    pub sparsity: Option<usize>,

    /// Stop at a relative change of TOL [default: 1e-12; 1e-8 for gradient]
    #[arg(long, value_name = "TOL", allow_hyphen_values = true)]
    pub tol: Option<f64>,

    /// Give up after so many steps [default: 50; 20000 for gradient]
    #[arg(long, value_name = "STEPS")]
    pub max_iterations: Option<u32>,

    #[command(flatten)]
    #[allow(missing_docs, reason = "clap would show it as the command's own text")]
    pub common: Common,
}

/// How to calibrate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Method {
    /// Nothing to choose: start, two steps, errors, faulty sensors, gains near 1 where needed
    Auto,
    /// Least squares to the end, from a linear start
    GaussNewton,
    /// The paper's projected gradient
    Gradient,
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Auto => "auto",
            Self::GaussNewton => "gauss-newton",
            Self::Gradient => "gradient",
        })
    }
}

impl Options {
    /// A and Y, and the defaults of the command line for all else.
    pub fn new(sensing: impl Into<PathBuf>, observations: impl Into<PathBuf>) -> Self {
        Self {
            sensing: sensing.into(),
            observations: observations.into(),
            sensors: Vec::new(),
            method: Method::Auto,
            offsets: false,
            noise: None,
            radius: None,
            sparsity: None,
            tol: None,
            max_iterations: None,
            common: Common::default(),
        }
    }

    /// What a parser of single options cannot see.
    pub(super) fn check(&self) -> Result<(), CalibrateError> {
        let method = self.method;
        let only = |option, given: bool, of: Method| match given && method != of {
            true => Err(CalibrateError::option(option, format!("only for --method {of}"))),
            false => Ok(()),
        };
        only("--noise", self.noise.is_some(), Method::Auto)?;
        only("--radius", self.radius.is_some(), Method::Gradient)?;
        only("--sparsity", self.sparsity.is_some(), Method::Gradient)?;
        if method == Method::Gradient && self.offsets {
            let cause = "the projected gradient knows none".to_owned();
            return Err(CalibrateError::option("--offsets", cause));
        }
        if self.radius.is_some() && self.sparsity.is_some() {
            let cause = "with --sparsity the gains are not bounded".to_owned();
            return Err(CalibrateError::option("--radius", cause));
        }
        if self.sparsity == Some(0) {
            return Err(CalibrateError::option("--sparsity", "1 or more is needed".to_owned()));
        }
        for (option, given) in
            [("--tol", self.tol.is_some()), ("--max-iterations", self.max_iterations.is_some())]
        {
            if given && method == Method::Auto {
                let cause = "auto ends by itself".to_owned();
                return Err(CalibrateError::option(option, cause));
            }
        }
        for (option, number) in [("--noise", self.noise), ("--tol", self.tol)] {
            if let Some(number) = number {
                CalibrateError::positive(option, number)?;
            }
        }
        if let Some(radius) = self.radius
            && !(radius > 0.0 && radius < 1.0)
        {
            let cause = format!("{radius} does not lie between 0 and 1");
            return Err(CalibrateError::option("--radius", cause));
        }
        Ok(())
    }

    pub(super) fn tolerance(&self) -> f64 {
        self.tol.unwrap_or(if self.method == Method::Gradient { 1e-8 } else { 1e-12 })
    }

    pub(super) fn cap(&self) -> u32 {
        self.max_iterations.unwrap_or(if self.method == Method::Gradient { 20_000 } else { 50 })
    }
}
