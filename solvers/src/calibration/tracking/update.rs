//! What a frame changes of a [`Track`].

use super::judge::KNOWN;
use super::known::Known;
use super::step::Step;
use super::{FrameRoom, FrameRoomOf, Track};
use crate::calibration::fit::Gauge;
use crate::calibration::snapshots::at;
use crate::sum::{Accumulator, square};
use crate::{Buffer, ColumnOperator, Real, Scalar};

/// What a frame says of gain and offset of a sensor, less what was known, and the weight of each.
#[derive(Clone, Copy)]
struct Innovation<R> {
    by: [R; 2],
    weights: [R; 2],
}

impl<R: Real, G: Buffer<R>, O: Buffer<R>> Track<R, G, O> {
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
    pub(super) fn normalise(&mut self) {
        let level = self.level(|_| true);
        let sound = |gain: &R| (*gain / level).is_finite();
        if level > R::ZERO && self.gains.as_slice().iter().all(sound) {
            self.gains.as_mut_slice().iter_mut().for_each(|gain| *gain = *gain / level);
            for sensor in 0..self.gains.as_slice().len() {
                self.set_known(sensor, self.known(sensor).levelled(level));
            }
        }
    }

    /// The next frame correlates with nothing.
    pub(super) fn forget_innovations(&mut self) {
        let previous = self.previous.as_mut_slice().iter_mut();
        previous.chain(self.previous_offsets.as_mut_slice()).for_each(|v| *v = R::ZERO);
        (self.previous_square, self.previous_offset_square) = (R::ZERO, R::ZERO);
    }

    /// εᵢ of the gain, the offset being right; zero for what is missing.
    pub(super) fn innovation<X, Y, W>(&self, room: &FrameRoom<R, X, G, Y, W>, sensor: usize) -> R {
        let own = at(room.fit.squares.as_slice(), sensor);
        let best = at(room.fit.gains.as_slice(), sensor) / own;
        if own > R::ZERO { best - at(self.gains.as_slice(), sensor) } else { R::ZERO }
    }

    /// Those of gain and offset by least squares in both.
    fn innovations<A: ColumnOperator<R>, W>(
        &self,
        step: &Step<'_, '_, R, A>,
        room: &FrameRoomOf<R, A, G, W>,
        sensor: usize,
    ) -> Innovation<R> {
        let own = at(room.fit.squares.as_slice(), sensor);
        if !step.has_offsets {
            let by = [self.innovation(room, sensor), R::ZERO];
            return Innovation { by, weights: [own, R::ZERO] };
        }
        let sums = step.sums(self.offsets.as_slice(), sensor, room.fit.u.as_slice());
        let by = sums.known.solve(sums.left(at(self.gains.as_slice(), sensor)));
        Innovation { by, weights: sums.known.alone() }
    }

    /// ρ₁ of gains and of offsets.
    pub(super) fn correlations<A: ColumnOperator<R>, W>(
        &self,
        step: &Step<'_, '_, R, A>,
        room: &FrameRoomOf<R, A, G, W>,
    ) -> [R; 2] {
        let [mut cross, mut own] = [[Accumulator::default(); 2]; 2];
        for i in 0..self.gains.as_slice().len() {
            let Innovation { by, weights } = self.innovations(step, room, i);
            let previous = [&self.previous.as_slice(), &self.previous_offsets.as_slice()];
            let sums = cross.iter_mut().zip(&mut own);
            for ((cross, own), ((e, w), before)) in
                sums.zip(by.into_iter().zip(weights).zip(previous))
            {
                cross.add(i, e * at(before, i) * w);
                own.add(i, square(e) * w);
            }
        }
        let before = [self.previous_square, self.previous_offset_square];
        let mut correlations = [R::ZERO; 2];
        let sums = cross.into_iter().zip(own).zip(before);
        for (slot, ((cross, own), before)) in correlations.iter_mut().zip(sums) {
            let whole = own.total().sqrt() * before.sqrt();
            let rho = (cross.total() / whole).finite_or(R::ZERO);
            *slot = Scalar::min(Scalar::max(rho, -R::ONE), R::ONE);
        }
        correlations
    }

    /// Innovations for the correlation with the next frame; none of those that are suspicious.
    pub(super) fn remember<A: ColumnOperator<R>, W: Buffer<R>>(
        &mut self,
        step: &Step<'_, '_, R, A>,
        room: &FrameRoomOf<R, A, G, W>,
    ) {
        let [mut gains, mut offsets] = [Accumulator::default(); 2];
        for i in 0..self.gains.as_slice().len() {
            let Innovation { by, weights } = self.innovations(step, room, i);
            let by = if room.is_suspicious(i) { [R::ZERO; 2] } else { by };
            gains.add(i, square(by[0]) * weights[0]);
            offsets.add(i, square(by[1]) * weights[1]);
            if let Some(slot) = self.previous.as_mut_slice().get_mut(i) {
                *slot = by[0];
            }
            if let Some(slot) = self.previous_offsets.as_mut_slice().get_mut(i) {
                *slot = by[1];
            }
        }
        let whole = [gains.total(), offsets.total()];
        let [gains, offsets] = whole.map(|v| v.finite_or(R::ZERO));
        (self.previous_square, self.previous_offset_square) = (gains, offsets);
        if !whole.iter().all(|v| v.is_finite()) {
            self.forget_innovations();
        }
    }

    /// Gain and offset of a sensor after a frame, and what is then known of them.
    fn moved<A: ColumnOperator<R>, W>(
        &self,
        step: &Step<'_, '_, R, A>,
        room: &FrameRoomOf<R, A, G, W>,
        keep: [R; 2],
        sensor: usize,
    ) -> ([R; 2], Known<R>) {
        let leverage = step.leverage();
        let own = at(room.fit.squares.as_slice(), sensor);
        let gain = at(self.gains.as_slice(), sensor);
        let faded = self.known(sensor).faded(keep);
        if !step.has_offsets {
            let own = own * leverage;
            let known = Known { gain: faded.gain + own, ..faded };
            let part = if own > R::ZERO { own / known.gain } else { R::ZERO };
            return ([gain + part * self.innovation(room, sensor), R::ZERO], known);
        }
        let offset = at(self.offsets.as_slice(), sensor);
        if own == R::ZERO {
            return ([gain, offset], faded);
        }
        let sums = step.sums(self.offsets.as_slice(), sensor, room.fit.u.as_slice());
        let known = faded.plus(sums.known.times(leverage));
        let [of_gain, of_offset] = known.solve(sums.left(gain).map(|v| leverage * v));
        ([gain + of_gain, offset + of_offset / step.scale], known)
    }

    /// The gains and what is known of them after a frame, and whose fell below .05. `None`, and nothing
    /// has changed, where they are no numbers.
    pub(super) fn update<A: ColumnOperator<R>, W: Buffer<R>>(
        &mut self,
        step: &Step<'_, '_, R, A>,
        room: &FrameRoomOf<R, A, G, W>,
        keep: [R; 2],
    ) -> Option<Option<usize>> {
        let sensors = self.gains.as_slice().len();
        let sound = (0..sensors).all(|i| {
            let ([gain, offset], known) = self.moved(step, room, keep, i);
            gain.is_finite() && offset.is_finite() && known.is_finite()
        });
        if !sound {
            return None;
        }
        let mut vanished = None;
        let limit = R::from_f64(0.05);
        for i in 0..sensors {
            let ([next, offset], known) = self.moved(step, room, keep, i);
            self.set_known(i, known);
            if let Some(slot) = self.offsets.as_mut_slice().get_mut(i) {
                *slot = offset;
            }
            let Some(gain) = self.gains.as_mut_slice().get_mut(i) else { continue };
            // A gain that stays there is weak, and no reason to look again.
            if *gain >= limit && next < limit {
                vanished = vanished.or(Some(i));
            }
            *gain = next;
        }
        self.normalise();
        Some(vanished)
    }

    /// σ² ← what frames leave, each weighted by its degrees of freedom, the latest by a twentieth at
    /// least; one that leaves very much by four times the mean.
    pub(super) fn learn_noise(&mut self, known: Option<R>, left: R, freedom: usize) {
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
    pub(super) fn floor_noise(&mut self, mean_square: R) {
        let rounding = square(R::from_f64(16.0) * R::EPSILON) * mean_square;
        self.noise = Scalar::max(self.noise, rounding);
    }
}
