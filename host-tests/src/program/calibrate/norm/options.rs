//! What the command line of `calibrate norm` says.

use crate::program::calibrate::{CalibrateError, Common};
use clap::{Args, ValueEnum};
use solvekit::calibration::norm::{NormOptions, Rung};
use std::path::PathBuf;

/// What `--help` says below the options.
pub(in crate::program::calibrate) const AFTER_HELP: &str = "\
Finds o and T of v = T (y − o), so that ‖v‖ is the norm in every pose: an accelerometer at rest, or a \
magnetometer. T is symmetric: a rotation between the sensor and its case cannot be seen in a norm (six \
poses can, see `calibrate ferraris`). Offsets, then scales, then cross terms are fitted as far as the \
poses tell them.
With --rest the log is cut into windows, and the means of those are used in which nothing moves.";

/// Rows of a window, if nobody says otherwise.
const WINDOW: usize = 100;

/// Options of `calibrate norm`.
#[derive(Args, Clone, Debug)]
pub struct Options {
    /// The log, a row a reading
    #[arg(long, value_name = "FILE")]
    pub log: PathBuf,

    /// The three axes, by name or place
    #[arg(long, value_name = "X,Y,Z", value_delimiter = ',', default_value = "0,1,2")]
    pub columns: Vec<String>,

    /// The true length, 9.80665 for gravity [default: that of the readings on average]
    #[arg(long, value_name = "G", allow_hyphen_values = true)]
    pub norm: Option<f64>,

    /// Fit no more than this
    #[arg(long, value_enum, default_value_t = Highest::Full)]
    pub highest: Highest,

    /// Use the means of windows in which every axis deviates by less than SIGMA
    #[arg(long, value_name = "SIGMA", allow_hyphen_values = true)]
    pub rest: Option<f64>,

    /// Rows of a window
    #[arg(long, value_name = "ROWS", default_value_t = WINDOW)]
    pub window: usize,

    #[command(flatten)]
    #[allow(missing_docs, reason = "clap would show it as the command's own text")]
    pub common: Common,
}

/// A rung of the ladder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Highest {
    /// Offsets
    Offset,
    /// And scales
    Scale,
    /// And cross terms
    Full,
}

impl Options {
    /// A log, and the defaults of the command line for all else.
    pub fn new(log: impl Into<PathBuf>) -> Self {
        Self {
            log: log.into(),
            columns: ["0", "1", "2"].map(str::to_owned).to_vec(),
            norm: None,
            highest: Highest::Full,
            rest: None,
            window: WINDOW,
            common: Common::default(),
        }
    }

    pub(super) fn check(&self) -> Result<(), CalibrateError> {
        if self.columns.len() != 3 {
            let found = self.columns.len();
            let cause = format!("three columns are needed, {found} were given");
            return Err(CalibrateError::option("--columns", cause));
        }
        if self.window < 2 {
            let cause = "2 rows or more are needed".to_owned();
            return Err(CalibrateError::option("--window", cause));
        }
        for (option, number) in [("--norm", self.norm), ("--rest", self.rest)] {
            if let Some(number) = number {
                CalibrateError::positive(option, number)?;
            }
        }
        Ok(())
    }

    /// For the solver.
    pub(super) fn solver(&self) -> NormOptions<f64> {
        let highest = match self.highest {
            Highest::Offset => Rung::Offset,
            Highest::Scale => Rung::Scale,
            Highest::Full => Rung::Full,
        };
        NormOptions { highest, ..NormOptions::new(self.norm) }
    }
}
