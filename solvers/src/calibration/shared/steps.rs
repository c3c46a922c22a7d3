//! Start and steps of the fit.

use super::SharedGains;
use super::look::Memory;
use super::state::{Phase, SharedGainsStateOf};
use crate::calibration::Gauge;
use crate::calibration::prior::length;
use crate::calibration::sink::{Form, is_rounding, least_eigenvalue};
use crate::calibration::snapshots::at;
use crate::direct::{factor_in_place, packed, solve_in_place};
use crate::sum::{square, sum_of};
use crate::{Buffer, Certificate, ColumnOperator, Iteration, Real};

/// Halvings of a step that would raise f.
const HALVINGS: u32 = 12;

impl<R, A, S, G, W> SharedGains<'_, R, A, S, G, W>
where
    R: Real,
    A: ColumnOperator<R>,
    S: AsRef<[A::Range]> + AsMut<[A::Range]>,
    G: Buffer<R>,
    W: Buffer<R>,
{
    /// Gains to be tried, brought to the gauge. `None` where they cannot be.
    fn normalise(&self, state: &mut SharedGainsStateOf<R, A, S, G, W>) -> Option<()> {
        let gains = state.trial.as_slice();
        let sum = sum_of(gains.len(), |i| at(gains, i));
        let level = match state.gauge {
            Gauge::Mean => sum / self.count(),
            Gauge::Square => {
                let root = (sum_of(gains.len(), |i| square(at(gains, i))) / self.count()).sqrt();
                if sum < R::ZERO { -root } else { root }
            }
        };
        if level == R::ZERO || !level.is_finite() {
            return None;
        }
        state.trial.as_mut_slice().iter_mut().for_each(|gain| *gain = *gain / level);
        Some(())
    }

    /// direction ← the step, from what follows from the gains; its factor stays.
    fn step_to_come(&self, state: &mut SharedGainsStateOf<R, A, S, G, W>) -> Option<()> {
        let sensors = self.sensors();
        let memory = Memory::of(&mut state.memory, self.unknowns(), sensors).gains;
        let mean = sum_of(sensors, |i| at(memory, packed(i) + i)) / self.count();
        let gains = state.gains.as_slice();
        let size = length(gains);
        let tau = mean / square(size);
        for i in 0..sensors {
            for j in 0..=i {
                if let Some(slot) = memory.get_mut(packed(i) + j) {
                    *slot += tau * at(gains, i) * at(gains, j);
                    if i == j {
                        *slot += R::from_f64(4.0) * R::EPSILON * mean;
                    }
                }
            }
        }
        factor_in_place(memory, sensors).ok()?;
        let direction = state.direction.as_mut_slice();
        state.conditioning = least_eigenvalue(memory, direction) / mean;
        for (d, slope) in direction.iter_mut().zip(state.gradient.as_slice()) {
            *d = -*slope;
        }
        solve_in_place(memory, direction);
        let moved = length(direction);
        state.change = if moved == R::ZERO { moved } else { moved / size.max(moved) };
        let sound = !is_rounding(Form::Cholesky, state.conditioning, sensors);
        (sound && state.change.is_finite()).then_some(())
    }

    pub(super) fn propose(&self, state: &mut SharedGainsStateOf<R, A, S, G, W>) {
        let found = match state.phase {
            Phase::Started | Phase::Proposed | Phase::Broken => return,
            Phase::Blank => {
                state.change = R::ONE;
                state.phase = Phase::Started;
                self.linear(state).and_then(|()| self.weigh(state))
            }
            Phase::Given | Phase::Moved => {
                let size = length(state.gains.as_slice());
                // Zero, and no number where a gain is none.
                state.change = size * R::ZERO;
                let mut found = (state.change == R::ZERO).then_some(());
                if found.is_some() && state.phase == Phase::Given {
                    state.trial.clone_from(&state.gains);
                    found = self.look(state);
                }
                state.phase = Phase::Proposed;
                found.and_then(|()| self.step_to_come(state))
            }
        };
        if found.is_none() {
            // Nothing was found: that is no small step. NaN stays.
            state.change = state.change.max(R::ONE);
            state.phase = Phase::Broken;
        }
    }

    /// gains ← those of the start.
    fn take_start(&self, state: &mut SharedGainsStateOf<R, A, S, G, W>) {
        let gains = state.trial.as_slice();
        let sum = sum_of(gains.len(), |i| at(gains, i));
        let sizes = sum_of(gains.len(), |i| at(gains, i).abs());
        let even = sum.abs() < R::from_f64(0.5) * sizes;
        state.gauge = if even { Gauge::Square } else { Gauge::Mean };
        let found = self.normalise(state).and_then(|()| self.look(state));
        if found.is_some() {
            core::mem::swap(&mut state.gains, &mut state.trial);
            state.phase = Phase::Moved;
        } else {
            state.phase = Phase::Broken;
        }
    }

    /// gains ← gains + t d where that does not raise f; otherwise half of it, and so on.
    fn take_step(&self, state: &mut SharedGainsStateOf<R, A, S, G, W>) {
        let whole = self
            .signals
            .iter()
            .fold(R::ZERO, |sum, signal| sum + square(signal.y_norm() * self.scale));
        let eight = R::from_f64(8.0) * R::EPSILON;
        let allowed =
            state.objective * (R::ONE + R::from_f64(32.0) * R::EPSILON) + square(eight) * whole;
        let mut part = R::ONE;
        for _ in 0..=HALVINGS {
            let moved = state.gains.as_slice().iter().zip(state.direction.as_slice());
            for (trial, (gain, d)) in state.trial.as_mut_slice().iter_mut().zip(moved) {
                *trial = *gain + part * *d;
            }
            let found = self.normalise(state).and_then(|()| self.look(state));
            if found.is_some() && state.objective <= allowed {
                core::mem::swap(&mut state.gains, &mut state.trial);
                state.phase = Phase::Moved;
                return;
            }
            part *= R::from_f64(0.5);
        }
        state.phase = Phase::Given;
    }
}

impl<R, A, S, G, W> Iteration for SharedGains<'_, R, A, S, G, W>
where
    R: Real,
    A: ColumnOperator<R>,
    S: AsRef<[A::Range]> + AsMut<[A::Range]> + Clone,
    G: Buffer<R>,
    W: Buffer<R>,
{
    type Real = R;
    type State = SharedGainsStateOf<R, A, S, G, W>;
    const CERTIFICATE: Certificate = Certificate::RelativeChange;

    fn step(&self, state: &mut Self::State) {
        self.propose(state);
        match state.phase {
            Phase::Started => self.take_start(state),
            Phase::Proposed => self.take_step(state),
            _ => {}
        }
    }

    fn residual(&self, state: &mut Self::State) -> R {
        self.propose(state);
        state.change
    }

    fn certify(&self, state: &mut Self::State) -> Option<R> {
        match state.phase {
            Phase::Blank | Phase::Started => {}
            _ => state.phase = Phase::Given,
        }
        Some(self.residual(state))
    }

    fn breakdown(&self, state: &Self::State) -> bool {
        state.phase == Phase::Broken
    }

    fn reference(&self) -> R {
        R::ONE
    }

    fn restore(&self, state: &mut Self::State) {
        let gains = state.gains.as_mut_slice().iter_mut();
        gains.for_each(|gain| *gain = gain.finite_or(R::ONE));
        state.phase = Phase::Given;
    }
}
