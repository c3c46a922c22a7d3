//! [`AdaptiveSor`]: ω raised inside the solve by what the sweeps show.

use super::fixed::restore_finite;
use super::omega::from_complement;
use super::{Sor, SorError};
use crate::sum::{Accumulator, square};
use crate::{Buffer, Certificate, Iteration, Real, RowOperator};

/// Forward SOR that finds ω while it solves (Hageman and Young).
///
/// Below the best ω, the changes of consecutive sweeps settle to a ratio
/// R = ‖Δx_k‖ / ‖Δx_{k−1}‖, the spectral radius of the present ω. The norm is the diagonal's,
/// ‖Δx‖² = Σ aᵢᵢ Δxᵢ², so that the units of the unknowns do not matter. Young's relation
/// (R + ω − 1)² = ω² β² R then gives β², and β² gives the best ω. Once R has settled
/// (|R_k − R_{k−1}| < 0.03 (1 − R_k), at least 8 sweeps after the last change of ω) and R > ω − 1,
/// ω is raised to 2 / (1 + √(1 − β²)). The two constants are the middle of a
/// plateau over the paper's sequences (8 to 10 sweeps, 0.02 to 0.05); waiting less raises ω on a
/// ratio that is still a transient.
///
/// The relation holds for consistently ordered A (grids, trees, tridiagonal); elsewhere it is a
/// heuristic whose outcome the report tells. Where the sweeps grow instead, which no symmetric
/// positive definite A lets them do, ω falls back to 1 (Gauss–Seidel) once and stays there. Needs [`Real`]: it branches on data.
///
/// Storage: as [`Sor`], the state 6 numbers more. Cost per sweep: [`Sor`]'s, 3 N
/// multiplications and N additions more, one square root and one division.
///
/// ```
/// use solvekit::{FivePoint, SMatrix, Status, Stop, solve, sor::AdaptiveSor};
/// let a = FivePoint::<f64, 10, 10>::laplacian(0.0);
/// let b = SMatrix::repeat(1.0);
/// let sor = AdaptiveSor::new(&a, &b)?;
/// let mut state = sor.start();
/// let report = solve(&sor, &mut state, Stop::relative(1e-8)?);
/// assert_eq!(report.status, Status::Converged);
/// assert!(state.omega > 1.5 && report.iterations < 60, "{report:?}"); // Gauss–Seidel: 206 sweeps
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

/// The iterate and what is known about ω: N + 6 numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct AdaptiveSorState<R, X> {
    /// The iterate.
    pub x: X,
    /// The present ω.
    pub omega: R,
    /// ‖Δx‖ of the last sweep, scaled; zero before the first.
    change: R,
    /// Ratio of the last two changes; zero before there are two.
    ratio: R,
    /// The smallest change so far.
    least: R,
    /// Sweeps since ω changed.
    sweeps: u32,
    /// ω fell back to 1 and stays there.
    fallen_back: bool,
}

/// Sweeps after a change of ω during which its ratio is not trusted.
const SETTLE_SWEEPS: u32 = 8;
/// A ratio has settled when it drifts by less than this fraction of its distance from 1.
const SETTLE_DRIFT: f64 = 0.03;
/// Changes that grow to so many times the smallest one mean divergence: far above what a transient
/// does to a system that converges, far below what costs f32 its digits for good.
const GROWTH: f64 = 1e3;

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
        let omega = self.sor.omega();
        AdaptiveSorState {
            x,
            omega,
            change: R::ZERO,
            ratio: R::ZERO,
            least: R::INFINITY,
            sweeps: 0,
            fallen_back: false,
        }
    }
}

impl<R: Real, X: Buffer<R>> AdaptiveSorState<R, X> {
    /// Takes the size of one sweep's change and decides about ω.
    fn observe(&mut self, change: R) {
        // The first sweep has no predecessor: its "ratio" is infinite or NaN and settles nothing.
        let ratio = change / self.change;
        self.least = if change < self.least { change } else { self.least };
        if self.fallen_back {
            return;
        }
        if change > self.least * R::from_f64(GROWTH) && self.omega > R::ONE {
            self.omega = R::ONE;
            self.fallen_back = true;
            return;
        }
        let drift = (ratio - self.ratio).abs();
        self.sweeps = self.sweeps.saturating_add(1);
        self.change = change;
        self.ratio = ratio;
        let settled = drift < R::from_f64(SETTLE_DRIFT) * (R::ONE - ratio);
        let excess = self.omega - R::ONE;
        if self.sweeps >= SETTLE_SWEEPS && settled && ratio > excess {
            let beta_squared = square(ratio + excess) / (square(self.omega) * ratio);
            let omega = from_complement(R::ONE - beta_squared);
            // False for a NaN from β² > 1: such a matrix is not consistently ordered.
            if omega > self.omega {
                self.omega = omega;
                self.sweeps = 0;
            }
        }
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
    fn reference(&self) -> R {
        self.sor.reference_norm()
    }
    fn restore(&self, state: &mut Self::State) {
        restore_finite(&mut state.x);
    }
}
