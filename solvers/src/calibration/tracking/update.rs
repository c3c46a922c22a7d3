//! What a frame changes of a [`Track`].

use super::advance::KNOWN;
use super::{FrameRoom, Track};
use crate::calibration::fit::Gauge;
use crate::calibration::snapshots::at;
use crate::sum::{square, sum_of};
use crate::{Buffer, Real, Scalar};

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
    pub(super) fn normalise(&mut self) {
        let level = self.level(|_| true);
        let sound = |gain: &R| (*gain / level).is_finite();
        if level > R::ZERO && self.gains.as_slice().iter().all(sound) {
            self.gains.as_mut_slice().iter_mut().for_each(|gain| *gain = *gain / level);
            let known = self.information.as_mut_slice().iter_mut();
            known.for_each(|v| *v = (*v * square(level)).finite_or(R::MAX));
        }
    }

    /// The next frame correlates with nothing.
    pub(super) fn forget_innovations(&mut self) {
        self.previous.as_mut_slice().iter_mut().for_each(|v| *v = R::ZERO);
        self.previous_square = R::ZERO;
    }

    /// εᵢ; zero for what is missing.
    pub(super) fn innovation<X, Y, W>(&self, room: &FrameRoom<R, X, G, Y, W>, sensor: usize) -> R {
        let own = at(room.fit.squares.as_slice(), sensor);
        let best = at(room.fit.gains.as_slice(), sensor) / own;
        if own > R::ZERO { best - at(self.gains.as_slice(), sensor) } else { R::ZERO }
    }

    /// ρ₁.
    pub(super) fn correlation<X, Y, W>(&self, room: &FrameRoom<R, X, G, Y, W>) -> R {
        let (previous, w) = (self.previous.as_slice(), room.fit.squares.as_slice());
        let e = |i: usize| self.innovation(room, i);
        let cross = sum_of(w.len(), |i| e(i) * at(previous, i) * at(w, i));
        let own = sum_of(w.len(), |i| square(e(i)) * at(w, i));
        let whole = own.sqrt() * self.previous_square.sqrt();
        let rho = (cross / whole).finite_or(R::ZERO);
        Scalar::min(Scalar::max(rho, -R::ONE), R::ONE)
    }

    /// Innovations for the correlation with the next frame; none of those that are suspicious.
    pub(super) fn remember<X, Y, W>(&mut self, room: &FrameRoom<R, X, G, Y, W>)
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
    pub(super) fn update<X, Y, W>(
        &mut self,
        room: &FrameRoom<R, X, G, Y, W>,
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
