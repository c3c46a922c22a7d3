//! [`Run`]: the one loop that every solver goes through.

use crate::{Certificate, Iteration, Observation, Observer, Real, Report, Status, Stop};
use core::num::NonZeroU32;

/// The loop as plain data: stop, counters and the largest certificates of two stall windows.
///
/// Between two calls of [`advance`](Self::advance) it may be copied, stored or sent: together with
/// the state it is a checkpoint. Slicing does not change a bit: `advance(1)` n times equals
/// `advance(n)`. Storage: 15 words for `f32`.
///
/// ```
/// use solvekit_core::{Certificate, Iteration, Run, Status, Stop};
/// # struct Halve;
/// # impl Iteration for Halve {
/// #     type Real = f32;
/// #     type State = f32;
/// #     const CERTIFICATE: Certificate = Certificate::ResidualNorm;
/// #     fn step(&self, x: &mut f32) { *x *= 0.5 }
/// #     fn residual(&self, x: &mut f32) -> f32 { x.abs() }
/// #     fn reference(&self) -> f32 { 1.0 }
/// #     fn restore(&self, x: &mut f32) { *x = 0.0 }
/// # }
/// let mut x = 1.0; // Halve: x ← x / 2
/// let mut run = Run::new(Stop::relative(1e-3)?);
/// while run.advance(&Halve, &mut x, 4).status == Status::Running {
///     // other work between slices of four steps
/// }
/// assert_eq!(run.report(Halve::CERTIFICATE).iterations, 10);
/// # Ok::<(), solvekit_core::StopError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Run<R> {
    stop: Stop<R>,
    status: Status,
    started: bool,
    iterations: u32,
    /// Checks in the present stall window.
    checks: u32,
    residual: R,
    /// Largest certificate of the present stall window, and of the one before.
    window: R,
    window_before: R,
    reference: R,
    tolerance: R,
    limit: R,
    overflows: u32,
}

/// What a [`Run`] that has begun compares certificates with, for who evaluates them elsewhere: on a
/// graphics processor, say.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Limits<R> {
    /// Converged: not above this.
    pub tolerance: R,
    /// Diverged: above this.
    pub divergence: R,
    /// Steps at most.
    pub max_iterations: u32,
    /// Steps from one look to the next.
    pub check_every: NonZeroU32,
    /// Looks whose largest certificate is compared with that of as many before; 0: never.
    pub stall_window: u32,
}

impl<R: Real> Run<R> {
    /// A run that has not begun.
    pub fn new(stop: Stop<R>) -> Self {
        Self {
            stop,
            status: Status::Running,
            started: false,
            iterations: 0,
            checks: 0,
            residual: R::MAX,
            window: R::ZERO,
            window_before: R::MAX,
            reference: R::ZERO,
            tolerance: R::ZERO,
            limit: R::MAX,
            overflows: 0,
        }
    }

    /// At most `budget` more steps. The first call also evaluates the start, so a start that
    /// already solves the problem converges in 0 iterations. After a final status nothing happens.
    pub fn advance<I: Iteration<Real = R>>(
        &mut self,
        iteration: &I,
        state: &mut I::State,
        budget: u32,
    ) -> Report<R> {
        self.advance_observed(iteration, state, budget, &mut ())
    }

    /// [`advance`](Self::advance), and `observer` hears of every look, the one at the start included.
    pub fn advance_observed<I: Iteration<Real = R>>(
        &mut self,
        iteration: &I,
        state: &mut I::State,
        budget: u32,
        observer: &mut (impl Observer<R> + ?Sized),
    ) -> Report<R> {
        if !self.started {
            self.started = true;
            self.begin(iteration, state);
            observer.observe(&self.observation(iteration, state));
        }
        for _ in 0..budget {
            if self.status.is_final() {
                break;
            }
            iteration.step(state);
            self.iterations += 1;
            let capped = self.iterations >= self.stop.max_iterations;
            let broken = iteration.breakdown(state);
            if broken || capped || self.iterations.is_multiple_of(self.stop.check_every.get()) {
                let residual = iteration.residual(state);
                self.judge(residual, broken);
                self.confirm(iteration, state);
                self.settle(iteration, state);
                observer.observe(&self.observation(iteration, state));
            }
        }
        self.overflows = iteration.overflows(state);
        self.report(I::CERTIFICATE)
    }

    /// Will the next step be followed by a look at the certificate? What steps several problems at
    /// once asks this, and evaluates the certificate for none of them in vain.
    pub const fn is_due(&self) -> bool {
        self.until_due() <= 1
    }

    /// After how many steps the certificate is looked at next; at least 1.
    pub const fn until_due(&self) -> u32 {
        let Stop { check_every, max_iterations, .. } = &self.stop;
        let every = check_every.get();
        let regular = every - self.iterations % every;
        let capped = max_iterations.saturating_sub(self.iterations);
        if capped == 0 {
            1
        } else if capped < regular {
            capped
        } else {
            regular
        }
    }

    /// Counts steps that were taken elsewhere and whose certificates nobody looks at: fewer than
    /// [`until_due`](Self::until_due), or as many as there are before the next look. Nothing happens
    /// before the start and after the end. How many were counted.
    pub fn pass_over(&mut self, steps: u32) -> u32 {
        if !self.started || self.status.is_final() {
            return 0;
        }
        let counted = steps.min(self.until_due() - 1);
        self.iterations += counted;
        counted
    }

    /// The present report, without a step.
    pub const fn report(&self, certificate: Certificate) -> Report<R> {
        Report {
            status: self.status,
            iterations: self.iterations,
            certificate,
            residual: self.residual,
            tolerance: self.tolerance,
            reference: self.reference,
            overflows: self.overflows,
        }
    }

    /// What certificates are compared with; of a run that has not begun, nothing of use.
    pub const fn limits(&self) -> Limits<R> {
        Limits {
            tolerance: self.tolerance,
            divergence: self.limit,
            max_iterations: self.stop.max_iterations,
            check_every: self.stop.check_every,
            stall_window: self.stop.stall_window,
        }
    }

    #[inline(always)]
    fn observation<I: Iteration<Real = R>>(
        &self,
        iteration: &I,
        state: &I::State,
    ) -> Observation<R> {
        Observation {
            iteration: self.iterations,
            residual: self.residual,
            parameter: iteration.parameter(state),
            arm: None,
            status: self.status,
        }
    }

    fn begin<I: Iteration<Real = R>>(&mut self, iteration: &I, state: &mut I::State) {
        let estimate = iteration.residual(state);
        let residual = iteration.certify(state).unwrap_or(estimate);
        let reference = iteration.reference();
        // Relative to nothing means relative to the start.
        self.reference = if reference > R::ZERO { reference } else { residual };
        self.tolerance = (self.stop.relative * self.reference).max(self.stop.absolute);
        self.limit = (self.stop.divergence * self.reference.max(residual)).min(R::MAX);
        self.judge(residual, false);
        self.settle(iteration, state);
    }

    /// Puts the certificate in the place of an estimate before anything final is said. An estimate
    /// that was small enough while the certificate is not counts for nothing: the run goes on.
    fn confirm<I: Iteration<Real = R>>(&mut self, iteration: &I, state: &mut I::State) {
        if !self.status.is_final() || self.status == Status::NonFinite {
            return;
        }
        if let Some(certificate) = iteration.certify(state) {
            let convergence = self.status == Status::Converged || certificate <= self.tolerance;
            if convergence || !certificate.is_finite() {
                self.judge(certificate, false);
            } else {
                self.residual = certificate;
            }
        }
    }

    /// Sets the status from a fresh certificate. Every comparison is written so that NaN cannot
    /// pass for convergence.
    fn judge(&mut self, residual: R, broken: bool) {
        self.residual = residual;
        self.status = if !residual.is_finite() || !self.tolerance.is_finite() {
            Status::NonFinite
        } else if residual <= self.tolerance {
            Status::Converged
        } else if broken {
            Status::Breakdown
        } else if residual > self.limit {
            Status::Diverged
        } else if self.iterations >= self.stop.max_iterations {
            Status::IterationLimit
        } else if self.stalls(residual) {
            Status::Stalled
        } else {
            Status::Running
        };
    }

    /// Counts a check; true at the end of a stall window that came down no further than the window
    /// before. Windows are compared by their largest certificate: a slow rise and fall, as ω near 2
    /// or badly scaled units cause, is no stall, and the noise at the floor of the precision is no
    /// progress.
    fn stalls(&mut self, residual: R) -> bool {
        self.window = self.window.max(residual);
        self.checks = self.checks.saturating_add(1);
        let length = self.stop.stall_window;
        if length == 0 || self.checks < length {
            return false;
        }
        let stalled = self.window >= self.window_before;
        self.window_before = self.window;
        self.window = R::ZERO;
        self.checks = 0;
        stalled
    }

    fn settle<I: Iteration<Real = R>>(&self, iteration: &I, state: &mut I::State) {
        if self.status == Status::NonFinite {
            iteration.restore(state);
        }
    }
}

/// Runs to a final status: [`Run::advance`] without a budget.
pub fn solve<I: Iteration>(
    iteration: &I,
    state: &mut I::State,
    stop: Stop<I::Real>,
) -> Report<I::Real> {
    Run::new(stop).advance(iteration, state, u32::MAX)
}

#[cfg(test)]
mod tests;
