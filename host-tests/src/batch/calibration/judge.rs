//! What several fits leave, and how sure they are.

use super::fit::{Fit, number};
use super::rows::adjoint;
use super::suspects::{Room, Suspects};
use crate::batch::lanes::{Apart, Laned, Side, dot, forward_all};
use solvekit::Scalar;
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
    suspects: Room<T>,
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
            suspects: Room::new(unknowns, sensors, snapshots),
        }
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
        let left = self.residuals(&mut judged.suspects.residuals);
        judged.sigma = match self.shared.noise {
            Some(sigma) => {
                let scaled = T::splat(sigma) * self.scale;
                self.expect_less(T::ZERO, scaled);
                self.expect_less(scaled, T::splat(R::INFINITY));
                scaled
            }
            None => (left / T::splat(number(self.shared.counts.freedom()))).sqrt(),
        };
        T::apart(Suspects(self, &mut judged.suspects, left));
        T::apart(Errors(self, judged));
        let errors = &judged.gain_errors;
        judged.mean_error =
            (sum_of(sensors, |i| square(errors[i])) / T::splat(number(sensors))).sqrt();
    }

    /// Σ r², and the residuals, sensor after sensor.
    #[inline(always)]
    pub(super) fn residuals(&mut self, residuals: &mut [T]) -> T {
        let mut sums = [-T::ZERO; 4];
        let slots = residuals.chunks_exact_mut(self.own.len());
        for (sensor, slots) in slots.enumerate() {
            let profile = self.profile(sensor);
            self.residual(sensor, profile);
            sums[sensor & 3] += dot(&self.own, &self.own);
            slots.copy_from_slice(&self.own);
        }
        (sums[0] + sums[1]) + (sums[2] + sums[3])
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
