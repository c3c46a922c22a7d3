//! Gauss–Newton steps of several devices.

use super::fit::{Fit, max_abs, number};
use super::rows::adjoint;
use crate::batch::lanes::{Apart, Laned, Side, add_squares, dot, factor, solve};
use solvekit::sum::{square, sum_of};
use solvekit::{Real, Scalar};

/// A step of less than this of the signal leaves the matrix as it is but for as much.
const SHORT: f64 = 0.1;

/// The start, compiled by itself.
pub(super) struct Start<'f, 's, T: Side>(pub(super) &'f mut Fit<'s, T>);

impl<R: Laned, T: Side<Real = R>> Apart for Start<'_, '_, T> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        self.0.start();
    }
}

/// A step by a matrix of its own, compiled once for all that make one.
pub(super) struct Step<'f, 's, T: Side>(pub(super) &'f mut Fit<'s, T>);

impl<R: Laned, T: Side<Real = R>> Apart for Step<'_, '_, T> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        self.0.gather();
        self.0.propose();
    }
}

/// x ← x + d, compiled once.
pub(super) struct Take<'f, 's, T: Side>(pub(super) &'f mut Fit<'s, T>);

impl<R: Laned, T: Side<Real = R>> Apart for Take<'_, '_, T> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        self.0.take();
    }
}

impl<R: Laned, T: Side<Real = R>> Fit<'_, T> {
    /// Two steps; the second by the matrix of the first where that was short.
    #[inline(always)]
    pub(super) fn two_steps(&mut self) {
        T::apart(Step(self));
        let short = self.change;
        T::apart(Take(self));
        self.again();
        let limit = T::splat(R::from_f64(SHORT));
        let waiting = short.if_less(limit, T::ZERO, T::ONE);
        // What is doubted, or no device at all, waits for nothing.
        if !self.doubt.if_less(T::ONE, waiting, T::ZERO).is_zero() {
            // Some need a matrix of their own; the others keep what they have.
            let (direction, change) = (self.direction.clone(), self.change);
            T::apart(Step(self));
            for (own, kept) in self.direction.iter_mut().zip(direction) {
                *own = short.if_less(limit, kept, *own);
            }
            self.change = short.if_less(limit, change, self.change);
        }
        T::apart(Take(self));
    }

    /// K and what stands beside it.
    #[inline(always)]
    fn gather(&mut self) {
        let p = self.shared.counts.snapshots;
        self.factor.fill(T::ZERO);
        self.direction.fill(T::ZERO);
        for sensor in 0..self.gains.len() {
            let profile = self.profile(sensor);
            self.residual(sensor, profile);
            let (entries, u) = (self.shared.of(sensor), &self.u[sensor * p..(sensor + 1) * p]);
            let q = (u, profile.square);
            self.rows.reflect(entries, profile.gain, q, Some(&self.own), &mut self.doubt);
            self.rows.add_beside(&mut self.direction);
            self.rows.add(&mut self.factor);
        }
    }

    /// The step of what was gathered; doubts lanes that have none.
    #[inline(always)]
    fn propose(&mut self) {
        let n = self.x.len();
        let (mean, size) = (self.mean(), length(&self.x) * self.scale);
        // f is flat along x: that direction is closed.
        let weight = mean.sqrt() / size * self.scale;
        let closed = &mut self.trial;
        closed.iter_mut().zip(&self.x).for_each(|(row, x)| *row = T::ZERO + weight * *x);
        add_squares(&mut self.factor, closed, n);
        self.shift(T::splat(R::from_f64(4.0) * R::EPSILON) * mean);
        let count = number::<R>(n);
        // Where no pivot is near this, none is raised.
        let floor = R::from_f64(8.0) * count * R::EPSILON;
        let least = factor(&mut self.factor, n, T::splat(floor));
        self.expect_less(T::ZERO, least);
        solve(&self.factor, &mut self.direction);
        self.expect_finite();
        let eigenvalue = least_eigenvalue(&self.factor, &mut self.trial);
        self.conditioning = eigenvalue / mean;
        self.expect_less(T::splat((R::from_f64(16.0) + count) * R::EPSILON), self.conditioning);
        self.change = share(length(&self.direction), size);
        // Where the snapshots of every sensor are the same, rounding is all that K has.
        let sensors = T::splat(number(self.gains.len()));
        let whole = T::splat(self.shared.square) * dot(&self.gains, &self.gains) / sensors;
        let kept = mean * T::splat(count);
        self.expect_less(T::splat(R::EPSILON) * whole, kept);
        self.cancelled = (whole / kept).max(T::ONE);
    }

    /// The step from here by the matrix of the step before.
    #[inline(always)]
    fn again(&mut self) {
        let p = self.shared.counts.snapshots;
        self.direction.fill(T::ZERO);
        for sensor in 0..self.gains.len() {
            let profile = self.profile(sensor);
            self.residual(sensor, profile);
            let factor = -profile.gain;
            self.own.iter_mut().for_each(|r| *r = factor * *r);
            adjoint(self.shared.of(sensor), &self.own[..p], &mut self.direction);
        }
        solve(&self.factor, &mut self.direction);
        self.expect_finite();
        self.change = share(length(&self.direction), length(&self.x) * self.scale);
    }
}

/// What a length is of another, at most 1.
#[inline(always)]
fn share<T: Scalar>(moved: T, size: T) -> T {
    moved / size.max(moved)
}

/// ‖v‖.
#[inline(always)]
fn length<T: Scalar>(v: &[T]) -> T {
    let scale = max_abs(v).unit_scale();
    sum_of(v.len(), |k| square(v[k] * scale)).sqrt() / scale
}

/// The least eigenvalue of a factored K, by two rounds of inverse iteration.
#[inline(always)]
fn least_eigenvalue<T: Side>(factor: &[T], z: &mut [T]) -> T {
    let real = T::Real::from_f64;
    let mut fraction = real(0.5);
    for z in z.iter_mut() {
        fraction += real(0.618_033_988_749_894_9);
        if fraction >= T::Real::ONE {
            fraction -= T::Real::ONE;
        }
        *z = T::splat(fraction - real(0.5));
    }
    let mut inverse = T::ONE;
    for _ in 0..2 {
        let size = length(z);
        z.iter_mut().for_each(|z| *z = *z / size);
        solve(factor, z);
        inverse = length(z);
    }
    T::ONE / inverse
}
