//! [`AdaptiveSor`]: ω raised inside the solve by what the sweeps show.

use super::omega::{from_complement, is_relaxation};
use super::{Sor, SorError};
use crate::sum::{Accumulator, square};
use crate::system::restore_finite;
use crate::{Certificate, Iteration, Real, RowOperator};

/// Forward SOR that finds ω while it solves (Hageman and Young).
///
/// Below the best ω, the changes of consecutive sweeps settle to a ratio
/// R = ‖Δx_k‖ / ‖Δx_{k−1}‖, the spectral radius of the present ω. The norm is the diagonal's,
/// ‖Δx‖² = Σ aᵢᵢ Δxᵢ², so that the units of the unknowns do not matter. Young's relation
/// (R + ω − 1)² = ω² β² R then gives β², and β² gives the best ω.
///
/// 1. *Raise.* ω becomes 2 / (1 + √(1 − β²)) once R has settled: |R_k − R_{k−1}| < 0.03 (1 − R_k), at
///    least 9 sweeps after the last change of ω and 3 / (2 − ω), the time in which its transients
///    die, and R > ω − 1, and R smaller than it was before the last raise.
/// 2. *Prove.* The relation holds for consistently ordered A (grids, trees, tridiagonal) and is only
///    a guess elsewhere. So the raises must pay: 5 / (2 − ω) sweeps after the first ω was left, at
///    twice that age and so on, the error estimate ‖Δx‖ / (1 − R) must be below what the first ω and
///    its R would have made of it. If not, the first ω comes back; the second time it stays.
/// 3. *Fall back.* Where the changes grow to 1000 times the smallest one, ω falls back to 1,
///    Gauss–Seidel, and stays: A is not symmetric positive definite.
///
/// Needs [`Real`]: it branches on data. Storage: N + 5 numbers here, N + 13 words in the state. Cost
/// per sweep: [`Sor`]'s, 3 N multiplications and N additions more, one square root and one division.
///
/// ```
/// use solvekit::{FivePoint, SMatrix, Status, Stop, solve, sor::AdaptiveSor};
/// let a = FivePoint::<f64, 10, 10>::laplacian(0.0);
/// let b = SMatrix::repeat(1.0);
/// let sor = AdaptiveSor::new(&a, &b)?;
/// let mut state = sor.start();
/// let report = solve(&sor, &mut state, Stop::relative(1e-8)?);
/// assert_eq!(report.status, Status::Converged);
/// assert!(state.omega() > 1.5 && report.iterations < 60, "{report:?}"); // Gauss–Seidel: 206 sweeps
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Source: Hageman and Young, *Applied Iterative Methods*, 1981, chapter 9.
#[derive(Clone, Debug)]
pub struct AdaptiveSor<'a, R: Real, A: RowOperator<R>> {
    sor: Sor<'a, R, A>,
    residual_scale: R,
    change_scale: R,
}

/// The iterate and what is known about ω: N + 13 words.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct AdaptiveSorState<R, X> {
    /// The iterate.
    pub x: X,
    omega: R,
    /// ‖Δx‖ of the last sweep, scaled; zero before the first.
    change: R,
    /// Ratio of the last two changes; zero before there are two.
    ratio: R,
    /// The smallest change so far.
    least: R,
    /// The ω it started with.
    first: R,
    /// R before the last raise.
    ratio_before: R,
    /// What the first ω would have made of the changes since it was left.
    promise: R,
    /// The ratio of the first ω.
    first_ratio: R,
    /// The age at which the raises must next have paid, in units of [`PROOF`].
    proof: u32,
    /// Sweeps since the first ω was left.
    away: u32,
    /// Sweeps since ω changed.
    sweeps: u32,
    /// How often raises did not pay.
    strikes: u32,
    /// ω does not change any more.
    settled: bool,
}

/// Sweeps after a change of ω during which its ratio is not trusted.
const SETTLE_SWEEPS: u32 = 9;
/// A ratio has settled when it drifts by less than this fraction of its distance from 1.
const SETTLE_DRIFT: f64 = 0.03;
/// Sweeps, times 2 − ω, until the transients of an ω have died.
const TRANSIENT: f64 = 3.0;
/// Sweeps, times 2 − ω, until raises must have paid for the first time.
const PROOF: f64 = 5.0;
/// How often raises may fail to pay before ω stays where it began.
const STRIKES: u32 = 2;
/// Changes that grow to so many times the smallest one mean divergence: far above what a transient
/// does to a system that converges, far below what costs f32 its digits for good.
const GROWTH: f64 = 1e3;
/// ω stays below 2 in every precision.
const HIGHEST: f64 = 1.9995;

impl<'a, R: Real, A: RowOperator<R>> AdaptiveSor<'a, R, A> {
    /// Starts from ω = 1.5.
    ///
    /// # Errors
    /// As [`Sor::new`].
    pub fn new(a: &'a A, b: &'a A::Range) -> Result<Self, SorError> {
        Self::starting_at(a, b, R::from_f64(1.5))
    }

    /// Starts from a given ω, for example a tuner's.
    ///
    /// # Errors
    /// As [`Sor::new`].
    pub fn starting_at(a: &'a A, b: &'a A::Range, omega: R) -> Result<Self, SorError> {
        let sor = Sor::new(a, b, omega)?;
        let (residual_scale, change_scale) = sor.scales();
        Ok(Self { sor, residual_scale, change_scale })
    }

    /// ‖b − A x‖₂.
    pub fn residual_norm(&self, x: &A::Domain) -> R {
        self.sor.residual_norm(x)
    }

    /// The state with x = 0.
    pub fn start(&self) -> AdaptiveSorState<R, A::Domain> {
        self.fresh(self.sor.start().x)
    }

    /// The state with a given x.
    ///
    /// # Errors
    /// [`SorError::Length`], [`SorError::NonFiniteStart`].
    pub fn start_at(&self, x: A::Domain) -> Result<AdaptiveSorState<R, A::Domain>, SorError> {
        Ok(self.fresh(self.sor.start_at(x)?.x))
    }

    fn fresh(&self, x: A::Domain) -> AdaptiveSorState<R, A::Domain> {
        AdaptiveSorState::new(x, self.sor.omega())
    }
}

impl<R: Real, X> AdaptiveSorState<R, X> {
    /// Starts from `x` with `omega`; `const`, and so unchecked ([`AdaptiveSor::start_at`] checks
    /// both).
    pub const fn new(x: X, omega: R) -> Self {
        Self {
            x,
            omega,
            change: R::ZERO,
            ratio: R::ZERO,
            least: R::MAX,
            first: omega,
            ratio_before: R::MAX,
            promise: R::ZERO,
            first_ratio: R::ZERO,
            proof: 1,
            away: 0,
            sweeps: 0,
            strikes: 0,
            settled: false,
        }
    }

    /// The present ω.
    pub const fn omega(&self) -> R {
        self.omega
    }

    /// Has the rule stopped looking, because raises did not pay or the sweeps grew?
    pub const fn settled(&self) -> bool {
        self.settled
    }

    /// Goes on with `omega`, and adapts it no more.
    ///
    /// # Errors
    /// [`SorError::Omega`]; the state is as before.
    pub fn settle(&mut self, omega: R) -> Result<(), SorError> {
        if !is_relaxation(omega) {
            return Err(SorError::Omega);
        }
        self.omega = omega;
        self.settled = true;
        Ok(())
    }

    /// Takes the size of one sweep's change and decides about ω.
    fn observe(&mut self, change: R) {
        let ratio = if self.change > R::ZERO { change / self.change } else { R::ZERO };
        let drift = (ratio - self.ratio).abs();
        self.change = change;
        self.ratio = ratio;
        self.least = if change < self.least { change } else { self.least };
        self.sweeps = self.sweeps.saturating_add(1);
        self.away = self.away.saturating_add(1);
        if self.settled {
            return;
        }
        if change > self.least * R::from_f64(GROWTH) && self.omega > R::ONE {
            self.omega = R::ONE;
            self.settled = true;
            return;
        }
        self.promise *= self.first_ratio;
        let distance = R::ONE + R::ONE - self.omega;
        // Sweeps in the time scale of ω.
        let age = R::from_u32(self.sweeps) * distance;
        let away = R::from_u32(self.away) * distance;
        if self.omega > self.first && away >= R::from_u32(self.proof) * R::from_f64(PROOF) {
            // Errors are changes over 1 − R; at ω and above its best, R is about ω − 1.
            if change * (R::ONE - self.first_ratio) > self.promise * distance {
                self.strike();
                return;
            }
            self.proof = self.proof.saturating_mul(2);
        }
        let steady = drift < R::from_f64(SETTLE_DRIFT) * (R::ONE - ratio);
        let rest = R::from_u32(1 << self.strikes.min(STRIKES)) * R::from_f64(TRANSIENT);
        let rested = self.sweeps >= SETTLE_SWEEPS && age >= rest;
        if rested && steady && ratio < self.ratio_before {
            self.raise(ratio);
        }
    }

    /// Raises ω to Young's, if Young's relation has an answer above it.
    fn raise(&mut self, ratio: R) {
        let excess = self.omega - R::ONE;
        if ratio <= excess {
            return;
        }
        let beta_squared = square(ratio + excess) / (square(self.omega) * ratio);
        let omega = from_complement(R::ONE - beta_squared).min(R::from_f64(HIGHEST));
        // False for the NaN of β² > 1: such a matrix is not consistently ordered.
        if omega > self.omega {
            if self.omega <= self.first {
                self.first_ratio = ratio;
                self.promise = self.change;
                self.proof = 1;
                self.away = 0;
            }
            self.ratio_before = ratio;
            self.omega = omega;
            self.sweeps = 0;
        }
    }

    /// Takes back raises that did not pay. The ratio that led to them may have been a transient, so
    /// others may follow after twice the rest, but not for ever.
    fn strike(&mut self) {
        self.strikes += 1;
        self.omega = self.first;
        self.settled = self.strikes >= STRIKES;
        self.ratio_before = R::MAX;
        self.sweeps = 0;
    }
}

impl<R: Real, A: RowOperator<R>> Iteration for AdaptiveSor<'_, R, A> {
    type Real = R;
    type State = AdaptiveSorState<R, A::Domain>;
    const CERTIFICATE: Certificate = Certificate::ResidualNorm;

    #[inline]
    fn step(&self, state: &mut Self::State) {
        let mut squares = Accumulator::default();
        self.sor.sweep(&mut state.x, state.omega, |row, change, residual| {
            // aᵢᵢ Δxᵢ² = ω rᵢ Δxᵢ, without a division.
            let energy = (residual * self.residual_scale) * (change * self.change_scale);
            squares.add(row, energy.abs());
        });
        state.observe(squares.total().sqrt());
    }
    #[inline]
    fn residual(&self, state: &mut Self::State) -> R {
        self.sor.worst_residual(&state.x)
    }
    fn parameter(&self, state: &Self::State) -> Option<R> {
        Some(state.omega)
    }
    fn reference(&self) -> R {
        self.sor.reference_norm()
    }
    fn restore(&self, state: &mut Self::State) {
        restore_finite(&mut state.x);
        // What was learned from the broken sweeps goes with them, a raised ω too: there is nothing
        // left to hold it against.
        let restart = AdaptiveSorState::new((), state.first);
        if !state.settled {
            state.omega = restart.omega;
        }
        state.change = restart.change;
        state.ratio = restart.ratio;
        state.ratio_before = restart.ratio_before;
        state.least = restart.least;
        state.promise = restart.promise;
        state.sweeps = restart.sweeps;
    }
}
