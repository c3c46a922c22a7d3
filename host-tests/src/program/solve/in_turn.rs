//! Systems one after the other, each of which teaches the next.

use super::chooser::Chooser;
use super::learner::Learner;
use super::one::Answer;
use super::relax::{Solved, system};
use super::systems::Systems;
use super::{Method, Options, SolveError, TunerOutcome};
use crate::matrix::HostColoring;
use crate::precision::Precision;
use crate::program::Interrupt;
use crate::program::progress::Progress;
use crate::vector::Vector;
use solvekit::Stop;
use solvekit::sor::AutoMemory;

/// What one system leaves for the next, beside a learner's.
struct Known<T> {
    chooser: Option<Chooser<T>>,
    coloring: Option<HostColoring>,
    memory: Option<AutoMemory<T, Vector<T>>>,
}

/// Solves the systems in order.
pub(super) fn all<T: Precision>(
    options: &Options,
    stop: Stop<T>,
    systems: &Systems<T>,
    interrupt: &Interrupt<'_>,
) -> Result<Solved<T>, SolveError> {
    let mut learner = Learner::new(options, systems)?;
    let (count, tolerance) = (systems.len(), T::from_f64(options.tolerance()));
    let mut progress = Progress::new(count);
    let mut known = Known { chooser: None, coloring: None, memory: None };
    let mut solved = Solved { solutions: Vec::new(), outcomes: Vec::new(), tuner: None };
    for t in 0..count {
        let shift = systems.shift(t).unwrap_or(T::ZERO);
        let omega = learner.as_mut().map(|learner| learner.select(shift)).transpose()?;
        let mut report = None;
        let told = system(options, stop, systems, t, (&mut progress, interrupt), |one| {
            let plain = |answer: Answer<T>| (answer, None);
            match (options.method, omega) {
                (Method::SsorCg, Some(omega)) => one.ssor_cg(omega).map(plain),
                (_, Some(omega)) => one.sor(omega).map(plain),
                (Method::Auto, None) => {
                    let new = || Chooser::new(one.a, options.workspace, count > 1);
                    let chooser = known.chooser.get_or_insert_with(new);
                    let solved = chooser.solve(one, tolerance);
                    solved.map(|(answer, taken)| (answer, Some(taken)))
                }
                (_, None) => {
                    let memory = known.memory.get_or_insert_with(|| memory_of(systems));
                    memory.tell_context(shift);
                    one.auto(memory, tolerance, options.order, &mut known.coloring).map(plain)
                }
            }
            .inspect(|(answer, _)| report = Some(answer.report))
        });
        if let (Some(learner), Some(report)) = (&mut learner, &report) {
            learner.learn(report, options.max_iterations)?;
        }
        let shift = systems.shift(t).map(T::to_f64);
        let (outcome, x) =
            told.map_err(|refusal| SolveError::refused(&options.matrix, shift, refusal))?;
        solved.outcomes.push(outcome);
        solved.solutions.push(x);
        if interrupt.is_asked() {
            break;
        }
    }
    solved.tuner = match (learner, known.memory) {
        (Some(learner), _) => Some(learner.outcome(options.seed)),
        (None, Some(memory)) if count > 1 => Some(TunerOutcome::auto(&memory, &solved.outcomes)),
        _ => None,
    };
    Ok(solved)
}

/// A memory that knows nothing yet; where the shifts differ they are its context.
fn memory_of<T: Precision>(systems: &Systems<T>) -> AutoMemory<T, Vector<T>> {
    let fresh = || AutoMemory::new(Vector::default());
    match systems.shift_range() {
        Some((low, high)) if low < high => {
            fresh().with_context(low, high).unwrap_or_else(|_| fresh())
        }
        _ => fresh(),
    }
}
