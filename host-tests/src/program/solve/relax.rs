//! SOR over the systems, each with the ω that the options ask for.

use super::systems::Systems;
use super::{Omega, Options, SolveError, SystemOutcome, TunerOutcome, jacobi};
use crate::matrix::CsrMatrix;
use crate::precision::Precision;
use crate::program::progress::Progress;
use crate::vector::Vector;
use rand::SeedableRng;
use rand_pcg::Pcg64;
use solvekit::sor::{AdaptiveSor, Sor, SorError, young_omega};
use solvekit::tuner::{OmegaTuner, TsallisInf, TunerError};
use solvekit::{Iteration, LinearOperator, Report, Run, Stop};

/// The values of ω that `tsallis` chooses from: 1 to 1.95, the paper's.
const ARMS: usize = 20;

/// Multiplications between two looks at the clock.
const SLICE: usize = 20_000_000;

/// What came out of all systems.
pub(super) struct Solved<T> {
    pub(super) solutions: Vec<Vector<T>>,
    pub(super) outcomes: Vec<SystemOutcome>,
    pub(super) tuner: Option<TunerOutcome>,
}

/// Solves the systems in order.
pub(super) fn all<T: Precision>(
    options: &Options,
    stop: Stop<T>,
    systems: &Systems<T>,
) -> Result<Solved<T>, SolveError> {
    let mut learner = match options.omega {
        Omega::Tsallis => Some(Learner::new(options.seed).map_err(broken)?),
        _ => None,
    };
    let count = systems.len();
    let mut progress = Progress::new(count);
    let mut young = None;
    let mut solved = Solved { solutions: Vec::new(), outcomes: Vec::new(), tuner: None };
    for t in 0..count {
        let shift = systems.shift(t).map(T::to_f64);
        let refused = |error| SolveError::system(&options.matrix, shift, error);
        let a = &*systems.matrix(t);
        // Before anything is read off a matrix, it must be known to be good.
        Sor::new(a, &Vector::filled(a.rows(), T::ZERO), T::ONE).map_err(refused)?;
        let b = &*systems.right_hand_side(t, a).map_err(|cause| SolveError::Content {
            path: options.matrix.clone(),
            shift,
            cause,
        })?;
        let mut one = One { a, b, start: systems.start(t), stop, progress: &mut progress };
        let (x, report, omega) = match options.omega {
            Omega::Fixed(omega) => one.fixed(T::from_f64(omega)),
            Omega::Adaptive => one.adaptive(),
            Omega::Young => {
                let omega = match young {
                    Some(omega) if !systems.is_sequence() => omega,
                    _ => young_of(options, shift, a)?,
                };
                young = Some(omega);
                one.fixed(omega)
            }
            Omega::Tsallis => match &mut learner {
                Some(learner) => {
                    let omega = learner.select().map_err(broken)?;
                    let outcome = one.fixed(omega);
                    if let Ok((_, report, _)) = &outcome {
                        learner.learn(report, options.max_iterations).map_err(broken)?;
                    }
                    outcome
                }
                None => return Err(broken(TunerError::NothingSelected)),
            },
        }
        .map_err(refused)?;
        progress.piece_done();
        let zero = b.iter().all(|b| *b == T::ZERO);
        solved.outcomes.push(SystemOutcome::new(&report, zero, omega.to_f64(), shift));
        solved.solutions.push(x);
    }
    solved.tuner = learner.map(|learner| learner.outcome(options.seed));
    Ok(solved)
}

/// One system.
struct One<'a, T> {
    a: &'a CsrMatrix<T>,
    b: &'a Vector<T>,
    start: Vector<T>,
    stop: Stop<T>,
    progress: &'a mut Progress,
}

type Answer<T> = Result<(Vector<T>, Report<T>, T), SorError>;

impl<T: Precision> One<'_, T> {
    fn fixed(&mut self, omega: T) -> Answer<T> {
        let sor = Sor::new(self.a, self.b, omega)?;
        let mut state = sor.start_at(std::mem::take(&mut self.start))?;
        let report = self.drive(&sor, &mut state);
        Ok((state.x, report, omega))
    }

    fn adaptive(&mut self) -> Answer<T> {
        let sor = AdaptiveSor::new(self.a, self.b)?;
        let mut state = sor.start_at(std::mem::take(&mut self.start))?;
        let report = self.drive(&sor, &mut state);
        let omega = state.omega();
        Ok((state.x, report, omega))
    }

    /// Runs to the end, slice by slice: slicing changes no bit.
    fn drive<I: Iteration<Real = T>>(&mut self, sor: &I, state: &mut I::State) -> Report<T> {
        let budget = (SLICE / self.a.entries().max(1)).clamp(1, 1_000) as u32;
        let mut run = Run::new(self.stop);
        loop {
            let report = run.advance(sor, state, budget);
            if report.status.is_final() {
                return report;
            }
            self.progress.tell(|| {
                let residual = report.residual / report.reference;
                format!("sweep {}, residual {residual:.1e}", report.iterations)
            });
        }
    }
}

/// Young's ω for one matrix, from a radius in f64 whatever the working precision is: where that
/// cannot tell the radius from 1, ω may still lie below 2.
fn young_of<T: Precision>(
    options: &Options,
    shift: Option<f64>,
    a: &CsrMatrix<T>,
) -> Result<T, SolveError> {
    let refused =
        |cause: String| SolveError::Content { path: options.matrix.clone(), shift, cause };
    let radius = match options.jacobi_radius {
        Some(radius) => radius,
        None => jacobi::radius(a, options.seed).ok_or_else(|| {
            refused(
                "the estimate of its Jacobi radius does not settle: give --jacobi-radius, or use \
                 --omega adaptive"
                    .to_owned(),
            )
        })?,
    };
    let omega = young_omega(radius).map_err(|_| {
        refused(format!(
            "its Jacobi radius is {radius:.5}, and Young's formula needs one below 1: use --omega \
             adaptive or a number"
        ))
    })?;
    let working = T::from_f64(omega);
    if working < T::from_f64(2.0) {
        return Ok(working);
    }
    let cause = format!(
        "{radius} rounds to 1 in {}, and Young's ω to 2: use --precision f64 or --omega adaptive",
        T::NAME
    );
    Err(match options.jacobi_radius {
        Some(_) => SolveError::Option { option: "--jacobi-radius", cause },
        None => refused(format!("its Jacobi radius {cause}")),
    })
}

/// Tsallis-INF and its random numbers.
struct Learner<T> {
    tuner: TsallisInf<T, ARMS>,
    random: Pcg64,
}

impl<T: Precision> Learner<T> {
    fn new(seed: u64) -> Result<Self, TunerError> {
        let tuner = TsallisInf::evenly(T::ONE, T::from_f64(1.95))?;
        Ok(Self { tuner, random: Pcg64::seed_from_u64(seed) })
    }

    fn select(&mut self) -> Result<T, TunerError> {
        self.tuner.select(T::uniform(&mut self.random))
    }

    /// A solve that failed early must not look cheap: it costs the whole budget.
    fn learn(&mut self, report: &Report<T>, budget: u32) -> Result<(), TunerError> {
        let cost = if report.converged() { report.iterations } else { budget };
        self.tuner.update(T::from_u32(cost))
    }

    fn outcome(&self, seed: u64) -> TunerOutcome {
        TunerOutcome {
            name: "tsallis",
            seed,
            rounds: self.tuner.rounds(),
            mean_cost: self.tuner.mean_cost().to_f64(),
            favourite: self.tuner.favourite().to_f64(),
            omegas: self.tuner.arms().map(T::to_f64).to_vec(),
            probabilities: self.tuner.probabilities().map(T::to_f64).to_vec(),
        }
    }
}

fn broken(error: TunerError) -> SolveError {
    SolveError::Option { option: "--omega tsallis", cause: error.to_string() }
}
