//! What `solve` found, for people and for programs.

use super::one::Answer;
use super::systems::Systems;
use super::{Choice, Method, Number, Omega, Options};
use crate::precision::Precision;
use crate::program::{gravity, kept};
use clap::ValueEnum;
use serde::Serialize;
use solvekit::Status;
use solvekit::sor::AutoMemory;
use std::fmt;

/// The JSON object of `solve`. What does not apply is null.
#[derive(Clone, Debug, Serialize)]
pub struct Outcome {
    /// Converged when every system did; else the gravest status.
    pub status: Status,
    /// Sweeps, steps or passes, of all systems together.
    pub iterations: u64,
    /// ‖b − A x‖₂ / ‖b‖₂, the largest of all systems.
    pub residual: Option<f64>,
    /// What the residual was to reach.
    pub tolerance: f64,
    /// ω at the end, when it was the same for all systems.
    pub omega: Option<f64>,
    /// Time spent on solving, without files.
    pub seconds: f64,
    /// The solver that was asked for.
    pub method: Method,
    /// For `--method auto`, the method that solved the only system, and why it was taken.
    pub choice: Option<Choice>,
    /// The curvature of A along the direction at which a breakdown ended the only system; for `bcd`
    /// vᵀA v for a v with an entry of 1 (a pivot), or xᵀA x / xᵀx.
    pub curvature: Option<f64>,
    /// The numbers it worked in.
    pub precision: Number,
    /// Unknowns of each system.
    pub unknowns: usize,
    /// Entries of A that are stored.
    pub entries: usize,
    /// One each, where there are several systems.
    pub reports: Option<Vec<SystemOutcome>>,
    /// What was learned across them.
    pub tuner: Option<TunerOutcome>,
}

/// How one system ended.
#[derive(Clone, Debug, Serialize)]
pub struct SystemOutcome {
    /// The outcome.
    pub status: Status,
    /// Sweeps.
    pub iterations: u32,
    /// ‖b − A x‖₂ / ‖b‖₂.
    pub residual: Option<f64>,
    /// ω at the end, of a method that has one.
    pub omega: Option<f64>,
    /// For `--method auto`, the method that was taken, and why.
    pub choice: Option<Choice>,
    /// The curvature of A along the direction at which a breakdown ended it.
    pub curvature: Option<f64>,
    /// c, where the system is A + c·I.
    pub shift: Option<f64>,
}

/// What a tuner knows at the end of a sequence.
#[derive(Clone, Debug, Serialize)]
pub struct TunerOutcome {
    /// Which tuner.
    pub name: &'static str,
    /// The seed of its random numbers.
    pub seed: Option<u64>,
    /// Systems it learned from.
    pub rounds: u32,
    /// Mean cost of a system, in sweeps.
    pub mean_cost: f64,
    /// The ω that looks best; for `cheb` at the last shift.
    pub favourite: Option<f64>,
    /// The values of ω it chose from.
    pub omegas: Option<Vec<f64>>,
    /// How probable each would be in the next round; for `cheb` at the last shift.
    pub probabilities: Option<Vec<f64>>,
    /// Of `auto`: 2 − ω is Young's to this power; 0 is Gauss–Seidel.
    pub exponent: Option<f64>,
    /// Of `auto`: products with A beyond the sweeps, each as dear as half a sweep with its residual.
    pub extra_products: Option<u32>,
}

impl TunerOutcome {
    pub(super) fn auto<T: Precision, X>(memory: &AutoMemory<T, X>, mean_cost: f64) -> Self {
        Self {
            name: "auto",
            seed: None,
            rounds: memory.solves(),
            mean_cost,
            favourite: None,
            omegas: None,
            probabilities: None,
            exponent: Some(memory.exponent().to_f64()),
            extra_products: Some(memory.charged()),
        }
    }
}

impl SystemOutcome {
    /// No step was made.
    pub(super) const fn not_begun(shift: Option<f64>) -> Self {
        let (residual, omega, choice, curvature) = (None, None, None, None);
        Self { status: Status::Running, iterations: 0, residual, omega, choice, curvature, shift }
    }

    pub(super) fn new<T: Precision>(
        answer: &Answer<T>,
        zero_right_hand_side: bool,
        choice: Option<Choice>,
        shift: Option<f64>,
    ) -> Self {
        let report = &answer.report;
        // Relative to b = 0 only an exact answer has a residual.
        let reference = if zero_right_hand_side { 0.0 } else { report.reference.to_f64() };
        let absolute = report.residual.to_f64();
        let relative = if absolute == 0.0 { 0.0 } else { absolute / reference };
        Self {
            status: report.status,
            iterations: report.iterations,
            residual: relative.is_finite().then_some(relative),
            omega: answer.omega,
            choice,
            curvature: answer.curvature.filter(|curvature| curvature.is_finite()),
            shift,
        }
    }
}

impl Outcome {
    pub(super) fn new<T: Precision>(
        options: &Options,
        systems: &Systems<T>,
        outcomes: Vec<SystemOutcome>,
        tuner: Option<TunerOutcome>,
        seconds: f64,
    ) -> Self {
        let worst = outcomes.iter().map(|one| one.status).max_by_key(|status| gravity(*status));
        let first = outcomes.first().and_then(|one| one.omega);
        let only = outcomes.first().filter(|_| outcomes.len() == 1);
        let residuals: Option<Vec<f64>> = outcomes.iter().map(|one| one.residual).collect();
        Self {
            status: worst.unwrap_or(Status::Converged),
            iterations: outcomes.iter().map(|one| u64::from(one.iterations)).sum(),
            residual: residuals.map(|all| all.into_iter().fold(0.0, f64::max)),
            tolerance: options.tolerance(),
            omega: first.filter(|omega| outcomes.iter().all(|one| one.omega == Some(*omega))),
            seconds,
            method: options.method,
            choice: only.and_then(|one| one.choice.clone()),
            curvature: only.and_then(|one| one.curvature),
            precision: options.precision,
            unknowns: solvekit::LinearOperator::columns(&systems.matrix),
            entries: systems.matrix.entries(),
            reports: (systems.is_sequence() || outcomes.len() > 1).then_some(outcomes),
            tuner,
        }
    }

    /// Whether every system converged.
    #[must_use]
    pub fn converged(&self) -> bool {
        self.status == Status::Converged
    }

    /// For an outcome that somebody ended early: what there is, and how to go on.
    #[must_use]
    pub fn left(&self, options: &Options) -> String {
        let kept = kept(options.output.as_deref());
        match &self.reports {
            None if options.output.is_some() => {
                format!("{kept} the last iterate; --initial goes on from it")
            }
            None => format!("{kept} the last iterate"),
            Some(all) => {
                let solved = all.iter().filter(|one| one.status == Status::Converged).count();
                format!("{kept} {} systems, of which {solved} are solved", all.len())
            }
        }
    }

    /// For an outcome that is no success: what it means and what to try.
    #[must_use]
    pub fn advice(&self, options: &Options) -> String {
        let status = self.status;
        match status {
            Status::Breakdown => {
                let curvature = self.curvature.map_or(String::new(), |c| format!(" ({c:.3e})"));
                let who = match options.method {
                    Method::Bcd => "block coordinate descent needs",
                    _ => "conjugate gradients need",
                };
                format!(
                    "{status}: A has a curvature{curvature} that is not positive; {who} a symmetric \
                     positive definite matrix (try --method auto)"
                )
            }
            Status::Diverged | Status::NonFinite if !relaxes(options.method) => {
                format!("{status}: try --method auto")
            }
            Status::Diverged | Status::NonFinite if options.omega == Some(Omega::Fixed(1.0)) => {
                format!(
                    "{status}: even Gauss–Seidel (ω = 1) diverges on this matrix; SOR is sure to \
                 converge only when it is symmetric positive definite"
                )
            }
            Status::Diverged | Status::NonFinite => format!(
                "{status}: try --omega 1; SOR is sure to converge for every ω only when the \
                 matrix is symmetric positive definite"
            ),
            Status::Stalled => {
                let (precision, finer) = match options.precision {
                    Number::F32 => ("f32", "--precision f64 or "),
                    Number::F64 => ("f64", ""),
                };
                format!(
                    "{status}: the residual no longer comes down; the tolerance may be below what \
                     {precision} can reach (try {finer}a larger --tol), or the system has no \
                     solution"
                )
            }
            Status::IterationLimit => {
                format!("{status}: try a larger --max-iterations or --method auto")
            }
            _ => status.to_string(),
        }
    }
}

/// Whether its success depends on ω.
const fn relaxes(method: Method) -> bool {
    matches!(method, Method::Sor | Method::Ssor | Method::Psor)
}

impl Outcome {
    /// The methods that solved a sequence, each with why it was taken the last time.
    fn tell_methods(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let choices: Vec<_> =
            self.reports.iter().flatten().filter_map(|one| one.choice.as_ref()).collect();
        for method in Method::value_variants() {
            let taken = choices.iter().filter(|choice| choice.method == *method);
            if let Some(last) = taken.clone().next_back() {
                let (name, count) = (method.name(), taken.count());
                writeln!(
                    f,
                    "{name} for {count} of {}, the last time: {}",
                    choices.len(),
                    last.why
                )?;
            }
        }
        Ok(())
    }
}

/// A number of sweeps and the rest of the story, in a few lines.
impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} unknowns, {} entries", self.unknowns, self.entries)?;
        let unit = match self.method {
            Method::Bcd => "pass",
            method if relaxes(method) => "sweep",
            _ => "step",
        };
        let plural = match self.iterations {
            1 => "",
            _ if self.method == Method::Bcd => "es",
            _ => "s",
        };
        write!(f, "{} after {} {unit}{plural}", self.status, self.iterations)?;
        if let Some(reports) = &self.reports {
            let converged = reports.iter().filter(|one| one.status == Status::Converged).count();
            write!(f, ", {converged} of {} systems converged", reports.len())?;
        }
        if let Some(residual) = self.residual {
            write!(f, ", residual {residual:.2e} of ‖b‖ (tolerance {:.0e})", self.tolerance)?;
        }
        if let Some(omega) = self.omega {
            write!(f, ", ω = {omega:.4}")?;
        }
        if let Some(favourite) = self.tuner.as_ref().and_then(|tuner| tuner.favourite) {
            write!(f, ", ω mostly {favourite:.2} at the end")?;
        }
        writeln!(f, ", {:.3} s", self.seconds)?;
        if let Some(choice) = &self.choice {
            writeln!(f, "{}: {}", choice.method.name(), choice.why)?;
        }
        self.tell_methods(f)
    }
}
