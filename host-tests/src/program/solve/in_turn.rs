//! Systems one after the other, each of which teaches the next.

use super::chooser::Chooser;
use super::learner::Learner;
use super::one::Answer;
use super::relax::{Solved, system};
use super::systems::Systems;
use super::{Given, Method, Options, SolveError, SystemOutcome, TunerOutcome};
use crate::matrix::HostColoring;
use crate::precision::Precision;
use crate::program::Interrupt;
use crate::program::progress::Progress;
use crate::vector::Vector;
use solvekit::Stop;
use solvekit::sor::AutoMemory;

/// What systems leave for the next one.
struct Known<T> {
    learner: Option<Learner<T>>,
    chooser: Option<Chooser<T>>,
    coloring: Option<HostColoring>,
    memory: Option<AutoMemory<T, Vector<T>>>,
    /// The smallest and the largest shift, where they are known before.
    shifts: Option<(T, T)>,
    /// Is more than one system to come?
    several: bool,
}

impl<T: Precision> Known<T> {
    /// Nothing.
    fn new(options: &Options, shifts: Option<(T, T)>, several: bool) -> Result<Self, SolveError> {
        let learner = Learner::new(options, shifts)?;
        Ok(Self { learner, chooser: None, coloring: None, memory: None, shifts, several })
    }

    /// Solves system `t`, and learns from it.
    fn solve(
        &mut self,
        options: &Options,
        stop: Stop<T>,
        (systems, t, shift): (&Systems<T>, usize, T),
        watch: (&mut Progress, &Interrupt<'_>),
    ) -> Result<(SystemOutcome, Vector<T>), SolveError> {
        let tolerance = T::from_f64(options.tolerance());
        let Self { learner, chooser, coloring, memory, shifts, several } = self;
        let omega = learner.as_mut().map(|learner| learner.select(shift)).transpose()?;
        let mut report = None;
        let told = system(options, stop, systems, t, watch, |one| {
            let plain = |answer: Answer<T>| (answer, None);
            match (options.method, omega) {
                (Method::SsorCg, Some(omega)) => one.ssor_cg(omega).map(plain),
                (_, Some(omega)) => one.sor(omega).map(plain),
                (Method::Auto, None) => {
                    let new = || Chooser::new(one.a, options.workspace, *several);
                    let solved = chooser.get_or_insert_with(new).solve(one, tolerance);
                    solved.map(|(answer, taken)| (answer, Some(taken)))
                }
                (_, None) => {
                    let memory = memory.get_or_insert_with(|| memory_of(*shifts));
                    memory.tell_context(shift);
                    one.auto(memory, tolerance, options.order, coloring).map(plain)
                }
            }
            .inspect(|(answer, _)| report = Some(answer.report))
        });
        if let (Some(learner), Some(report)) = (learner, &report) {
            learner.learn(report, options.max_iterations)?;
        }
        let shift = systems.shift(t).map(T::to_f64);
        told.map_err(|refusal| SolveError::refused(&options.matrix, shift, refusal))
    }

    /// What was learned, where something learns.
    fn tuner(&self, options: &Options, mean_cost: f64) -> Option<TunerOutcome> {
        match (&self.learner, &self.memory) {
            (Some(learner), _) => Some(learner.outcome(options.seed)),
            (None, Some(memory)) if self.several => Some(TunerOutcome::auto(memory, mean_cost)),
            _ => None,
        }
    }
}

/// Solves the systems in order.
pub(super) fn all<T: Precision>(
    options: &Options,
    stop: Stop<T>,
    systems: &Systems<T>,
    interrupt: &Interrupt<'_>,
) -> Result<Solved<T>, SolveError> {
    let count = systems.len();
    let mut known = Known::new(options, systems.shift_range(), count > 1)?;
    let mut progress = Progress::new(count);
    let mut solved = Solved { solutions: Vec::new(), outcomes: Vec::new(), tuner: None };
    for t in 0..count {
        let shift = systems.shift(t).unwrap_or(T::ZERO);
        let (outcome, x) =
            known.solve(options, stop, (systems, t, shift), (&mut progress, interrupt))?;
        solved.outcomes.push(outcome);
        solved.solutions.push(x);
        if interrupt.is_asked() {
            break;
        }
    }
    let sweeps: f64 = solved.outcomes.iter().map(|one| f64::from(one.iterations)).sum();
    solved.tuner = known.tuner(options, sweeps / solved.outcomes.len().max(1) as f64);
    Ok(solved)
}

/// Systems that come one by one, each of which teaches the next: what the program does with `--shifts` and
/// with several columns, for systems that are not all there at the beginning.
///
/// ```
/// use solvekit_host::matrix::CsrMatrix;
/// use solvekit_host::program::{Interrupt, solve::{Given, Options, Sequence}};
/// let mut sequence = Sequence::<f64>::new(Options::new("A"), None)?;
/// for shift in [0.0, 0.1, 0.2] {
///     let a = CsrMatrix::from_dense(2, &[4.0 + shift, 1.0, 1.0, 3.0 + shift])?;
///     let b = vec![5.0 + shift, 4.0 + shift];
///     let given = Given { right_hand_sides: Some(vec![b.into()]), ..Given::new(a) };
///     let (outcome, x) = sequence.solve(given, shift, &Interrupt::new())?;
///     assert!(outcome.status == solvekit::Status::Converged && (x[0] - 1.0).abs() < 1e-7);
/// }
/// assert_eq!(sequence.tuner().expect("what was learned").rounds, 3);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Sequence<T> {
    options: Options,
    stop: Stop<T>,
    known: Known<T>,
    /// Of all solves together, and how many they were.
    sweeps: (f64, u32),
}

impl<T: Precision> Sequence<T> {
    /// Nothing is known yet. `shifts` are the smallest and the largest that there will be, for what is
    /// learned of each shift.
    ///
    /// # Errors
    /// What is wrong with the options; or that they are those of a method that learns nothing.
    pub fn new(options: Options, shifts: Option<(T, T)>) -> Result<Self, SolveError> {
        options.check_method()?;
        if options.learner(2).is_none() {
            let cause = "it learns nothing: a sequence needs auto, tsallis or cheb".to_owned();
            return Err(SolveError::Option { option: "--omega", cause });
        }
        let (stop, known) = (options.stop()?, Known::new(&options, shifts, true)?);
        Ok(Self { options, stop, known, sweeps: (0.0, 0) })
    }

    /// Solves a system, and learns from it; `shift` says where it lies among the others. Where several
    /// right-hand sides are given only the first counts.
    ///
    /// # Errors
    /// What is wrong with what is given; nothing was learned then.
    pub fn solve(
        &mut self,
        given: Given<T>,
        shift: T,
        interrupt: &Interrupt<'_>,
    ) -> Result<(SystemOutcome, Vector<T>), SolveError> {
        let systems = Systems::new(&self.options, given)?;
        let watch = (&mut Progress::unseen(), interrupt);
        let solved = self.known.solve(&self.options, self.stop, (&systems, 0, shift), watch)?;
        self.sweeps.0 += f64::from(solved.0.iterations);
        self.sweeps.1 += 1;
        Ok(solved)
    }

    /// What was learned, once something was.
    #[must_use]
    pub fn tuner(&self) -> Option<TunerOutcome> {
        let (sweeps, count) = self.sweeps;
        self.known.tuner(&self.options, sweeps / f64::from(count.max(1)))
    }
}

/// A memory that knows nothing yet; where the shifts differ they are its context.
fn memory_of<T: Precision>(shifts: Option<(T, T)>) -> AutoMemory<T, Vector<T>> {
    let fresh = || AutoMemory::new(Vector::default());
    match shifts {
        Some((low, high)) if low < high => {
            fresh().with_context(low, high).unwrap_or_else(|_| fresh())
        }
        _ => fresh(),
    }
}
