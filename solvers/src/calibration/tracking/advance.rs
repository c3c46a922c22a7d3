//! What happens to a frame.

use super::judge::own_part;
use super::report::{FrameReport, FrameStatus, Relock, Skipped};
use super::step::{Prior, Step};
use super::{Frame, FrameRoomOf, GainTracker, Track};
use crate::calibration::CalibrationError;
use crate::calibration::snapshots::at;
use crate::sum::{square, sum_of};
use crate::{Buffer, ColumnOperator, Real, Scalar};

pub(super) fn number<R: Real>(count: usize) -> R {
    R::from_u32(u32::try_from(count).unwrap_or(u32::MAX))
}

impl<R: Real> GainTracker<R> {
    /// Takes the next frame.
    ///
    /// # Errors
    /// [`CalibrationError::Length`]: a frame of another size than track or room. Nothing has changed
    /// then.
    pub fn advance<A, G, O, W>(
        &self,
        track: &mut Track<R, G, O>,
        frame: &Frame<'_, R, A>,
        room: &mut FrameRoomOf<R, A, G, W>,
    ) -> Result<FrameReport<R>, CalibrationError>
    where
        A: ColumnOperator<R>,
        G: Buffer<R>,
        O: Buffer<R>,
        W: Buffer<R>,
    {
        let (expected, found) = (frame.counts.sensors, track.gains.as_slice().len());
        room.check(frame.rows, expected)?;
        if expected != found {
            return Err(CalibrationError::Length { expected, found });
        }
        for slot in [&mut room.fit.squares, &mut room.innovations] {
            slot.as_mut_slice().iter_mut().for_each(|slot| *slot = R::ZERO);
        }
        let mut correlation = R::ZERO;
        let status = match self.take(track, frame, room, &mut correlation) {
            Ok(status) => {
                track.frames = track.frames.saturating_add(1);
                status
            }
            Err(skipped) => {
                if track.age > 0 {
                    track.fade();
                }
                track.forget_innovations();
                FrameStatus::Skipped(skipped)
            }
        };
        Ok(self.report(track, frame, room, (status, correlation)))
    }

    #[inline(never)]
    fn report<A, G, O, W>(
        &self,
        track: &Track<R, G, O>,
        frame: &Frame<'_, R, A>,
        room: &mut FrameRoomOf<R, A, G, W>,
        (status, correlation): (FrameStatus, R),
    ) -> FrameReport<R>
    where
        A: ColumnOperator<R>,
        G: Buffer<R>,
        O: Buffer<R>,
        W: Buffer<R>,
    {
        let z = room.innovations.as_slice();
        let judged = z.iter().filter(|z| **z != R::ZERO).count();
        let squares = sum_of(z.len(), |i| square(at(z, i)));
        let missing = if matches!(status, FrameStatus::Skipped(_)) {
            room.fit.squares.as_mut_slice().iter_mut().for_each(|w| *w = R::ZERO);
            (0..frame.counts.sensors).filter(|i| frame.is_missing(*i)).count()
        } else {
            room.fit.squares.as_slice().iter().filter(|w| **w == R::ZERO).count()
        };
        FrameReport {
            status,
            gain: track.keep,
            innovation: (squares / number(judged)).sqrt().finite_or(R::ZERO),
            correlation,
            offset_gain: if track.has_offsets() { track.offset_keep } else { R::ZERO },
            noise: track.noise(),
            error: track.mean_error(),
            offset_error: track.mean_offset_error(),
            missing,
            suspicious: (0..z.len()).filter(|i| room.is_suspicious(*i)).count(),
        }
    }

    fn take<A, G, O, W>(
        &self,
        track: &mut Track<R, G, O>,
        frame: &Frame<'_, R, A>,
        room: &mut FrameRoomOf<R, A, G, W>,
        correlation: &mut R,
    ) -> Result<FrameStatus, Skipped>
    where
        A: ColumnOperator<R>,
        G: Buffer<R>,
        O: Buffer<R>,
        W: Buffer<R>,
    {
        let (present, largest) = (frame.present(), frame.largest());
        if present <= frame.counts.unknowns {
            return Err(Skipped::TooFew);
        }
        if largest == R::ZERO {
            return Err(Skipped::Silent);
        }
        let scale = if track.scale > R::ZERO { track.scale } else { largest.unit_scale() };
        let squares = square(largest * scale) * number(present);
        if !squares.is_finite() {
            return Err(Skipped::Implausible);
        }
        let step = Step { frame, scale, present, has_offsets: track.has_offsets() };
        let given = track.information.as_slice().iter().any(|v| *v > R::ZERO);
        let status = if track.age == 0 && !given && self.begin(track, &step, room)? {
            FrameStatus::Locked(Relock::First)
        } else {
            self.follow(track, &step, room, correlation)?
        };
        if matches!(status, FrameStatus::Locked(_)) {
            room.innovations.as_mut_slice().iter_mut().for_each(|z| *z = R::ZERO);
        }
        let unit = R::ONE / scale;
        let fit = &mut room.fit;
        for (x, d) in fit.x.as_mut_slice().iter_mut().zip(fit.direction.as_slice()) {
            *x = *d * unit;
        }
        Ok(status)
    }

    /// Gains from those of the frame before.
    fn follow<A, G, O, W>(
        &self,
        track: &mut Track<R, G, O>,
        step: &Step<'_, '_, R, A>,
        room: &mut FrameRoomOf<R, A, G, W>,
        correlation: &mut R,
    ) -> Result<FrameStatus, Skipped>
    where
        A: ColumnOperator<R>,
        G: Buffer<R>,
        O: Buffer<R>,
        W: Buffer<R>,
    {
        let look = self.take_in(track, step, room, correlation)?;
        if let Some(reason) = look.reason
            && self.relock(track, step, room, &look)?
        {
            return Ok(FrameStatus::Locked(reason));
        }
        if !look.few {
            let mean = Scalar::max(look.mean, track.noise);
            let share = R::from_f64(0.05);
            let first = track.predicted == R::ZERO;
            let most = if first { mean } else { Scalar::min(mean, look.most) };
            track.predicted += if first { most } else { share * (most - track.predicted) };
        }
        Ok(FrameStatus::Tracked)
    }

    /// What the frame changes of gains and of what is known of them.
    // Neither this nor what follows is inlined: the stack holds one of them at a time.
    #[inline(never)]
    fn take_in<A, G, O, W>(
        &self,
        track: &mut Track<R, G, O>,
        step: &Step<'_, '_, R, A>,
        room: &mut FrameRoomOf<R, A, G, W>,
        correlation: &mut R,
    ) -> Result<Look<R>, Skipped>
    where
        A: ColumnOperator<R>,
        G: Buffer<R>,
        O: Buffer<R>,
        W: Buffer<R>,
    {
        step.solve(track.told(), |_| true, &mut room.fit).ok_or(Skipped::Singular)?;
        let first = step.observe(track.told(), &mut room.fit).ok_or(Skipped::Implausible)?;
        if first.kept == 0 {
            return Err(Skipped::Silent);
        }
        let leverage = step.leverage();
        let (ratio, noise) = self.judge_noise(track, step, &first);
        let given = track.age == 0;
        if given {
            (track.age, track.noise, track.scale) = (1, noise, step.scale);
            let known = track.information.as_mut_slice().iter_mut();
            known.for_each(|v| *v = (*v * noise).finite_or(R::MAX));
            let known = track.offset_information.as_mut_slice().iter_mut();
            known.for_each(|v| *v = (*v * noise / square(step.scale)).finite_or(R::MAX));
        }
        let correlations = track.correlations(step, room);
        *correlation = correlations[0];
        let keep = self.keep(track, step, &first, correlations);
        let suspicious = self.judge(track, step, room, keep);
        let few = (1..=step.frame.counts.sensors / 4).contains(&suspicious);
        track.remember(step, room);
        let mut seen = first;
        if few {
            seen = self.without_suspicious(track, step, room, keep).unwrap_or(seen);
        }
        let most = R::from_f64(0.3);
        let unknown = track.offset_information.as_slice().contains(&R::ZERO);
        if keep[0] > most || (step.has_offsets && (keep[1] > most || given || unknown)) {
            let known = |i: usize| track.known(i).faded(keep).over(leverage);
            let (gains, offsets) = track.told();
            let prior = Prior { gains, offsets, known: &known };
            if step.refine(&prior, &mut room.fit).is_some() {
                seen = step.observe(track.told(), &mut room.fit).ok_or(Skipped::Implausible)?;
            }
        }
        let vanished = track.update(step, room, keep).ok_or(Skipped::Implausible)?;
        [track.keep, track.offset_keep] = keep;
        let freedom = step.freedom(seen.told);
        if freedom > 0 {
            track.learn_noise(self.noise(step.scale), seen.left / number(freedom), freedom);
        } else {
            track.learn_noise(self.noise(step.scale), noise, ratio);
        }
        track.floor_noise(seen.square / number(step.present));
        track.age = track.age.saturating_add(u32::from(!given));
        let most = R::from_f64(16.0) * track.predicted;
        let rest = number(step.present - step.frame.counts.unknowns);
        let mean = first.predicted / rest;
        let jumped = !few && track.predicted > R::ZERO && mean > most;
        let reason = if jumped {
            Some(Relock::Residual)
        } else {
            vanished.map(|sensor| Relock::Vanished { sensor })
        };
        let expected = R::from_f64(4.0) * (R::ONE + own_part(keep, &first) / rest);
        Ok(Look { reason, few, mean, most, expected })
    }

    /// Gains of this frame alone, where they explain it far better than those before were expected to.
    #[inline(never)]
    fn relock<A, G, O, W>(
        &self,
        track: &mut Track<R, G, O>,
        step: &Step<'_, '_, R, A>,
        room: &mut FrameRoomOf<R, A, G, W>,
        look: &Look<R>,
    ) -> Result<bool, Skipped>
    where
        A: ColumnOperator<R>,
        G: Buffer<R>,
        O: Buffer<R>,
        W: Buffer<R>,
    {
        let found = self.fit_alone(track, step, room);
        let found = found.and_then(|scale| self.find(track, step, room, scale));
        let found = found.ok().filter(|found| {
            let freedom = step.freedom(found.seen.told);
            let left = found.seen.left / number(freedom.max(1));
            look.mean > look.expected * Scalar::max(left, track.noise)
        });
        if let Some(found) = found {
            self.lock(track, step, room, &found);
            return Ok(true);
        }
        // The attempt has used the room.
        step.solve(track.told(), |_| true, &mut room.fit).ok_or(Skipped::Singular)?;
        step.observe(track.told(), &mut room.fit).ok_or(Skipped::Implausible)?;
        Ok(false)
    }
}

/// What a frame was like beside those before.
struct Look<R> {
    /// Why gains should be found anew.
    reason: Option<Relock>,
    /// Were a few sensors suspicious?
    few: bool,
    /// The mean square that the prediction left, the most that is usual, and what part of it gains found
    /// anew may leave to be believed.
    mean: R,
    most: R,
    expected: R,
}
