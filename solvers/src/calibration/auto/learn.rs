//! The most probable gains, where how near to 1 they are is learned with them.

use super::state::{AutoState, AutoStateOf, Stage};
use super::{Answer, Auto};
use crate::calibration::fit::{Gauge, Terms};
use crate::calibration::kernel::total;
use crate::calibration::sink::Form;
use crate::calibration::snapshots::at;
use crate::calibration::{Counts, Sensor};
use crate::sum::square;
use crate::{Buffer, ColumnOperator, Real};

/// Damped steps from each start.
pub(super) const STEPS: u8 = 4;

/// Rounds in which noise and width are learned.
pub(super) const ROUNDS: u8 = 6;

/// Standard deviation of the gains to begin with.
const WIDTH: f64 = 0.3;

pub(super) fn first_damping<R: Real>() -> R {
    R::from_f64(1e-3)
}

impl<R, A, G, W> Auto<'_, R, A, G, W>
where
    R: Real,
    A: ColumnOperator<R>,
    G: Buffer<R>,
    W: Buffer<R>,
{
    /// Calls `then` with the terms of the sensors that take part.
    fn with_terms<S, F, T>(
        state: &mut AutoStateOf<R, A, G, W, S, F>,
        form: Form,
        then: impl FnOnce(&mut AutoStateParts<'_, R, A, G, W>, &Terms<'_, R>) -> T,
    ) -> T
    where
        F: AsRef<[Sensor]>,
    {
        let marks = state.sensors.as_ref();
        let takes_part = |i: usize| marks.get(i).is_none_or(|sensor| sensor.takes_part());
        let terms = Terms { takes_part: &takes_part, kappa: state.kappa, form };
        let mut parts = AutoStateParts::<R, A, G, W> {
            fit: &mut state.fit,
            gain_errors: &mut state.gain_errors,
            signal_errors: &mut state.signal_errors,
        };
        then(&mut parts, &terms)
    }

    #[inline(never)]
    pub(super) fn begin_prior<S, F>(
        &self,
        state: &mut AutoStateOf<R, A, G, W, S, F>,
        counts: Counts,
        form: Form,
    ) where
        F: AsRef<[Sensor]>,
    {
        if counts.freedom() == 0 && self.sigma.is_none() {
            state.sigma = R::ZERO;
        }
        state.width = R::from_f64(WIDTH);
        state.kappa = square(state.sigma / state.width);
        state.damping = first_damping();
        state.fit.x.clone_from(&state.second);
        Self::with_terms(state, form, |parts, terms| self.kernel.look(parts.fit, terms));
        state.stage = Stage::Prior { second: false, left: STEPS };
    }

    /// A damped step; where f would rise, none, and more damping the next time.
    #[inline(never)]
    pub(super) fn damped<S, F>(&self, state: &mut AutoStateOf<R, A, G, W, S, F>, form: Form)
    where
        F: AsRef<[Sensor]>,
    {
        let damping = state.damping;
        let taken = Self::with_terms(state, form, |parts, terms| {
            self.kernel.propose_step(parts.fit, terms, damping).is_some()
                && self.kernel.take_step(parts.fit, terms, false)
        });
        let five = R::from_f64(5.0);
        state.damping =
            if taken { (damping / five).max(R::from_f64(1e-9)) } else { damping * five };
    }

    /// The better end of both descents.
    #[inline(never)]
    pub(super) fn choose<S, F>(&self, state: &mut AutoStateOf<R, A, G, W, S, F>, form: Form)
    where
        F: AsRef<[Sensor]>,
    {
        // Also false where the second one is no number.
        let better = state.fit.objective <= state.rival;
        if !better {
            state.fit.x.clone_from(&state.second);
            Self::with_terms(state, form, |parts, terms| self.kernel.look(parts.fit, terms));
        }
        state.damping = first_damping();
    }

    /// σ² ← Σ r² / (m p − what was fitted), τ² ← the mean of (γ − 1)² and the variances of γ.
    #[inline(never)]
    pub(super) fn learn<S, F>(
        &self,
        state: &mut AutoStateOf<R, A, G, W, S, F>,
        counts: Counts,
        form: Form,
    ) where
        F: AsRef<[Sensor]>,
    {
        let (kappa, width, before) = (state.kappa, state.width, state.sigma);
        let learned = Self::with_terms(state, form, |parts, terms| {
            self.kernel.propose_step(parts.fit, terms, R::ZERO)?;
            self.kernel.variances(parts.fit, terms, parts.gain_errors, None);
            let (gains, v) = (parts.fit.gains.as_slice(), parts.gain_errors.as_slice());
            let whole = self.kernel.counts().sensors;
            let number = |count: usize| R::from_u32(u32::try_from(count).unwrap_or(u32::MAX));
            let traced = kappa * total(whole, &terms.takes_part, |i| at(v, i));
            let offsets = if counts.offsets { counts.sensors } else { 0 };
            let fitted = number(counts.unknowns + counts.sensors + offsets) - traced;
            let left = number(counts.equations()) - fitted;
            let square_left = self.kernel.residual_square(parts.fit, terms);
            let noise = match self.sigma {
                Some(sigma) => square(sigma),
                None if left > R::ZERO => square_left / left,
                None => square(before),
            };
            let spread = total(whole, &terms.takes_part, |i| {
                square(at(gains, i) - R::ONE) + (noise * at(v, i)).min(square(width))
            });
            let spread = spread / number(counts.sensors);
            let spread = spread.max(R::from_f64(1e-4)).min(R::from_f64(0.5));
            (noise.is_finite() && spread.is_finite()).then_some((noise, spread))
        });
        if let Some((noise, spread)) = learned {
            (state.sigma, state.width) = (noise.sqrt(), spread.sqrt());
            state.kappa = noise / spread;
            Self::with_terms(state, form, |parts, terms| self.kernel.look(parts.fit, terms));
        }
    }

    /// Errors of the posterior, or word that the data say nothing of the gains.
    #[inline(never)]
    pub(super) fn conclude<S, F>(
        &self,
        state: &mut AutoStateOf<R, A, G, W, S, F>,
        counts: Counts,
        form: Form,
    ) -> Option<()>
    where
        F: AsRef<[Sensor]> + AsMut<[Sensor]>,
    {
        let informed = Self::with_terms(state, form, |parts, terms| {
            self.kernel.propose_step(parts.fit, terms, R::ZERO)?;
            let signal = Some(&mut *parts.signal_errors);
            self.kernel.variances(parts.fit, terms, parts.gain_errors, signal);
            let v = parts.gain_errors.as_slice();
            Some(total(self.kernel.counts().sensors, &terms.takes_part, |i| at(v, i)))
        })?;
        let count = R::from_u32(u32::try_from(counts.sensors).unwrap_or(u32::MAX));
        if informed / count * square(state.sigma) > R::from_f64(0.8) * square(state.width) {
            state.stage = Stage::Equal;
            return Some(());
        }
        self.scale_errors(state, counts);
        state.fit.gauge = Gauge::Mean;
        Self::with_terms(state, form, |parts, terms| {
            let before = at(parts.fit.x.as_slice(), 0);
            self.kernel.normalise(parts.fit, terms);
            // Errors are brought along.
            let factor = (at(parts.fit.x.as_slice(), 0) / before).abs().finite_or(R::ONE);
            if factor > R::ZERO {
                parts.signal_errors.as_mut_slice().iter_mut().for_each(|e| *e *= factor);
                parts.gain_errors.as_mut_slice().iter_mut().for_each(|e| *e = *e / factor);
            }
        });
        self.finish(state, counts, Answer::Posterior);
        Some(())
    }

    /// x ← the least-squares signal for gains of 1, which are as uncertain as they were before the data.
    #[inline(never)]
    pub(super) fn settle<S, F>(&self, state: &mut AutoStateOf<R, A, G, W, S, F>, counts: Counts)
    where
        F: AsRef<[Sensor]> + AsMut<[Sensor]>,
    {
        let AutoState { fit, gain_errors, signal_errors, width, .. } = state;
        self.kernel.take_direction(fit);
        self.kernel.snapshots.predict(&fit.x, &mut fit.u);
        fit.gains = self.kernel.snapshots.ones();
        gain_errors.as_mut_slice().iter_mut().for_each(|error| *error = *width);
        signal_errors.as_mut_slice().iter_mut().for_each(|error| *error = R::INFINITY);
        self.finish(state, counts, Answer::Uninformed);
    }
}

/// What of a state changes while its marks are read.
pub(super) struct AutoStateParts<'s, R: Real, A: ColumnOperator<R>, G, W> {
    pub(super) fit: &'s mut crate::calibration::fit::FitOf<R, A, G, W>,
    pub(super) gain_errors: &'s mut G,
    pub(super) signal_errors: &'s mut A::Range,
}
