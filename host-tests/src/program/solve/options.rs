//! What the command line of `solve` says.

use super::{BlockRule, Omega, SolveError};
use crate::batch::BatchError;
use crate::precision::Precision;
use crate::program::Work;
use clap::{Args, ValueEnum};
use serde::Serialize;
use solvekit::Stop;
use std::path::PathBuf;
use std::str::FromStr;

/// What `--help` says below the options.
pub const AFTER_HELP: &str = "\
Several systems (columns of b, or --shifts) between which nothing is carried are solved on --threads; the \
answers have the same bits on any number of them. That is so with a number, young or adaptive as --omega, \
and for ssor, psor, ssor-cg, cg, bcd and direct. auto, tsallis, cheb and --method auto learn from each system \
for the next and solve them one after the other: more threads and other backends are refused there. \
--backend simd takes several columns of b side by side, for sor and ssor with a number or young as --omega \
and no --shifts, with the bits of scalar.
Files: matrices are Matrix Market (coordinate or array); vectors are .npy, .csv or .txt (a column \
a vector, a line a row) or Matrix Market arrays. Rows and columns in messages count from 1.
Exit codes: 0 converged, 1 not converged, 2 bad input or an output that cannot be written (no \
file is new then).
Ctrl-C ends it early and keeps what there is, with exit code 130; a second one does not wait.";

/// Sweeps after which a solve gives up, if nobody says otherwise.
const MAX_ITERATIONS: u32 = 10_000;

/// Options of `solve`.
#[derive(Args, Clone, Debug)]
pub struct Options {
    /// A, a Matrix Market file
    #[arg(long, value_name = "FILE")]
    pub matrix: PathBuf,

    /// b; several columns are several right-hand sides [default: A·1, whose solution is all ones]
    #[arg(long, value_name = "FILE")]
    pub rhs: Option<PathBuf>,

    /// How to solve
    #[arg(long, value_enum, default_value_t = Method::Sor)]
    pub method: Method,

    /// `auto`, found by what this solve and the ones before it show; or a number between 0 and 2; or
    /// `young`, from the Jacobi radius; or `adaptive`, raised inside each solve; or, for sor and ssor-cg,
    /// learned across the systems of `--shifts`: by `tsallis` the best one for all, by `cheb` the best
    /// one for each shift [default: for sor auto across
    /// several systems and adaptive for one, 1.5 for ssor-cg, 1 for the others]
    #[arg(
        long,
        value_name = "auto|NUMBER|young|adaptive|tsallis|cheb",
        allow_hyphen_values = true
    )]
    pub omega: Option<Omega>,

    /// In which order a sweep of `sor` goes: along the rows, back, or colour by colour (red–black on
    /// a grid)
    #[arg(long, value_enum, default_value_t = Order::Forward)]
    pub order: Order,

    /// With `--method psor`: l of l ≤ x ≤ u, a number or a file [default: none]
    #[arg(long, value_name = "NUMBER|FILE", allow_hyphen_values = true)]
    pub lower: Option<Bound>,

    /// With `--method psor`: u of l ≤ x ≤ u, a number or a file [default: none]
    #[arg(long, value_name = "NUMBER|FILE", allow_hyphen_values = true)]
    pub upper: Option<Bound>,

    /// With `--method bcd`: which block is next [default: gsd]
    #[arg(long, value_enum)]
    pub rule: Option<BlockRule>,

    /// With `--method bcd` and any rule but `tree`: unknowns in a block [default: 1 for cyclic and
    /// random, 24 for the greedy ones, or all there are]
    #[arg(long, value_name = "UNKNOWNS", allow_hyphen_values = true)]
    pub block: Option<usize>,

    /// With `--method auto`: what a method may keep in memory beside A, b and x
    #[arg(long, value_name = "BYTES", allow_hyphen_values = true)]
    pub workspace: Option<usize>,

    /// The spectral radius of I − D⁻¹A, for `--omega young` [default: estimated]
    #[arg(long, value_name = "R", conflicts_with = "shifts", allow_hyphen_values = true)]
    pub jacobi_radius: Option<f64>,

    /// A sequence of systems A + c·I, one c a line
    #[arg(long, value_name = "FILE")]
    pub shifts: Option<PathBuf>,

    /// The x to start from; one column for all systems or one each [default: zero]
    #[arg(long, value_name = "FILE")]
    pub initial: Option<PathBuf>,

    /// For what is drawn at random: `tsallis`, `cheb`, the estimate of `young`, and `--rule random`
    #[arg(long, default_value_t = 0, allow_hyphen_values = true)]
    pub seed: u64,

    /// Stop at ‖b − A x‖ ≤ TOL·‖b‖, TOL below 1 [default: 1e-8 in f64, 1e-5 in f32]
    #[arg(long, value_name = "TOL", allow_hyphen_values = true, value_parser = tolerance)]
    pub tol: Option<f64>,

    /// Give up after so many sweeps
    #[arg(long, value_name = "SWEEPS", default_value_t = MAX_ITERATIONS, allow_hyphen_values = true)]
    pub max_iterations: u32,

    /// The numbers to work in
    #[arg(long, value_enum, default_value_t = Number::F64)]
    pub precision: Number,

    /// By what, and on how many threads
    #[command(flatten)]
    pub work: Work,

    /// Where to write x, .npy or .csv; several systems are columns
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,

    /// Print one JSON object on stdout
    #[arg(long)]
    pub json: bool,
}

fn tolerance(text: &str) -> Result<f64, String> {
    let tolerance = text.parse::<f64>().map_err(|error| error.to_string())?;
    let mantissa = text.split(['e', 'E']).next().unwrap_or(text);
    if tolerance == 0.0 && mantissa.contains(|digit| matches!(digit, '1'..='9')) {
        return Err("it is zero in f64, whose smallest positive number is 5e-324".to_owned());
    }
    Ok(tolerance)
}

/// A solver of linear systems.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Method {
    /// The one that is expected to take the least work, learned across the systems
    Auto,
    /// Forward successive over-relaxation
    Sor,
    /// Symmetric SOR: forward, then backward
    Ssor,
    /// Projected SOR: l ≤ x ≤ u, and the residual only where a bound holds x back
    Psor,
    /// Conjugate gradients preconditioned by symmetric SOR, for symmetric positive definite matrices
    SsorCg,
    /// Conjugate gradients, for symmetric positive definite matrices
    Cg,
    /// Block coordinate descent, for symmetric positive definite matrices: an iteration is as many
    /// blocks as cover the unknowns once (N/B rounded up), or one forest
    Bcd,
    /// A factorisation: Cholesky's, or elimination with row exchanges
    Direct,
}

impl Method {
    /// The name, as it is typed.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Sor => "sor",
            Self::Ssor => "ssor",
            Self::Psor => "psor",
            Self::SsorCg => "ssor-cg",
            Self::Cg => "cg",
            Self::Bcd => "bcd",
            Self::Direct => "direct",
        }
    }
}

/// The order of one sweep.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[non_exhaustive]
pub enum Order {
    /// From the first row to the last
    Forward,
    /// From the last row to the first
    Backward,
    /// One colour after the other, no row touching another of its colour
    Multicolor,
}

/// A bound of every unknown.
#[derive(Clone, Debug, PartialEq)]
pub enum Bound {
    /// The same for all; may be infinite.
    Number(f64),
    /// One each, from a file.
    File(PathBuf),
}

impl FromStr for Bound {
    type Err = std::convert::Infallible;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Ok(word.parse().map_or_else(|_| Self::File(PathBuf::from(word)), Self::Number))
    }
}

/// A working precision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Number {
    /// Single precision
    F32,
    /// Double precision
    F64,
}

impl Options {
    /// A matrix, and the defaults of the command line for all else.
    pub fn new(matrix: impl Into<PathBuf>) -> Self {
        Self {
            matrix: matrix.into(),
            rhs: None,
            method: Method::Sor,
            omega: None,
            order: Order::Forward,
            lower: None,
            upper: None,
            rule: None,
            block: None,
            workspace: None,
            jacobi_radius: None,
            shifts: None,
            initial: None,
            seed: 0,
            tol: None,
            max_iterations: MAX_ITERATIONS,
            precision: Number::F64,
            work: Work::default(),
            output: None,
            json: false,
        }
    }

    /// The relative tolerance.
    #[must_use]
    pub fn tolerance(&self) -> f64 {
        self.tol.unwrap_or(match self.precision {
            Number::F32 => 1e-5,
            Number::F64 => 1e-8,
        })
    }

    /// When to stop, in the working precision.
    pub(super) fn stop<T: Precision>(&self) -> Result<Stop<T>, SolveError> {
        let tolerance = self.tolerance();
        let refused = |cause| SolveError::Option { option: "--tol", cause };
        let working = T::from_f64(tolerance);
        let stop = Stop::relative(working).map_err(|error| refused(error.to_string()))?;
        if working == T::ZERO && tolerance > 0.0 {
            let name = T::NAME;
            let cause =
                format!("{tolerance:e} is zero in {name}: use --precision f64 or a larger one");
            return Err(refused(cause));
        }
        if working >= T::ONE {
            return Err(refused(format!(
                "{tolerance} accepts x = 0 unsolved: it is relative to ‖b‖ and must be below 1"
            )));
        }
        Ok(stop.max_iterations(self.max_iterations))
    }

    /// Who carries something from each of several systems to the next.
    pub(super) const fn learner(&self, systems: usize) -> Option<&'static str> {
        match (self.method, self.omega) {
            (Method::Auto, _) => Some("--method auto"),
            (_, Some(Omega::Tsallis)) => Some("--omega tsallis"),
            (_, Some(Omega::Cheb)) => Some("--omega cheb"),
            (_, Some(Omega::Auto)) => Some("--omega auto"),
            // There is nothing to remember: what looks at the sweeps alone is quicker.
            (Method::Sor, None) if systems == 1 && matches!(self.order, Order::Forward) => None,
            (Method::Sor, None) => Some("--omega auto, the default,"),
            _ => None,
        }
    }

    /// What a parser of single options cannot see.
    pub(super) fn check(&self) -> Result<(), SolveError> {
        self.check_method()?;
        let learner = match self.omega {
            Some(Omega::Tsallis) => "--omega tsallis",
            Some(Omega::Cheb) => "--omega cheb",
            _ => return Ok(()),
        };
        if self.shifts.is_some() {
            return Ok(());
        }
        let cause = "one solve cannot learn: give a sequence of systems with --shifts, or use --omega \
                     adaptive";
        Err(SolveError::Option { option: learner, cause: cause.to_owned() })
    }

    /// The same but for whether there is anything to learn from.
    pub(super) fn check_method(&self) -> Result<(), SolveError> {
        let refused =
            |option, cause: &str| Err(SolveError::Option { option, cause: cause.to_owned() });
        if self.work.threads.count == Some(0) {
            return refused("--threads", &BatchError::NoThreads.to_string());
        }
        match (self.method, self.omega) {
            (Method::Auto | Method::Cg | Method::Bcd | Method::Direct, Some(_)) => {
                return refused(
                    "--omega",
                    &format!("it is not for --method {}", self.method.name()),
                );
            }
            (Method::SsorCg, Some(Omega::Auto | Omega::Adaptive)) => {
                let cause =
                    "--method ssor-cg takes a number between 0 and 2, young, tsallis or cheb";
                return refused("--omega", cause);
            }
            (
                Method::Ssor | Method::Psor,
                Some(Omega::Auto | Omega::Adaptive | Omega::Tsallis | Omega::Cheb),
            ) => {
                let cause = format!(
                    "--method {} takes a number between 0 and 2, or young",
                    self.method.name()
                );
                return refused("--omega", &cause);
            }
            _ => {}
        }
        for (option, given) in [("--rule", self.rule.is_some()), ("--block", self.block.is_some())]
        {
            if given && self.method != Method::Bcd {
                return refused(option, "it is for --method bcd");
            }
        }
        if self.block.is_some() && self.rule == Some(BlockRule::Tree) {
            return refused(
                "--block",
                "a forest is as large as it grows: it is for --rule cyclic, gs, gsd, gsq or random",
            );
        }
        if self.block == Some(0) {
            return refused("--block", "a block needs at least one unknown");
        }
        if self.workspace.is_some() && self.method != Method::Auto {
            return refused("--workspace", "it is for --method auto");
        }
        for (option, given) in [("--lower", &self.lower), ("--upper", &self.upper)] {
            if given.is_some() && self.method != Method::Psor {
                return refused(option, "it is for --method psor");
            }
        }
        if self.method == Method::Psor && self.lower.is_none() && self.upper.is_none() {
            return refused("--method psor", "give --lower, --upper or both");
        }
        let fits = match (self.order, self.omega) {
            (Order::Forward, _) | (_, Some(Omega::Fixed(_) | Omega::Young)) => true,
            (order, None | Some(Omega::Auto)) => order == Order::Multicolor,
            _ => false,
        };
        if !fits || (self.order != Order::Forward && self.method != Method::Sor) {
            let cause = "it is for --method sor and a number or young as --omega, multicolor also \
                         for auto";
            return refused("--order", cause);
        }
        match self.jacobi_radius {
            Some(_) if self.omega != Some(Omega::Young) => {
                refused("--jacobi-radius", "it is for --omega young")
            }
            Some(radius) if !(0.0..1.0).contains(&radius) => {
                refused("--jacobi-radius", &format!("{radius} does not lie in [0, 1)"))
            }
            _ => Ok(()),
        }
    }
}
