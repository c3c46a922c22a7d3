//! What several fits leave, and how sure they are.

use super::fit::{Fit, number};
use super::rows::adjoint;
use crate::batch::lanes::{Apart, Laned, Side, dot, factor, forward, forward_all, four_dots};
use solvekit::Scalar;
use solvekit::direct::packed;
use solvekit::sum::{square, sum_of};

/// Room for the errors of several fits.
pub(super) struct Judged<T> {
    /// Of the noise, scaled.
    pub(super) sigma: T,
    pub(super) gain_errors: Vec<T>,
    pub(super) signal_errors: Vec<T>,
    /// Root mean square of those of the gains.
    pub(super) mean_error: T,
    /// What a sensor takes from the signal, sensor after sensor.
    slopes: Vec<T>,
    along: Vec<T>,
    /// Four vectors at work.
    rows: Vec<T>,
    room: Vec<T>,
}

impl<T: Scalar> Judged<T> {
    pub(super) fn new(unknowns: usize, sensors: usize, snapshots: usize) -> Self {
        let zeros = |length| vec![T::ZERO; length];
        Self {
            sigma: T::ZERO,
            gain_errors: zeros(sensors),
            signal_errors: zeros(unknowns),
            mean_error: T::ZERO,
            slopes: zeros(sensors * unknowns),
            along: zeros(unknowns),
            rows: zeros(4 * unknowns),
            room: zeros(snapshots.next_multiple_of(4) * (unknowns + 1) + packed(snapshots)),
        }
    }
}

/// Looks for sensors that fit the others badly: doubts devices that have one.
struct Suspects<'f, 's, T: Side>(&'f mut Fit<'s, T>, &'f mut [T], T);

impl<R: Laned, T: Side<Real = R>> Apart for Suspects<'_, '_, T> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        self.0.suspects(self.1, self.2);
    }
}

/// The errors, compiled by themselves.
struct Errors<'f, 's, T: Side>(&'f mut Fit<'s, T>, &'f mut Judged<T>);

impl<R: Laned, T: Side<Real = R>> Apart for Errors<'_, '_, T> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        self.0.errors(self.1);
    }
}

impl<R: Laned, T: Side<Real = R>> Fit<'_, T> {
    /// Everything that the verdicts need, after a [`Step`](super::steps::Step) has been proposed.
    #[inline(always)]
    pub(super) fn conclude(&mut self, judged: &mut Judged<T>) {
        let sensors = self.gains.len();
        let mut sums = [-T::ZERO; 4];
        for sensor in 0..sensors {
            let profile = self.profile(sensor);
            self.residual(sensor, profile);
            sums[sensor & 3] += dot(&self.own, &self.own);
        }
        let left = (sums[0] + sums[1]) + (sums[2] + sums[3]);
        judged.sigma = match self.shared.noise {
            Some(sigma) => {
                let scaled = T::splat(sigma) * self.scale;
                self.expect_less(T::ZERO, scaled);
                self.expect_less(scaled, T::splat(R::INFINITY));
                scaled
            }
            None => (left / T::splat(number(self.shared.counts.freedom()))).sqrt(),
        };
        T::apart(Suspects(self, &mut judged.room, left));
        T::apart(Errors(self, judged));
        let errors = &judged.gain_errors;
        judged.mean_error =
            (sum_of(sensors, |i| square(errors[i])) / T::splat(number(sensors))).sqrt();
    }

    #[inline(always)]
    fn suspects(&mut self, room: &mut [T], whole: T) {
        let Some(suspicious) = self.shared.suspicious else { return };
        let rounding = square(T::splat(R::from_f64(64.0) * R::EPSILON) * self.y_norm);
        // Where rounding is all that is left, everything fits.
        if rounding.if_less(whole, T::ONE, T::ZERO).is_zero() {
            return;
        }
        let counts = self.shared.counts;
        let own = counts.snapshots - 1;
        let (own_freedom, rest) = (number::<R>(own), number::<R>(counts.freedom() - own));
        let mut doubt = T::ZERO;
        for sensor in 0..counts.sensors {
            let loss = self.loss(sensor, room, &mut doubt).min(whole);
            let left = (whole - loss) / T::splat(rest);
            let ratio = loss / T::splat(own_freedom) / left;
            doubt = ratio.if_less(T::splat(suspicious), doubt, T::ONE);
        }
        self.doubt = rounding.if_less(whole, self.doubt.max(doubt), self.doubt);
    }

    /// What Σ r² would lose without a sensor.
    #[inline(always)]
    fn loss(&mut self, sensor: usize, room: &mut [T], doubt: &mut T) -> T {
        let (n, p) = (self.x.len(), self.shared.counts.snapshots);
        let count = p - 1;
        // Rows of zeros fill the last four up.
        let whole = count.next_multiple_of(4);
        let (z, rest) = room.split_at_mut(whole * n);
        let (v, rest) = rest.split_at_mut(packed(count));
        let r = &mut rest[..count];
        let profile = self.profile(sensor);
        self.residual(sensor, profile);
        let (entries, u) = (self.shared.of(sensor), &self.u[sensor * p..(sensor + 1) * p]);
        let q = (u, profile.square);
        self.rows.reflect(entries, profile.gain, q, Some(&self.own), &mut self.doubt);
        z[..count * n].copy_from_slice(&self.rows.rows[..count * n]);
        z[count * n..].fill(T::ZERO);
        r.copy_from_slice(&self.rows.beside);
        forward_all(&self.factor, n, z);
        for (four, rows) in z.chunks_exact(4 * n).enumerate() {
            let (ab, cd) = rows.split_at(2 * n);
            let ((a, b), (c, d)) = (ab.split_at(n), cd.split_at(n));
            for (i, own) in z.chunks_exact(n).enumerate().take(count).skip(4 * four) {
                let products = four_dots([a, b, c, d], own);
                let slots = &mut v[packed(i) + 4 * four..=packed(i) + i];
                for (slot, product) in slots.iter_mut().zip(products) {
                    *slot = T::ZERO - product;
                }
            }
        }
        (0..count).for_each(|i| v[packed(i) + i] += T::ONE);
        let floor = R::from_f64(8.0) * number::<R>(count) * R::EPSILON;
        let least = factor(v, count, T::splat(floor));
        *doubt = T::ZERO.if_less(least, *doubt, T::ONE);
        forward(v, r);
        dot(r, r)
    }

    #[inline(always)]
    fn errors(&mut self, judged: &mut Judged<T>) {
        let Judged { gain_errors, signal_errors, slopes, along, rows, sigma, .. } = judged;
        let (n, p, sensors) = (self.x.len(), self.shared.counts.snapshots, self.gains.len());
        let share = T::ONE / T::splat(number(sensors));
        along.fill(T::ZERO);
        for (sensor, slope) in slopes.chunks_exact_mut(n).enumerate() {
            let profile = self.profile(sensor);
            let factor = profile.gain / (profile.square + T::ZERO);
            let u = &self.u[sensor * p..(sensor + 1) * p];
            self.own.iter_mut().zip(u).for_each(|(own, u)| *own = factor * *u);
            slope.fill(T::ZERO);
            adjoint(self.shared.of(sensor), &self.own, slope);
            along.iter_mut().zip(&*slope).for_each(|(along, slope)| *along += share * *slope);
        }
        let squares = &self.squares;
        let inverse = |sensor: usize| T::ONE / (squares[sensor] + T::ZERO);
        let common = sum_of(sensors, |i| square(share) * inverse(i));
        let two = T::splat(R::from_f64(2.0));
        for (gain, row) in self.gains.iter().zip(slopes.chunks_exact_mut(n)) {
            let back = -*gain;
            row.iter_mut().zip(&*along).for_each(|(row, along)| *row += back * *along);
        }
        forward_all(&self.factor, n, slopes);
        let slots = gain_errors.iter_mut().zip(&self.gains).zip(slopes.chunks_exact(n));
        for (sensor, ((slot, gain), row)) in slots.enumerate() {
            let own = inverse(sensor);
            let variance = dot(row, row) + own - two * *gain * share * own + square(*gain) * common;
            *slot = *sigma * variance.max(T::ZERO).sqrt();
        }
        let unit = *sigma / self.scale;
        for (four, slots) in signal_errors.chunks_mut(4).enumerate() {
            let rows = &mut rows[..slots.len() * n];
            for (k, row) in rows.chunks_exact_mut(n).enumerate() {
                let back = -(self.x[4 * four + k] * self.scale);
                row.iter_mut().zip(&*along).for_each(|(row, along)| *row = T::ZERO + back * *along);
                row[4 * four + k] += T::ONE;
            }
            forward_all(&self.factor, n, rows);
            for (k, (slot, row)) in slots.iter_mut().zip(rows.chunks_exact(n)).enumerate() {
                let own = self.x[4 * four + k] * self.scale;
                *slot = unit * (dot(row, row) + square(own) * common).sqrt();
            }
        }
    }
}
