//! What a frame says of the noise and of its sensors.

use super::advance::number;
use super::step::{Seen, Step};
use super::track::MOST;
use super::{FrameRoom, FrameRoomOf, GainTracker, Track};
use crate::calibration::snapshots::at;
use crate::{Buffer, ColumnOperator, Real};

/// Degrees of freedom from which the noise is known well enough to judge a sensor by it.
pub(super) const KNOWN: u32 = 10;

/// What errors of gains and offsets add to the square that a prediction leaves, in units of the noise's.
pub(super) fn own_part<R: Real>(keep: [R; 2], seen: &Seen<R>) -> R {
    let [gains, offsets] = keep.map(|keep| keep / (R::ONE - keep));
    gains * number(seen.kept) + offsets * number(seen.told - seen.kept)
}

impl<R: Real> GainTracker<R> {
    /// K of gains and of offsets for this frame.
    pub(super) fn keep<A: ColumnOperator<R>, G: Buffer<R>, O: Buffer<R>>(
        &self,
        track: &Track<R, G, O>,
        step: &Step<'_, '_, R, A>,
        seen: &Seen<R>,
        correlations: [R; 2],
    ) -> [R; 2] {
        let leverage = step.leverage();
        let v = track.noise * number(seen.kept) / (seen.weight * leverage);
        let sound = track.previous_square > R::ZERO;
        let gains = self.forgetting.gain(
            track.keep,
            v,
            (R::ONE, R::from_f64(MOST[0])),
            sound.then_some(correlations[0]),
        );
        if !step.has_offsets {
            return [gains, track.offset_keep];
        }
        let v = track.noise * number(seen.kept) / (number::<R>(step.present) * leverage);
        let sound = track.previous_offset_square > R::ZERO;
        let told = sound.then_some(correlations[1]);
        [
            gains,
            self.of_offsets.gain(track.offset_keep, v, (step.scale, R::from_f64(MOST[1])), told),
        ]
    }

    /// The noise that a frame shows, and the degrees of freedom behind it.
    pub(super) fn judge_noise<A: ColumnOperator<R>, G: Buffer<R>, O: Buffer<R>>(
        &self,
        track: &Track<R, G, O>,
        step: &Step<'_, '_, R, A>,
        seen: &Seen<R>,
    ) -> (usize, R) {
        let freedom = step.freedom(seen.told);
        let noise = if freedom > 0 {
            (freedom, seen.left / number(freedom))
        } else {
            // Every sensor fits exactly: what the gains before leave, their own errors taken off.
            let rest = step.present - step.frame.counts.unknowns;
            let own = own_part([track.keep, track.offset_keep], seen);
            (rest, seen.predicted / (number::<R>(rest) + own))
        };
        (noise.0, self.noise(step.scale).unwrap_or(noise.1))
    }

    /// Innovations in standard deviations, where the noise is known; how many are suspicious.
    pub(super) fn judge<A, G, O, W>(
        &self,
        track: &Track<R, G, O>,
        step: &Step<'_, '_, R, A>,
        room: &mut FrameRoomOf<R, A, G, W>,
        keep: [R; 2],
    ) -> usize
    where
        A: ColumnOperator<R>,
        G: Buffer<R>,
        O: Buffer<R>,
        W: Buffer<R>,
    {
        let known = self.noise(step.scale).is_some() || track.freedom >= KNOWN;
        if !known || track.noise == R::ZERO {
            return 0;
        }
        let sensors = step.frame.counts.sensors;
        for i in 0..sensors {
            let z = track.surprise(step, room, keep, i);
            if let Some(slot) = room.innovations.as_mut_slice().get_mut(i) {
                *slot = z;
            }
        }
        (0..sensors).filter(|i| room.is_suspicious(*i)).count()
    }

    /// The signal without suspicious sensors, whose gains are to be found anew unless they fit that one.
    /// `None`, and everything as it was, where the others do not tell it.
    pub(super) fn without_suspicious<A, G, O, W>(
        &self,
        track: &mut Track<R, G, O>,
        step: &Step<'_, '_, R, A>,
        room: &mut FrameRoomOf<R, A, G, W>,
        keep: [R; 2],
    ) -> Option<Seen<R>>
    where
        A: ColumnOperator<R>,
        G: Buffer<R>,
        O: Buffer<R>,
        W: Buffer<R>,
    {
        let most = R::from_f64(super::room::SUSPICIOUS);
        let sound = |z: &G, i: usize| at(z.as_slice(), i).abs() <= most;
        room.before.clone_from(&room.innovations);
        let FrameRoom { fit, before, .. } = room;
        let Some(()) = step.solve(track.told(), |i| sound(before, i), fit) else {
            step.solve(track.told(), |_| true, fit)?;
            step.observe(track.told(), fit)?;
            return None;
        };
        let seen = step.observe(track.told(), fit)?;
        // What one sensor did to the signal made others look suspicious.
        self.judge(track, step, room, keep);
        for i in 0..step.frame.counts.sensors {
            if !sound(&room.before, i) && room.is_suspicious(i) {
                // With an offset something must stay, or a single measurement would leave both open.
                let rest = if step.has_offsets { R::from_f64(1e-3) } else { R::ZERO };
                track.set_known(i, track.known(i).times(rest));
            }
        }
        Some(seen)
    }
}

impl<R: Real, G: Buffer<R>, O: Buffer<R>> Track<R, G, O> {
    /// How many standard deviations a sensor is off; of gain and offset, whichever is further off.
    fn surprise<A: ColumnOperator<R>, W>(
        &self,
        step: &Step<'_, '_, R, A>,
        room: &FrameRoomOf<R, A, G, W>,
        keep: [R; 2],
        sensor: usize,
    ) -> R {
        let leverage = step.leverage();
        let known = self.known(sensor).faded(keep);
        // The signal takes its part of what a gain is off.
        let off = self.innovation(room, sensor) / leverage;
        if !step.has_offsets {
            let (part, own) = (known.gain, at(room.fit.squares.as_slice(), sensor) * leverage);
            let deviation = (self.noise * (part + own) / (own * part)).sqrt();
            return (off / deviation).finite_or(R::ZERO);
        }
        let sums = step.sums(self.offsets.as_slice(), sensor, room.fit.u.as_slice());
        let [_, left] = sums.left(at(self.gains.as_slice(), sensor));
        let own = sums.known;
        let z = |off: R, gain: R, offset: R, weight: R| {
            let variance = known.variance_of(gain, offset) + R::ONE / (weight * leverage);
            (off / (self.noise * variance).sqrt()).finite_or(R::ZERO)
        };
        let of_gain = z(off, R::ONE, own.cross / own.gain, own.gain);
        let of_offset = z(left / own.offset / leverage, own.cross / own.offset, R::ONE, own.offset);
        if of_gain.abs() < of_offset.abs() { of_offset } else { of_gain }
    }
}
