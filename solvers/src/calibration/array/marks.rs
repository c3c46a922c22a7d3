//! What is wrong with sensors, as far as moments, gains and their errors tell.

use super::Moments;
use crate::calibration::screen::middle;
use crate::calibration::snapshots::at;
use crate::calibration::student::student_quantile;
use crate::calibration::{Answer, Sensor, Verdict};
use crate::sum::{Accumulator, square};
use crate::{Buffer, Real};

/// Sensors that may be left out for what a fit says of them.
pub(super) const MOST: u8 = 6;

/// Marks what is dead or stuck by its moments alone; all others are sound. `share` is what a sensor is
/// due of the squares; `room` is overwritten.
pub(super) fn screen<R: Real, G: Buffer<R>, W: Buffer<R>>(
    moments: &Moments<R, G, W>,
    share: impl Fn(usize) -> R,
    room: &mut [R],
    sensors: &mut [Sensor],
) {
    for (i, slot) in room.iter_mut().enumerate() {
        *slot = moments.entry(i, i) / share(i);
    }
    let least = R::from_f64(1e-4) * middle(room);
    for (i, mark) in sensors.iter_mut().enumerate() {
        *mark = if at(room, i) <= least {
            silent(moments, i)
        } else if hangs(moments, i) {
            Sensor::Stuck
        } else {
            Sensor::Sound
        };
    }
}

/// Is a sensor constant where no offset can be why? One may be a hundred times the signal.
fn hangs<R: Real, G: Buffer<R>, W: Buffer<R>>(moments: &Moments<R, G, W>, sensor: usize) -> bool {
    !moments.is_centred() && moments.is_constant(sensor, 1e-2)
}

/// What a sensor without signal is: stuck where it measures anything else than zero.
fn silent<R: Real, G: Buffer<R>, W: Buffer<R>>(
    moments: &Moments<R, G, W>,
    sensor: usize,
) -> Sensor {
    let third = 1.0 / 3.0;
    if moments.is_constant(sensor, third) { Sensor::Stuck } else { Sensor::Dead }
}

/// Marks those in which a fit finds no signal: a gain of less than three standard errors and, with
/// them, below a hundredth of the middle one. Are there any?
pub(super) fn silence<R: Real, G: Buffer<R>, W: Buffer<R>>(
    moments: &Moments<R, G, W>,
    (gains, errors): (&[R], &[R]),
    room: &mut [R],
    sensors: &mut [Sensor],
) -> bool {
    room.iter_mut().zip(gains).for_each(|(room, gain)| *room = gain.abs());
    let hundredth = R::from_f64(0.01) * middle(room);
    let mut found = false;
    for (i, mark) in sensors.iter_mut().enumerate() {
        let (gain, doubt) = (at(gains, i).abs(), R::from_f64(3.0) * at(errors, i));
        if !mark.takes_part() || gain >= doubt {
            continue;
        }
        if gain + doubt < hundredth {
            *mark = silent(moments, i);
            found = true;
        }
    }
    found
}

/// Marks weak and flipped ones of those that take part.
pub(super) fn name<R: Real>(gains: &[R], errors: &[R], sensors: &mut [Sensor]) {
    for (mark, (gain, error)) in sensors.iter_mut().zip(gains.iter().zip(errors)) {
        if mark.takes_part() {
            *mark = if gain.abs() < R::from_f64(3.0) * *error {
                Sensor::Weak
            } else if *gain < R::ZERO {
                Sensor::Flipped
            } else {
                Sensor::Sound
            };
        }
    }
}

/// Root mean square of the errors of those that take part, widened for few degrees of freedom.
fn predicted<R: Real>(errors: &[R], sensors: &[Sensor], quantile: R) -> R {
    let (mut sum, mut count) = (Accumulator::default(), R::ZERO);
    for (i, _) in sensors.iter().enumerate().filter(|(_, sensor)| sensor.takes_part()) {
        sum.add(i, square(at(errors, i)));
        count += R::ONE;
    }
    (sum.total() / count).sqrt() * quantile / student_quantile::<R>(usize::MAX)
}

/// Does a sensor take part?
pub(super) fn part_of(sensors: &[Sensor], i: usize) -> bool {
    sensors.get(i).is_none_or(|sensor| sensor.takes_part())
}

/// How many take part.
pub(super) fn kept(sensors: &[Sensor]) -> usize {
    sensors.iter().filter(|sensor| sensor.takes_part()).count()
}

/// What gains with these errors are: refused above .3.
pub(super) fn verdict<R: Real>(
    (sigma, conditioning): (R, R),
    errors: &[R],
    sensors: &[Sensor],
    freedom: usize,
    scarce: bool,
) -> Verdict<R> {
    let quantile = student_quantile(freedom);
    let predicted = predicted(errors, sensors, quantile);
    // Also true for NaN.
    let known = predicted <= R::from_f64(0.3);
    Verdict {
        sigma,
        freedom,
        predicted,
        quantile,
        conditioning,
        kept: kept(sensors),
        scarce,
        ..Verdict::none(if known { Answer::Likelihood } else { Answer::Uncertain })
    }
}
