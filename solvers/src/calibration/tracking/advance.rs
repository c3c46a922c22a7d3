//! What happens to a frame.

use super::report::{FrameReport, FrameStatus, Relock, Skipped};
use super::step::{Seen, Step};
use super::{Frame, FrameRoomOf, GainTracker, Track};
use crate::calibration::fit::{Gauge, Terms};
use crate::calibration::kernel::Kernel;
use crate::calibration::sink::Form;
use crate::calibration::snapshots::at;
use crate::calibration::{CalibrationError, Counts, Snapshots};
use crate::sum::{square, sum_of};
use crate::{Buffer, ColumnOperator, Real, Scalar};

/// Degrees of freedom from which the noise is known well enough to judge a sensor by it.
const KNOWN: u32 = 10;

/// Standard error of gains from which a first frame is not believed; gains of 1 have it then.
const UNCERTAIN: f64 = 0.3;

/// What one frame alone tells.
struct Found<R, G> {
    gains: G,
    gauge: Gauge,
    seen: Seen<R>,
    /// Of a gain on average, in units of the noise's.
    variance: R,
}

fn number<R: Real>(count: usize) -> R {
    R::from_u32(u32::try_from(count).unwrap_or(u32::MAX))
}

impl<R: Real> GainTracker<R> {
    /// Takes the next frame.
    ///
    /// # Errors
    /// [`CalibrationError::Length`]: a frame of another size than track or room. Nothing has changed
    /// then.
    pub fn advance<A, G, W>(
        &self,
        track: &mut Track<R, G>,
        frame: &Frame<'_, R, A>,
        room: &mut FrameRoomOf<R, A, G, W>,
    ) -> Result<FrameReport<R>, CalibrationError>
    where
        A: ColumnOperator<R>,
        G: Buffer<R>,
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
                let kept = R::ONE - track.keep;
                if track.age > 0 {
                    track.information.as_mut_slice().iter_mut().for_each(|v| *v *= kept);
                }
                track.forget_innovations();
                FrameStatus::Skipped(skipped)
            }
        };
        let z = &room.innovations.clone();
        let z = z.as_slice();
        let judged = z.iter().filter(|z| **z != R::ZERO).count();
        let squares = sum_of(z.len(), |i| square(at(z, i)));
        let missing = if matches!(status, FrameStatus::Skipped(_)) {
            room.fit.squares.as_mut_slice().iter_mut().for_each(|w| *w = R::ZERO);
            (0..expected).filter(|i| frame.is_missing(*i)).count()
        } else {
            room.fit.squares.as_slice().iter().filter(|w| **w == R::ZERO).count()
        };
        Ok(FrameReport {
            status,
            gain: track.keep,
            innovation: (squares / number(judged)).sqrt().finite_or(R::ZERO),
            correlation,
            noise: track.noise(),
            error: track.mean_error(),
            missing,
            suspicious: (0..z.len()).filter(|i| room.is_suspicious(*i)).count(),
        })
    }

    fn take<A, G, W>(
        &self,
        track: &mut Track<R, G>,
        frame: &Frame<'_, R, A>,
        room: &mut FrameRoomOf<R, A, G, W>,
        correlation: &mut R,
    ) -> Result<FrameStatus, Skipped>
    where
        A: ColumnOperator<R>,
        G: Buffer<R>,
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
        let step = Step { frame, scale, present };
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
    fn follow<A, G, W>(
        &self,
        track: &mut Track<R, G>,
        step: &Step<'_, '_, R, A>,
        room: &mut FrameRoomOf<R, A, G, W>,
        correlation: &mut R,
    ) -> Result<FrameStatus, Skipped>
    where
        A: ColumnOperator<R>,
        G: Buffer<R>,
        W: Buffer<R>,
    {
        let gains = &track.gains;
        step.solve(gains, |_| true, &mut room.fit).ok_or(Skipped::Singular)?;
        let first = step.observe(gains, &mut room.fit).ok_or(Skipped::Implausible)?;
        if first.kept == 0 {
            return Err(Skipped::Silent);
        }
        let leverage = step.leverage();
        let (ratio, noise) = self.judge_noise(track, step, &first);
        let given = track.age == 0;
        if given {
            (track.age, track.noise, track.scale) = (1, noise, step.scale);
            track.information.as_mut_slice().iter_mut().for_each(|v| *v *= noise);
        }
        *correlation = track.correlation(room);
        let v = track.noise * number(first.kept) / (first.weight * leverage);
        let sound = track.previous_square > R::ZERO;
        let keep = self.gain(track.keep, v, sound.then_some(*correlation));
        let suspicious = self.judge(track, step, room, keep);
        let few = (1..=step.frame.counts.sensors / 4).contains(&suspicious);
        track.remember(room);
        let mut seen = first;
        if few {
            seen = self.without_suspicious(track, step, room, keep).unwrap_or(seen);
        }
        let kappa = |i: usize| (R::ONE - keep) * at(track.information.as_slice(), i) / leverage;
        if keep > R::from_f64(0.3) && step.refine(&track.gains, kappa, &mut room.fit).is_some() {
            seen = step.observe(&track.gains, &mut room.fit).ok_or(Skipped::Implausible)?;
        }
        let vanished = track.update(room, keep, leverage).ok_or(Skipped::Implausible)?;
        track.keep = keep;
        let freedom = step.freedom(seen.kept);
        if freedom > 0 {
            track.learn_noise(self.noise(step.scale), seen.left / number(freedom), freedom);
        } else {
            track.learn_noise(self.noise(step.scale), noise, ratio);
        }
        track.floor_noise(seen.square / number(step.present));
        track.age = track.age.saturating_add(u32::from(!given));
        let most = R::from_f64(16.0) * track.predicted;
        let mean = first.predicted / number(step.present - step.frame.counts.unknowns);
        let jumped = !few && track.predicted > R::ZERO && mean > most;
        let reason = if jumped {
            Some(Relock::Residual)
        } else {
            vanished.map(|sensor| Relock::Vanished { sensor })
        };
        if let Some(reason) = reason {
            let z = room.innovations.clone();
            // Only where gains of this frame alone explain it far better than those before were expected to.
            let own = keep / (R::ONE - keep) * number(first.kept);
            let rest = number::<R>(step.present - step.frame.counts.unknowns);
            let expected = R::from_f64(4.0) * (R::ONE + own / rest);
            let found = self.find(track, step, room).ok().filter(|found| {
                let freedom = step.freedom(found.seen.kept);
                let left = found.seen.left / number(freedom.max(1));
                mean > expected * Scalar::max(left, track.noise)
            });
            if let Some(found) = found {
                self.lock(track, step, room, &found);
                return Ok(FrameStatus::Locked(reason));
            }
            // The attempt has used the room.
            room.innovations = z;
            step.solve(&track.gains, |_| true, &mut room.fit).ok_or(Skipped::Singular)?;
            step.observe(&track.gains, &mut room.fit).ok_or(Skipped::Implausible)?;
        }
        if !few {
            let mean = Scalar::max(mean, track.noise);
            let share = R::from_f64(0.05);
            let first = track.predicted == R::ZERO;
            let most = if first { mean } else { Scalar::min(mean, most) };
            track.predicted += if first { most } else { share * (most - track.predicted) };
        }
        Ok(FrameStatus::Tracked)
    }

    /// The noise that a frame shows, and the degrees of freedom behind it.
    fn judge_noise<A: ColumnOperator<R>, G: Buffer<R>>(
        &self,
        track: &Track<R, G>,
        step: &Step<'_, '_, R, A>,
        seen: &Seen<R>,
    ) -> (usize, R) {
        let freedom = step.freedom(seen.kept);
        let noise = if freedom > 0 {
            (freedom, seen.left / number(freedom))
        } else {
            // Every sensor fits exactly: what the gains before leave, their own errors taken off.
            let rest = step.present - step.frame.counts.unknowns;
            let own = track.keep / (R::ONE - track.keep) * number(seen.kept);
            (rest, seen.predicted / (number::<R>(rest) + own))
        };
        (noise.0, self.noise(step.scale).unwrap_or(noise.1))
    }

    /// Innovations in standard deviations, where the noise is known; how many are suspicious.
    fn judge<A, G, W>(
        &self,
        track: &Track<R, G>,
        step: &Step<'_, '_, R, A>,
        room: &mut FrameRoomOf<R, A, G, W>,
        keep: R,
    ) -> usize
    where
        A: ColumnOperator<R>,
        G: Buffer<R>,
        W: Buffer<R>,
    {
        let known = self.noise(step.scale).is_some() || track.freedom >= KNOWN;
        if !known || track.noise == R::ZERO {
            return 0;
        }
        let leverage = step.leverage();
        let sensors = step.frame.counts.sensors;
        for i in 0..sensors {
            let own = at(room.fit.squares.as_slice(), i) * leverage;
            let part = (R::ONE - keep) * at(track.information.as_slice(), i);
            let deviation = (track.noise * (part + own) / (own * part)).sqrt();
            // The signal takes its part of what a gain is off.
            let off = track.innovation(room, i) / leverage;
            if let Some(slot) = room.innovations.as_mut_slice().get_mut(i) {
                *slot = (off / deviation).finite_or(R::ZERO);
            }
        }
        (0..sensors).filter(|i| room.is_suspicious(*i)).count()
    }

    /// The signal without suspicious sensors, whose gains are to be found anew unless they fit that one.
    /// `None`, and everything as it was, where the others do not tell it.
    fn without_suspicious<A, G, W>(
        &self,
        track: &mut Track<R, G>,
        step: &Step<'_, '_, R, A>,
        room: &mut FrameRoomOf<R, A, G, W>,
        keep: R,
    ) -> Option<Seen<R>>
    where
        A: ColumnOperator<R>,
        G: Buffer<R>,
        W: Buffer<R>,
    {
        let z = room.innovations.clone();
        let most = R::from_f64(super::room::SUSPICIOUS);
        let sound = |i: usize| at(z.as_slice(), i).abs() <= most;
        let Some(()) = step.solve(&track.gains, sound, &mut room.fit) else {
            step.solve(&track.gains, |_| true, &mut room.fit)?;
            step.observe(&track.gains, &mut room.fit)?;
            return None;
        };
        let seen = step.observe(&track.gains, &mut room.fit)?;
        // What one sensor did to the signal made others look suspicious.
        self.judge(track, step, room, keep);
        for (i, v) in track.information.as_mut_slice().iter_mut().enumerate() {
            if !sound(i) && room.is_suspicious(i) {
                *v = R::ZERO;
            }
        }
        Some(seen)
    }

    /// Gains, and their standard errors, from one frame alone, in the room; the track is as it was.
    fn find<A, G, W>(
        &self,
        track: &Track<R, G>,
        step: &Step<'_, '_, R, A>,
        room: &mut FrameRoomOf<R, A, G, W>,
    ) -> Result<Found<R, G>, Skipped>
    where
        A: ColumnOperator<R>,
        G: Buffer<R>,
        W: Buffer<R>,
    {
        let frame = step.frame;
        frame.fill(&mut room.clean);
        let whole = |i: usize| frame.is_whole(i);
        let kept = (0..frame.counts.sensors).filter(|i| whole(*i)).count();
        let counts = Counts { sensors: kept, ..frame.counts };
        counts.check().map_err(|_| Skipped::TooFew)?;
        let ones = track.gains.clone();
        let snapshots = Snapshots::new(frame.rows, &room.clean, ones, frame.order)
            .map_err(|_| Skipped::Implausible)?;
        let unit = square(snapshots.scale() / step.scale);
        let kernel = Kernel { snapshots, centred: false };
        let form = Form::automatic::<R>(counts);
        let terms = Terms { takes_part: &whole, kappa: R::ZERO, form };
        let fit = &mut room.fit;
        kernel.propose_start(fit, &terms).ok_or(Skipped::Singular)?;
        kernel.take_start(fit, &terms);
        for _ in 0..2 {
            kernel.propose_step(fit, &terms, R::ZERO).ok_or(Skipped::Singular)?;
            kernel.take_step(fit, &terms, true);
        }
        kernel.propose_step(fit, &terms, R::ZERO).ok_or(Skipped::Singular)?;
        kernel.variances(fit, &terms, &mut room.innovations, None);
        let finite = fit.gains.as_slice().iter().chain(fit.x.as_slice()).all(|v| v.is_finite());
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
        let (gauge, mut gains) = (fit.gauge, fit.gains.clone());
        gains.as_mut_slice().iter_mut().for_each(|gain| *gain *= level);
        let seen = step.observe(&gains, fit).ok_or(Skipped::Implausible)?;
        let unit = unit * square(level);
        let mut sum = R::ZERO;
        for (i, v) in room.innovations.as_mut_slice().iter_mut().enumerate() {
            *v *= unit;
            sum += if whole(i) { *v } else { R::ZERO };
        }
        Ok(Found { gains, gauge, seen, variance: sum / number(kept) })
    }

    /// Takes the gains that were found.
    fn lock<A, G, W>(
        &self,
        track: &mut Track<R, G>,
        step: &Step<'_, '_, R, A>,
        room: &mut FrameRoomOf<R, A, G, W>,
        found: &Found<R, G>,
    ) where
        A: ColumnOperator<R>,
        G: Buffer<R>,
        W: Buffer<R>,
    {
        let share = R::ONE - track.keep;
        let fit = &room.fit;
        let slots = track.gains.as_mut_slice().iter_mut().zip(track.information.as_mut_slice());
        for (i, (gain, information)) in slots.enumerate() {
            let own = at(fit.squares.as_slice(), i);
            if step.frame.is_whole(i) {
                *gain = at(found.gains.as_slice(), i);
                let variance = at(room.innovations.as_slice(), i);
                *information = (R::ONE / variance).finite_or(own);
            } else if own > R::ZERO {
                *gain = (at(fit.gains.as_slice(), i) / own).finite_or(*gain);
                *information = own * step.leverage();
            } else {
                *information *= share;
            }
        }
        (track.scale, track.gauge) = (step.scale, found.gauge);
        track.normalise();
        let freedom = step.freedom(found.seen.kept);
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
    fn begin<A, G, W>(
        &self,
        track: &mut Track<R, G>,
        step: &Step<'_, '_, R, A>,
        room: &mut FrameRoomOf<R, A, G, W>,
    ) -> Result<bool, Skipped>
    where
        A: ColumnOperator<R>,
        G: Buffer<R>,
        W: Buffer<R>,
    {
        let found = self.find(track, step, room)?;
        let freedom = step.freedom(found.seen.kept);
        let own = found.seen.left / number(freedom.max(1));
        let noise = self.noise(step.scale).unwrap_or(own);
        let most = square(R::from_f64(UNCERTAIN));
        if freedom == 0 || found.variance * noise <= most {
            self.lock(track, step, room, &found);
            return Ok(true);
        }
        track.information.as_mut_slice().iter_mut().for_each(|v| *v = R::ONE / most);
        Ok(false)
    }
}

impl<R: Real, G: Buffer<R>> Track<R, G> {
    /// What the gauge brings to 1, over some sensors.
    pub(super) fn level(&self, takes_part: impl Fn(usize) -> bool) -> R {
        let (mut sum, mut count) = (R::ZERO, R::ZERO);
        for (_, gain) in self.gains.as_slice().iter().enumerate().filter(|(i, _)| takes_part(*i)) {
            sum += match self.gauge {
                Gauge::Mean => *gain,
                Gauge::Square => square(*gain),
            };
            count += R::ONE;
        }
        match self.gauge {
            Gauge::Mean => sum / count,
            Gauge::Square => (sum / count).sqrt(),
        }
    }

    /// Brings gains and what is known of them to the gauge.
    fn normalise(&mut self) {
        let level = self.level(|_| true);
        if level > R::ZERO && level.is_finite() {
            self.gains.as_mut_slice().iter_mut().for_each(|gain| *gain = *gain / level);
            self.information.as_mut_slice().iter_mut().for_each(|v| *v *= square(level));
        }
    }

    /// The next frame correlates with nothing.
    fn forget_innovations(&mut self) {
        self.previous.as_mut_slice().iter_mut().for_each(|v| *v = R::ZERO);
        self.previous_square = R::ZERO;
    }

    /// εᵢ; zero for what is missing.
    fn innovation<X, Y, W>(&self, room: &super::FrameRoom<R, X, G, Y, W>, sensor: usize) -> R {
        let own = at(room.fit.squares.as_slice(), sensor);
        let best = at(room.fit.gains.as_slice(), sensor) / own;
        if own > R::ZERO { best - at(self.gains.as_slice(), sensor) } else { R::ZERO }
    }

    /// ρ₁.
    fn correlation<X, Y, W>(&self, room: &super::FrameRoom<R, X, G, Y, W>) -> R {
        let (previous, w) = (self.previous.as_slice(), room.fit.squares.as_slice());
        let e = |i: usize| self.innovation(room, i);
        let cross = sum_of(w.len(), |i| e(i) * at(previous, i) * at(w, i));
        let own = sum_of(w.len(), |i| square(e(i)) * at(w, i));
        let whole = own.sqrt() * self.previous_square.sqrt();
        let rho = (cross / whole).finite_or(R::ZERO);
        Scalar::min(Scalar::max(rho, -R::ONE), R::ONE)
    }

    /// Innovations for the correlation with the next frame; none of those that are suspicious.
    fn remember<X, Y, W>(&mut self, room: &super::FrameRoom<R, X, G, Y, W>)
    where
        X: Buffer<R>,
        Y: Buffer<R>,
        W: Buffer<R>,
    {
        let w = room.fit.squares.as_slice();
        for i in 0..w.len() {
            let e = if room.is_suspicious(i) { R::ZERO } else { self.innovation(room, i) };
            if let Some(slot) = self.previous.as_mut_slice().get_mut(i) {
                *slot = e;
            }
        }
        let previous = self.previous.as_slice();
        let whole = sum_of(w.len(), |i| square(at(previous, i)) * at(w, i));
        self.previous_square = whole.finite_or(R::ZERO);
        if !whole.is_finite() {
            self.forget_innovations();
        }
    }

    /// The gains and what is known of them after a frame, and whose fell below .05. `None`, and nothing
    /// has changed, where they are no numbers.
    fn update<X, Y, W>(
        &mut self,
        room: &super::FrameRoom<R, X, G, Y, W>,
        keep: R,
        leverage: R,
    ) -> Option<Option<usize>> {
        let w = room.fit.squares.as_slice();
        let moved = |track: &Self, i: usize| {
            let own = at(w, i) * leverage;
            let known = (R::ONE - keep) * at(track.information.as_slice(), i);
            let part = if own > R::ZERO { own / (known + own) } else { R::ZERO };
            (at(track.gains.as_slice(), i) + part * track.innovation(room, i), known + own)
        };
        let sound = (0..w.len()).all(|i| {
            let (gain, information) = moved(self, i);
            gain.is_finite() && information.is_finite()
        });
        if !sound {
            return None;
        }
        let mut vanished = None;
        let limit = R::from_f64(0.05);
        for i in 0..w.len() {
            let (next, known) = moved(self, i);
            let slots =
                (self.gains.as_mut_slice().get_mut(i), self.information.as_mut_slice().get_mut(i));
            let (Some(gain), Some(information)) = slots else { continue };
            // A gain that stays there is weak, and no reason to look again.
            if *gain >= limit && next < limit {
                vanished = vanished.or(Some(i));
            }
            (*gain, *information) = (next, known);
        }
        self.normalise();
        Some(vanished)
    }

    /// σ² ← what frames leave, each weighted by its degrees of freedom, the latest by a twentieth at
    /// least; one that leaves very much by four times the mean.
    fn learn_noise(&mut self, known: Option<R>, left: R, freedom: usize) {
        let own = u32::try_from(freedom).unwrap_or(u32::MAX);
        let before = self.freedom;
        self.freedom = before.saturating_add(own);
        let share = R::from_u32(own) / R::from_u32(self.freedom);
        let share = Scalar::max(share, R::from_f64(0.05));
        let four = R::from_f64(4.0) * self.noise;
        let left = if before >= KNOWN { Scalar::min(left, four) } else { left };
        self.noise = match known {
            Some(noise) => noise,
            None if before == 0 => left,
            None => self.noise + share * (left - self.noise),
        };
    }

    /// Rounding of measurements is noise too.
    fn floor_noise(&mut self, mean_square: R) {
        let rounding = square(R::from_f64(16.0) * R::EPSILON) * mean_square;
        self.noise = Scalar::max(self.noise, rounding);
    }
}
