//! Sensors that fit the others so badly that chance cannot be why.

use super::kernel::{Fit, Kernel, Mask};
use super::room::Room;
use crate::calibration::prior::squares;
use crate::calibration::snapshots::at;
use crate::calibration::student::tail_of_f;
use crate::direct::{factor_in_place, forward_in_place, packed};
use crate::sum::{dot, square};
use crate::{Buffer, ColumnOperator, Real};

impl<R: Real, Z: ColumnOperator<R>, G: Buffer<R>, W: Buffer<R>> Kernel<'_, R, Z, G, W> {
    /// Does the residual say more than how squares were rounded?
    pub(super) fn tells<S>(&self, fit: &Fit<G, W, S, R>, takes_part: Mask<'_>) -> bool {
        let rounding = R::from_f64(64.0) * R::EPSILON * self.trace(takes_part);
        R::from_f64(2.0) * fit.objective > rounding
    }

    /// The chance that a sensor of the model lowers Σ r² by as much as this one does when it is left
    /// out: the loss over what is left is distributed as F. `None` where there is no telling.
    ///
    /// Factor, direction and room are overwritten. Cost: m² k + m³ / 6 multiplications.
    pub(super) fn chance<S: Buffer<R>>(
        &self,
        fit: &mut Fit<G, W, S, R>,
        sensor: usize,
        takes_part: Mask<'_>,
    ) -> Option<R> {
        let own = self.moments.whole_freedom().checked_sub(1).filter(|own| *own > 0)?;
        let rest = self.counts(takes_part).freedom().checked_sub(own).filter(|rest| *rest > 0)?;
        let whole = R::from_f64(2.0) * fit.objective;
        let loss = self.loss(fit, sensor, takes_part)?.min(whole);
        let number = |count: usize| R::from_u32(u32::try_from(count).unwrap_or(u32::MAX));
        let left = (whole - loss) / number(rest);
        if left > R::ZERO {
            Some(tail_of_f(loss / number(own) / left, own, rest))
        } else {
            Some(R::ZERO)
        }
    }

    /// What Σ r² loses without a sensor, in the model linearised about the fit: Σ rᵢ² / R_ii as it is,
    /// and gᵀH⁻¹g once the other gains follow, g and H being those of f without it.
    fn loss<S: Buffer<R>>(
        &self,
        fit: &mut Fit<G, W, S, R>,
        sensor: usize,
        takes_part: Mask<'_>,
    ) -> Option<R> {
        let sensors = self.sensors();
        let others = |i: usize| takes_part(i) && i != sensor;
        let Fit { gains, direction, cross, factor, room, shares, .. } = fit;
        let (gains, cross) = (gains.as_slice(), cross.as_slice());
        let (g, matrix) = (direction.as_mut_slice(), factor.as_mut_slice());
        let shares = shares.as_mut_slice();
        let room = &mut Room::of(room.as_mut_slice(), sensors, self.signals)?;
        let weight = |i: usize| if takes_part(i) { at(gains, i) } else { R::ZERO };
        let gain = at(gains, sensor);
        let own = R::ONE - square(gain) * room.pair(sensor, sensor);
        if own <= R::from_f64(64.0) * R::EPSILON {
            return None;
        }
        let curvature = room.image(sensor);
        let square_of = self.s(sensor, sensor) - R::from_f64(2.0) * gain * at(cross, sensor)
            + square(gain) * curvature;
        // row ← what of the residual of this sensor goes with the signals.
        room.gather(sensor, &weight, &|i, j| self.s(i, j));
        for (row, other) in room.row.iter_mut().zip(room.other.iter()) {
            *row -= gain * *other;
        }
        for (i, slot) in shares.iter_mut().enumerate() {
            *slot = if others(i) { -gain * at(gains, i) * room.pair(i, sensor) } else { R::ZERO };
        }
        for (i, slot) in g.iter_mut().enumerate() {
            *slot = at(shares, i) / own * dot(room.row, room.x(i));
        }
        for i in 0..sensors {
            room.image(i);
            for j in 0..=i {
                let pair = at(gains, i) * at(gains, j) * room.pair(i, j);
                let unit = if i == j { R::ONE } else { R::ZERO };
                let rest = unit - pair - at(shares, i) * at(shares, j) / own;
                *matrix.get_mut(packed(i) + j)? = rest * dot(room.other, room.x(j));
            }
        }
        self.close(gains, matrix, &others);
        factor_in_place(matrix, sensors).ok()?;
        forward_in_place(matrix, g);
        Some(square_of.max(R::ZERO) / own + squares(g))
    }
}

#[cfg(test)]
mod tests {
    use super::super::kernel::{Kernel, Mask};
    use super::super::room::room;
    use crate::SMatrix;
    use crate::calibration::array::Moments;
    use crate::direct::packed;
    use crate::operator::zeros;

    const M: usize = 6;
    const K: usize = 2;

    #[test]
    fn a_loss_is_what_a_fit_without_the_sensor_leaves_less() {
        let wave = |l: usize, i: usize| ((l * l * 7 + i * i * 13 + 5 * l * i + 3 * l) as f64).sin();
        let angle = |i: usize| core::f64::consts::PI * (i as f64 + 0.5) / M as f64;
        let u = SMatrix::<f64, M, K>::from_fn(|i, j| match j {
            0 => (1.0 / M as f64).sqrt(),
            _ => (2.0 / M as f64).sqrt() * angle(i).cos(),
        });
        let mut moments =
            Moments::new(zeros::<f64, M, 1>(), zeros::<f64, { packed(M) }, 1>()).unwrap();
        for l in 0..12 {
            let field = |i: usize| u[(i, 0)] * wave(l, 1) + u[(i, 1)] * wave(l, 2);
            let gain = |i: usize| 0.6 + 0.2 * i as f64;
            let frame = [0, 1, 2, 3, 4, 5].map(|i| gain(i) * field(i) + 1e-5 * wave(l + 20, i));
            moments.add(&frame).unwrap();
        }
        let kernel = Kernel::new(&moments, &u).unwrap();
        let fitted = |takes_part: Mask<'_>| {
            let mut fit = kernel.fresh(zeros(), zeros::<f64, { room(M, K) }, 1>());
            kernel.propose_start(&mut fit, takes_part).unwrap();
            kernel.take_start(&mut fit, takes_part);
            for _ in 0..6 {
                kernel.propose_step(&mut fit, takes_part).unwrap();
                kernel.take_step(&mut fit, takes_part);
            }
            fit
        };
        let whole = fitted(&|_| true);
        for sensor in 0..M {
            let without = fitted(&|i| i != sensor);
            let due = 2.0 * (whole.objective - without.objective);
            let loss = kernel.loss(&mut whole.clone(), sensor, &|_| true).unwrap();
            // What is not linear in noise of 1e-5, and f to 16 digits less the 10 of its square.
            assert!((loss / due - 1.0).abs() < 1e-3, "{sensor}: {loss} {due}");
        }
    }
}
