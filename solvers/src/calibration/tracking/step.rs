//! [`Step`]: the signal of a frame for given gains, and what follows from it.

use super::Frame;
use super::known::{Known, Sums};
use crate::calibration::fit::{Fit, FitOf};
use crate::calibration::kernel::{add, fill};
use crate::calibration::sink::{Form, Sink, is_rounding, least_eigenvalue};
use crate::calibration::snapshots::at;
use crate::sum::{Accumulator, square};
use crate::{Buffer, ColumnOperator, Real};

/// A frame, scaled.
pub(super) struct Step<'s, 'a, R: Real, A: ColumnOperator<R>> {
    pub(super) frame: &'s Frame<'a, R, A>,
    pub(super) scale: R,
    /// Measurements that are there.
    pub(super) present: usize,
    /// Are offsets sought? Those to be taken off the measurements come with every call; they move.
    pub(super) has_offsets: bool,
}

/// What a prediction leaves of a frame.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seen<R> {
    /// Σ (γ̂ u + ô − y)² for the gains and offsets of the frame before.
    pub(super) predicted: R,
    /// Σ (γ u + o − y)² for those that suit the frame best.
    pub(super) left: R,
    /// Σ y², with the offsets.
    pub(super) square: R,
    /// Σ ‖uᵢ‖² over the sensors.
    pub(super) weight: R,
    /// Sensors that saw something.
    pub(super) kept: usize,
    /// Gains and offsets that it tells.
    pub(super) told: usize,
}

/// Gains to be drawn to, and how much, in units of what this frame tells.
pub(super) struct Prior<'p, R> {
    pub(super) gains: &'p [R],
    pub(super) offsets: &'p [R],
    pub(super) known: &'p dyn Fn(usize) -> Known<R>,
}

impl<R: Real, A: ColumnOperator<R>> Step<'_, '_, R, A> {
    fn unknowns(&self) -> usize {
        self.frame.counts.unknowns
    }

    /// 1 − n / N.
    pub(super) fn leverage(&self) -> R {
        let number = |count: usize| R::from_u32(u32::try_from(count).unwrap_or(u32::MAX));
        R::ONE - number(self.unknowns()) / number(self.present)
    }

    /// Degrees of freedom that signal and gains leave.
    pub(super) fn freedom(&self, told: usize) -> usize {
        (self.present + 1).saturating_sub(self.unknowns()).saturating_sub(told)
    }

    /// s oᵢ.
    fn offset(&self, offsets: &[R], sensor: usize) -> R {
        self.scale * at(offsets, sensor)
    }

    /// Every measurement that is there: its place and itself, scaled, without its offset.
    fn entries(&self, offsets: &[R], sensor: usize) -> impl Iterator<Item = (usize, R)> + '_ {
        let offset = self.offset(offsets, sensor);
        (0..self.frame.counts.snapshots).filter_map(move |l| {
            let k = self.frame.place(sensor, l);
            self.frame.y(k, self.scale).map(|y| (k, y - offset))
        })
    }

    /// What the frame shows of a sensor, for a prediction u.
    pub(super) fn sums(&self, offsets: &[R], sensor: usize, u: &[R]) -> Sums<R> {
        let [mut own, mut of_u, mut product, mut of_y] = [Accumulator::default(); 4];
        let mut count = R::ZERO;
        for (l, (k, y)) in self.entries(offsets, sensor).enumerate() {
            let u = at(u, k);
            own.add(l, square(u));
            of_u.add(l, u);
            product.add(l, u * y);
            of_y.add(l, y);
            count += R::ONE;
        }
        Sums {
            known: Known { gain: own.total(), cross: of_u.total(), offset: count },
            product: product.total(),
            measured: of_y.total(),
        }
    }

    /// direction ← argmin Σ ‖γ ∘ A x − s y‖² over the sensors that take part. `None` where these do not
    /// tell it. Cost: N (n² / 2 + 2 n) + n³ / 6 + 2 n² multiplications, one pass over the rows; four times
    /// the first in `f32` with less than 1.4 n measurements.
    #[inline(never)]
    pub(super) fn solve<G: Buffer<R>, W: Buffer<R>>(
        &self,
        (gains, offsets): (&[R], &[R]),
        takes_part: impl Fn(usize) -> bool,
        fit: &mut FitOf<R, A, G, W>,
    ) -> Option<()> {
        let coarse = R::EPSILON > R::from_f64(1e-9);
        let near = self.present.saturating_mul(5) < self.unknowns().saturating_mul(7);
        let form = if coarse && near { Form::Rotations } else { Form::Cholesky };
        let Fit { direction, room, held, factor, conditioning, .. } = fit;
        let side = direction.as_mut_slice();
        let mut sink = Sink::new(form, factor.as_mut_slice(), side).holding(held);
        for sensor in (0..self.frame.counts.sensors).filter(|i| takes_part(*i)) {
            let gain = at(gains, sensor);
            for (k, y) in self.entries(offsets, sensor) {
                fill(&mut room.row);
                self.frame.rows.add_column(k, gain, &mut room.row);
                sink.add(room.row.as_mut_slice(), y);
            }
        }
        let mean = sink.mean();
        sink.factor(R::from_f64(4.0) * R::EPSILON * mean)?;
        sink.solve()?;
        *conditioning = least_eigenvalue(factor.as_slice(), room.row.as_mut_slice()) / mean;
        (!is_rounding(form, *conditioning, self.unknowns())).then_some(())
    }

    /// direction ← direction + d, d a Gauss–Newton step towards the least Σ ‖γ ∘ A x + o − s y‖² + Σ κᵢ (γᵢ
    /// − γ̂ᵢ)², with offsets drawn likewise, gains and offsets being eliminated. `None`, and direction as it
    /// was, where there is no such step. Cost as that of [`solve`](Self::solve), and m n (n / 2 + p)
    /// multiplications and a pass more, twice that with offsets.
    #[inline(never)]
    pub(super) fn refine<G: Buffer<R>, W: Buffer<R>>(
        &self,
        prior: &Prior<'_, R>,
        fit: &mut FitOf<R, A, G, W>,
    ) -> Option<()> {
        let offsets = prior.offsets;
        let Fit { direction, trial, room, held, factor, u, squares, gains: products, .. } = fit;
        let (u, squares, products) = (u.as_slice(), squares.as_slice(), products.as_slice());
        let side = trial.as_mut_slice();
        let mut sink = Sink::new(Form::Cholesky, factor.as_mut_slice(), side).holding(held);
        for sensor in 0..self.frame.counts.sensors {
            let (kappa, before) = ((prior.known)(sensor), at(prior.gains, sensor));
            let whole = Known { gain: at(squares, sensor) + kappa.gain, ..kappa };
            if whole.gain == R::ZERO {
                continue;
            }
            let (gain, offset, whole) = if self.has_offsets {
                let sums = self.sums(offsets, sensor, u);
                let whole = sums.known.plus(kappa);
                let [gain, offset] = whole.solve(sums.left(before));
                (before + gain, offset, whole)
            } else {
                let gain = (at(products, sensor) + kappa.gain * before) / whole.gain;
                (gain, R::ZERO, whole)
            };
            fill(&mut room.along);
            fill(&mut room.mean);
            for (k, y) in self.entries(offsets, sensor) {
                let seen = at(u, k);
                fill(&mut room.row);
                self.frame.rows.add_column(k, gain, &mut room.row);
                add(&mut room.along, seen, &room.row);
                if self.has_offsets {
                    add(&mut room.mean, R::ONE, &room.row);
                }
                sink.add(room.row.as_mut_slice(), y - gain * seen - offset);
            }
            sink.take(room.along.as_slice(), R::ONE / whole.gain);
            let [_, rest] = whole.alone();
            if self.has_offsets && rest > R::ZERO {
                add(&mut room.mean, -(whole.cross / whole.gain), &room.along);
                sink.take(room.mean.as_slice(), R::ONE / rest);
            }
        }
        let ridge = R::from_f64(1e-6).max(R::from_f64(64.0) * R::EPSILON);
        let mean = sink.mean();
        sink.factor(ridge * mean)?;
        sink.solve()?;
        add(direction, R::ONE, trial);
        Some(())
    }

    /// u, uᵀy and ‖u‖² of each sensor for the signal in direction. `None` where they are not finite.
    /// Cost: one pass over the rows.
    pub(super) fn observe<G: Buffer<R>, W>(
        &self,
        (gains, offsets): (&[R], &[R]),
        fit: &mut FitOf<R, A, G, W>,
    ) -> Option<Seen<R>> {
        self.frame.rows.apply_adjoint(&fit.direction, &mut fit.u);
        let u = fit.u.as_slice();
        let [mut predicted, mut left, mut whole, mut weight] = [Accumulator::default(); 4];
        let (mut kept, mut told) = (0, 0);
        let slots = fit.squares.as_mut_slice().iter_mut().zip(fit.gains.as_mut_slice());
        for (sensor, (own, product)) in slots.enumerate() {
            let [mut squares, mut products] = [Accumulator::default(); 2];
            for (l, (k, y)) in self.entries(offsets, sensor).enumerate() {
                squares.add(l, square(at(u, k)));
                products.add(l, at(u, k) * y);
            }
            (*own, *product) = (squares.total(), products.total());
            weight.add(sensor, *own);
            kept += usize::from(*own > R::ZERO);
            told += usize::from(*own > R::ZERO);
            let gain = at(gains, sensor);
            let (mut best, mut level) = ((*product / *own).finite_or(R::ZERO), R::ZERO);
            let offset = self.offset(offsets, sensor);
            if self.has_offsets {
                let sums = self.sums(offsets, sensor, u);
                let [of_gain, of_offset] = sums.known.solve(sums.left(gain));
                (best, level) = (gain + of_gain, of_offset);
                let [_, apart] = sums.known.alone();
                told += usize::from(*own > R::ZERO && apart > R::ZERO);
            }
            for (l, (k, y)) in self.entries(offsets, sensor).enumerate() {
                predicted.add(l, square(gain * at(u, k) - y));
                left.add(l, square(best * at(u, k) + level - y));
                whole.add(l, square(y + offset));
            }
            // A sum of nothing is −0.
            *own += R::ZERO;
        }
        let seen = Seen {
            predicted: predicted.total(),
            left: left.total(),
            square: whole.total(),
            weight: weight.total(),
            kept,
            told,
        };
        let numbers = [seen.predicted, seen.left, seen.square, seen.weight];
        numbers.iter().all(|v| v.is_finite()).then_some(seen)
    }
}
