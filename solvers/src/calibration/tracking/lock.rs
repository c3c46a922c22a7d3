//! Gains found anew, from one frame alone.

use super::advance::number;
use super::known::Known;
use super::report::Skipped;
use super::step::{Seen, Step};
use super::{FrameRoom, FrameRoomOf, GainTracker, Track};
use crate::calibration::fit::{Gauge, Terms};
use crate::calibration::kernel::Kernel;
use crate::calibration::sink::Form;
use crate::calibration::snapshots::at;
use crate::calibration::{Counts, Snapshots};
use crate::sum::square;
use crate::{Buffer, ColumnOperator, Real, Scalar};

/// Standard error of gains from which a first frame is not believed; gains of 1 have it then.
const UNCERTAIN: f64 = 0.3;

/// What one frame alone tells, besides what is in the room: gains and offsets
/// ([`found`](super::FrameRoom::found)), and the gains' variances.
pub(super) struct Found<R> {
    gauge: Gauge,
    pub(super) seen: Seen<R>,
    /// Of a gain on average, in units of the noise's.
    variance: R,
}

impl<R: Real> GainTracker<R> {
    /// Signal, gains, offsets (where ‖u‖² were) and variances of gains from one frame alone, as the fit has
    /// them, and the scale of its measurements.
    // Neither this nor what follows is inlined: the stack holds one of them at a time.
    #[inline(never)]
    pub(super) fn fit_alone<A, G, O, W>(
        &self,
        track: &Track<R, G, O>,
        step: &Step<'_, '_, R, A>,
        room: &mut FrameRoomOf<R, A, G, W>,
    ) -> Result<R, Skipped>
    where
        A: ColumnOperator<R>,
        G: Buffer<R>,
        O: Buffer<R>,
        W: Buffer<R>,
    {
        let frame = step.frame;
        frame.fill(&mut room.clean);
        let whole = |i: usize| frame.is_whole(i);
        let sensors = frame.counts.sensors;
        let kept = (0..sensors).filter(|i| whole(*i)).count();
        let offsets = step.has_offsets;
        let counts = Counts { sensors: kept, offsets, ..frame.counts };
        counts.check().map_err(|_| Skipped::TooFew)?;
        let ones = track.gains.clone();
        let snapshots = Snapshots::new(frame.rows, &room.clean, ones, frame.order)
            .map_err(|_| Skipped::Implausible)?;
        let scale = snapshots.scale();
        let kernel = Kernel { snapshots, centred: offsets };
        let form = Form::automatic::<R>(counts);
        let terms = Terms { takes_part: &whole, kappa: R::ZERO, form };
        let fit = &mut room.fit;
        kernel.propose_start(fit, &terms).ok_or(Skipped::Singular)?;
        kernel.take_start(fit, &terms);
        kernel.two_steps(fit, &terms).ok_or(Skipped::Singular)?;
        kernel.propose_step(fit, &terms, R::ZERO).ok_or(Skipped::Singular)?;
        kernel.variances(fit, &terms, &mut room.before, None);
        // ‖u‖² are observed again below.
        kernel.offsets_of(fit.u.as_slice(), fit.gains.as_slice(), fit.squares.as_mut_slice());
        let offsets = fit.squares.as_mut_slice();
        for (i, slot) in offsets.iter_mut().enumerate().filter(|(i, _)| !whole(*i)) {
            *slot = at(track.offsets.as_slice(), i);
        }
        Ok(scale)
    }

    /// What a [fit](Self::fit_alone) of one frame alone tells: gains, and their standard errors, in the room;
    /// the track is as it was.
    #[inline(never)]
    pub(super) fn find<A, G, O, W>(
        &self,
        track: &Track<R, G, O>,
        step: &Step<'_, '_, R, A>,
        room: &mut FrameRoomOf<R, A, G, W>,
        scale: R,
    ) -> Result<Found<R>, Skipped>
    where
        A: ColumnOperator<R>,
        G: Buffer<R>,
        O: Buffer<R>,
        W: Buffer<R>,
    {
        let unit = square(scale / step.scale);
        let frame = step.frame;
        let whole = |i: usize| frame.is_whole(i);
        let sensors = frame.counts.sensors;
        let kept = (0..sensors).filter(|i| whole(*i)).count();
        let fit = &mut room.fit;
        let numbers = fit.gains.as_slice().iter().chain(fit.x.as_slice());
        let finite = numbers.chain(fit.squares.as_slice()).all(|v| v.is_finite());
        if !finite {
            return Err(Skipped::Implausible);
        }
        // Sensors of which something is missing keep their gains; the others are brought to their scale.
        let level = if track.age > 0 { track.level(whole) } else { R::ONE };
        let level = if level > R::ZERO && level.is_finite() { level } else { R::ONE };
        let factor = step.scale / level;
        for (d, x) in fit.direction.as_mut_slice().iter_mut().zip(fit.x.as_slice()) {
            *d = *x * factor;
        }
        let gauge = fit.gauge;
        // The measurements have served.
        let gains = fit.gains.as_slice().iter().map(|gain| *gain * level);
        let found = room.clean.as_mut_slice().iter_mut();
        found.zip(gains.chain(fit.squares.as_slice().iter().copied())).for_each(|(f, v)| *f = v);
        let FrameRoom { clean, fit, .. } = room;
        let (gains, rest) = clean.as_slice().split_at_checked(sensors).unwrap_or_default();
        if !gains.iter().all(|gain| gain.is_finite()) {
            return Err(Skipped::Implausible);
        }
        let offsets = if step.has_offsets { rest.get(..sensors).unwrap_or_default() } else { &[] };
        let seen = step.observe((gains, offsets), fit).ok_or(Skipped::Implausible)?;
        let unit = unit * square(level);
        let mut sum = R::ZERO;
        for (i, v) in room.before.as_mut_slice().iter_mut().enumerate() {
            *v *= unit;
            sum += if whole(i) { *v } else { R::ZERO };
        }
        Ok(Found { gauge, seen, variance: sum / number(kept) })
    }

    /// Takes the gains that were found.
    #[inline(never)]
    pub(super) fn lock<A, G, O, W>(
        &self,
        track: &mut Track<R, G, O>,
        step: &Step<'_, '_, R, A>,
        room: &mut FrameRoomOf<R, A, G, W>,
        found: &Found<R>,
    ) where
        A: ColumnOperator<R>,
        G: Buffer<R>,
        O: Buffer<R>,
        W: Buffer<R>,
    {
        let (fit, keep) = (&room.fit, [track.keep, track.offset_keep]);
        let (gains, offsets) = room.found();
        for i in 0..step.frame.counts.sensors {
            let own = at(fit.squares.as_slice(), i);
            let before = track.known(i).faded(keep);
            let (gain, known) = if step.frame.is_whole(i) {
                let variance = at(room.before.as_slice(), i);
                let alone = (R::ONE / variance).finite_or(own);
                let known = if step.has_offsets {
                    // The gain's variance is that of the fit, in which the offset was free.
                    let known = step.sums(&[], i, fit.u.as_slice()).known.times(step.leverage());
                    Known { gain: alone + square(known.cross) / known.offset, ..known }
                } else {
                    Known { gain: alone, ..before }
                };
                (Some(at(gains, i)), known)
            } else if own > R::ZERO && !step.has_offsets {
                let best = at(fit.gains.as_slice(), i) / own;
                let known = Known { gain: own * step.leverage(), ..before };
                (best.is_finite().then_some(best), known)
            } else {
                (None, before)
            };
            track.set_known(i, known);
            if let (Some(slot), Some(gain)) = (track.gains.as_mut_slice().get_mut(i), gain) {
                *slot = gain;
            }
        }
        track.offsets.as_mut_slice().iter_mut().zip(offsets).for_each(|(own, o)| *own = *o);
        (track.scale, track.gauge) = (step.scale, found.gauge);
        track.normalise();
        let freedom = step.freedom(found.seen.told);
        let mean_square = found.seen.square / number(step.present);
        if freedom > 0 {
            let left = found.seen.left / number(freedom);
            track.learn_noise(self.noise(step.scale), left, freedom);
            track.predicted = Scalar::max(left, track.noise);
        } else if track.freedom == 0 {
            // Nothing tells the noise yet; it is not more than all.
            track.noise = self.noise(step.scale).unwrap_or(mean_square);
        }
        track.floor_noise(mean_square);
        track.forget_innovations();
        track.age = 1;
        track.locks = track.locks.saturating_add(1);
    }

    /// The first gains: those of this frame, or 1 where it tells them badly.
    pub(super) fn begin<A, G, O, W>(
        &self,
        track: &mut Track<R, G, O>,
        step: &Step<'_, '_, R, A>,
        room: &mut FrameRoomOf<R, A, G, W>,
    ) -> Result<bool, Skipped>
    where
        A: ColumnOperator<R>,
        G: Buffer<R>,
        O: Buffer<R>,
        W: Buffer<R>,
    {
        let scale = self.fit_alone(track, step, room)?;
        let found = self.find(track, step, room, scale)?;
        let freedom = step.freedom(found.seen.told);
        let own = found.seen.left / number(freedom.max(1));
        let noise = self.noise(step.scale).unwrap_or(own);
        let most = square(R::from_f64(UNCERTAIN));
        if freedom == 0 || found.variance * noise <= most {
            self.lock(track, step, room, &found);
            return Ok(true);
        }
        track.information.as_mut_slice().iter_mut().for_each(|v| *v = R::ONE / most);
        // Offsets are no larger than what was measured.
        let known = track.offset_information.as_mut_slice().iter_mut();
        known.for_each(|v| *v = square(step.scale).finite_or(R::MAX));
        Ok(false)
    }
}
