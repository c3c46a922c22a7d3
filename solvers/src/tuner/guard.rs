//! [`Guard`]: a solve that does as a tuner chose, and what it cost.

use super::{Choice, Cost, Cut};
use crate::sor::{AdaptiveSor, Order, Sor, SorError};
use crate::{Iteration, Real, Report, RowOperator, Run, Status, Stop};

/// An iteration whose ω may be replaced between two steps.
pub trait Retunable: Iteration {
    /// Goes on with `omega` and nothing else.
    ///
    /// # Errors
    /// [`SorError::Omega`]; nothing has changed.
    fn retune(&mut self, state: &mut Self::State, omega: Self::Real) -> Result<(), SorError>;
}

impl<R: Real, A: RowOperator<R>, O: Order<R, A>> Retunable for Sor<'_, R, A, O> {
    fn retune(&mut self, _state: &mut Self::State, omega: R) -> Result<(), SorError> {
        self.set_omega(omega)
    }
}

impl<R: Real, A: RowOperator<R>> Retunable for AdaptiveSor<'_, R, A> {
    fn retune(&mut self, state: &mut Self::State, omega: R) -> Result<(), SorError> {
        state.settle(omega)
    }
}

/// A [`Run`] that gives an ω up where the [`Choice`] says so: x stays, and the same run goes on with
/// the other ω. Costs are steps.
///
/// Between two calls of [`advance`](Self::advance) it may be stored: together with the state it is a
/// checkpoint. Storage: a `Run` and 5 words.
///
/// ```
/// use solvekit::tuner::{Choice, Cost, Cut, Guard};
/// use solvekit::{FivePoint, SMatrix, Stop, sor::Sor};
/// let a = FivePoint::<f64, 10, 10>::laplacian(0.0);
/// let b = SMatrix::repeat(1.0);
/// // ω = 1.99 would take a thousand sweeps; after 60 the solve goes on with 1.56.
/// let cut = Some(Cut { cost: 60.0, omega: 1.56 });
/// let choice = Choice { cut, ..Choice::fixed(1.99) };
/// let mut sor = Sor::new(&a, &b, choice.omega)?;
/// let mut state = sor.start();
/// let mut guard = Guard::new(Stop::relative(1e-8)?, 10_000, choice);
/// let report = guard.solve(&mut sor, &mut state);
/// assert!(report.converged() && report.iterations < 110, "{report:?}");
/// assert_eq!(guard.cost(), Some(Cost::Censored(f64::from(report.iterations))));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Guard<R> {
    run: Run<R>,
    cap: u32,
    cut: Option<Cut<R>>,
    /// Whether the selected ω was given up.
    given_up: bool,
    /// The last report's status and steps.
    status: Status,
    steps: u32,
}

impl<R: Real> Guard<R> {
    /// At most `cap` steps in all.
    pub fn new(stop: Stop<R>, cap: u32, choice: Choice<R>) -> Self {
        Self {
            run: Run::new(stop.max_iterations(cap)),
            cap,
            cut: choice.cut,
            given_up: false,
            status: Status::Running,
            steps: 0,
        }
    }

    /// At most `budget` more steps, as [`Run::advance`]. A cut whose ω the iteration refuses is none.
    pub fn advance<I: Retunable<Real = R>>(
        &mut self,
        iteration: &mut I,
        state: &mut I::State,
        budget: u32,
    ) -> Report<R> {
        let mut left = budget;
        if let (true, Some(cut)) = (self.given_up, self.cut) {
            // The iteration may be a new one, after a reset.
            self.given_up = iteration.retune(state, cut.omega).is_ok();
        }
        loop {
            let slice = left.min(self.before_cut());
            let report = self.run.advance(iteration, state, slice);
            left -= slice;
            self.status = report.status;
            self.steps = report.iterations;
            if report.status.is_final() {
                return report;
            }
            if let (0, Some(cut)) = (self.before_cut(), self.cut) {
                self.given_up = iteration.retune(state, cut.omega).is_ok();
                self.cut = self.cut.filter(|_| self.given_up);
            }
            if left == 0 {
                return report;
            }
        }
    }

    /// To a final status.
    pub fn solve<I: Retunable<Real = R>>(
        &mut self,
        iteration: &mut I,
        state: &mut I::State,
    ) -> Report<R> {
        self.advance(iteration, state, u32::MAX)
    }

    /// Whether the selected ω was given up.
    pub const fn given_up(&self) -> bool {
        self.given_up
    }

    /// What the solve cost, once it has a final status: all steps, with whatever ω. A solve that failed
    /// costs as many as were allowed.
    pub fn cost(&self) -> Option<Cost<R>> {
        match self.status {
            Status::Running => None,
            Status::Converged if !self.given_up => Some(Cost::Solved(R::from_u32(self.steps))),
            Status::Converged => Some(Cost::Censored(R::from_u32(self.steps))),
            _ => Some(Cost::Censored(R::from_u32(self.cap))),
        }
    }

    /// Steps until the cut.
    fn before_cut(&self) -> u32 {
        let Some(cut) = self.cut.filter(|_| !self.given_up) else { return u32::MAX };
        // The number of steps by halving: a float is not converted without a panic or a saturation.
        let (mut low, mut high) = (0_u32, u32::MAX);
        while low < high {
            let middle = low + (high - low) / 2;
            if R::from_u32(middle) < cut.cost { low = middle + 1 } else { high = middle }
        }
        low.saturating_sub(self.steps)
    }
}
