//! The systems in order, each by the method and with the ω that the options ask for.

use super::chooser::{Chooser, SSOR_CG_OMEGA};
use super::learner::Learner;
use super::one::{Answer, One, Plan, Refusal};
use super::systems::Systems;
use super::{
    BlockRule, Method, Omega, Options, Order, SolveError, SystemOutcome, TunerOutcome, jacobi,
};
use crate::matrix::{CsrMatrix, HostColoring};
use crate::precision::Precision;
use crate::program::progress::Progress;
use crate::vector::Vector;
use solvekit::krylov::Cg;
use solvekit::sor::{AutoMemory, Sor, young_omega};
use solvekit::{LinearOperator, Stop, SystemError};

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
    let mut learner = Learner::new(options, systems)?;
    let count = systems.len();
    let mut progress = Progress::new(count);
    let mut known = Known::default();
    let mut solved = Solved { solutions: Vec::new(), outcomes: Vec::new(), tuner: None };
    for t in 0..count {
        let shift = systems.shift(t).map(T::to_f64);
        let refused = |error| SolveError::refused(&options.matrix, shift, error);
        let a = &*systems.matrix(t);
        // Before anything is read off a matrix, it must be known to be good.
        sound(options.method, a).map_err(|error| refused(error.into()))?;
        let b = &*systems.right_hand_side(t, a).map_err(|cause| SolveError::Content {
            path: options.matrix.clone(),
            shift,
            cause,
        })?;
        let start = systems.start(t);
        let mut one = One { a, b, start, stop, budget: None, progress: &mut progress };
        let mut choice = None;
        let answer = match (options.method, &mut learner) {
            (method, Some(learner)) => {
                let omega = learner.select(systems.shift(t).unwrap_or(T::ZERO))?;
                let answer = match method {
                    Method::SsorCg => one.ssor_cg(omega),
                    _ => one.sor(omega),
                };
                if let Ok(answer) = &answer {
                    learner.learn(&answer.report, options.max_iterations)?;
                }
                answer
            }
            (Method::Auto, _) => {
                let new = || Chooser::new(a, options.workspace, count > 1);
                let tolerance = T::from_f64(options.tolerance());
                let chooser = known.chooser.get_or_insert_with(new);
                chooser.solve(&mut one, tolerance).map(|(answer, taken)| {
                    choice = Some(taken);
                    answer
                })
            }
            (Method::Cg, _) => one.cg(),
            (Method::Bcd, _) => {
                one.bcd(options.rule.unwrap_or(BlockRule::Gsd), options.block, options.seed)
            }
            (Method::Direct, _) => {
                one.direct(known.plan.get_or_insert_with(|| Plan::of(a, a.is_symmetric())))
            }
            (Method::Ssor | Method::Psor | Method::SsorCg, _) => {
                let omega = match options.omega {
                    Some(Omega::Fixed(omega)) => T::from_f64(omega),
                    Some(_) => known.young(options, systems, shift, a)?,
                    None if options.method == Method::SsorCg => T::from_f64(SSOR_CG_OMEGA),
                    None => T::ONE,
                };
                match options.method {
                    Method::Ssor => one.ssor(omega),
                    Method::Psor => one.psor(omega, &systems.bounds),
                    _ => one.ssor_cg(omega),
                }
            }
            (Method::Sor, _) => match options.omega {
                Some(Omega::Fixed(omega)) => known.ordered(options, T::from_f64(omega), one),
                Some(Omega::Young) => {
                    let omega = known.young(options, systems, shift, a)?;
                    known.ordered(options, omega, one)
                }
                Some(Omega::Adaptive) => one.adaptive(),
                // There is nothing to remember: what looks at the sweeps alone is quicker.
                None if count == 1 && options.order == Order::Forward => one.adaptive(),
                _ => {
                    let memory = known.memory.get_or_insert_with(|| memory_of(systems));
                    memory.tell_context(systems.shift(t).unwrap_or(T::ZERO));
                    let tolerance = T::from_f64(options.tolerance());
                    one.auto(memory, tolerance, options.order, &mut known.coloring)
                }
            },
        }
        .map_err(refused)?;
        progress.piece_done();
        let zero = b.iter().all(|b| *b == T::ZERO);
        solved.outcomes.push(SystemOutcome::new(&answer, zero, choice, shift));
        solved.solutions.push(answer.x);
    }
    solved.tuner = match (learner, known.memory) {
        (Some(learner), _) => Some(learner.outcome(options.seed)),
        (None, Some(memory)) if count > 1 => Some(TunerOutcome::auto(&memory, &solved.outcomes)),
        _ => None,
    };
    Ok(solved)
}

/// What one system leaves for the next.
#[derive(Default)]
struct Known<T> {
    young: Option<T>,
    plan: Option<Plan>,
    chooser: Option<Chooser<T>>,
    coloring: Option<HostColoring>,
    memory: Option<AutoMemory<T, Vector<T>>>,
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

impl<T: Precision> Known<T> {
    /// Young's ω of this matrix; computed once where all systems have the same.
    fn young(
        &mut self,
        options: &Options,
        systems: &Systems<T>,
        shift: Option<f64>,
        a: &CsrMatrix<T>,
    ) -> Result<T, SolveError> {
        let omega = match self.young {
            Some(omega) if !systems.is_sequence() => omega,
            _ => young_of(options, shift, a)?,
        };
        self.young = Some(omega);
        Ok(omega)
    }
}

impl<T: Precision> Known<T> {
    /// SOR with one ω in the order that was asked for. All matrices of a sequence have one pattern,
    /// so one colouring does.
    fn ordered(
        &mut self,
        options: &Options,
        omega: T,
        mut one: One<'_, T>,
    ) -> Result<Answer<T>, Refusal> {
        match options.order {
            Order::Forward => one.sor(omega),
            Order::Backward => one.backward(omega),
            Order::Multicolor => {
                let coloring = match self.coloring.take() {
                    Some(coloring) => coloring,
                    None => HostColoring::of(one.a)?,
                };
                one.multicolor(omega, self.coloring.insert(coloring))
            }
        }
    }
}

/// What the method asks of every matrix.
fn sound<T: Precision>(method: Method, a: &CsrMatrix<T>) -> Result<(), SystemError> {
    let zero = Vector::filled(a.rows(), T::ZERO);
    match method {
        Method::Auto | Method::Cg | Method::Bcd | Method::Direct => Cg::new(a, &zero).map(|_| ()),
        Method::Sor | Method::Ssor | Method::Psor | Method::SsorCg => {
            Sor::new(a, &zero, T::ONE).map(|_| ())
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
