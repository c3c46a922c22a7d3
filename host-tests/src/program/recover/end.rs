//! [`End`]: how a column ended.

use crate::precision::Precision;
use crate::program::gravity;
use serde::{Serialize, Serializer};
use solvekit::{Report, Status};
use std::fmt;

/// How a column ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// As any run does.
    Run(Status),
    /// All layers were applied and x is finite. A network has no tolerance to reach: nothing is said
    /// of how good x is.
    Inferred,
}

impl End {
    /// The name in snake case, as in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Run(status) => status.name(),
            Self::Inferred => "inferred",
        }
    }

    /// Whether all was done that was asked.
    #[must_use]
    pub fn is_success(self) -> bool {
        matches!(self, Self::Inferred | Self::Run(Status::Converged))
    }

    /// Which of two ends says more.
    pub(super) const fn gravity(self) -> u8 {
        match self {
            Self::Run(status) => gravity(status),
            Self::Inferred => 0,
        }
    }
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Serialize for End {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// The end of one column, with its figures.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ended {
    pub(super) end: End,
    /// Steps or layers.
    pub(super) iterations: u32,
    /// The certificate, relative; infinite or NaN where there is none.
    pub(super) residual: f64,
    pub(super) lambda: Option<f64>,
    /// Did the safeguard refuse the network's iterate?
    pub(super) refused: Option<bool>,
}

impl Ended {
    /// Somebody's wish for an early end came before it.
    pub(super) const fn not_begun() -> Self {
        let (end, lambda, refused) = (End::Run(Status::Running), None, None);
        Self { end, iterations: 0, residual: f64::NAN, lambda, refused }
    }

    /// As a run reports it.
    pub(super) fn reported<T: Precision>(report: &Report<T>, lambda: Option<f64>) -> Self {
        Self {
            end: End::Run(report.status),
            iterations: report.iterations,
            residual: report.relative().to_f64(),
            lambda,
            refused: None,
        }
    }
}
