//! What `recover` found, for people and for programs.

use super::data::Data;
use super::end::{End, Ended};
use super::network::Told;
use super::{Method, Options};
use crate::network::Kind;
use crate::precision::Precision;
use crate::program::kept;
use crate::vector::Vector;
use serde::Serialize;
use solvekit::Status;
use solvekit::sum::norm;
use std::fmt;

/// The JSON object of `recover`. What does not apply is null.
#[derive(Clone, Debug, Serialize)]
pub struct Outcome {
    /// Converged, or inferred, when every column was; else the gravest status.
    pub status: End,
    /// Columns of Y: signals that were looked for.
    pub columns: usize,
    /// 10 log₁₀ Σ‖x − x*‖² / Σ‖x*‖² over all columns together; null without a truth, and in JSON where
    /// it is no finite number, as for an x that is x* to the bit.
    pub nmse_db: Option<f64>,
    /// Steps or layers, of all columns together.
    pub iterations: u64,
    /// Entries of X that are not zero, of all columns together.
    pub nonzeros: usize,
    /// Time spent on recovering, without files.
    pub seconds: f64,
    /// The certificate, relative to ‖y‖ for `omp` and layers alone, to ‖Aᵀy‖_∞ for the others; the
    /// largest of all columns.
    pub residual: Option<f64>,
    /// What it was to reach; null for layers alone.
    pub tolerance: Option<f64>,
    /// The method that was asked for.
    pub method: Method,
    /// λ, where it was the same for all columns.
    pub lambda: Option<f64>,
    /// K.
    pub sparsity: Option<usize>,
    /// Which network.
    pub network: Option<Kind>,
    /// Layers of it that were applied.
    pub layers: Option<u32>,
    /// Is A the dictionary that the network's file names? A network for dictionaries that vary takes
    /// others too.
    pub own_dictionary: Option<bool>,
    /// Columns for which the safeguard took ISTA's iterate in place of the network's.
    pub refused: Option<usize>,
    /// Rows of A, the measurements of one signal.
    pub rows: usize,
    /// Columns of A.
    pub unknowns: usize,
    /// Entries of A that are stored.
    pub entries: usize,
    /// One each, where there are several columns.
    pub reports: Option<Vec<ColumnOutcome>>,
    /// The most steps a column was given.
    #[serde(skip)]
    cap: u32,
}

/// How one column ended.
#[derive(Clone, Debug, Serialize)]
pub struct ColumnOutcome {
    /// The outcome.
    pub status: End,
    /// Steps.
    pub iterations: u32,
    /// As in [`Outcome`].
    pub residual: Option<f64>,
    /// λ, of a method that has one.
    pub lambda: Option<f64>,
    /// Entries of x that are not zero.
    pub nonzeros: usize,
    /// 10 log₁₀ ‖x − x*‖² / ‖x*‖².
    pub nmse_db: Option<f64>,
    /// Did the safeguard refuse the network's iterate?
    pub refused: Option<bool>,
    /// ‖x − x*‖ and ‖x*‖.
    #[serde(skip)]
    norms: Option<[f64; 2]>,
}

impl ColumnOutcome {
    pub(super) fn new<T: Precision>(
        ended: Ended,
        x: &Vector<T>,
        truth: Option<&Vector<f64>>,
    ) -> Self {
        let norms = truth.map(|truth| {
            let pairs = x.iter().zip(truth.iter());
            let error: Vector<f64> = pairs.map(|(x, t)| x.to_f64() - t).collect();
            [norm(&error), norm(truth)]
        });
        Self {
            status: ended.end,
            iterations: ended.iterations,
            residual: Some(ended.residual).filter(|residual| residual.is_finite()),
            lambda: ended.lambda,
            nonzeros: x.iter().filter(|x| **x != T::ZERO).count(),
            nmse_db: norms.and_then(decibels),
            refused: ended.refused,
            norms,
        }
    }
}

/// 20 log₁₀ of an error's norm over the truth's; −∞ for none; `None` for nothing over nothing.
fn decibels([error, truth]: [f64; 2]) -> Option<f64> {
    Some(20.0 * (error / truth).log10()).filter(|decibels| !decibels.is_nan())
}

impl Outcome {
    pub(super) fn new<T>(
        options: &Options,
        data: &Data<T>,
        network: Option<Told>,
        reports: Vec<ColumnOutcome>,
        seconds: f64,
    ) -> Self {
        let worst = reports.iter().map(|one| one.status).max_by_key(|status| status.gravity());
        let residuals: Option<Vec<f64>> = reports.iter().map(|one| one.residual).collect();
        let lambda = reports.first().and_then(|one| one.lambda);
        // Norms of norms: nothing is squared that could overflow.
        let norms: Option<Vec<[f64; 2]>> = reports.iter().map(|one| one.norms).collect();
        let together = norms.map(|norms| {
            [0, 1].map(|which| norm(&norms.iter().map(|pair| pair[which]).collect::<Vector<f64>>()))
        });
        Self {
            status: worst.unwrap_or(End::Run(Status::Converged)),
            columns: reports.len(),
            nmse_db: together.and_then(decibels),
            iterations: reports.iter().map(|one| u64::from(one.iterations)).sum(),
            nonzeros: reports.iter().map(|one| one.nonzeros).sum(),
            seconds,
            residual: residuals.map(|all| all.into_iter().fold(0.0, f64::max)),
            tolerance: options.converges().then(|| options.tolerance()),
            method: options.method,
            lambda: lambda.filter(|_| reports.iter().all(|one| one.lambda == lambda)),
            sparsity: options.sparsity,
            network: network.map(|told| told.kind),
            layers: network.map(|told| told.layers),
            own_dictionary: network.map(|told| told.own_dictionary),
            refused: options
                .safeguard
                .then(|| reports.iter().filter(|one| one.refused == Some(true)).count()),
            rows: data.rows,
            unknowns: data.unknowns,
            entries: data.entries,
            reports: (reports.len() > 1).then_some(reports),
            cap: options.cap(),
        }
    }

    /// Whether every column converged, or came through its layers.
    #[must_use]
    pub fn is_success(&self) -> bool {
        self.status.is_success()
    }

    /// For an outcome that somebody ended early: what there is.
    #[must_use]
    pub fn left(&self, options: &Options) -> String {
        let kept = kept(options.output.as_deref());
        let Some(reports) = &self.reports else { return format!("{kept} the last iterate") };
        let good = reports.iter().filter(|one| one.status.is_success()).count();
        format!("{kept} {} columns, of which {good} are recovered", reports.len())
    }

    /// For an outcome that is no success: what it means and what to try.
    #[must_use]
    pub fn advice(&self) -> String {
        let End::Run(status) = self.status else { return self.status.to_string() };
        match (status, self.method) {
            (Status::NonFinite, Method::Network) => {
                format!("{status}: the layers left the range of f32; try --safeguard")
            }
            (Status::Stalled, Method::Network) => {
                format!(
                    "{status}: it no longer comes closer; it may be at what f32 can reach (try a larger --tol)"
                )
            }
            (Status::Breakdown, Method::Omp) => {
                let residual =
                    self.residual.map_or(String::new(), |r| format!(" at {r:.1e} of ‖y‖"));
                format!(
                    "{status}: the columns are used up with ‖y − A x‖{residual}; where that is noise, \
                     give it as --tol, else try a larger --sparsity"
                )
            }
            (Status::Breakdown, _) => format!("{status}: products of columns are beyond f64"),
            (Status::IterationLimit, Method::Ista) => {
                format!("{status}: try --method fista, or more than {} steps", self.cap)
            }
            (Status::IterationLimit, _) => {
                format!("{status}: try a --max-iterations above {}", self.cap)
            }
            (Status::Stalled, Method::Htp) => format!(
                "{status}: the places go round in a circle, or it is at what f64 can reach; try \
                 another --sparsity, --method niht, or a larger --tol"
            ),
            (Status::Stalled, _) => format!(
                "{status}: it no longer comes closer; it may be at what f64 can reach (try a larger \
                 --tol)"
            ),
            (Status::NonFinite, _) => {
                format!("{status}: squares of the measurements are beyond f64: use other units")
            }
            _ => status.to_string(),
        }
    }
}

/// The size of the data and the end, in two lines; between them, that a dictionary is not the
/// network's own.
impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = |count: u64| if count == 1 { "" } else { "s" };
        write!(f, "{} measurements, {} unknowns, ", self.rows, self.unknowns)?;
        writeln!(
            f,
            "{} entries, {} column{}",
            self.entries,
            self.columns,
            plural(self.columns as u64)
        )?;
        if self.own_dictionary == Some(false) {
            writeln!(f, "another dictionary than the network's own: it is for those that vary")?;
        }
        let what = if self.tolerance.is_some() { "step" } else { "layer" };
        write!(f, "{} after {} {what}{}", self.status, self.iterations, plural(self.iterations))?;
        if let Some(reports) = &self.reports {
            let good = reports.iter().filter(|one| one.status.is_success()).count();
            let what = if self.tolerance.is_some() { "converged" } else { "inferred" };
            write!(f, ", {good} of {} columns {what}", reports.len())?;
        }
        if let Some(residual) = self.residual {
            write!(f, ", residual {residual:.2e}")?;
        }
        if let (Some(_), Some(tolerance)) = (self.residual, self.tolerance) {
            write!(f, " (tolerance {tolerance:.0e})")?;
        }
        if let Some(refused) = self.refused {
            write!(f, ", {refused} of {} refused", self.columns)?;
        }
        if let Some(lambda) = self.lambda {
            write!(f, ", λ = {lambda:.6e}")?;
        }
        write!(f, ", {} of {} entries not zero", self.nonzeros, self.unknowns * self.columns)?;
        if let Some(decibels) = self.nmse_db {
            write!(f, ", NMSE {decibels:.2} dB")?;
        }
        writeln!(f, ", {:.3} s", self.seconds)
    }
}
