//! [`RecoveryBatch`] on a graphics processor.

use super::check::norm_of;
use super::seats::CERTIFICATE;
use super::{RecoveryBatch, RecoveryMethod, Tiled};
use crate::batch::device::{
    Device, DeviceError, IstaOnDevice, IstaRule, IstaSetting, IstaSignals, numbers_mut, singles,
};
use crate::batch::told::Told;
use crate::batch::{Batch, Part};
use nalgebra::DMatrix;
use solvekit::recovery::RecoveryError;
use solvekit::{Certificate, LinearOperator, Report, Run, Scalar, Status};

/// A run that has looked at its start, and what it says of it.
type Begun<R> = (Run<R>, Report<R>);

impl<R: Tiled> RecoveryBatch<'_, R> {
    /// Refusals are found here, and where a run begins; the iterations are the device's.
    pub(in super::super) fn on_device<D: Device>(
        &self,
        device: &D,
        part: Part<'_, Self>,
    ) -> Result<(), D::Error> {
        let no_kernel = |reason| D::Error::no_kernel(self.shape(), reason);
        let only_f32 = || no_kernel("it is for f32");
        let dictionary = singles(self.dictionary.values()).ok_or_else(only_f32)?;

        let RecoveryMethod::Ista { weight, step } = self.method else {
            return Err(no_kernel("it is for ISTA"));
        };
        if !self.is_sound {
            self.scalar(part);
            return Ok(());
        }
        let (rows, columns) = (self.dictionary.rows(), self.dictionary.columns());
        let alpha = single(step.initial());
        if step.is_guarded() && f64::from(alpha) * largest(dictionary, rows) > 1.0 {
            return Err(no_kernel("a guarded step must not be longer than 1 / ‖A‖²"));
        }
        let Part { problems, numbers, outcomes } = part;
        let answers = numbers_mut(numbers).ok_or_else(only_f32)?;
        let own = problems.start * rows..problems.end * rows;
        let y = self.measurements.get(own).unwrap_or(&[]);
        let measurements = singles(y).ok_or_else(only_f32)?;
        let given = IstaSignals { rows, columns, dictionary, measurements, step: alpha };
        let on_device = D::Ista::new(device, given)?;

        // As `Sensing` has it.
        let correlations = on_device.correlations(device)?;
        let weighed: Vec<Result<_, RecoveryError>> = (y.chunks(rows).zip(&correlations))
            .map(|(y, correlation)| {
                norm_of(y)?;
                if !correlation.is_finite() {
                    return Err(RecoveryError::HugeMeasurements);
                }
                let reference = R::from_f64(f64::from(*correlation));
                Ok((reference, step.initial() * weight.of(reference)?.lambda()))
            })
            .collect();
        let threshold = |weighed: &Result<(R, R), _>| weighed.as_ref().map_or(0.0, |w| single(w.1));
        let thresholds: Vec<f32> = weighed.iter().map(threshold).collect();
        let certificates = on_device.begin(device, &thresholds)?;
        let begun: Vec<Result<Begun<R>, RecoveryError>> = weighed
            .into_iter()
            .zip(certificates)
            .map(|(weighed, certificate)| {
                let (reference, _) = weighed?;
                let residual = R::from_f64(f64::from(certificate));
                let told = Told { residual, certificate: Some(residual), reference };
                let mut run = Run::new(self.stop);
                let report = told.tell(&mut run, CERTIFICATE, 0);
                Ok((run, report))
            })
            .collect();
        let setting = |(begun, threshold): (&Result<Begun<R>, _>, &f32)| match begun {
            Ok((run, report)) if !report.status.is_final() => {
                let limits = run.limits();
                let (tolerance, divergence) = (single(limits.tolerance), single(limits.divergence));
                IstaSetting { is_done: false, threshold: *threshold, tolerance, divergence }
            }
            _ => IstaSetting { is_done: true, threshold: 0.0, tolerance: 0.0, divergence: 0.0 },
        };
        let settings: Vec<_> = begun.iter().zip(&thresholds).map(setting).collect();
        let limits = Run::new(self.stop).limits();
        let rule = IstaRule {
            check_every: limits.check_every.get(),
            max_iterations: limits.max_iterations,
            stall_window: limits.stall_window,
        };
        on_device.run(device, rule, &settings)?;
        let (ends, x) = on_device.read(device)?;
        let answers = answers.chunks_mut(columns).zip(x.chunks(columns));
        let ends = begun.into_iter().zip(ends).zip(outcomes);
        for ((answer, x), ((begun, end), outcome)) in answers.zip(ends) {
            *outcome = Some(begun.map(|(run, mut report)| {
                let Some(end) = end else { return report };
                report = run.report(Certificate::ProximalResidual);
                report.status = end.status;
                report.iterations = end.iterations;
                report.residual = R::from_f64(f64::from(end.residual));
                answer.copy_from_slice(x);
                if report.status == Status::NonFinite {
                    // As an iteration's `restore` does.
                    answer.iter_mut().for_each(|x| *x = x.finite_or(0.0));
                }
                report
            }));
        }
        Ok(())
    }
}

/// A number that is f32.
fn single<R: Tiled>(number: R) -> f32 {
    singles(&[number]).map_or(f32::NAN, |number| number[0])
}

/// ‖A‖², the largest eigenvalue of the smaller of AAᵀ and AᵀA, a rounding of f64 more.
fn largest(dictionary: &[f32], rows: usize) -> f64 {
    let numbers = dictionary.iter().map(|a| f64::from(*a));
    let a = DMatrix::from_iterator(rows, dictionary.len() / rows, numbers);
    let gram = if a.nrows() < a.ncols() { &a * a.transpose() } else { a.transpose() * &a };
    gram.symmetric_eigenvalues().max() * (1.0 + 1e-12)
}
