//! What a calibration does in which order.

use super::learn;
use super::state::{AutoState, AutoStateOf, Stage};
use super::suspects::Hearing;
use super::{Answer, Auto, Verdict};
use crate::calibration::fit::Terms;
use crate::calibration::kernel::fill;
use crate::calibration::sink::Form;
use crate::calibration::student::student_quantile;
use crate::calibration::{Counts, Sensor};
use crate::{Buffer, ColumnOperator, Real};

/// Gauss–Newton steps after the start.
const STEPS: u8 = 2;

/// Sensors that may be left out for what a fit says of them.
const ERRATIC: u8 = 6;

impl<R, A, G, W> Auto<'_, R, A, G, W>
where
    R: Real,
    A: ColumnOperator<R>,
    G: Buffer<R>,
    W: Buffer<R>,
{
    /// m, less those left out, with n and p.
    pub(super) fn kept(&self, sensors: &[Sensor]) -> Counts {
        let kept = sensors.iter().filter(|sensor| sensor.takes_part()).count();
        Counts { sensors: kept, ..self.counts() }
    }

    /// Whatever comes next.
    // What a stage keeps on the stack is its own: none is inlined.
    pub(super) fn next<S, F>(&self, state: &mut AutoStateOf<R, A, G, W, S, F>)
    where
        S: Buffer<R>,
        F: AsRef<[Sensor]> + AsMut<[Sensor]>,
    {
        if state.stage == Stage::Screen {
            self.screen(state);
            return;
        }
        let AutoState { fit, sensors, .. } = state;
        let counts = self.kept(sensors.as_ref());
        if counts.check().is_err() {
            self.refuse(state, Answer::TooFew);
            return;
        }
        let form = Form::automatic::<R>(counts);
        let marks = sensors.as_ref();
        let takes_part = |i: usize| marks.get(i).is_none_or(|sensor| sensor.takes_part());
        let likelihood = Terms { takes_part: &takes_part, kappa: R::ZERO, form };
        let drawn = Terms { kappa: state.kappa, ..likelihood };
        let found = match state.stage {
            Stage::Start => {
                let found = self.kernel.propose_start(fit, &likelihood);
                if found.is_some() {
                    self.kernel.take_start(fit, &likelihood);
                    state.second.clone_from(&fit.x);
                    state.stage = Stage::Likelihood { left: STEPS };
                }
                found
            }
            Stage::Likelihood { left } => {
                // The second step has the matrix of the first.
                let again = left < STEPS && form == Form::Cholesky;
                let again = if again { self.kernel.propose_again(fit, &likelihood) } else { None };
                let found = again.or_else(|| self.kernel.propose_step(fit, &likelihood, R::ZERO));
                if found.is_some() {
                    self.kernel.take_step(fit, &likelihood, true);
                    let left = left.saturating_sub(1);
                    state.stage = if left > 0 { Stage::Likelihood { left } } else { Stage::Judge };
                }
                found
            }
            Stage::Judge => {
                let found = self.kernel.propose_step(fit, &likelihood, R::ZERO);
                if found.is_some() {
                    self.judge(state, counts, form);
                }
                found
            }
            Stage::Prior { second, left } => {
                self.damped(state, form);
                state.stage = match (second, left) {
                    (_, 2..) => Stage::Prior { second, left: left - 1 },
                    (false, _) => Stage::Uncalibrated,
                    (true, _) => {
                        self.choose(state, form);
                        Stage::Learn { rounds: learn::ROUNDS }
                    }
                };
                Some(())
            }
            Stage::Uncalibrated => {
                state.second.clone_from(&fit.x);
                state.rival = fit.objective;
                let found = self.kernel.propose_uncalibrated(fit, &drawn);
                if found.is_some() {
                    self.kernel.take_direction(fit);
                    self.kernel.look(fit, &drawn);
                    state.damping = learn::first_damping();
                    state.stage = Stage::Prior { second: true, left: learn::STEPS };
                }
                found
            }
            Stage::Learn { rounds } => {
                self.learn(state, counts, form);
                state.stage = Stage::Refine { rounds, left: 2 };
                Some(())
            }
            Stage::Refine { rounds, left } => {
                self.damped(state, form);
                state.stage = match (rounds, left) {
                    (_, 2..) => Stage::Refine { rounds, left: left - 1 },
                    (2.., _) => Stage::Learn { rounds: rounds - 1 },
                    _ => Stage::Conclude,
                };
                Some(())
            }
            Stage::Conclude => self.conclude(state, counts, form),
            Stage::Equal => {
                let found = self.kernel.propose_uncalibrated(fit, &likelihood);
                if found.is_some() {
                    self.settle(state, counts);
                }
                found
            }
            Stage::Screen => Some(()),
        };
        if found.is_none() {
            if state.hearing == Hearing::Trial {
                self.withdraw(state);
            } else {
                self.refuse(state, Answer::Singular);
            }
        }
    }

    /// Errors of the least-squares fit, and what follows from them.
    #[inline(never)]
    fn judge<S, F>(&self, state: &mut AutoStateOf<R, A, G, W, S, F>, counts: Counts, form: Form)
    where
        S: Buffer<R>,
        F: AsRef<[Sensor]> + AsMut<[Sensor]>,
    {
        let AutoState { fit, sensors, room, gain_errors, signal_errors, .. } = state;
        let marks = sensors.as_mut();
        let freedom = counts.freedom();
        let part_of =
            |marks: &[Sensor], i: usize| marks.get(i).is_none_or(|sensor| sensor.takes_part());
        let (left, erratic) = {
            let takes_part = |i: usize| part_of(marks, i);
            let terms = Terms { takes_part: &takes_part, kappa: R::ZERO, form };
            let left = self.kernel.residual_square(fit, &terms);
            let count = R::from_u32(u32::try_from(freedom).unwrap_or(u32::MAX));
            state.sigma = self.sigma.unwrap_or((left / count).sqrt());
            let searched =
                counts.snapshots >= 3 && state.erratic < ERRATIC && !room.as_slice().is_empty();
            let erratic = if searched {
                self.kernel.erratic(fit, &terms, freedom, room.as_mut_slice())
            } else {
                None
            };
            if erratic.is_none() {
                self.kernel.variances(fit, &terms, gain_errors, Some(signal_errors));
            }
            (left, erratic)
        };
        if state.hearing == Hearing::Trial && left > self.kernel.rounding() {
            self.withdraw(state);
            return;
        }
        if let Some(mark) = erratic.and_then(|sensor| marks.get_mut(sensor)) {
            *mark = Sensor::Erratic;
            state.erratic += 1;
            state.stage = Stage::Start;
            return;
        }
        if freedom > 0 && self.acquit(state, freedom) {
            state.stage = Stage::Start;
            return;
        }
        if freedom == 0 && self.sigma.is_none() {
            state.sigma = R::INFINITY;
            self.finish(state, counts, Answer::Unchecked);
            return;
        }
        let predicted = self.scale_errors(state, counts);
        let wide = predicted > R::from_f64(0.1);
        let near = counts.equations().saturating_mul(5) < counts.needed().saturating_mul(7)
            && predicted > R::from_f64(0.005);
        // Gains that are negative beyond doubt, chance among all of them included, are not about 1. With few degrees of freedom noise that
        // happens to look small leaves no doubt where there is some.
        let unknown = freedom < 4 && self.sigma.is_none();
        let doubt = R::from_f64(4.5) * self.quantile(counts) / student_quantile(usize::MAX);
        let pairs = state.fit.gains.as_slice().iter().zip(state.gain_errors.as_slice());
        let positive = pairs.zip(state.sensors.as_ref()).all(|((gain, error), sensor)| {
            !sensor.takes_part() || *gain + doubt * *error >= R::ZERO
        });
        if (wide || near) && (positive || unknown) {
            self.begin_prior(state, counts, form);
        } else if predicted > R::from_f64(0.3) {
            self.refuse(state, Answer::Uncertain);
            if let Some(verdict) = &mut state.verdict {
                verdict.predicted = predicted;
            }
        } else {
            self.finish(state, counts, Answer::Likelihood);
        }
    }

    /// Variances become errors in the units of the measurements; returns the root mean square of those
    /// of the gains, widened as an interval of 95 % is for few degrees of freedom.
    #[inline(never)]
    pub(super) fn scale_errors<S, F>(
        &self,
        state: &mut AutoStateOf<R, A, G, W, S, F>,
        counts: Counts,
    ) -> R
    where
        F: AsRef<[Sensor]>,
    {
        let AutoState { gain_errors, signal_errors, sigma, .. } = state;
        let scale = self.kernel.snapshots.scale();
        gain_errors.as_mut_slice().iter_mut().for_each(|v| *v = *sigma * v.sqrt());
        signal_errors.as_mut_slice().iter_mut().for_each(|v| *v = *sigma / scale * v.sqrt());
        let normal = student_quantile::<R>(usize::MAX);
        state.mean_error() * self.quantile(counts) / normal
    }

    fn quantile(&self, counts: Counts) -> R {
        student_quantile(if self.sigma.is_some() { usize::MAX } else { counts.freedom() })
    }

    /// Marks weak and flipped sensors and says what was found.
    #[inline(never)]
    pub(super) fn finish<S, F>(
        &self,
        state: &mut AutoStateOf<R, A, G, W, S, F>,
        counts: Counts,
        answer: Answer,
    ) where
        F: AsRef<[Sensor]> + AsMut<[Sensor]>,
    {
        if answer == Answer::Unchecked {
            let errors = state.gain_errors.as_mut_slice().iter_mut();
            errors.chain(state.signal_errors.as_mut_slice()).for_each(|e| *e = R::INFINITY);
        }
        let known = matches!(answer, Answer::Likelihood | Answer::Posterior);
        let pairs = state.fit.gains.as_slice().iter().zip(state.gain_errors.as_slice());
        for (mark, (gain, error)) in state.sensors.as_mut().iter_mut().zip(pairs) {
            if mark.takes_part() && known {
                *mark = if gain.abs() < R::from_f64(3.0) * *error {
                    Sensor::Weak
                } else if *gain < R::ZERO {
                    Sensor::Flipped
                } else {
                    Sensor::Sound
                };
            }
        }
        let quantile = self.quantile(counts);
        let normal = student_quantile::<R>(usize::MAX);
        state.verdict = Some(Verdict {
            answer,
            sigma: state.sigma / self.kernel.snapshots.scale(),
            freedom: counts.freedom(),
            predicted: state.mean_error() * quantile / normal,
            quantile,
            width: state.width,
            conditioning: state.fit.conditioning,
            kept: counts.sensors,
            scarce: counts.is_scarce(),
        });
    }

    /// Nothing is known: x = 0, γ = 1, and no end to the errors.
    #[inline(never)]
    fn refuse<S, F>(&self, state: &mut AutoStateOf<R, A, G, W, S, F>, answer: Answer)
    where
        F: AsRef<[Sensor]>,
    {
        let counts = self.kept(state.sensors.as_ref());
        let AutoState { fit, gain_errors, signal_errors, .. } = state;
        fill(&mut fit.x);
        fill(&mut fit.u);
        fit.gains = self.kernel.snapshots.ones();
        let errors = gain_errors.as_mut_slice().iter_mut();
        errors.chain(signal_errors.as_mut_slice()).for_each(|error| *error = R::INFINITY);
        state.verdict = Some(Verdict {
            freedom: counts.freedom(),
            conditioning: state.fit.conditioning,
            kept: counts.sensors,
            scarce: counts.is_scarce(),
            ..Verdict::none(answer)
        });
    }
}
