//! Standard errors of gains and signal.

use super::fit::{Fit, FitOf, Gauge, Terms};
use super::kernel::{Kernel, add, fill, total};
use super::snapshots::at;
use crate::direct::forward_in_place;
use crate::sum::{dot, square};
use crate::{Buffer, ColumnOperator, Real};

impl<R: Real, A: ColumnOperator<R>, G: Buffer<R>> Kernel<'_, R, A, G> {
    /// row ← γᵢ Aᵢᵀuᵢ / (‖uᵢ‖² + κ): what a change of the signal takes from a gain.
    fn slope<W>(&self, fit: &mut FitOf<R, A, G, W>, sensor: usize, kappa: R) {
        let Fit { u, room, .. } = fit;
        let u = u.as_slice();
        let profile = self.profile(sensor, u, kappa);
        fill(&mut room.row);
        let factor = (profile.gain / (profile.square + kappa)).finite_or(R::ZERO);
        let q = |k: usize| at(u, k) - profile.means[0];
        self.add_adjoint(sensor, factor, q, &mut room.row);
    }

    /// Variances of gains and signal (times the scale of the measurements) in units of the noise's,
    /// from the factor of the matrix at x, which must be that of the step to come.
    ///
    /// Cost: m n² / 2 multiplications and two passes over the rows; n³ / 2 more for the signal.
    pub(super) fn variances<W: Buffer<R>>(
        &self,
        fit: &mut FitOf<R, A, G, W>,
        terms: &Terms<'_, R>,
        of_gains: &mut G,
        of_signal: Option<&mut A::Range>,
    ) {
        let sensors = self.counts().sensors;
        let drawn = terms.kappa > R::ZERO;
        let count = total(sensors, &terms.takes_part, |_| R::ONE);
        let gauge = fit.gauge;
        // The derivative of what the gauge brings to 1.
        let share = |gain: R| match gauge {
            _ if drawn => R::ZERO,
            Gauge::Mean => R::ONE / count,
            Gauge::Square => gain / count,
        };
        // along ← Σ cᵢ Lᵢ.
        fill(&mut fit.room.along);
        if !drawn {
            for sensor in (0..sensors).filter(|i| (terms.takes_part)(*i)) {
                self.slope(fit, sensor, terms.kappa);
                let share = share(at(fit.gains.as_slice(), sensor));
                add(&mut fit.room.along, share, &fit.room.row);
            }
        }
        let inverse = |fit: &FitOf<R, A, G, W>, sensor: usize| {
            R::ONE / (at(fit.squares.as_slice(), sensor) + terms.kappa)
        };
        let common = total(sensors, &terms.takes_part, |i| {
            square(share(at(fit.gains.as_slice(), i))) * inverse(fit, i)
        });
        for (sensor, slot) in of_gains.as_mut_slice().iter_mut().enumerate() {
            self.slope(fit, sensor, terms.kappa);
            let gain = at(fit.gains.as_slice(), sensor);
            let own = inverse(fit, sensor);
            add(&mut fit.room.row, -gain, &fit.room.along);
            forward_in_place(fit.factor.as_slice(), fit.room.row.as_mut_slice());
            let row = fit.room.row.as_slice();
            // A sensor that is left out is judged by the signal of the others.
            let tied = if (terms.takes_part)(sensor) { share(gain) } else { R::ZERO };
            let two = R::from_f64(2.0);
            let variance = dot(row, row) + own - two * gain * tied * own + square(gain) * common;
            // What the gauge fixes is known exactly, up to rounding of either sign.
            *slot = variance.max(R::ZERO);
        }
        let Some(of_signal) = of_signal else { return };
        let scale = self.snapshots.scale();
        for (j, slot) in of_signal.as_mut_slice().iter_mut().enumerate() {
            let own = at(fit.x.as_slice(), j) * scale;
            fill(&mut fit.room.row);
            add(&mut fit.room.row, -own, &fit.room.along);
            if let Some(unit) = fit.room.row.as_mut_slice().get_mut(j) {
                *unit += R::ONE;
            }
            forward_in_place(fit.factor.as_slice(), fit.room.row.as_mut_slice());
            let row = fit.room.row.as_slice();
            *slot = dot(row, row) + square(own) * common;
        }
    }
}
