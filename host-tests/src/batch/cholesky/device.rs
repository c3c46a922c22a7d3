//! [`CholeskyBatch`] on a graphics processor.

use super::super::device::{Device, DeviceError, SpdOnDevice, SpdSystems, numbers_mut, singles};
use super::super::lanes::Laned;
use super::super::told::Told;
use super::super::{Batch, Part};
use super::CholeskyBatch;
use crate::vector::Vector;
use solvekit::direct::{Factor, Refinement, packed};
use solvekit::sum::max_abs;
use solvekit::{Certificate, Iteration, Run, Scalar};

/// A factor that is elsewhere.
struct Elsewhere(usize);

impl<R> Factor<R> for Elsewhere {
    fn order(&self) -> usize {
        self.0
    }
    fn solve(&self, _: &mut [R]) {}
}

impl<R: Laned> CholeskyBatch<'_, R> {
    /// The device makes the first step of all, which is the solution, and says what residual it leaves.
    /// Where that is not the end, or where the numbers are not what they should be, the system is solved
    /// alone: by the reference, which knows the reason.
    pub(in super::super) fn on_device<D: Device>(
        &self,
        device: &D,
        part: Part<'_, Self>,
    ) -> Result<(), D::Error> {
        let no_kernel = |reason| D::Error::no_kernel(self.shape(), reason);
        let only_f32 = || no_kernel("it is for f32");
        let order = self.systems.order();
        let (largest, in_words) = D::LARGEST;
        if order > largest {
            return Err(no_kernel(in_words));
        }
        let Part { problems, numbers, outcomes } = part;
        let systems = self.systems.range(problems.start, problems.len());
        let answers = numbers_mut(numbers).ok_or_else(only_f32)?;
        let right_hand_sides = singles(systems.right_hand_sides()).ok_or_else(only_f32)?;
        let scales: Vec<f32> =
            right_hand_sides.chunks(order).map(|b| max_abs(b).unit_scale()).collect();
        let on_device = D::Spd::new(
            device,
            SpdSystems {
                order,
                matrices: singles(systems.matrices()).ok_or_else(only_f32)?,
                shared: systems.is_shared(),
                right_hand_sides,
                scales: &scales,
            },
        )?;
        on_device.run(device)?;
        let begun: Vec<_> = (0..systems.len()).map(|system| self.begin(&systems, system)).collect();
        let found = on_device.read(device)?;
        let mut memory = vec![R::ZERO; packed(order)];
        let mut own = vec![R::ZERO; order];
        let ends = begun.into_iter().zip(&found.residuals).zip(outcomes);
        let answers = answers.chunks_mut(order).zip(found.x.chunks(order));
        for (system, ((answer, x), ((begun, residual), outcome))) in answers.zip(ends).enumerate() {
            let residual = Some(*residual).filter(|residual| *residual >= 0.0);
            let report = begun.zip(residual).and_then(|((mut run, reference), residual)| {
                let residual = R::from_f64(f64::from(residual));
                let report =
                    Told::new(residual, reference).tell(&mut run, Certificate::ResidualNorm, 1);
                report.status.is_final().then_some(report)
            });
            if let Some(report) = report.filter(|_| x.iter().all(|x| x.is_finite())) {
                answer.copy_from_slice(x);
                *outcome = Some(Ok(report));
                continue;
            }
            *outcome = Some(self.one(problems.start + system, &mut memory, &mut own));
            answer.copy_from_slice(singles(&own).ok_or_else(only_f32)?);
            own.fill(R::ZERO);
        }
        Ok(())
    }

    /// A run that is not at its end before the first step, and what it refers to; `None` where it is, or
    /// where the system is none.
    fn begin(&self, systems: &super::Systems<'_, R>, system: usize) -> Option<(Run<R>, R)> {
        let (a, b) = (systems.matrix(system), systems.right_hand_side(system));
        let b = Vector::from(b.to_vec());
        let direct = Refinement::new(&a, &b, Elsewhere(systems.order())).ok()?;
        let reference = direct.reference();
        let mut run = Run::new(self.stop);
        let report = Told::new(reference, reference).tell(&mut run, Certificate::ResidualNorm, 0);
        (!report.status.is_final()).then_some((run, reference))
    }
}
