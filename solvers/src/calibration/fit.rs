//! [`Fit`]: signal and gains of snapshots, and everything that is needed to find them.

use super::kernel::{Kernel, Room, fill, total};
use super::sink::{Form, Sink};
use super::snapshots::at;
use super::{CalibrationError, Counts};
use crate::direct::{packed, solve_in_place};
use crate::sum::{max_abs, square};
use crate::{Buffer, ColumnOperator, LinearOperator, Real};

/// Which of (α γ, x / α) is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Gauge {
    /// Gains of mean 1.
    Mean,
    /// Gains of mean square 1, more of them positive than negative: where signs differ so much that
    /// the mean says little.
    Square,
}

/// Signal, gains and room: 9 n + 2 m + m p + n (n + 1) / 2 numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(super) struct Fit<R, X, G, Y, W> {
    pub(super) x: X,
    pub(super) gains: G,
    /// The step to come, times the scale of the measurements.
    pub(super) direction: X,
    /// Signal to be tried.
    pub(super) trial: X,
    pub(super) room: Room<X>,
    /// Rows of K that wait for a fourth.
    pub(super) held: [X; 3],
    /// s A x.
    pub(super) u: Y,
    /// ‖uᵢ‖².
    pub(super) squares: G,
    /// K, then its factor.
    pub(super) factor: W,
    /// ½ Σ r² + ½ κ Σ (γ − 1)², scaled.
    pub(super) objective: R,
    /// ‖d‖ / ‖x‖ of the step to come.
    pub(super) change: R,
    /// The least eigenvalue of the matrix of the step to come, relative to the mean one.
    pub(super) conditioning: R,
    pub(super) gauge: Gauge,
}

/// The fit of an operator's vectors.
pub(super) type FitOf<R, A, G, W> =
    Fit<R, <A as LinearOperator<R>>::Range, G, <A as LinearOperator<R>>::Domain, W>;

impl<R: Real, X: Buffer<R>, G: Clone, Y, W> Fit<R, X, G, Y, W> {
    /// Zeros, and the gains given.
    pub(super) fn fresh<A>(rows: &A, gains: G, factor: W) -> Self
    where
        A: LinearOperator<R, Range = X, Domain = Y>,
    {
        let zero = || rows.zero_range();
        Self {
            x: zero(),
            squares: gains.clone(),
            gains,
            direction: zero(),
            trial: zero(),
            room: Room { row: zero(), along: zero(), mean: zero() },
            held: [zero(), zero(), zero()],
            u: rows.zero_domain(),
            factor,
            objective: R::ZERO,
            change: R::ZERO,
            conditioning: R::ONE,
            gauge: Gauge::Mean,
        }
    }
}

/// Which sensors take part, how much gains are drawn to 1, and how the factor comes about.
pub(super) struct Terms<'t, R> {
    pub(super) takes_part: &'t dyn Fn(usize) -> bool,
    pub(super) kappa: R,
    pub(super) form: Form,
}

impl<R: Real, A: ColumnOperator<R>, G: Buffer<R>> Kernel<'_, R, A, G> {
    pub(super) fn counts(&self) -> Counts {
        Counts { offsets: self.centred, ..self.snapshots.counts() }
    }

    /// # Errors
    /// `Length`: a factor of another size.
    pub(super) fn fresh<W: Buffer<R>>(
        &self,
        factor: W,
    ) -> Result<FitOf<R, A, G, W>, CalibrationError> {
        let (expected, found) = (packed(self.snapshots.counts().unknowns), factor.as_slice().len());
        if expected != found {
            return Err(CalibrationError::Length { expected, found });
        }
        let ones = self.snapshots.ones();
        Ok(Fit::fresh(self.snapshots.rows(), ones, factor))
    }

    /// direction ← the weighted linear start, K⁻¹ Σ Aᵢᵀyᵢ / ‖yᵢ‖ for K of q = y and weights ‖yᵢ‖².
    pub(super) fn propose_start<W: Buffer<R>>(
        &self,
        fit: &mut FitOf<R, A, G, W>,
        terms: &Terms<'_, R>,
    ) -> Option<()> {
        // Noiseless data make K singular exactly; that is the point of it.
        let mut ridge = R::from_f64(4.0) * R::EPSILON;
        for _ in 0..2 {
            self.gather_start(fit, terms);
            let Fit { direction, trial, factor, .. } = fit;
            let side = trial.as_mut_slice();
            let mut sink = Sink::<R, A::Range>::summed(terms.form, factor.as_mut_slice(), side);
            let amount = ridge * sink.mean();
            if sink.factor(amount).is_some() {
                solve_in_place(factor.as_slice(), direction.as_mut_slice());
                return direction.as_slice().iter().all(|d| d.is_finite()).then_some(());
            }
            ridge *= R::from_f64(1e3);
        }
        None
    }

    /// factor ← K and direction ← Σ Aᵢᵀyᵢ / ‖yᵢ‖ of the start.
    // Not inlined: its room on the stack is free when the factor is made.
    #[inline(never)]
    fn gather_start<W: Buffer<R>>(&self, fit: &mut FitOf<R, A, G, W>, terms: &Terms<'_, R>) {
        let Fit { direction, trial, room, held, factor, .. } = fit;
        fill(direction);
        let side = trial.as_mut_slice();
        let mut sink = Sink::new(terms.form, factor.as_mut_slice(), side).holding(held);
        for sensor in (0..self.counts().sensors).filter(|i| (terms.takes_part)(*i)) {
            let (square_of, mean) = self.measured(sensor);
            if square_of > R::ZERO {
                let y = |k: usize| self.snapshots.y(k) - mean;
                let (size, none) = (square_of.sqrt(), |_: usize| R::ZERO);
                self.add_adjoint(sensor, R::ONE / size, y, direction);
                let weights = (size, R::ZERO);
                self.add_sensor(sensor, weights, (y, square_of), none, room, &mut sink);
            }
        }
        sink.finish();
    }

    /// direction ← the least-squares signal for gains of 1.
    pub(super) fn propose_uncalibrated<W: Buffer<R>>(
        &self,
        fit: &mut FitOf<R, A, G, W>,
        terms: &Terms<'_, R>,
    ) -> Option<()> {
        self.gather_uncalibrated(fit, terms);
        let Fit { direction, factor, .. } = fit;
        let side = direction.as_mut_slice();
        let mut sink = Sink::<R, A::Range>::summed(terms.form, factor.as_mut_slice(), side);
        let amount = R::from_f64(4.0) * R::EPSILON * sink.mean();
        sink.factor(amount)?;
        sink.solve()
    }

    #[inline(never)]
    fn gather_uncalibrated<W: Buffer<R>>(&self, fit: &mut FitOf<R, A, G, W>, terms: &Terms<'_, R>) {
        let Fit { direction, room, held, factor, .. } = fit;
        let side = direction.as_mut_slice();
        let mut sink = Sink::new(terms.form, factor.as_mut_slice(), side).holding(held);
        for sensor in (0..self.counts().sensors).filter(|i| (terms.takes_part)(*i)) {
            let (_, mean) = self.measured(sensor);
            let (none, y) = (|_: usize| R::ZERO, |k: usize| mean - self.snapshots.y(k));
            self.add_sensor(sensor, (R::ONE, R::ONE), (none, R::ZERO), y, room, &mut sink);
        }
        sink.finish();
    }

    /// x ← direction, and gains, and the gauge that suits their signs.
    #[inline(never)]
    pub(super) fn take_start<W: Buffer<R>>(
        &self,
        fit: &mut FitOf<R, A, G, W>,
        terms: &Terms<'_, R>,
    ) {
        let unit = R::ONE / self.snapshots.scale();
        // The start has any size; of moderate size nothing overflows.
        let size = max_abs(fit.direction.as_slice()).unit_scale();
        for (x, d) in fit.x.as_mut_slice().iter_mut().zip(fit.direction.as_slice()) {
            *x = *d * size * unit;
        }
        self.look(fit, &Terms { kappa: R::ZERO, ..*terms });
        let sensors = self.counts().sensors;
        let gains = fit.gains.as_slice();
        let sum = total(sensors, &terms.takes_part, |i| at(gains, i));
        let sizes = total(sensors, &terms.takes_part, |i| at(gains, i).abs());
        let even = sum.abs() < R::from_f64(0.5) * sizes;
        fit.gauge = if even { Gauge::Square } else { Gauge::Mean };
        self.normalise(fit, terms);
        if terms.kappa > R::ZERO {
            self.look(fit, terms);
        }
    }

    /// Everything that follows from x: u, gains, ‖u‖², f.
    pub(super) fn look<W>(&self, fit: &mut FitOf<R, A, G, W>, terms: &Terms<'_, R>) {
        self.snapshots.predict(&fit.x, &mut fit.u);
        fit.objective = self.judge(fit.u.as_slice(), &mut fit.gains, &mut fit.squares, terms);
    }

    /// gains and ‖u‖² of a prediction; returns f.
    pub(super) fn judge(&self, u: &[R], gains: &mut G, squares: &mut G, terms: &Terms<'_, R>) -> R {
        let half = R::from_f64(0.5);
        let (gains, squares) = (gains.as_mut_slice(), squares.as_mut_slice());
        let mut sum = crate::sum::Accumulator::default();
        let slots = gains.iter_mut().zip(squares.iter_mut()).enumerate();
        for (sensor, (gain, own)) in slots {
            let profile = self.profile(sensor, u, terms.kappa);
            (*gain, *own) = (profile.gain, profile.square);
            if (terms.takes_part)(sensor) {
                let left = self.over(sensor, |k| square(self.residual(&profile, u, k)));
                let drawn = terms.kappa * square(profile.gain - R::ONE);
                sum.add(sensor, half * (left + drawn));
            }
        }
        sum.total()
    }

    /// Brings the gains that take part to the gauge; signal and prediction with them.
    pub(super) fn normalise<W>(&self, fit: &mut FitOf<R, A, G, W>, terms: &Terms<'_, R>) {
        let sensors = self.counts().sensors;
        let gains = fit.gains.as_slice();
        let count = total(sensors, &terms.takes_part, |_| R::ONE);
        let sum = total(sensors, &terms.takes_part, |i| at(gains, i));
        let factor = match fit.gauge {
            Gauge::Mean => sum / count,
            Gauge::Square => {
                let mean = total(sensors, &terms.takes_part, |i| square(at(gains, i))) / count;
                let signs = total(sensors, &terms.takes_part, |i| {
                    if at(gains, i) < R::ZERO { -R::ONE } else { R::ONE }
                });
                let negative = signs < R::ZERO || (signs == R::ZERO && sum < R::ZERO);
                if negative { -mean.sqrt() } else { mean.sqrt() }
            }
        };
        if factor == R::ZERO || !factor.is_finite() {
            return;
        }
        let inverse = R::ONE / factor;
        fit.x.as_mut_slice().iter_mut().for_each(|x| *x *= factor);
        fit.u.as_mut_slice().iter_mut().for_each(|u| *u *= factor);
        fit.squares.as_mut_slice().iter_mut().for_each(|s| *s *= factor * factor);
        fit.gains.as_mut_slice().iter_mut().for_each(|gain| *gain *= inverse);
    }

    /// Σ r² of all that take part, scaled.
    pub(super) fn residual_square<W>(&self, fit: &FitOf<R, A, G, W>, terms: &Terms<'_, R>) -> R {
        let u = fit.u.as_slice();
        total(self.counts().sensors, &terms.takes_part, |sensor| {
            let profile = self.profile(sensor, u, terms.kappa);
            self.over(sensor, |k| square(self.residual(&profile, u, k)))
        })
    }
}
