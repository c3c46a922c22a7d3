//! What follows from gains and noises: errors, offsets, signals.

use super::super::subspace::Mask;
use super::super::{ArrayError, Origin};
use super::kernel::{Fit, Kernel};
use crate::calibration::fit::Gauge;
use crate::calibration::snapshots::at;
use crate::sum::{max_abs, square};
use crate::{Buffer, Real};

impl<R: Real, G: Buffer<R>, W: Buffer<R>> Kernel<'_, R, G, W> {
    /// Of a mean square of what a gain is off, in units of its sensor's noise: (1 + 1 / θ) / ((p − 1) s²).
    pub(super) fn per_noise(&self, fit: &Fit<G, R>) -> R {
        let signal = self.moments.freedom() * square(fit.spread);
        (R::ONE + R::ONE / fit.theta) / signal
    }

    /// Standard errors of the gains: with J the derivative of the gauge, the roots of the diagonal of
    /// J Ψ Jᵀ (1 + 1 / θ) / ((p − 1) s²).
    pub(super) fn errors(&self, fit: &Fit<G, R>, of_gains: &mut [R], takes_part: Mask<'_>) {
        let (gains, variances) = (fit.gains.as_slice(), fit.variances.as_slice());
        let count = self.sum(takes_part, |_| R::ONE);
        let share = |i: usize| match fit.gauge {
            Gauge::Mean => R::ONE,
            Gauge::Square => at(gains, i),
        };
        let common = self.sum(takes_part, |i| at(variances, i) * square(share(i))) / square(count);
        let factor = self.per_noise(fit);
        for (i, slot) in of_gains.iter_mut().enumerate() {
            let (gain, own) = (at(gains, i), at(variances, i));
            let tied = R::from_f64(2.0) * gain * share(i) / count;
            let variance = own * (R::ONE - tied) + square(gain) * common;
            *slot =
                if takes_part(i) { (factor * variance.max(R::ZERO)).sqrt() } else { R::INFINITY };
        }
    }

    /// The mean signal that an origin of the offsets takes from the mean of the frames.
    fn level(&self, gains: &[R], origin: Origin, takes_part: Mask<'_>) -> R {
        let mean = self.moments.mean().as_slice();
        match origin {
            Origin::Balanced => {
                self.sum(takes_part, |i| at(gains, i) * at(mean, i))
                    / self.sum(takes_part, |i| square(at(gains, i)))
            }
            Origin::Sensor(r) => at(mean, r) / at(gains, r),
        }
    }

    /// o ← ȳ − γ z̄ with the mean signal z̄ that the origin asks for.
    pub(super) fn offsets(
        &self,
        gains: &[R],
        origin: Origin,
        offsets: &mut [R],
        takes_part: Mask<'_>,
    ) {
        let level = self.level(gains, origin, takes_part);
        let mean = self.moments.mean().as_slice();
        for (i, slot) in offsets.iter_mut().enumerate() {
            *slot = at(mean, i) - at(gains, i) * level;
        }
    }

    /// Standard errors of the offsets. What a gain is off shows times the mean signal; what the mean of
    /// the noise is off, as it is.
    pub(super) fn offset_errors(
        &self,
        fit: &Fit<G, R>,
        origin: Origin,
        errors: &mut [R],
        takes_part: Mask<'_>,
    ) {
        let (gains, variances) = (fit.gains.as_slice(), fit.variances.as_slice());
        let mean = self.moments.mean().as_slice();
        let level = self.level(gains, origin, takes_part);
        let factor = self.per_noise(fit);
        let both = R::ONE / self.moments.effective_frames() + square(level) * factor;
        let whole = self.sum(takes_part, |i| square(at(gains, i)));
        let offset = |i: usize| at(mean, i) - at(gains, i) * level;
        let noisy = self.sum(takes_part, |i| at(variances, i) * square(at(gains, i))) / whole;
        let along = self.sum(takes_part, |i| at(variances, i) * at(gains, i) * offset(i)) / whole;
        let own = self.sum(takes_part, |i| at(variances, i) * square(offset(i))) / whole;
        for (i, slot) in errors.iter_mut().enumerate() {
            let (gain, variance) = (at(gains, i), at(variances, i));
            let square_of = match origin {
                Origin::Sensor(r) if i == r => R::ZERO,
                Origin::Sensor(r) => {
                    both * (variance + square(gain / at(gains, r)) * at(variances, r))
                }
                Origin::Balanced => {
                    let part = square(gain) / whole;
                    let projected = variance * (R::ONE - R::from_f64(2.0) * part) + part * noisy;
                    let cross =
                        level * factor * (variance * offset(i) - gain * along) * gain / whole;
                    both * projected + part * factor * own + R::from_f64(2.0) * cross
                }
            };
            let told = takes_part(i);
            *slot = if told { square_of.max(R::ZERO).sqrt() } else { R::INFINITY };
        }
    }

    /// The signal of a frame by the best weights, γᵢ / ψᵢ over their sum times γᵢ.
    pub(super) fn signal(
        &self,
        fit: &Fit<G, R>,
        y: &[R],
        offsets: &[R],
        takes_part: Mask<'_>,
    ) -> Result<R, ArrayError> {
        let expected = self.sensors();
        if let Some(v) = [y, offsets].into_iter().find(|v| v.len() != expected) {
            return Err(ArrayError::Length { expected, found: v.len() });
        }
        let torn = |i: &usize| takes_part(*i) && !(at(y, *i) - at(offsets, *i)).is_finite();
        if let Some(sensor) = (0..expected).find(torn) {
            return Err(ArrayError::NonFiniteMeasurement { sensor });
        }
        let (gains, variances) = (fit.gains.as_slice(), fit.variances.as_slice());
        let scale = max_abs(variances);
        let weight = |i: usize| at(gains, i) * (scale / at(variances, i));
        let sum = self.sum(takes_part, |i| weight(i) * (at(y, i) - at(offsets, i)));
        Ok(sum / self.sum(takes_part, |i| weight(i) * at(gains, i)))
    }

    /// Gains and variances of those left out: what suits the signal of the others.
    pub(super) fn complete(&self, fit: &mut Fit<G, R>, takes_part: Mask<'_>) {
        let (theta, spread) = (fit.theta, fit.spread);
        for i in (0..self.sensors()).filter(|i| !takes_part(*i)) {
            let Fit { gains, variances, .. } = fit;
            let (gains, variances) = (gains.as_mut_slice(), variances.as_mut_slice());
            let weight = |j: usize| at(gains, j) / at(variances, j);
            // γᵀΨ⁻¹ times what is shared is θ times the gain.
            let cross = self.sum(takes_part, |j| weight(j) * self.c(i, j));
            let gain = (cross / theta).finite_or(R::ZERO);
            let left = self.c(i, i) - square(gain * spread);
            if let (Some(to), Some(noise)) = (gains.get_mut(i), variances.get_mut(i)) {
                (*to, *noise) = (gain, left.max(R::EPSILON * self.c(i, i)));
            }
        }
    }
}
