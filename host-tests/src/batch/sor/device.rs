//! [`SorBatch`] on a graphics processor.

use super::super::device::{numbers_mut, singles};
use super::super::gpu::sor::{LARGEST, Relaxing, Rule, Setting, relax};
use super::super::gpu::{Gpu, GpuError};
use super::super::lanes::Laned;
use super::super::{Batch, Part};
use super::{Relaxation, SorBatch};
use solvekit::sum::max_abs;
use solvekit::{Certificate, Run, Scalar, Status};

/// A run that has begun and is not at its end.
struct Open<R> {
    /// Counted from the part's first.
    problem: usize,
    run: Run<R>,
}

impl<R: Laned> SorBatch<'_, R> {
    /// Refusals, and systems that need no sweep, are found here; the others go to the device.
    pub(super) fn on_device(&self, gpu: &Gpu, part: Part<'_, Self>) -> Result<(), GpuError> {
        let no_kernel = |reason| GpuError::NoKernel { shape: self.shape(), reason };
        let order = self.systems.order();
        if order > LARGEST {
            return Err(no_kernel("it is for at most 128 unknowns"));
        }
        let only_f32 = || no_kernel("it is for f32");
        let shared = self.systems.is_shared();
        let Part { problems, numbers, outcomes } = part;
        let first = problems.start;
        let answers = numbers_mut(numbers).ok_or_else(only_f32)?;
        let (mut open, mut relaxing) = (Vec::new(), Vec::new());
        for (system, outcome) in problems.zip(outcomes.iter_mut()) {
            let problem = system - first;
            let own = problem * order..(problem + 1) * order;
            let begun = match self.begin(system) {
                Err(refusal) => {
                    *outcome = Some(Err(refusal));
                    continue;
                }
                Ok(begun) => begun,
            };
            let start = self.start_numbers(system);
            let mut run = Run::new(self.stop);
            let report = begun.tell(&mut run, Certificate::ResidualNorm, 0);
            if report.status.is_final() {
                let start = singles(start).ok_or_else(only_f32)?;
                answers[own.clone()].iter_mut().zip(start).for_each(|(x, start)| *x = *start);
                *outcome = Some(Ok(report));
                continue;
            }
            let (b, limits) = (self.systems.right_hand_side(system), run.limits());
            let single = |number: R| singles(&[number]).map(|number| number[0]);
            let setting = || {
                Some(Setting {
                    omega: single(self.omega_of(system))?,
                    scale: single(max_abs(b).unit_scale())?,
                    tolerance: single(limits.tolerance)?,
                    divergence: single(limits.divergence)?,
                })
            };
            open.push(Open { problem, run });
            relaxing.push(Relaxing {
                right_hand_side: singles(b).ok_or_else(only_f32)?,
                start: singles(start).ok_or_else(only_f32)?,
                setting: setting().ok_or_else(only_f32)?,
            });
        }
        let limits = Run::new(self.stop).limits();
        let rule = Rule {
            order,
            symmetric: self.relaxation == Relaxation::Symmetric,
            check_every: limits.check_every.get(),
            max_iterations: limits.max_iterations,
            stall_window: limits.stall_window,
        };
        // Nothing of f64 comes here.
        let matrix = |k: usize| {
            let system = first + open.get(k).map_or(0, |open: &Open<R>| open.problem);
            singles(self.systems.matrix(system).numbers()).unwrap_or(&[])
        };
        relax(gpu, rule, &relaxing, shared, matrix, |k, end, x| {
            let Some(Open { problem, run }) = open.get(k) else { return };
            let mut report = run.report(Certificate::ResidualNorm);
            report.status = end.status;
            report.iterations = end.iterations;
            report.residual = R::from_f64(f64::from(end.residual));
            let own = &mut answers[problem * order..(problem + 1) * order];
            own.copy_from_slice(x);
            if report.status == Status::NonFinite {
                // As an iteration's `restore` does.
                own.iter_mut().for_each(|x| *x = x.finite_or(0.0));
            }
            outcomes[*problem] = Some(Ok(report));
        })
    }

    fn start_numbers(&self, system: usize) -> &[R] {
        let order = self.systems.order();
        self.start.and_then(|all| all.get(system * order..(system + 1) * order)).unwrap_or(&[])
    }
}
