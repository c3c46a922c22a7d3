//! Gauss–Newton steps.

use super::kernel::{Fit, Kernel, Mask, normalise};
use super::room::Room;
use crate::calibration::kernel::total;
use crate::calibration::prior::length;
use crate::calibration::sink::{Form, is_rounding, least_eigenvalue};
use crate::calibration::snapshots::at;
use crate::direct::{factor_in_place, packed, solve_in_place};
use crate::sum::square;
use crate::{Buffer, ColumnOperator, Real};

/// Halvings of a step that would raise f.
const HALVINGS: u32 = 12;

impl<R: Real, Z: ColumnOperator<R>, G: Buffer<R>, W: Buffer<R>> Kernel<'_, R, Z, G, W> {
    /// direction ← the Gauss–Newton step; the factor of its matrix, in which the direction of γ itself
    /// is closed, stays.
    pub(super) fn propose_step<S: Buffer<R>>(
        &self,
        fit: &mut Fit<G, W, S, R>,
        takes_part: Mask<'_>,
    ) -> Option<()> {
        let sensors = self.sensors();
        let Fit { gains, direction, cross, factor, room, .. } = fit;
        let (gains, factor) = (gains.as_slice(), factor.as_mut_slice());
        let direction = direction.as_mut_slice();
        let room = &mut Room::of(room.as_mut_slice(), sensors, self.signals)?;
        for (i, slot) in direction.iter_mut().enumerate() {
            let own = room.image(i);
            *slot = R::ZERO;
            if takes_part(i) {
                *slot = at(cross.as_slice(), i) - at(gains, i) * own;
            }
            for j in 0..=i {
                let pair = at(gains, i) * at(gains, j) * room.pair(i, j);
                let rest = if i == j { R::ONE - pair } else { -pair };
                if let Some(slot) = factor.get_mut(packed(i) + j) {
                    *slot = rest * crate::sum::dot(room.other, room.x(j));
                }
            }
        }
        let mean = self.close(gains, factor, takes_part);
        let found = factor_in_place(factor, sensors).is_ok();
        solve_in_place(factor, direction);
        let found = found && direction.iter().all(|d| d.is_finite());
        let moved = length(direction);
        fit.change = if moved == R::ZERO {
            moved
        } else {
            moved / total(sensors, &|i| takes_part(i), |i| square(at(gains, i))).sqrt().max(moved)
        };
        let z = fit.trial.as_mut_slice();
        fit.conditioning = least_eigenvalue(factor, z) / mean;
        if found && !is_rounding(Form::Cholesky, fit.conditioning, sensors) {
            return Some(());
        }
        // Nothing was found: that is no small step. NaN stays.
        fit.change = fit.change.max(R::ONE);
        None
    }

    /// A lower triangle of H ← H + tr(H) / (m ‖γ‖²) γ γᵀ and a little on the diagonal; what takes no
    /// part is set apart. Returns tr(H) / m.
    pub(super) fn close(&self, gains: &[R], matrix: &mut [R], takes_part: Mask<'_>) -> R {
        let sensors = self.sensors();
        let part = |i: usize| takes_part(i);
        let mean = total(sensors, &part, |i| at(matrix, packed(i) + i)) / self.count(takes_part);
        let weight = mean / total(sensors, &part, |i| square(at(gains, i)));
        let floor = R::from_f64(4.0) * R::EPSILON * mean;
        for i in 0..sensors {
            for j in 0..=i {
                let Some(slot) = matrix.get_mut(packed(i) + j) else { break };
                if part(i) && part(j) {
                    *slot += weight * at(gains, i) * at(gains, j);
                    if i == j {
                        *slot += floor;
                    }
                } else {
                    *slot = if i == j { mean } else { R::ZERO };
                }
            }
        }
        mean
    }

    /// γ ← γ + d where that does not raise f; otherwise half of it, and so on.
    pub(super) fn take_step<S: Buffer<R>>(&self, fit: &mut Fit<G, W, S, R>, takes_part: Mask<'_>) {
        // f is a difference of numbers of tr S, each a sum with a few roundings.
        let rounding = R::from_f64(8.0) * R::EPSILON * self.trace(takes_part);
        let allowed = fit.objective + rounding;
        let mut part = R::ONE;
        for _ in 0..=HALVINGS {
            let moved = fit.gains.as_slice().iter().zip(fit.direction.as_slice());
            for (trial, (gain, d)) in fit.trial.as_mut_slice().iter_mut().zip(moved) {
                *trial = *gain + part * *d;
            }
            let Fit { trial, cross, room, .. } = fit;
            normalise(fit.gauge, trial.as_mut_slice(), takes_part);
            let (trial, cross) = (trial.as_slice(), cross.as_mut_slice());
            let tried = self.judge(trial, cross, room.as_mut_slice(), takes_part);
            if let Some(tried) = tried.filter(|tried| *tried <= allowed) {
                core::mem::swap(&mut fit.gains, &mut fit.trial);
                fit.objective = tried;
                return;
            }
            part *= R::from_f64(0.5);
        }
        self.look(fit, takes_part);
    }
}
