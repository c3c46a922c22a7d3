//! [`SharedGains`]: the fit and its parameters.

use super::state::{Phase, SharedGainsState, SharedGainsStateOf};
use crate::calibration::snapshots::at;
use crate::calibration::{CalibrationError, Gauge, Snapshots};
use crate::direct::packed;
use crate::{Buffer, ColumnOperator, LinearOperator, Real};
use core::marker::PhantomData;

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
}
