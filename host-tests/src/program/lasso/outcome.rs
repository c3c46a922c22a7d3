//! What `lasso` found, for people and for programs.

use super::Options;
use super::data::Data;
use crate::program::kept;
use serde::Serialize;
use solvekit::Status;
use std::fmt;

/// The JSON object of `lasso`. What does not apply is null. Of a path, what is told of one λ is told
/// of the last one, the smallest.
#[derive(Clone, Debug, Serialize)]
pub struct Outcome {
    /// Converged when every λ did; else the status of the first that did not.
    pub status: Status,
    /// ½‖y − X w‖² + λ (α‖w‖₁ + ½ (1 − α)‖w‖²), of the data as centred and scaled; with
    /// `--concomitant` ‖y − X w‖² / (2 n σ) + σ/2 + λ‖w‖₁.
    pub objective: f64,
    /// The duality gap: the objective is at most so much above the least one.
    pub gap: Option<f64>,
    /// The same relative to ½‖y‖², or to ½‖y‖/√n.
    pub relative_gap: Option<f64>,
    /// What the relative gap was to reach.
    pub tolerance: f64,
    /// Coefficients that are not zero.
    pub nonzeros: usize,
    /// Steps, of all λ together.
    pub iterations: u64,
    /// Time spent on solving, without files.
    pub seconds: f64,
    /// λ.
    pub lambda: f64,
    /// From which λ on w = 0; none for ridge regression.
    pub lambda_max: Option<f64>,
    /// The constant, in the units of the files; only with `--intercept`.
    pub intercept: Option<f64>,
    /// The noise's standard deviation; only with `--concomitant`.
    pub sigma: Option<f64>,
    /// Rows of X.
    pub rows: usize,
    /// Columns of X.
    pub columns: usize,
    /// Entries of X that are stored.
    pub entries: usize,
    /// One for each λ of a path.
    pub reports: Option<Vec<PointOutcome>>,
    /// What gaps are relative to, in words.
    #[serde(skip)]
    unit: &'static str,
}

/// How one λ ended.
#[derive(Clone, Debug, Serialize)]
pub struct PointOutcome {
    /// The outcome.
    pub status: Status,
    /// λ.
    pub lambda: f64,
    /// As in [`Outcome`].
    pub objective: f64,
    /// As in [`Outcome`].
    pub gap: Option<f64>,
    /// As in [`Outcome`].
    pub relative_gap: Option<f64>,
    /// Coefficients that are not zero.
    pub nonzeros: usize,
    /// The constant; only with `--intercept`.
    pub intercept: Option<f64>,
    /// The noise's standard deviation; only with `--concomitant`.
    pub sigma: Option<f64>,
    /// Steps.
    pub iterations: u32,
    /// Time spent on it.
    pub seconds: f64,
}

impl Outcome {
    pub(super) fn new(
        options: &Options,
        data: &Data,
        points: Vec<PointOutcome>,
        largest_lambda: f64,
        seconds: f64,
    ) -> Self {
        // There is at least one λ.
        let last = points[points.len() - 1].clone();
        let failed = points.iter().find(|point| point.status != Status::Converged);
        Self {
            status: failed.map_or(Status::Converged, |point| point.status),
            objective: last.objective,
            gap: last.gap,
            relative_gap: last.relative_gap,
            tolerance: options.gap,
            nonzeros: last.nonzeros,
            iterations: points.iter().map(|point| u64::from(point.iterations)).sum(),
            seconds,
            lambda: last.lambda,
            lambda_max: largest_lambda.is_finite().then_some(largest_lambda),
            intercept: last.intercept,
            sigma: last.sigma,
            unit: options.unit(),
            rows: data.rows,
            columns: data.columns,
            entries: data.entries,
            reports: options.path.map(|_| points),
        }
    }

    /// Whether every λ converged.
    #[must_use]
    pub fn converged(&self) -> bool {
        self.status == Status::Converged
    }

    /// For an outcome that somebody ended early: what there is.
    #[must_use]
    pub fn left(&self, options: &Options) -> String {
        let held = match &self.reports {
            Some(reports) => format!("coefficients of {} λ, the last ones", reports.len()),
            None => "the coefficients".to_owned(),
        };
        let kept = kept(options.output.as_deref());
        format!(
            "{kept} {held} as they were, with a gap of {:.1e}",
            self.relative_gap.unwrap_or(f64::NAN)
        )
    }

    /// For an outcome that is no success: what it means and what to try.
    #[must_use]
    pub fn advice(&self) -> String {
        let status = self.status;
        if self.lambda == 0.0 {
            let gap = if self.sigma.is_some() {
                "σ less half of its floor"
            } else {
                "½‖y − X w‖²"
            };
            return format!(
                "{status}: with λ = 0 the gap is {gap} and certifies only an exact fit; try a small \
                 --lambda-fraction"
            );
        }
        match status {
            Status::IterationLimit => format!("{status}: try a larger --max-iterations"),
            Status::Stalled => format!(
                "{status}: the gap no longer comes down; it may be at what f64 can reach (try a \
                 larger --gap)"
            ),
            _ => status.to_string(),
        }
    }
}

/// The size of the data and the end, in two lines.
impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} rows, {} columns, {} entries", self.rows, self.columns, self.entries)?;
        let plural = if self.iterations == 1 { "" } else { "s" };
        write!(f, "{} after {} step{plural}", self.status, self.iterations)?;
        if let Some(reports) = &self.reports {
            let converged = reports.iter().filter(|one| one.status == Status::Converged).count();
            write!(f, ", {converged} of {} λ converged, the last", reports.len())?;
        }
        write!(f, ", λ = {:.6e}", self.lambda)?;
        if let Some(largest) = self.lambda_max {
            write!(f, " (λ_max {largest:.6e})")?;
        }
        write!(f, ", objective {:.9e}", self.objective)?;
        if let Some(gap) = self.relative_gap {
            write!(f, ", gap {gap:.2e} of {} (tolerance {:.0e})", self.unit, self.tolerance)?;
        }
        write!(f, ", {} of {} coefficients not zero", self.nonzeros, self.columns)?;
        if let Some(intercept) = self.intercept {
            write!(f, ", intercept {intercept:.6e}")?;
        }
        if let Some(sigma) = self.sigma {
            write!(f, ", σ {sigma:.6e}")?;
        }
        writeln!(f, ", {:.3} s", self.seconds)
    }
}
