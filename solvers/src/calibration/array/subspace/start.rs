//! Where a fit of gains begins.

use super::kernel::{Fit, Kernel, Mask, normalise};
use super::room::Room;
use crate::calibration::fit::Gauge;
use crate::calibration::kernel::total;
use crate::calibration::snapshots::at;
use crate::direct::{factor_in_place, packed, solve_in_place};
use crate::sum::max_abs;
use crate::{Buffer, ColumnOperator, Real};

/// Rounds of inverse iteration for the other start.
const ROUNDS: u32 = 3;

impl<R: Real, Z: ColumnOperator<R>, G: Buffer<R>, W: Buffer<R>> Kernel<'_, R, Z, G, W> {
    /// direction ← the better of two linear starts, from Q = (I − U Uᵀ) ∘ S, whose null vector 1 / γ
    /// is without noise: Q⁻¹1, and some rounds of inverse iteration in the metric of the noise, which
    /// need no positive gains. Gains are what then suits the signals.
    pub(super) fn propose_start<S: Buffer<R>>(
        &self,
        fit: &mut Fit<G, W, S, R>,
        takes_part: Mask<'_>,
    ) -> Option<()> {
        let sensors = self.sensors();
        let kept = |i: usize| if takes_part(i) { R::ONE } else { R::ZERO };
        let Fit { gains, direction, trial, cross, factor, room, .. } = fit;
        let (gains, factor) = (gains.as_mut_slice(), factor.as_mut_slice());
        let (direction, trial) = (direction.as_mut_slice(), trial.as_mut_slice());
        let (cross, memory) = (cross.as_mut_slice(), room.as_mut_slice());
        let room = &mut Room::of(memory, sensors, self.signals)?;
        self.place_basis(room);
        room.orthogonalise(kept)?;
        // trial ← diag P.
        for (i, slot) in trial.iter_mut().enumerate() {
            *slot = kept(i) * (R::ONE - room.pair(i, i));
        }
        let mut ridge = R::from_f64(4.0) * R::EPSILON;
        let mut found = false;
        for _ in 0..2 {
            let mean = total(sensors, &|i| takes_part(i), |i| at(trial, i) * self.s(i, i))
                / self.count(takes_part);
            for i in 0..sensors {
                for j in 0..=i {
                    let Some(slot) = factor.get_mut(packed(i) + j) else { break };
                    *slot = match (takes_part(i) && takes_part(j), i == j) {
                        (true, true) => at(trial, i) * self.s(i, i) + ridge * mean,
                        (true, false) => -room.pair(i, j) * self.s(i, j),
                        (false, true) => mean,
                        (false, false) => R::ZERO,
                    };
                }
            }
            if factor_in_place(factor, sensors).is_ok() {
                found = true;
                break;
            }
            ridge *= R::from_f64(1e3);
        }
        if !found {
            return None;
        }
        for (i, slot) in direction.iter_mut().enumerate() {
            *slot = kept(i);
        }
        solve_in_place(factor, direction);
        // Fractions of multiples of the golden ratio repeat nothing, signs of gains either.
        let mut fraction = R::from_f64(0.5);
        for (i, gain) in gains.iter_mut().enumerate() {
            fraction += R::from_f64(0.618_033_988_749_894_9);
            fraction = if fraction >= R::ONE { fraction - R::ONE } else { fraction };
            *gain = kept(i) * (fraction + R::from_f64(0.25));
        }
        for round in 0..=ROUNDS {
            if round > 0 {
                gains.iter_mut().zip(trial.iter()).for_each(|(gain, p)| *gain *= *p);
            }
            solve_in_place(factor, gains);
            let size = max_abs(gains).unit_scale();
            gains.iter_mut().for_each(|gain| *gain *= size);
        }
        self.invert(direction, trial, room)?;
        trial.iter().zip(direction.iter_mut()).for_each(|(from, to)| *to = *from);
        self.invert(gains, trial, room)?;
        gains.iter_mut().zip(trial.iter()).for_each(|(to, from)| *to = *from);
        let first = self.judge(direction, cross, memory, takes_part);
        let second = self.judge(gains, cross, memory, takes_part);
        let better = match (first, second) {
            (Some(first), Some(second)) => second < first,
            (first, second) => {
                first.or(second)?;
                first.is_none()
            }
        };
        if better {
            direction.iter_mut().zip(gains.iter()).for_each(|(to, from)| *to = *from);
        }
        gains.iter_mut().for_each(|gain| *gain = R::ONE);
        Some(())
    }

    /// gains ← what suits the signals U Uᵀ(s ∘ y), which errs less than 1 / s.
    fn invert(&self, s: &[R], gains: &mut [R], room: &mut Room<'_, R>) -> Option<()> {
        let size = max_abs(s).unit_scale();
        let weight = |i: usize| size * at(s, i);
        room.weigh(weight, |i, j| self.s(i, j), gains);
        for (i, gain) in gains.iter_mut().enumerate() {
            *gain = (*gain / room.image(i)).finite_or(R::ZERO);
        }
        (max_abs(gains) > R::ZERO).then_some(())
    }

    /// γ ← the start, in the gauge that suits its signs.
    pub(super) fn take_start<S: Buffer<R>>(&self, fit: &mut Fit<G, W, S, R>, takes_part: Mask<'_>) {
        fit.gains.clone_from(&fit.direction);
        let gains = fit.gains.as_slice();
        let size = max_abs(gains).unit_scale();
        let sum = total(self.sensors(), &|i| takes_part(i), |i| size * at(gains, i));
        let sizes = total(self.sensors(), &|i| takes_part(i), |i| (size * at(gains, i)).abs());
        let even = sum.abs() < R::from_f64(0.5) * sizes;
        fit.gauge = if even { Gauge::Square } else { Gauge::Mean };
        fit.gains.as_mut_slice().iter_mut().for_each(|gain| *gain *= size);
        normalise(fit.gauge, fit.gains.as_mut_slice(), takes_part);
        self.look(fit, takes_part);
    }
}
