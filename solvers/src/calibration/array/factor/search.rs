//! Sensors that are noisier than they should be.

use super::super::SensorNoise;
use super::super::marks::{self, part_of};
use super::kernel::{Fit, Kernel, enough};
use crate::calibration::Sensor;
use crate::calibration::screen::middle;
use crate::calibration::snapshots::at;
use crate::calibration::student::tail_of_f;
use crate::sum::square;
use crate::{Buffer, Real};

impl<R: Real, G: Buffer<R>, W: Buffer<R>> Kernel<'_, R, G, W> {
    /// Marks the sensor that is erratic, if there is one and others enough.
    pub(super) fn find_erratic(
        &self,
        fit: &mut Fit<G, R>,
        errors: &[R],
        sensors: &mut [Sensor],
    ) -> bool {
        let count = marks::kept(sensors);
        if enough(count.saturating_sub(1), self.noise).is_err() || count < 3 {
            return false;
        }
        let worst = match self.noise {
            SensorNoise::Own => self.noisiest(fit, sensors),
            SensorNoise::Equal => self.least_likely(fit, errors, sensors),
        };
        match worst.and_then(|worst| sensors.get_mut(worst)) {
            Some(mark) => {
                *mark = Sensor::Erratic;
                true
            }
            None => false,
        }
    }

    /// The noisiest one, where its deviation is above ten times the middle one. Of three sensors the
    /// middle one says little.
    fn noisiest(&self, fit: &mut Fit<G, R>, sensors: &[Sensor]) -> Option<usize> {
        let Fit { variances, room, .. } = fit;
        let (variances, room) = (variances.as_slice(), room.as_mut_slice());
        let mut worst = sensors.iter().position(|sensor| sensor.takes_part())?;
        for (i, slot) in room.iter_mut().enumerate() {
            let own = at(variances, i);
            // Those left out say nothing, on either side of the middle.
            *slot = if part_of(sensors, i) { own } else { at(variances, worst) };
        }
        for i in (0..variances.len()).filter(|i| part_of(sensors, *i)) {
            if at(variances, i) > at(variances, worst) {
                worst = i;
            }
        }
        let beyond = at(variances, worst) > R::from_f64(100.0) * middle(room);
        beyond.then_some(worst)
    }

    /// The one whose part of what the fit leaves is least likely by chance, at one in a hundred among all
    /// in which the signal shows: the noise of a dead one is not theirs.
    fn least_likely(&self, fit: &Fit<G, R>, errors: &[R], sensors: &[Sensor]) -> Option<usize> {
        let gains = fit.gains.as_slice();
        let shows = |i: &usize| {
            let doubt = R::from_f64(3.0) * at(errors, *i);
            part_of(sensors, *i) && at(gains, *i).abs() >= doubt
        };
        let all = || (0..sensors.len()).filter(shows);
        let count = all().count();
        let own = self.moments.whole_freedom().checked_sub(1).filter(|own| *own > 0)?;
        let rest = own.checked_mul(count.checked_sub(2)?).filter(|rest| *rest > 0)?;
        let number = |count: usize| R::from_u32(u32::try_from(count).unwrap_or(u32::MAX));
        let whole = all().fold(R::ZERO, |sum, i| sum + square(at(gains, i)));
        let noise = all().fold(R::ZERO, |sum, i| sum + at(fit.variances.as_slice(), i));
        let largest = square(fit.spread) * whole + noise / number(count);
        let share = |i: usize| square(at(gains, i)) / whole;
        // Σ (y − γ z)² of one, z being that of all.
        let left = |i: usize| (self.c(i, i) - largest * share(i)).max(R::ZERO);
        let total = all().fold(R::ZERO, |sum, i| sum + left(i));
        let mut worst = None;
        let mut least = R::from_f64(0.01) / number(count);
        for i in all() {
            let loss = (left(i) / (R::ONE - share(i))).min(total);
            let others = (total - loss) / number(rest);
            let chance = tail_of_f(loss / number(own) / others, own, rest);
            if chance < least {
                (worst, least) = (Some(i), chance);
            }
        }
        worst
    }
}
