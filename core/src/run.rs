//! [`Iteration`], and [`Run`]: the one loop that every solver goes through.

use crate::{Certificate, Real, Report, Status, Stop};

/// A method with its problem and parameters; everything that changes is in [`State`](Self::State).
///
/// How to add one: `solvekit`'s SOR is the smallest.
pub trait Iteration {
    /// The number in which the certificate is compared.
    type Real: Real;
    /// Every buffer and counter that a step changes. Cloning it is a checkpoint.
    type State: Clone;
    /// What [`residual`](Self::residual) evaluates.
    const CERTIFICATE: Certificate;

    /// One step: bounded work, never fails, leaves a usable iterate.
    fn step(&self, state: &mut Self::State);

    /// The certificate of the present iterate; NaN and infinity propagate into it.
    fn residual(&self, state: &mut Self::State) -> Self::Real;

    /// What a relative tolerance refers to, in the certificate's units.
    fn reference(&self) -> Self::Real;

    /// Replaces whatever is not finite, after the certificate said so. The [`Run`] calls it once,
    /// so that a caller never finds NaN in a state whose report says [`Status::NonFinite`].
    fn restore(&self, state: &mut Self::State);
}

/// The loop as plain data: stop, counters and the largest certificates of two stall windows.
///
/// Between two calls of [`advance`](Self::advance) it may be copied, stored or sent: together with
/// the state it is a checkpoint. Slicing does not change a bit: `advance(1)` n times equals
/// `advance(n)`. Storage: 14 words for `f32`.
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
        if !self.started {
            self.started = true;
            self.begin(iteration, state);
        }
        for _ in 0..budget {
            if self.status.is_final() {
                break;
            }
            iteration.step(state);
            self.iterations += 1;
            let capped = self.iterations >= self.stop.max_iterations;
            if capped || self.iterations.is_multiple_of(self.stop.check_every.get()) {
                let residual = iteration.residual(state);
                self.judge(residual);
                self.settle(iteration, state);
            }
        }
        self.report(I::CERTIFICATE)
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
        }
    }

    fn begin<I: Iteration<Real = R>>(&mut self, iteration: &I, state: &mut I::State) {
        let residual = iteration.residual(state);
        let reference = iteration.reference();
        // Relative to nothing means relative to the start.
        self.reference = if reference > R::ZERO { reference } else { residual };
        self.tolerance = (self.stop.relative * self.reference).max(self.stop.absolute);
        self.limit = (self.stop.divergence * self.reference.max(residual)).min(R::MAX);
        self.judge(residual);
        self.settle(iteration, state);
    }

    /// Sets the status from a fresh certificate. Every comparison is written so that NaN cannot
    /// pass for convergence.
    fn judge(&mut self, residual: R) {
        self.residual = residual;
        self.status = if !residual.is_finite() || !self.tolerance.is_finite() {
            Status::NonFinite
        } else if residual <= self.tolerance {
            Status::Converged
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
mod tests {
    use super::*;
    use core::num::NonZeroU32;

    /// The certificate is a script indexed by the iterate.
    struct Script(&'static [f32]);
    impl Iteration for Script {
        type Real = f32;
        type State = usize;
        const CERTIFICATE: Certificate = Certificate::ResidualNorm;
        fn step(&self, k: &mut usize) {
            *k += 1;
        }
        fn residual(&self, k: &mut usize) -> f32 {
            *self.0.get(*k).unwrap_or(&1.0)
        }
        fn reference(&self) -> f32 {
            1.0
        }
        fn restore(&self, k: &mut usize) {
            *k = usize::MAX;
        }
    }

    fn stop() -> Stop<f32> {
        Stop::relative(1e-3).expect("valid")
    }

    fn run(script: &'static [f32], stop: Stop<f32>) -> (Status, u32) {
        let report = solve(&Script(script), &mut 0, stop);
        (report.status, report.iterations)
    }

    #[test]
    fn each_status_is_reached_by_its_own_cause() {
        assert_eq!(run(&[1.0, 1e-3], stop()), (Status::Converged, 1));
        assert_eq!(run(&[0.0], stop()), (Status::Converged, 0));
        assert_eq!(run(&[1.0, f32::NAN, 0.0], stop()), (Status::NonFinite, 1));
        assert_eq!(run(&[1.0, f32::INFINITY], stop()), (Status::NonFinite, 1));
        assert_eq!(run(&[f32::NAN], stop()), (Status::NonFinite, 0));
        assert_eq!(run(&[1.0, 1e20], stop()), (Status::Diverged, 1));
        assert_eq!(run(&[1.0; 19], stop().stall_window(5)), (Status::Stalled, 9));
        assert_eq!(run(&[1.0; 9], stop().max_iterations(7)), (Status::IterationLimit, 7));
        assert_eq!(run(&[1.0], stop().max_iterations(0)), (Status::IterationLimit, 0));
        assert_eq!(run(&[], stop().stall_window(0)), (Status::IterationLimit, 10_000));
    }

    #[test]
    fn a_non_finite_certificate_restores_the_state_once() {
        let mut k = 0;
        let _ = solve(&Script(&[1.0, f32::NAN]), &mut k, stop());
        assert_eq!(k, usize::MAX);
    }

    #[test]
    fn the_cap_is_checked_even_between_checks() {
        let every = NonZeroU32::new(4).expect("not zero");
        let sparse = stop().check_every(every).max_iterations(6);
        assert_eq!(run(&[1.0, 0.0, 1.0, 1.0, 1.0, 1.0, 0.0], sparse), (Status::Converged, 6));
    }

    #[test]
    fn bad_tolerances_are_refused() {
        for bad in [f32::NAN, f32::INFINITY, -1e-9] {
            assert_eq!(Stop::relative(bad), Err(crate::StopError::Tolerance));
            assert_eq!(stop().or_absolute(bad), Err(crate::StopError::Tolerance));
        }
        assert_eq!(stop().divergence(f32::NAN), Err(crate::StopError::Divergence));
    }

    #[test]
    fn a_zero_reference_falls_back_to_the_start() {
        struct Zero;
        impl Iteration for Zero {
            type Real = f32;
            type State = f32;
            const CERTIFICATE: Certificate = Certificate::ResidualNorm;
            fn step(&self, x: &mut f32) {
                *x *= 0.5;
            }
            fn residual(&self, x: &mut f32) -> f32 {
                *x
            }
            fn reference(&self) -> f32 {
                0.0
            }
            fn restore(&self, _: &mut f32) {}
        }
        let report = solve(&Zero, &mut 8.0, stop());
        assert_eq!(
            (report.status, report.iterations, report.reference),
            (Status::Converged, 10, 8.0)
        );
    }
}
