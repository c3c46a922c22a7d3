//! Standard errors of gains and signals.

use super::SharedGains;
use super::look::Memory;
use super::state::{Phase, SharedGainsState, SharedGainsStateOf};
use crate::calibration::Gauge;
use crate::calibration::snapshots::at;
use crate::direct::{forward_in_place, solve_in_place};
use crate::sum::{dot, sum_of};
use crate::{Buffer, ColumnOperator, Real};

impl<'a, R, A, S, G, W> SharedGains<'a, R, A, S, G, W>
where
    R: Real,
    A: ColumnOperator<R>,
    S: AsRef<[A::Range]> + AsMut<[A::Range]>,
    G: Buffer<R>,
    W: Buffer<R>,
{
    /// Standard errors of the gains into the buffer given, and returns the standard deviation σ of the
    /// noise: σ² = Σ r² / freedom, covariance σ² J (H + τ γ γᵀ)⁻¹ Jᵀ, J being what the gauge leaves of a
    /// change of the gains. `None` before the start, where no step can be found, and where no degree of
    /// freedom is left. Cost: that of a step and m³ / 2.
    pub fn errors(
        &self,
        state: &mut SharedGainsStateOf<R, A, S, G, W>,
        of_gains: &mut G,
    ) -> Option<R> {
        let sigma = self.sigma(state)?;
        for (sensor, slot) in of_gains.as_mut_slice().iter_mut().enumerate() {
            let SharedGainsState { gains, trial, memory, gauge, .. } = state;
            let own = at(gains.as_slice(), sensor);
            for (j, v) in trial.as_mut_slice().iter_mut().enumerate() {
                let unit = if j == sensor { R::ONE } else { R::ZERO };
                *v = unit - own * self.slope(*gauge, at(gains.as_slice(), j));
            }
            let factor = Memory::of(memory, self.unknowns(), self.sensors()).gains;
            forward_in_place(factor, trial.as_mut_slice());
            *slot = sigma * dot(trial.as_slice(), trial.as_slice()).sqrt();
        }
        Some(sigma / self.scale)
    }

    /// Standard errors of one signal, likewise. Cost: that of a step and n (m p n + m² / 2) more.
    pub fn signal_errors(
        &self,
        state: &mut SharedGainsStateOf<R, A, S, G, W>,
        signal: usize,
        of_signal: &mut A::Range,
    ) -> Option<R> {
        let sigma = self.sigma(state)?;
        let own = self.signals.get(signal)?;
        let SharedGainsState { gains, signals, trial, row, u, memory, gauge, .. } = state;
        let memory = Memory::of(memory, self.unknowns(), self.sensors());
        let x = signals.as_mut().get_mut(signal)?;
        let terms = |i: usize| (at(gains.as_slice(), i), R::ONE);
        self.solve(own, terms, (memory.signal, row, x))?;
        for (j, slot) in of_signal.as_mut_slice().iter_mut().enumerate() {
            for (i, v) in row.as_mut_slice().iter_mut().enumerate() {
                *v = if i == j { R::ONE } else { R::ZERO };
            }
            solve_in_place(memory.signal, row.as_mut_slice());
            let alone = at(row.as_slice(), j);
            // C M⁻¹ eⱼ.
            Self::predict(own, row, u);
            for (i, v) in trial.as_mut_slice().iter_mut().enumerate() {
                let seen = |k: usize| own.rows().column_dot(k, x) * at(u.as_slice(), k);
                *v = at(gains.as_slice(), i) * Self::over(own, i, seen);
            }
            let v = trial.as_slice();
            let whole = sum_of(v.len(), |i| at(v, i) * at(gains.as_slice(), i));
            for (i, v) in trial.as_mut_slice().iter_mut().enumerate() {
                *v -= whole * self.slope(*gauge, at(gains.as_slice(), i));
            }
            forward_in_place(memory.gains, trial.as_mut_slice());
            let variance = alone + dot(trial.as_slice(), trial.as_slice());
            *slot = sigma / self.scale * variance.sqrt();
        }
        Some(sigma / self.scale)
    }

    /// σ, scaled, with the factor of the step to come.
    fn sigma(&self, state: &mut SharedGainsStateOf<R, A, S, G, W>) -> Option<R> {
        if matches!(state.phase, Phase::Blank | Phase::Started) {
            return None;
        }
        state.phase = Phase::Given;
        self.propose(state);
        let freedom = u32::try_from(self.freedom()).unwrap_or(u32::MAX);
        if state.phase != Phase::Proposed || freedom == 0 {
            return None;
        }
        let two = R::from_f64(2.0);
        Some((two * state.objective / R::from_u32(freedom)).sqrt())
    }

    /// How much a change of a gain of this size changes what the gauge brings to 1.
    fn slope(&self, gauge: Gauge, gain: R) -> R {
        match gauge {
            Gauge::Mean => R::ONE / self.count(),
            Gauge::Square => gain / self.count(),
        }
    }
}
