//! What follows from gains: errors, signals, offsets.

use super::super::ArrayError;
use super::kernel::{Fit, Kernel, Mask};
use super::room::Room;
use crate::calibration::fit::Gauge;
use crate::calibration::prior::squares;
use crate::calibration::snapshots::at;
use crate::direct::forward_in_place;
use crate::{Buffer, ColumnOperator, Real};

impl<R: Real, Z: ColumnOperator<R>, G: Buffer<R>, W: Buffer<R>> Kernel<'_, R, Z, G, W> {
    /// Gains of those left out: what suits the signals of the others.
    pub(super) fn complete<S: Buffer<R>>(&self, fit: &mut Fit<G, W, S, R>, takes_part: Mask<'_>) {
        let Fit { gains, cross, room, .. } = fit;
        let Some(mut room) = Room::of(room.as_mut_slice(), self.sensors(), self.signals) else {
            return;
        };
        for (i, gain) in gains.as_mut_slice().iter_mut().enumerate() {
            if !takes_part(i) {
                *gain = (at(cross.as_slice(), i) / room.image(i)).finite_or(R::ZERO);
            }
        }
    }

    /// z ← B⁺ y.
    pub(super) fn signal<S: Buffer<R>>(
        &self,
        fit: &mut Fit<G, W, S, R>,
        y: &[R],
        z: &mut Z::Domain,
        takes_part: Mask<'_>,
    ) -> Result<(), ArrayError> {
        let (expected, found) = (self.sensors(), y.len());
        if expected != found {
            return Err(ArrayError::Length { expected, found });
        }
        let torn = |i: &usize| takes_part(*i) && !at(y, *i).is_finite();
        if let Some(sensor) = (0..expected).find(torn) {
            return Err(ArrayError::NonFiniteMeasurement { sensor });
        }
        let z = z.as_mut_slice();
        if z.len() != self.signals {
            return Err(ArrayError::Length { expected: self.signals, found: z.len() });
        }
        let Fit { gains, room, .. } = fit;
        let gains = gains.as_slice();
        z.iter_mut().for_each(|z| *z = R::ZERO);
        if let Some(room) = Room::of(room.as_mut_slice(), expected, self.signals) {
            for i in (0..expected).filter(|i| takes_part(*i)) {
                let factor = at(gains, i) * at(y, i);
                z.iter_mut().zip(room.x(i)).for_each(|(z, x)| *z += factor * *x);
            }
            room.back(z);
        }
        Ok(())
    }

    /// o ← ȳ − B B⁺ȳ where there are offsets; for those left out what suits the signals of the others.
    pub(super) fn offsets<S: Buffer<R>>(
        &self,
        fit: &mut Fit<G, W, S, R>,
        offsets: &mut G,
        takes_part: Mask<'_>,
    ) {
        let offsets = offsets.as_mut_slice();
        offsets.iter_mut().for_each(|o| *o = R::ZERO);
        let Fit { gains, room, .. } = fit;
        let gains = gains.as_slice();
        let memory = room.as_mut_slice();
        let (true, Some(room)) =
            (self.moments.is_centred(), Room::of(memory, self.sensors(), self.signals))
        else {
            return;
        };
        let mean = self.moments.mean().as_slice();
        room.row.iter_mut().for_each(|row| *row = R::ZERO);
        for i in (0..mean.len()).filter(|i| takes_part(*i)) {
            let factor = at(gains, i) * at(mean, i);
            for k in 0..self.signals {
                let add = factor * at(room.x(i), k);
                if let Some(row) = room.row.get_mut(k) {
                    *row += add;
                }
            }
        }
        for (i, o) in offsets.iter_mut().enumerate() {
            *o = at(mean, i) - at(gains, i) * crate::sum::dot(room.row, room.x(i));
        }
    }

    /// σ² of one measurement from f and the degrees of freedom (a frame that is forgotten by half tells
    /// half as much); as a factor of the inverse of H, and as it is, both scaled.
    pub(super) fn noise(&self, objective: R, takes_part: Mask<'_>) -> Option<[R; 2]> {
        let signals = R::from_u32(u32::try_from(self.signals).ok()?);
        let kept = self.count(takes_part);
        let freedom = self.moments.freedom() * (kept - signals) - (kept - R::ONE);
        let square_of = R::from_f64(2.0) * objective / freedom;
        // Half a degree of freedom is none.
        let told = freedom > R::from_f64(0.5) && square_of.is_finite();
        let frames = self.moments.divisor() / self.moments.freedom();
        told.then_some([square_of, square_of / frames])
    }

    /// Variances of the gains in units of the noise's, from the factor of the step to come: those of J
    /// H⁻¹Jᵀ, J being the derivative of the gauge.
    pub(super) fn variances<S: Buffer<R>>(
        &self,
        fit: &mut Fit<G, W, S, R>,
        takes_part: Mask<'_>,
        of_gains: &mut G,
    ) {
        let count = self.count(takes_part);
        let Fit { gains, trial, factor, .. } = fit;
        let gains = gains.as_slice();
        for (i, slot) in of_gains.as_mut_slice().iter_mut().enumerate() {
            if !takes_part(i) {
                *slot = R::INFINITY;
                continue;
            }
            let own = at(gains, i) / count;
            for (j, slot) in trial.as_mut_slice().iter_mut().enumerate() {
                let share = match fit.gauge {
                    _ if !takes_part(j) => R::ZERO,
                    Gauge::Mean => R::ONE,
                    Gauge::Square => at(gains, j),
                };
                *slot = -own * share;
                if i == j {
                    *slot += R::ONE;
                }
            }
            let row = trial.as_mut_slice();
            forward_in_place(factor.as_slice(), row);
            *slot = squares(row);
        }
    }
}
