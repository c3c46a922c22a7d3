//! Steps of a [`Fit`] towards the least squares.

use super::Counts;
use super::fit::{Fit, FitOf, Terms};
use super::kernel::{Kernel, add, fill};
use super::prior::{length, squares};
use super::sink::{Form, Sink, is_rounding, least_eigenvalue};
use super::snapshots::at;
use crate::direct::solve_in_place;
use crate::sum::square;
use crate::{Buffer, ColumnOperator, Real};

/// Halvings of a step that would raise f.
const HALVINGS: u32 = 12;

/// A step of less than this of the signal leaves the matrix as it is but for as much. Noise 20 dB
/// below makes it some .05; a spike in one snapshot, of which a few steps are needed to get away, .3.
const SHORT: f64 = 0.1;

impl<R: Real, A: ColumnOperator<R>, G: Buffer<R>> Kernel<'_, R, A, G> {
    /// direction ← the Gauss–Newton step with the gains eliminated, damped by `damping` of the mean
    /// diagonal; the factor of its matrix stays. Where gains are not drawn to 1, f is flat along x,
    /// and that direction is closed.
    pub(super) fn propose_step<W: Buffer<R>>(
        &self,
        fit: &mut FitOf<R, A, G, W>,
        terms: &Terms<'_, R>,
        damping: R,
    ) -> Option<()> {
        self.gather_step(fit, terms);
        self.solve_step(fit, terms, damping)
    }

    /// factor ← K and direction ← what stands beside it.
    // Neither this nor what follows is inlined: the stack holds one of them at a time.
    #[inline(never)]
    fn gather_step<W: Buffer<R>>(&self, fit: &mut FitOf<R, A, G, W>, terms: &Terms<'_, R>) {
        let counts = self.counts();
        let Fit { direction, room, held, u, factor, .. } = fit;
        let u = u.as_slice();
        let side = direction.as_mut_slice();
        let mut sink = Sink::new(terms.form, factor.as_mut_slice(), side).holding(held);
        for sensor in (0..counts.sensors).filter(|i| (terms.takes_part)(*i)) {
            let profile = self.profile(sensor, u, terms.kappa);
            let part = if terms.kappa > R::ZERO {
                (terms.kappa / (profile.square + terms.kappa)).finite_or(R::ZERO).sqrt()
            } else {
                R::ZERO
            };
            let q = (|k: usize| at(u, k) - profile.means[0], profile.square);
            let r = |k: usize| self.residual(&profile, u, k);
            self.add_sensor(sensor, (profile.gain, part), q, r, room, &mut sink);
        }
        sink.finish();
    }

    /// The step of what was gathered.
    #[inline(never)]
    fn solve_step<W: Buffer<R>>(
        &self,
        fit: &mut FitOf<R, A, G, W>,
        terms: &Terms<'_, R>,
        damping: R,
    ) -> Option<()> {
        let counts = self.counts();
        let scale = self.snapshots.scale();
        let Fit { x, direction, room, factor, .. } = fit;
        let side = direction.as_mut_slice();
        let mut sink = Sink::<R, A::Range>::summed(terms.form, factor.as_mut_slice(), side);
        let mean = sink.mean();
        let size = length(x.as_slice()) * scale;
        if terms.kappa == R::ZERO {
            let weight = mean.sqrt() / size * scale;
            fill(&mut room.row);
            add(&mut room.row, weight, x);
            sink.add(room.row.as_mut_slice(), R::ZERO);
        }
        if terms.form == Form::Rotations && damping > R::ZERO {
            let weight = (damping * mean).sqrt();
            for j in 0..counts.unknowns {
                fill(&mut room.row);
                if let Some(slot) = room.row.as_mut_slice().get_mut(j) {
                    *slot = weight;
                }
                sink.add(room.row.as_mut_slice(), R::ZERO);
            }
        }
        let floor = R::from_f64(4.0) * R::EPSILON;
        let found = sink.factor(damping.max(floor) * mean).is_some() && sink.solve().is_some();
        let (order, row) = (counts.unknowns, room.row.as_mut_slice());
        fit.conditioning = least_eigenvalue(factor.as_slice(), row) / mean;
        let found = found && !is_rounding(terms.form, fit.conditioning, order);
        // Damping shortens a step, but does not bring the end nearer.
        fit.change = share((R::ONE + damping) * length(direction.as_slice()), size);
        // Where the snapshots of every sensor are the same, rounding is all that K has.
        let gains = fit.gains.as_slice();
        let whole = self.snapshots.square() * squares(gains) / R::from_u32(sensors_of(counts)?);
        let count = R::from_u32(u32::try_from(counts.unknowns).ok()?);
        if found && mean * count > R::EPSILON * whole {
            return Some(());
        }
        // Nothing was found: that is no small step. NaN stays.
        fit.change = fit.change.max(R::ONE);
        None
    }

    /// direction ← the step from here by the matrix of the step before, whose factor is still there:
    /// another step for the price of its gradient, 2 m p n + n² multiplications. `None` where that step
    /// was not short, so that the matrix from here may be another one, and where none is to be had
    /// without loss: for other than least squares by Cholesky's factor.
    ///
    /// Source: Shamanskii 1967, *A modification of Newton's method*.
    #[inline(never)]
    pub(super) fn propose_again<W: Buffer<R>>(
        &self,
        fit: &mut FitOf<R, A, G, W>,
        terms: &Terms<'_, R>,
    ) -> Option<()> {
        let short = fit.change < R::from_f64(SHORT);
        if !short || terms.form == Form::Rotations || terms.kappa > R::ZERO {
            return None;
        }
        let Fit { x, direction, u, factor, .. } = fit;
        let u = u.as_slice();
        fill(direction);
        for sensor in (0..self.counts().sensors).filter(|i| (terms.takes_part)(*i)) {
            let profile = self.profile(sensor, u, terms.kappa);
            let r = |k: usize| self.residual(&profile, u, k);
            self.add_adjoint(sensor, -profile.gain, r, direction);
        }
        solve_in_place(factor.as_slice(), direction.as_mut_slice());
        let size = length(x.as_slice()) * self.snapshots.scale();
        fit.change = share(length(direction.as_slice()), size);
        direction.as_slice().iter().all(|d| d.is_finite()).then_some(())
    }

    /// Two steps, the second by the matrix of the first where that will do.
    pub(super) fn two_steps<W: Buffer<R>>(
        &self,
        fit: &mut FitOf<R, A, G, W>,
        terms: &Terms<'_, R>,
    ) -> Option<()> {
        self.propose_step(fit, terms, R::ZERO)?;
        self.take_step(fit, terms, true);
        self.propose_again(fit, terms).or_else(|| self.propose_step(fit, terms, R::ZERO))?;
        self.take_step(fit, terms, true);
        Some(())
    }

    /// x ← x + d where that does not raise f; otherwise half of it, and so on at most `halvings`
    /// times. False, and x as it was, where none will do.
    #[inline(never)]
    pub(super) fn take_step<W: Buffer<R>>(
        &self,
        fit: &mut FitOf<R, A, G, W>,
        terms: &Terms<'_, R>,
        halving: bool,
    ) -> bool {
        let mut part = R::ONE / self.snapshots.scale();
        let y_norm = self.snapshots.y_norm() * self.snapshots.scale();
        // Each residual carries a few roundings of y, and f some of its own.
        let allowed = fit.objective * (R::ONE + R::from_f64(32.0) * R::EPSILON)
            + square(R::from_f64(8.0) * R::EPSILON * y_norm);
        for _ in 0..=if halving { HALVINGS } else { 0 } {
            let moved = fit.x.as_slice().iter().zip(fit.direction.as_slice());
            for (trial, (x, d)) in fit.trial.as_mut_slice().iter_mut().zip(moved) {
                *trial = *x + part * *d;
            }
            self.snapshots.predict(&fit.trial, &mut fit.u);
            let tried = self.judge(fit.u.as_slice(), &mut fit.gains, &mut fit.squares, terms);
            // Also false for NaN.
            if tried <= allowed {
                core::mem::swap(&mut fit.x, &mut fit.trial);
                fit.objective = tried;
                if terms.kappa == R::ZERO {
                    self.normalise(fit, terms);
                }
                return true;
            }
            part *= R::from_f64(0.5);
        }
        self.look(fit, terms);
        false
    }
}

/// What a length is of another, at most 1; NaN stays.
fn share<R: Real>(moved: R, size: R) -> R {
    if moved == R::ZERO { moved } else { moved / size.max(moved) }
}

/// m.
fn sensors_of(counts: Counts) -> Option<u32> {
    u32::try_from(counts.sensors).ok()
}
