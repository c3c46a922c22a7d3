//! [`Case`]: one solver on one problem, and the promises it is held to.

use crate::iterate::Iterate;
use solvekit::{Iteration, Real, Run, Status, Stop, solve};
use std::fmt::Debug;
use std::num::NonZeroU32;

/// One solver on one problem. Reading and poking go through `f64`.
pub(crate) struct Case<'a, I: Iteration> {
    pub(crate) name: &'static str,
    pub(crate) iteration: &'a I,
    pub(crate) start: I::State,
    pub(crate) read: fn(&I::State) -> Vec<f64>,
    pub(crate) poke: fn(&mut I::State, usize, f64),
    /// The true answer, from an independent solver in f64.
    pub(crate) answer: Vec<f64>,
    /// Largest |x − answer| / max |answer| at the tolerance: condition number × tolerance, roughly.
    pub(crate) accuracy: f64,
    pub(crate) tolerance: f64,
    /// No more steps than this.
    pub(crate) ceiling: u32,
}

/// Holds a solver to the promises at the tolerance of its precision, on a well-conditioned system.
pub(crate) fn holds<R: Real + Into<f64>, I: Iteration<Real = R>>(
    name: &'static str,
    iteration: &I,
    start: I::State,
    answer: Vec<f64>,
    ceiling: u32,
) where
    I::State: Iterate<R> + Debug,
{
    let (tolerance, accuracy) =
        if R::EPSILON.into() < 1e-10 { (1e-10, 1e-9) } else { (1e-5, 3e-5) };
    Case {
        name,
        iteration,
        start,
        read: |state| state.clone().x().iter().map(|x| (*x).into()).collect(),
        poke: |state, i, value| state.x()[i] = R::from_f64(value),
        answer,
        accuracy,
        tolerance,
        ceiling,
    }
    .check();
}

impl<I: Iteration> Case<'_, I>
where
    I::State: Debug,
{
    pub(crate) fn check(&self) {
        self.check_finite();
        self.injected_faults_end_truthfully();
    }

    /// For states that can hold nothing but finite numbers.
    pub(crate) fn check_finite(&self) {
        self.converges();
        self.slicing_changes_nothing();
        self.cloning_changes_nothing();
        self.an_exact_start_converges_at_once();
    }

    fn stop(&self) -> Stop<I::Real> {
        Stop::relative(I::Real::from_f64(self.tolerance)).expect("a valid tolerance")
    }

    fn converges(&self) {
        let mut state = self.start.clone();
        let report = solve(self.iteration, &mut state, self.stop());
        let name = self.name;
        assert_eq!(report.status, Status::Converged, "{name}: {report:?}");
        assert!(report.residual <= report.tolerance, "{name}: {report:?}");
        assert!(report.iterations <= self.ceiling, "{name}: {report:?}, ceiling {}", self.ceiling);
        let size = self.answer.iter().fold(0.0, |m: f64, a| m.max(a.abs()));
        for (i, (x, a)) in (self.read)(&state).iter().zip(&self.answer).enumerate() {
            assert!((x - a).abs() <= self.accuracy * size, "{name}: x[{i}] = {x}, should be {a}");
        }
        assert_eq!(self.iteration.residual(&mut state), report.residual, "{name}: stale residual");
    }

    /// `advance(1)` n times, and any other slicing, equals one call to the last bit.
    fn slicing_changes_nothing(&self) {
        for every in [1, 3] {
            let stop = self.stop().check_every(NonZeroU32::new(every).expect("not zero"));
            let mut whole = (Run::new(stop), self.start.clone());
            let _ = whole.0.advance(self.iteration, &mut whole.1, u32::MAX);
            for slice in [1, 2, 7] {
                let mut run = Run::new(stop);
                let mut state = self.start.clone();
                while run.advance(self.iteration, &mut state, slice).status == Status::Running {}
                assert_eq!(
                    format!("{run:?}"),
                    format!("{:?}", whole.0),
                    "{}: slices of {slice}",
                    self.name
                );
                assert_eq!(
                    format!("{state:?}"),
                    format!("{:?}", whole.1),
                    "{}: slices of {slice}",
                    self.name
                );
            }
        }
    }

    fn cloning_changes_nothing(&self) {
        let mut run = Run::new(self.stop());
        let mut state = self.start.clone();
        let _ = run.advance(self.iteration, &mut state, 3);
        let (mut other_run, mut other) = (run, state.clone());
        let first = run.advance(self.iteration, &mut state, u32::MAX);
        let second = other_run.advance(self.iteration, &mut other, u32::MAX);
        assert_eq!(first, second, "{}", self.name);
        assert_eq!(format!("{state:?}"), format!("{other:?}"), "{}", self.name);
    }

    fn an_exact_start_converges_at_once(&self) {
        let mut state = self.start.clone();
        for (i, x) in self.answer.iter().enumerate() {
            (self.poke)(&mut state, i, *x);
        }
        let report = solve(self.iteration, &mut state, self.stop());
        assert_eq!((report.status, report.iterations), (Status::Converged, 0), "{}", self.name);
    }

    /// NaN and infinity put into every entry at every one of the first iterations: the run ends, does not say
    /// converged, and leaves no NaN behind.
    fn injected_faults_end_truthfully(&self) {
        for fault in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            for entry in 0..self.answer.len() {
                for when in 0..4 {
                    let mut run = Run::new(self.stop());
                    let mut state = self.start.clone();
                    let _ = run.advance(self.iteration, &mut state, when);
                    (self.poke)(&mut state, entry, fault);
                    let report = run.advance(self.iteration, &mut state, u32::MAX);
                    let told =
                        format!("{}: {fault} in x[{entry}] after {when}: {report:?}", self.name);
                    assert_eq!(report.status, Status::NonFinite, "{told}");
                    assert!((self.read)(&state).iter().all(|x| x.is_finite()), "{told}");
                }
            }
        }
    }
}
