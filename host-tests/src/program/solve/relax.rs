//! The systems, by the method and with the ω that the options ask for: in turn where one teaches the
//! next, else apart.

use super::one::{Answer, One, Refusal};
use super::systems::Systems;
use super::{Choice, Method, Options, SolveError, SystemOutcome, TunerOutcome, apart, in_turn};
use crate::matrix::CsrMatrix;
use crate::precision::Precision;
use crate::program::Interrupt;
use crate::program::progress::Progress;
use crate::vector::Vector;
use solvekit::krylov::Cg;
use solvekit::sor::Sor;
use solvekit::{LinearOperator, Stop, SystemError};

/// What came out of all systems.
pub(super) struct Solved<T> {
    pub(super) solutions: Vec<Vector<T>>,
    pub(super) outcomes: Vec<SystemOutcome>,
    pub(super) tuner: Option<TunerOutcome>,
}

/// Solves all systems, whose answers come in their order whoever solves them.
pub(super) fn all<T: Precision>(
    options: &Options,
    stop: Stop<T>,
    systems: &Systems<T>,
    interrupt: &Interrupt<'_>,
) -> Result<Solved<T>, SolveError> {
    let Some(learner) = options.learner(systems.len()) else {
        return apart::all(options, stop, systems, interrupt);
    };
    if let Some(option) = options.work.beyond_one_by_one() {
        let instead = match options.method {
            Method::Auto => "name a method",
            _ => "give a number, young or adaptive as --omega",
        };
        let cause = format!(
            "{learner} learns from each system for the next, and so solves them one after the other: \
             {instead}"
        );
        return Err(SolveError::Option { option, cause });
    }
    in_turn::all(options, stop, systems, interrupt)
}

/// One system by `solve`, after what every method asks of it has been looked at.
pub(super) fn system<T: Precision>(
    options: &Options,
    stop: Stop<T>,
    systems: &Systems<T>,
    t: usize,
    (progress, interrupt): (&mut Progress, &Interrupt<'_>),
    solve: impl FnOnce(&mut One<'_, T>) -> Result<(Answer<T>, Option<Choice>), Refusal>,
) -> Result<(SystemOutcome, Vector<T>), Refusal> {
    let a = &*systems.matrix(t);
    // Before anything is read off a matrix, it must be known to be good.
    sound(options.method, a)?;
    let b = &*systems.right_hand_side(t, a).map_err(Refusal::Content)?;
    let start = systems.start(t);
    let mut one = One { a, b, start, stop, budget: None, progress, interrupt };
    let (answer, choice) = solve(&mut one)?;
    progress.piece_done();
    let outcome = SystemOutcome::new(&answer, is_zero(b), choice, systems.shift(t).map(T::to_f64));
    Ok((outcome, answer.x))
}

pub(super) fn is_zero<T: Precision>(b: &[T]) -> bool {
    b.iter().all(|b| *b == T::ZERO)
}

/// What the method asks of every matrix.
pub(super) fn sound<T: Precision>(method: Method, a: &CsrMatrix<T>) -> Result<(), SystemError> {
    let zero = Vector::filled(a.rows(), T::ZERO);
    match method {
        Method::Auto | Method::Cg | Method::Bcd | Method::Direct => Cg::new(a, &zero).map(|_| ()),
        Method::Sor | Method::Ssor | Method::Psor | Method::SsorCg => {
            Sor::new(a, &zero, T::ONE).map(|_| ())
        }
    }
}
