//! [`Extrapolated`]: passes of a descent, and from time to time a leap to where they are going.

use super::rule::Cyclic;
use super::update::Update;
use super::{Descent, DescentState};
use crate::direct::{factor_in_place, packed, solve_in_place};
use crate::fit::DataFit;
use crate::sum::{max_abs, sum_of};
use crate::{Buffer, Certificate, Iteration, Real, Scalar, Separable};
use core::fmt;
use core::marker::PhantomData;

/// Numbers that extrapolating from K passes over N unknowns takes: K N + K (K + 1)/2 + K.
pub const fn history(passes: usize, unknowns: usize) -> usize {
    passes.saturating_mul(unknowns).saturating_add(packed(passes)).saturating_add(passes)
}

/// Why an extrapolation was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum ExtrapolationError {
    /// Fewer than two passes, or more than 64: one says nothing, and many are nearly parallel.
    Passes,
    /// The memory is shorter than [`history`] says.
    Memory {
        /// Numbers needed.
        expected: usize,
        /// Numbers given.
        found: usize,
    },
}

impl fmt::Display for ExtrapolationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Passes => f.write_str("an extrapolation is made from 2 to 64 passes"),
            Self::Memory { expected, found } => {
                write!(f, "the memory needs {expected} numbers, {found} were given")
            }
        }
    }
}

impl core::error::Error for ExtrapolationError {}

/// Anderson extrapolation of a [`Descent`] that goes through fixed blocks in turn.
///
/// From the iterates x⁰ … xᴷ of K passes, with the differences U = (x¹ − x⁰, …, xᴷ − xᴷ⁻¹), it solves
/// (UᵀU + δ I) z = 1, and tries xₑ = Σ cₖ xᵏ with c = z / Σ z. Where passes have come to be a
/// linear map (the signs of a lasso stay; always, for a quadratic) this cancels the K slowest modes.
/// The leap counts only where f + g falls; otherwise the descent goes on from xᴷ, as if nothing had been
/// tried. Coordinates that did not move in K passes stay where they are to the bit, so zeros
/// and bounds do. It asks for a rule whose passes are all alike, so for [`Cyclic`]; K = 5 is usual.
///
/// Storage: [`history`] (K, N) numbers and one more point of the fit in an [`ExtrapolatedState`].
/// Cost: in each pass a copy of x; after K of them K² N / 2 + K³ / 6 multiplications, N shifts and two
/// values of the objective, about a pass in K. The certificate is that of the descent.
///
/// It pays where passes alone are slow. Passes to 1e-8 ‖∇f(0)‖_∞ with K = 5, as the host's tests
/// count them (the lassos' columns have a correlation of 0.95 with their neighbours):
///
/// | problem | passes alone | with leaps |
/// |---|---|---|
/// | quadratic, 40 unknowns, 45 rows behind it | 1061 | 145 |
/// | the same, x ≥ 0 | 39 | 25 |
/// | lasso 100 × 50, λ_max / 10 and / 100 | 287, 271 | 110, 116 |
/// | lasso 60 × 120, λ_max / 10 and / 100 | 273, 326 | 75, 160 |
/// | logistic with L1, 60 × 30 | 6799 | 470 |
///
/// The solver [`Lasso`](crate::lasso::Lasso) has no use for it: its paths end after finitely many pieces.
///
/// ```
/// use solvekit::bcd::{Descent, Extrapolated, Partition, history, rule::Cyclic, update::Coordinate};
/// use solvekit::{SMatrix, SVector, Stop, fit::Quadratic, penalty::Unpenalized, solve};
/// // Four unknowns much alike: passes crawl.
/// let a = SMatrix::<f64, 4, 4>::from_fn(|i, j| if i == j { 1.0 } else { 0.99 });
/// let b = SVector::from([1.0, -2.0, 0.5, 3.0]);
/// let fit = Quadratic::new(&a, &b)?;
/// let rule = Cyclic::new(Partition::consecutive([0; 4], 4)?);
/// let plain = Descent::new(fit, Unpenalized, rule, Coordinate);
/// let stop = Stop::relative(1e-8)?;
/// let passes = solve(&plain, &mut plain.start_from(fit.start()), stop).iterations;
///
/// let extrapolated = Extrapolated::new(plain, 5)?;
/// let memory = SVector::<f64, { history(5, 4) }>::zeros();
/// let mut state = extrapolated.start_from(fit.start(), memory)?;
/// let report = solve(&extrapolated, &mut state, stop);
/// assert!(report.converged() && 10 * report.iterations < passes);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Source: Bertrand and Massias, *Anderson Acceleration of Coordinate Descent*, AISTATS 2021,
/// algorithm 2; Scieur, d'Aspremont and Bach, *Regularized Nonlinear Acceleration*, NeurIPS 2016 (δ).
#[derive(Clone, Copy, Debug)]
pub struct Extrapolated<F, P, O, U, H> {
    descent: Descent<F, P, Cyclic<O>, U>,
    passes: usize,
    memory: PhantomData<fn() -> H>,
}

/// A [`DescentState`], the iterates of the passes before, and a point to come back to.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ExtrapolatedState<P, U, H> {
    /// The descent.
    pub descent: DescentState<P, usize, U>,
    spare: P,
    memory: H,
    /// Iterates in memory.
    kept: usize,
    tried: u32,
    accepted: u32,
}

impl<P, U, H> ExtrapolatedState<P, U, H> {
    /// From a descent's state and a point like its own; `const`, and so unchecked. Too little memory
    /// extrapolates nothing.
    pub const fn new(descent: DescentState<P, usize, U>, spare: P, memory: H) -> Self {
        Self { descent, spare, memory, kept: 0, tried: 0, accepted: 0 }
    }

    /// Leaps that were tried.
    pub const fn tried(&self) -> u32 {
        self.tried
    }

    /// Leaps after which the objective was less.
    pub const fn accepted(&self) -> u32 {
        self.accepted
    }
}

impl<F, P, O, U, H> Extrapolated<F, P, O, U, H>
where
    F: DataFit,
    P: Separable<F::Real>,
    O: AsRef<[usize]>,
    U: Update<F, P>,
    H: Buffer<F::Real>,
{
    /// Leaps after every `passes` passes, K.
    ///
    /// # Errors
    /// [`ExtrapolationError::Passes`].
    pub fn new(
        descent: Descent<F, P, Cyclic<O>, U>,
        passes: usize,
    ) -> Result<Self, ExtrapolationError> {
        if (2..=64).contains(&passes) {
            Ok(Self { descent, passes, memory: PhantomData })
        } else {
            Err(ExtrapolationError::Passes)
        }
    }

    /// A state at a point that the fit has made.
    ///
    /// # Errors
    /// [`ExtrapolationError::Memory`].
    pub fn start_from(
        &self,
        point: F::Point,
        memory: H,
    ) -> Result<ExtrapolatedState<F::Point, U::State, H>, ExtrapolationError> {
        let expected = history(self.passes, self.descent.fit().unknowns());
        let found = memory.as_slice().len();
        if found < expected {
            return Err(ExtrapolationError::Memory { expected, found });
        }
        let spare = point.clone();
        Ok(ExtrapolatedState::new(self.descent.start_from(point), spare, memory))
    }

    /// The descent.
    pub const fn descent(&self) -> &Descent<F, P, Cyclic<O>, U> {
        &self.descent
    }

    /// xₑ in the place of the first iterate; false where there is none.
    fn combine(&self, x: &[F::Real], memory: &mut [F::Real]) -> bool {
        let (zero, one) = (F::Real::ZERO, F::Real::ONE);
        let (count, n) = (self.passes, x.len());
        let (iterates, rest) = memory.split_at_mut((count * n).min(memory.len()));
        let (gram, rest) = rest.split_at_mut(packed(count).min(rest.len()));
        let Some(z) = rest.get_mut(..count) else { return false };
        let iterate = |k: usize| iterates.get(k * n..).and_then(|rest| rest.get(..n)).unwrap_or(x);
        let step = |k: usize, j: usize| {
            let at = |v: &[F::Real]| v.get(j).copied().unwrap_or(zero);
            at(iterate(k + 1)) - at(iterate(k))
        };
        // The last one is the largest by and by; squares of tiny steps are to stay numbers.
        let mut largest = zero;
        for k in 0..count {
            for j in 0..n {
                largest = largest.max(step(k, j).abs());
            }
        }
        if !(largest > zero && largest.is_finite()) {
            return false;
        }
        let scale = largest.unit_scale();
        let mut trace = zero;
        for row in 0..count {
            for column in 0..=row {
                let entry = sum_of(n, |j| (step(row, j) * scale) * (step(column, j) * scale));
                if let Some(slot) = gram.get_mut(packed(row) + column) {
                    *slot = entry;
                }
                if row == column {
                    trace += entry;
                }
            }
        }
        for k in 0..count {
            if let Some(slot) = gram.get_mut(packed(k) + k) {
                *slot += F::Real::EPSILON * trace;
            }
        }
        if factor_in_place(gram, count).is_err() {
            return false;
        }
        z.fill(one);
        solve_in_place(gram, z);
        let sum = sum_of(count, |k| z.get(k).copied().unwrap_or(zero));
        let weight = |k: usize| z.get(k).copied().unwrap_or(zero) / sum;
        // xₑ = xᴷ + Σ cₖ (xᵏ − xᴷ): where nothing moved, nothing does.
        for j in 0..n {
            let last = x.get(j).copied().unwrap_or(zero);
            let away = sum_of(count - 1, |k| {
                weight(k) * (iterates.get((k + 1) * n + j).copied().unwrap_or(last) - last)
            });
            if let Some(slot) = iterates.get_mut(j) {
                *slot = last + away;
            }
        }
        iterates.get(..n).is_some_and(|x| max_abs(x).is_finite())
    }

    /// Moves to the extrapolated point, and back where the objective did not fall.
    fn leap(&self, state: &mut ExtrapolatedState<F::Point, U::State, H>) {
        let fit = self.descent.fit();
        let ExtrapolatedState { descent, spare, memory, .. } = state;
        let point = &mut descent.point;
        if !self.combine(fit.x(point), memory.as_mut_slice()) {
            return;
        }
        spare.clone_from(point);
        for (j, target) in memory.as_slice().iter().enumerate().take(fit.unknowns()) {
            let Some(x) = fit.x(point).get(j).copied() else { break };
            if *target != x {
                fit.shift(point, j, *target - x);
            }
        }
        state.tried = state.tried.saturating_add(1);
        if self.descent.objective(point) < self.descent.objective(spare) {
            state.accepted = state.accepted.saturating_add(1);
        } else {
            core::mem::swap(point, spare);
        }
    }

    /// Does the next step begin a pass?
    fn between(&self, descent: &DescentState<F::Point, usize, U::State>) -> bool {
        descent.rule == 0 || descent.rule >= self.descent.rule().partition().blocks()
    }

    /// Keeps x as one more iterate.
    fn keep(&self, state: &mut ExtrapolatedState<F::Point, U::State, H>) {
        let x = self.descent.fit().x(&state.descent.point);
        let place = state.memory.as_mut_slice().get_mut(state.kept * x.len()..);
        if let Some(place) = place.and_then(|rest| rest.get_mut(..x.len())) {
            place.copy_from_slice(x);
        }
        state.kept += 1;
    }
}

impl<F, P, O, U, H> Iteration for Extrapolated<F, P, O, U, H>
where
    F: DataFit,
    P: Separable<F::Real>,
    O: AsRef<[usize]>,
    U: Update<F, P>,
    H: Buffer<F::Real>,
{
    type Real = F::Real;
    type State = ExtrapolatedState<F::Point, U::State, H>;
    const CERTIFICATE: Certificate = Certificate::Stationarity;

    fn step(&self, state: &mut Self::State) {
        if self.between(&state.descent) {
            self.keep(state);
        }
        self.descent.step(&mut state.descent);
        if state.kept == self.passes && self.between(&state.descent) {
            self.leap(state);
            state.kept = 0;
        }
    }

    fn residual(&self, state: &mut Self::State) -> F::Real {
        self.descent.residual(&mut state.descent)
    }

    /// Asked where a run begins, too: what was kept of another one counts no more.
    fn certify(&self, state: &mut Self::State) -> Option<F::Real> {
        state.kept = 0;
        self.descent.certify(&mut state.descent)
    }

    fn breakdown(&self, state: &Self::State) -> bool {
        self.descent.breakdown(&state.descent)
    }

    fn reference(&self) -> F::Real {
        self.descent.reference()
    }

    fn restore(&self, state: &mut Self::State) {
        self.descent.restore(&mut state.descent);
        state.spare.clone_from(&state.descent.point);
        state.memory.as_mut_slice().fill(F::Real::ZERO);
        state.kept = 0;
    }
}
