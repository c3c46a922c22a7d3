//! What the command line of `lasso` says.

use super::{ColumnRule, LassoCommandError};
use clap::Args;
use solvekit::Stop;
use std::path::PathBuf;

/// What `--help` says below the options.
pub const AFTER_HELP: &str = "\
The objective is ½‖y − X w‖² + λ (α‖w‖₁ + ½ (1 − α)‖w‖²), not divided by the number of rows; λ_max, from \
which on w = 0, is ‖Xᵀy‖_∞ / α. With --intercept and --standardize both are those of the data so \
changed; coefficients are told in the units of the files.
With --concomitant it is ‖y − X w‖² / (2 n σ) + σ/2 + λ‖w‖₁ over w and σ ≥ ‖y‖ / (100 √n), n being \
the rows; λ_max is ‖Xᵀy‖_∞ / (√n ‖y‖), and --gap is relative to ½‖y‖/√n.
Files: a design is .npy, .csv or .txt (a line a row) or Matrix Market .mtx, where a `coordinate` \
file stays sparse; a response is one column. Rows and columns in messages count from 1.
Exit codes: 0 converged, 1 not converged, 2 bad input or an output that cannot be written (no \
file is new then).
Ctrl-C ends it early and keeps what there is, with exit code 130; a second one does not wait.";

/// α, if nobody says otherwise.
const L1_RATIO: f64 = 1.0;
/// The relative gap to reach.
const GAP: f64 = 1e-6;
/// Steps after which a fit gives up.
const MAX_ITERATIONS: u32 = 10_000;

/// Options of `lasso`.
#[derive(Args, Clone, Debug)]
pub struct Options {
    /// X, a row a measurement, a column a candidate
    #[arg(long, value_name = "FILE")]
    pub design: PathBuf,

    /// y, one column
    #[arg(long, value_name = "FILE")]
    pub response: PathBuf,

    /// λ; this or --lambda-fraction
    #[arg(long, value_name = "L", allow_hyphen_values = true)]
    pub lambda: Option<f64>,

    /// λ as a part of λ_max, from 1 down to above 0
    #[arg(long, value_name = "F", allow_hyphen_values = true)]
    pub lambda_fraction: Option<f64>,

    /// K values of λ, from λ_max down to the one given in equal ratios, each from where the one
    /// before ended
    #[arg(long, value_name = "K", allow_hyphen_values = true)]
    pub path: Option<u32>,

    /// α: 1 is the lasso, 0 ridge regression
    #[arg(long, value_name = "A", default_value_t = L1_RATIO, allow_hyphen_values = true)]
    pub l1_ratio: f64,

    /// Asks for w ≥ 0
    #[arg(long)]
    pub nonnegative: bool,

    /// Finds the noise's standard deviation σ too: least ‖y − X w‖²/(2 n σ) + σ/2 + λ‖w‖₁, for which
    /// one λ serves every level of noise
    #[arg(long)]
    pub concomitant: bool,

    /// Fits a constant too, which is not penalised
    #[arg(long)]
    pub intercept: bool,

    /// Penalises each coefficient in units of its column's root mean square: about the column's mean
    /// with --intercept (its standard deviation), about zero without
    #[arg(long)]
    pub standardize: bool,

    /// Stop at a duality gap of GAP·½‖y‖², GAP below 1
    #[arg(long, value_name = "GAP", default_value_t = GAP, allow_hyphen_values = true)]
    pub gap: f64,

    /// Give up after so many steps, for each λ
    #[arg(long, value_name = "STEPS", default_value_t = MAX_ITERATIONS, allow_hyphen_values = true)]
    pub max_iterations: u32,

    /// Block coordinate descent with this rule, whose step is a pass, in the place of the exact path
    #[arg(long, value_enum)]
    pub rule: Option<ColumnRule>,

    /// With --rule: columns in a block, which is solved exactly [default: 24 for greedy, or all there
    /// are; 1 for the others]
    #[arg(long, value_name = "COLUMNS", allow_hyphen_values = true)]
    pub block: Option<usize>,

    /// Where to write w, .npy or .csv; several λ are columns
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
    /// Of λ_max.
    Fraction(f64),
}

impl Options {
    /// X and y, and the defaults of the command line for all else; λ is still to be told.
    pub fn new(design: impl Into<PathBuf>, response: impl Into<PathBuf>) -> Self {
        Self {
            design: design.into(),
            response: response.into(),
            lambda: None,
            lambda_fraction: None,
            path: None,
            l1_ratio: L1_RATIO,
            nonnegative: false,
            concomitant: false,
            intercept: false,
            standardize: false,
            gap: GAP,
            max_iterations: MAX_ITERATIONS,
            rule: None,
            block: None,
            output: None,
            json: false,
        }
    }

    /// When to stop.
    pub(super) fn stop(&self) -> Result<Stop<f64>, LassoCommandError> {
        let refused = |cause: String| LassoCommandError::option("--gap", cause);
        let stop = Stop::relative(self.gap).map_err(|error| refused(error.to_string()))?;
        if self.gap >= 1.0 {
            return Err(refused(format!(
                "{} accepts w = 0 unsolved: it is relative to {} and must be below 1",
                self.gap,
                self.unit()
            )));
        }
        Ok(stop.max_iterations(self.max_iterations))
    }

    /// What a gap is relative to.
    pub(super) const fn unit(&self) -> &'static str {
        if self.concomitant { "½‖y‖/√n" } else { "½‖y‖²" }
    }

    /// λ as it was told.
    pub(super) fn lambda(&self) -> Result<Lambda, LassoCommandError> {
        let refused = |option, cause: &str| Err(LassoCommandError::option(option, cause));
        match (self.lambda, self.lambda_fraction) {
            (Some(_), Some(_)) => refused("--lambda-fraction", "--lambda is given too: give one"),
            (None, None) => refused("--lambda", "give it, or --lambda-fraction"),
            (Some(lambda), None) if lambda >= 0.0 && lambda.is_finite() => Ok(Lambda::Is(lambda)),
            (Some(lambda), None) => {
                refused("--lambda", &format!("{lambda} is not a finite number, zero or larger"))
            }
            (None, Some(fraction)) if fraction > 0.0 && fraction <= 1.0 => {
                Ok(Lambda::Fraction(fraction))
            }
            (None, Some(fraction)) => {
                refused("--lambda-fraction", &format!("{fraction} does not lie in (0, 1]"))
            }
        }
    }

    /// What a parser of single options cannot see.
    pub(super) fn check(&self) -> Result<(), LassoCommandError> {
        let refused = |option, cause: String| Err(LassoCommandError::option(option, cause));
        let lambda = self.lambda()?;
        if !(0.0..=1.0).contains(&self.l1_ratio) {
            return refused("--l1-ratio", format!("{} does not lie in [0, 1]", self.l1_ratio));
        }
        if self.concomitant && self.rule.is_some() {
            return refused("--rule", "--concomitant is solved by the exact path alone".to_owned());
        }
        if self.concomitant && self.l1_ratio != 1.0 {
            let cause = "it has no ridge part: --l1-ratio must be 1".to_owned();
            return refused("--concomitant", cause);
        }
        if self.l1_ratio == 0.0 {
            let cause = "with --l1-ratio 0 no λ makes w zero, so there is no λ_max".to_owned();
            match lambda {
                Lambda::Fraction(_) => return refused("--lambda-fraction", cause),
                Lambda::Is(_) if self.path.is_some() => return refused("--path", cause),
                Lambda::Is(_) => {}
            }
        }
        match self.block {
            Some(_) if self.rule.is_none() => return refused("--block", "it is for --rule".into()),
            Some(0) => return refused("--block", "a block needs at least one column".into()),
            _ => {}
        }
        match (self.path, lambda) {
            (Some(count), _) if count < 2 => {
                refused("--path", format!("{count} values of λ are no path: give 2 or more"))
            }
            (Some(_), Lambda::Is(0.0)) => {
                refused("--path", "no equal ratios lead down to --lambda 0".to_owned())
            }
            (Some(_), Lambda::Fraction(1.0)) => {
                refused("--path", "--lambda-fraction 1 leaves nothing to go down to".to_owned())
            }
            _ => Ok(()),
        }
    }
}
