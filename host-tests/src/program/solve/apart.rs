//! Systems that nothing is carried between: on threads, and side by side where that is written.

use super::chooser::SSOR_CG_OMEGA;
use super::one::{Answer, One, Plan, Refusal};
use super::relax::{Solved, is_zero, sound, system};
use super::systems::Systems;
use super::{BlockRule, Method, Omega, Options, Order, SolveError, SystemOutcome, young};
use crate::batch::{Relaxation, SorBatch, SparseSystems, Tasks};
use crate::matrix::HostColoring;
use crate::precision::Precision;
use crate::program::progress::Progress;
use crate::program::{Chosen, Interrupt};
use crate::vector::Vector;
use solvekit::Stop;

/// One system's outcome and solution, or why it was refused.
type Told<T> = Result<(SystemOutcome, Vector<T>), Refusal>;

/// Solves the systems in whatever order.
pub(super) fn all<T: Precision>(
    options: &Options,
    stop: Stop<T>,
    systems: &Systems<T>,
    interrupt: &Interrupt<'_>,
) -> Result<Solved<T>, SolveError> {
    let refused = |t: usize, refusal| {
        SolveError::refused(&options.matrix, systems.shift(t).map(T::to_f64), refusal)
    };
    let common = Common::new(options, systems).map_err(|refusal| refused(0, refusal))?;
    let by_scalar = matches!(options.work.backend, None | Some(Chosen::Scalar));
    let told = match common.lanes(options, systems) {
        Some(lanes) if !by_scalar => lanes.all(options, stop, systems, interrupt)?,
        _ => common.one_by_one(options, stop, systems, interrupt)?,
    };
    let told = told.into_iter().enumerate();
    let told = told.map(|(t, told)| told.map_err(|refusal| refused(t, refusal)));
    let (outcomes, solutions) = told.collect::<Result<Vec<_>, SolveError>>()?.into_iter().unzip();
    Ok(Solved { solutions, outcomes, tuner: None })
}

/// What is found once for all systems: they have one pattern.
struct Common<T> {
    /// Of a method that has one for all.
    omega: Option<T>,
    plan: Option<Plan>,
    coloring: Option<HostColoring>,
}

impl<T: Precision> Common<T> {
    fn new(options: &Options, systems: &Systems<T>) -> Result<Self, Refusal> {
        let a = &*systems.matrix(0);
        sound(options.method, a)?;
        systems.right_hand_side(0, a).map_err(Refusal::Content)?;
        let omega = match (options.method, options.omega) {
            (_, Some(Omega::Fixed(omega))) => Some(T::from_f64(omega)),
            (_, Some(Omega::Young)) if systems.is_sequence() => None,
            (_, Some(Omega::Young)) => Some(young::omega_of(options, a)?),
            (Method::SsorCg, None) => Some(T::from_f64(SSOR_CG_OMEGA)),
            (Method::Ssor | Method::Psor, None) => Some(T::ONE),
            _ => None,
        };
        let plan = (options.method == Method::Direct).then(|| Plan::of(a, a.is_symmetric()));
        let colored = options.order == Order::Multicolor;
        let coloring = colored.then(|| HostColoring::of(a)).transpose()?;
        Ok(Self { omega, plan, coloring })
    }

    /// Each by the solver's own code.
    fn one_by_one(
        &self,
        options: &Options,
        stop: Stop<T>,
        systems: &Systems<T>,
        interrupt: &Interrupt<'_>,
    ) -> Result<Vec<Told<T>>, SolveError> {
        let solve = |t, progress: &mut Progress| {
            system(options, stop, systems, t, (progress, interrupt), |one| {
                self.solve(options, systems, one).map(|answer| (answer, None))
            })
        };
        let by_scalar = matches!(options.work.backend, None | Some(Chosen::Scalar | Chosen::Auto));
        if systems.len() == 1 && by_scalar {
            // Its steps are what there is to see.
            return Ok(vec![solve(0, &mut Progress::new(1))]);
        }
        let what = name(options, systems.is_sequence());
        let tasks = Tasks::new(what, systems.len(), |t| solve(t, &mut Progress::unseen()));
        let outcomes = options.work.run(&tasks, interrupt)?.outcomes.into_iter().enumerate();
        Ok(outcomes.map(|(t, told)| told.unwrap_or_else(|| Ok(not_begun(systems, t)))).collect())
    }

    fn solve(
        &self,
        options: &Options,
        systems: &Systems<T>,
        one: &mut One<'_, T>,
    ) -> Result<Answer<T>, Refusal> {
        match options.method {
            Method::Cg => return one.cg(),
            Method::Bcd => {
                let rule = options.rule.unwrap_or(BlockRule::Gsd);
                return one.bcd(rule, options.block, options.seed);
            }
            _ => {}
        }
        if let Some(plan) = &self.plan {
            return one.direct(plan);
        }
        let omega = match (self.omega, options.omega) {
            (Some(omega), _) => omega,
            (None, Some(Omega::Young)) => young::omega_of(options, one.a)?,
            (None, _) => return one.adaptive(),
        };
        match (options.method, options.order, &self.coloring) {
            (Method::Ssor, ..) => one.ssor(omega),
            (Method::Psor, ..) => one.psor(omega, &systems.bounds),
            (Method::SsorCg, ..) => one.ssor_cg(omega),
            (_, Order::Backward, _) => one.backward(omega),
            (_, _, Some(coloring)) => one.multicolor(omega, coloring),
            _ => one.sor(omega),
        }
    }

    /// How to relax side by side, where that is written.
    fn lanes(&self, options: &Options, systems: &Systems<T>) -> Option<Lanes<T>> {
        let relaxation = match (options.method, options.order) {
            (Method::Sor, Order::Forward) => Relaxation::Forward,
            (Method::Ssor, _) => Relaxation::Symmetric,
            _ => return None,
        };
        let omega = self.omega.filter(|_| !systems.is_sequence())?;
        Some(Lanes { relaxation, omega })
    }
}

/// Relaxation with one matrix and one ω.
struct Lanes<T> {
    relaxation: Relaxation,
    omega: T,
}

impl<T: Precision> Lanes<T> {
    fn all(
        &self,
        options: &Options,
        stop: Stop<T>,
        systems: &Systems<T>,
        interrupt: &Interrupt<'_>,
    ) -> Result<Vec<Told<T>>, SolveError> {
        let (a, count) = (&systems.matrix, systems.len());
        let (mut b, mut start) = (Vec::new(), Vec::new());
        for t in 0..count {
            let refused = |cause| SolveError::content(&options.matrix, cause);
            b.extend_from_slice(&systems.right_hand_side(t, a).map_err(refused)?);
            if systems.starts_somewhere() {
                start.extend_from_slice(&systems.start(t));
            }
        }
        let batch = SorBatch::new(SparseSystems::new(a, &b)?, self.omega, stop);
        let mut batch = batch.relaxation(self.relaxation);
        if systems.starts_somewhere() {
            batch = batch.starting_at(&start)?;
        }
        let answers = options.work.run(&batch, interrupt)?;
        let unknowns = answers.width;
        let told = answers.outcomes.iter().enumerate().map(|(t, outcome)| {
            let Some(outcome) = outcome else { return Ok(not_begun(systems, t)) };
            let x = Vector::from(answers.answer(t).to_vec());
            let answer = Answer::new(x, (*outcome)?).with_omega(self.omega);
            let zero = is_zero(&b[t * unknowns..][..unknowns]);
            Ok((SystemOutcome::new(&answer, zero, None, None), answer.x))
        });
        Ok(told.collect())
    }
}

/// What is told of a system that somebody's wish for an early end came before.
fn not_begun<T: Precision>(systems: &Systems<T>, t: usize) -> (SystemOutcome, Vector<T>) {
    (SystemOutcome::not_begun(systems.shift(t).map(T::to_f64)), systems.start(t))
}

/// What is solved, for who says that it is not written for lanes.
const fn name(options: &Options, is_sequence: bool) -> &'static str {
    match (options.method, options.order, options.omega) {
        (Method::Cg, ..) => "--method cg",
        (Method::Bcd, ..) => "--method bcd",
        (Method::Direct, ..) => "--method direct",
        (Method::Psor, ..) => "--method psor",
        (Method::SsorCg, ..) => "--method ssor-cg",
        _ if is_sequence => "a sequence of --shifts",
        (_, Order::Backward, _) => "--order backward",
        (_, Order::Multicolor, _) => "--order multicolor",
        (_, _, None | Some(Omega::Adaptive)) => "--omega adaptive",
        _ => "this method",
    }
}
