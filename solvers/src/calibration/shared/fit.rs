//! The fit, step by step.

use super::look::Memory;
use super::state::{Phase, SharedGainsState, SharedGainsStateOf};
use crate::calibration::prior::length;
use crate::calibration::sink::{Form, is_rounding, least_eigenvalue};
use crate::calibration::snapshots::at;
use crate::calibration::{CalibrationError, Gauge, Snapshots};
use crate::direct::{factor_in_place, packed, solve_in_place};
use crate::sum::{square, sum_of};
use crate::{Buffer, Certificate, ColumnOperator, Iteration, LinearOperator, Real};
use core::marker::PhantomData;

/// Halvings of a step that would raise f.
const HALVINGS: u32 = 12;

/// Numbers that a fit needs beside gains and signals: n (n + 1) / 2 + m (m + 1) / 2 + m n.
pub const fn shared_room(unknowns: usize, sensors: usize) -> usize {
    packed(unknowns) + packed(sensors) + unknowns * sensors
}

/// The gains of sensors that saw several signals, each some snapshots long:
///
/// y_sl = γ ∘ A_sl x_s + noise, signals s, snapshots l of each,
///
/// by Gauss–Newton steps in γ, the signals being eliminated one after the other. With u_s = A_s x_s, x_s
/// the least-squares signal for γ, a step is γ ← γ + t d with (H + τ γ γᵀ) d = −∇f,
///
/// H = Σ_s diag ‖u_si‖² − C_s M_s⁻¹ C_sᵀ, M_s = Σᵢ γᵢ² A_siᵀ A_si, row i of C_s being γᵢ u_siᵀ A_si,
///
/// t = 1, ½, … so that f does not rise. The first step is a linear start: ‖yᵢ‖ A_si x_s should be tᵢ y_si,
/// with one t for all signals. Without noise it is the answer.
///
/// A signal of p snapshots tells m p − n numbers of the gains, and Σ (m p_s − n) ≥ m − 1 are needed; one
/// snapshot each will do, where n < m. Gains may be negative.
///
/// The certificate is ‖d‖ / ‖γ‖ of the step to come (1 before the start). A report with
/// [`Breakdown`](crate::Status::Breakdown) means that the data cannot tell the gains, or a signal.
///
/// Shapes: γ is m, each x_s is n, the room W is [`shared_room`]`(n, m)`. Storage: one borrow here; see
/// [`SharedGainsState`]. Cost of a step: for each signal m p n² / 2 + n³ / 6 + m n² / 2 + m² n / 2 + 3 m p n
/// multiplications, and m³ / 6; the start twice the first.
///
/// ```
/// use solvekit::calibration::{Order, SharedGains, Snapshots, shared_room};
/// use solvekit::{SMatrix, SVector, Stop, operator::zeros, solve};
/// // Three signals of two numbers, each seen once by four sensors.
/// let rows: [_; 3] = core::array::from_fn(|s| {
///     SMatrix::<f32, 2, 4>::from_fn(|j, k| ((k * k + 5 * j * k + 3 * j + 7 * s) as f32).sin())
/// });
/// let (gains, xs) = ([1.2, 0.7, 1.1, 1.0], [[1.0, -0.5], [0.3, 0.8], [-0.6, 0.9]]);
/// let y: [_; 3] = core::array::from_fn(|s| {
///     let x: [f32; 2] = xs[s];
///     SVector::<f32, 4>::from_fn(|k, _| {
///         gains[k] * (rows[s][(0, k)] * x[0] + rows[s][(1, k)] * x[1])
///     })
/// });
/// let four = SVector::<f32, 4>::zeros();
/// let one = |s: usize| Snapshots::new(&rows[s], &y[s], four, Order::BySnapshot);
/// let signals = [one(0)?, one(1)?, one(2)?];
/// let fit = SharedGains::new(&signals)?;
/// let mut state = fit.start([SVector::zeros(); 3], zeros::<f32, { shared_room(2, 4) }, 1>())?;
/// let report = solve(&fit, &mut state, Stop::relative(1e-5)?);
/// assert!(report.converged(), "{report:?}");
/// assert!((state.gains()[0] - 1.2).abs() < 1e-4 && (fit.signal(&state, 1)[1] - 0.8).abs() < 1e-4);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Source: Golub and Pereyra 1973, Kaufman 1975 (variable projection); Ling and Strohmer 2018 (the linear
/// start).
#[derive(Debug)]
pub struct SharedGains<'a, R: Real, A: LinearOperator<R>, S, G, W> {
    pub(super) signals: &'a [Snapshots<'a, R, A, G>],
    /// A power of two that brings all measurements to about 1 or less.
    pub(super) scale: R,
    memory: PhantomData<(S, W)>,
}

// Not derived: what is borrowed need not be `Clone`.
impl<R: Real, A: LinearOperator<R>, S, G, W> Clone for SharedGains<'_, R, A, S, G, W> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R: Real, A: LinearOperator<R>, S, G, W> Copy for SharedGains<'_, R, A, S, G, W> {}

impl<'a, R, A, S, G, W> SharedGains<'a, R, A, S, G, W>
where
    R: Real,
    A: ColumnOperator<R>,
    S: AsRef<[A::Range]> + AsMut<[A::Range]>,
    G: Buffer<R>,
    W: Buffer<R>,
{
    /// The fit of these signals, of which each has the snapshots it has.
    ///
    /// # Errors
    /// [`CalibrationError`]: `Empty`; `Length` where a signal has other numbers of unknowns or sensors than
    /// the first; `Unidentifiable` with the counts of a signal of which fewer than n numbers are
    /// measured; `Signals` where all of them together are too few.
    pub fn new(signals: &'a [Snapshots<'a, R, A, G>]) -> Result<Self, CalibrationError> {
        let Some(first) = signals.first() else { return Err(CalibrationError::Empty) };
        let of = first.counts();
        let mut given = 0_usize;
        let mut scale = first.scale();
        for signal in signals {
            let counts = signal.counts();
            for (expected, found) in [(of.unknowns, counts.unknowns), (of.sensors, counts.sensors)]
            {
                if expected != found {
                    return Err(CalibrationError::Length { expected, found });
                }
            }
            let Some(told) = counts.equations().checked_sub(counts.unknowns) else {
                return Err(CalibrationError::Unidentifiable(counts));
            };
            given = given.saturating_add(told);
            scale = crate::Scalar::min(scale, signal.scale());
        }
        let needed = of.sensors.saturating_sub(1);
        if given < needed {
            return Err(CalibrationError::Signals { needed, given });
        }
        Ok(Self { signals, scale, memory: PhantomData })
    }

    /// Degrees of freedom that are left to the noise: Σ (m p − n) − m + 1.
    pub fn freedom(&self) -> usize {
        let told = self.signals.iter().map(|signal| {
            let counts = signal.counts();
            counts.equations().saturating_sub(counts.unknowns)
        });
        told.fold(1, usize::saturating_add).saturating_sub(self.sensors())
    }

    /// The state to begin with; `signals` has one vector for each signal, `memory` [`shared_room`]`(n, m)`
    /// numbers.
    ///
    /// # Errors
    /// [`CalibrationError::Length`].
    pub fn start(
        &self,
        signals: S,
        memory: W,
    ) -> Result<SharedGainsStateOf<R, A, S, G, W>, CalibrationError> {
        let Some(first) = self.signals.first() else { return Err(CalibrationError::Empty) };
        let room = shared_room(self.unknowns(), self.sensors());
        let lengths =
            [(self.signals.len(), signals.as_ref().len()), (room, memory.as_slice().len())];
        for (expected, found) in lengths {
            if expected != found {
                return Err(CalibrationError::Length { expected, found });
            }
        }
        let mut signals = signals;
        signals.as_mut().iter_mut().for_each(|x| *x = first.rows().zero_range());
        // Signals may differ in their snapshots; the longest needs the most room.
        let most = self.signals.iter().max_by_key(|signal| signal.counts().snapshots);
        let longest = most.unwrap_or(first);
        let ones = first.ones();
        Ok(SharedGainsState {
            gains: ones.clone(),
            signals,
            trial: ones.clone(),
            direction: ones.clone(),
            gradient: ones,
            row: first.rows().zero_range(),
            along: first.rows().zero_range(),
            u: longest.rows().zero_domain(),
            memory,
            objective: R::ZERO,
            change: R::ONE,
            conditioning: R::ONE,
            gauge: Gauge::Mean,
            phase: Phase::Blank,
        })
    }

    /// The state with given gains, from which the signals follow.
    ///
    /// # Errors
    /// [`CalibrationError`]: `Length`, `NonFiniteStart`.
    pub fn start_at(
        &self,
        gains: G,
        signals: S,
        memory: W,
    ) -> Result<SharedGainsStateOf<R, A, S, G, W>, CalibrationError> {
        let (expected, found) = (self.sensors(), gains.as_slice().len());
        if expected != found {
            return Err(CalibrationError::Length { expected, found });
        }
        if let Some(place) = crate::system::first_non_finite(gains.as_slice()) {
            return Err(CalibrationError::NonFiniteStart { place });
        }
        let mut state = self.start(signals, memory)?;
        *state.gains_mut() = gains;
        Ok(state)
    }

    /// A signal, in the units of the measurements; zero before the first step and for one there is not.
    pub fn signal(&self, state: &SharedGainsStateOf<R, A, S, G, W>, signal: usize) -> A::Range {
        let mut x = state.row.clone();
        let own = state.signals.as_ref().get(signal);
        for (j, slot) in x.as_mut_slice().iter_mut().enumerate() {
            *slot = own.map_or(R::ZERO, |own| at(own.as_slice(), j)) / self.scale;
        }
        x
    }

    pub(super) fn unknowns(&self) -> usize {
        self.signals.first().map_or(0, |signal| signal.counts().unknowns)
    }

    pub(super) fn sensors(&self) -> usize {
        self.signals.first().map_or(0, |signal| signal.counts().sensors)
    }

    /// m.
    pub(super) fn count(&self) -> R {
        R::from_u32(u32::try_from(self.sensors()).unwrap_or(u32::MAX))
    }

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
                self.linear(state)
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
