//! [`SsorCg`]: conjugate gradients preconditioned by a symmetric relaxation.

mod state;

pub use state::SsorCgState;

use super::recurrence::{Phase, Recurrence, in_range, squares, unscaled_norm};
use crate::sum::{Accumulator, max_abs, square};
use crate::system::{System, check_omega, inverse_diagonal, restore_finite};
use crate::{Buffer, Certificate, Iteration, RowOperator, Scalar, SystemError};

/// Conjugate gradients for A x = b, A = L + D + U symmetric positive definite, preconditioned by
/// M = (D/ω + L) (D/ω)⁻¹ (D/ω + U) / (2 − ω).
///
/// The iterates are those of textbook preconditioned CG, but A and M⁻¹ are never applied one after
/// the other. With D̂ = D/ω, the system (D̂ + L)⁻¹ A (D̂ + U)⁻¹ preconditioned by D̂⁻¹ is the same one,
/// and since A = (D̂ + L) + (D̂ + U) − (2 − ω) D̂ its product with D̂ p is
///
/// u = (D̂ + U)⁻¹ D̂ p, s = (D̂ + L)⁻¹ (D̂ p − (2 − ω) D̂ u), product = u + s,
///
/// one solve with each triangle; x moves along u. The stopping rule is ‖b − A x‖₂, not the
/// preconditioned norm.
///
/// Shapes: A is N × N, b and x have N entries. Storage: 2 N + 5 numbers here, 5 N + 8 words in
/// [`SsorCgState`]. Cost in passes over the off-diagonal part of A: a step is 1, as plain CG's, with
/// 12 N multiplications and 9 N additions more; a check of the residual is ½ (a product with
/// the lower triangle); the certificate at the start and at the end is 1 each, the first step ½
/// more. A warm start that passes costs 1 pass and no step.
///
/// With `T` = [`Lanes`](crate::Lanes) it solves several systems of one shape side by side.
/// A curvature that is not positive (an entry of the diagonal is one) ends the run as
/// [`Breakdown`](crate::Status::Breakdown), as for [`Cg`](super::Cg).
///
/// ```
/// use solvekit::{FivePoint, SMatrix, Stop, krylov::{Cg, SsorCg}, solve};
/// let a = FivePoint::<f64, 24, 24>::laplacian(0.0);
/// let b = SMatrix::repeat(1.0);
/// let stop = Stop::relative(1e-8)?;
/// let ssor = SsorCg::new(&a, &b, 1.6)?;
/// let mut state = ssor.start();
/// let with = solve(&ssor, &mut state, stop);
/// let cg = Cg::new(&a, &b)?;
/// let without = solve(&cg, &mut cg.start(), stop);
/// assert!(with.converged() && with.iterations < 25 && without.iterations > 40);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Source: arXiv 2310.02246, §4 (its SSOR-PCG); Eisenstat, *Efficient Implementation of a Class of
/// Preconditioned Conjugate Gradient Methods*, 1981.
#[derive(Clone, Debug)]
pub struct SsorCg<'a, T: Scalar, A: RowOperator<T>> {
    system: System<'a, T, A>,
    inverse_diagonal: A::Range,
    /// t aᵢᵢ.
    weights: A::Range,
    omega: T,
    /// t, a power of two that brings the diagonal to about 1.
    scale: T,
    /// The smallest aᵢᵢ.
    lowest: T,
}

impl<'a, T: Scalar, A: RowOperator<T>> SsorCg<'a, T, A> {
    /// Checks the system once, so that no step has to. Symmetry is not checked.
    ///
    /// # Errors
    /// Every [`SystemError`] but `NonFiniteStart` and `JacobiRadius`.
    pub fn new(a: &'a A, b: &'a A::Range, omega: T) -> Result<Self, SystemError> {
        check_omega(omega)?;
        let system = System::new(a, b)?;
        let inverse_diagonal = inverse_diagonal(a)?;
        let mut weights = a.zero_range();
        let mut lowest = a.diagonal(0);
        for (row, weight) in weights.as_mut_slice().iter_mut().enumerate() {
            *weight = a.diagonal(row);
            lowest = lowest.min(*weight);
        }
        let scale = max_abs(weights.as_slice()).unit_scale();
        weights.as_mut_slice().iter_mut().for_each(|weight| *weight *= scale);
        Ok(Self { system, inverse_diagonal, weights, omega, scale, lowest })
    }

    /// Changes ω between two runs; x stays with the state.
    ///
    /// # Errors
    /// [`SystemError::Omega`]; ω is as before.
    pub fn set_omega(&mut self, omega: T) -> Result<(), SystemError> {
        check_omega(omega)?;
        self.omega = omega;
        Ok(())
    }

    /// ω.
    pub const fn omega(&self) -> T {
        self.omega
    }

    /// The state with x = 0.
    pub fn start(&self) -> SsorCgState<T, A::Domain> {
        self.fresh(self.system.a.zero_domain())
    }

    /// The state with a given x.
    ///
    /// # Errors
    /// [`SystemError::Length`], [`SystemError::NonFiniteStart`].
    pub fn start_at(&self, x: A::Domain) -> Result<SsorCgState<T, A::Domain>, SystemError> {
        Ok(self.fresh(self.system.start(x)?))
    }

    fn fresh(&self, x: A::Domain) -> SsorCgState<T, A::Domain> {
        SsorCgState::new(x, core::array::from_fn(|_| self.system.a.zero_domain()))
    }

    /// The recurrence's ‖r‖₂, lane by lane, by a product with the lower triangle; the certificate
    /// directly after one was evaluated.
    pub fn residual_norm(&self, state: &mut SsorCgState<T, A::Domain>) -> T {
        if state.recurrence.phase == Phase::Blank {
            self.look(state);
        }
        if state.recurrence.phase == Phase::Fresh {
            return state.norm;
        }
        let SsorCgState { work: [r, ..], recurrence, .. } = state;
        let scale = recurrence.residual_scale;
        let squares = self.squared_residual(r, T::ONE);
        let plain = squares.sqrt() / scale;
        if squares.all(in_range) {
            return plain;
        }
        let mut largest = T::ZERO;
        self.visit_residual(r, |_, r| largest = largest.max(r.abs()));
        let own = largest.unit_scale();
        let rescaled = self.squared_residual(r, own).sqrt() / own / scale;
        squares.select(in_range, plain, rescaled)
    }

    fn squared_residual(&self, r: &A::Domain, scale: T) -> T {
        let mut squares = Accumulator::default();
        self.visit_residual(r, |row, r| squares.add(row, square(r * scale)));
        squares.total()
    }

    /// The rows of t (D̂ + L) r.
    #[inline]
    fn visit_residual(&self, r: &A::Domain, mut visit: impl FnMut(usize, T)) {
        let inverse_omega = T::ONE / self.omega;
        let (r_all, weights) = (r.as_slice(), self.weights.as_slice());
        self.system.a.visit_lower(r, |row, dot| {
            if let (Some(r), Some(weight)) = (r_all.get(row), weights.get(row)) {
                visit(row, (*weight * inverse_omega) * *r + self.scale * dot);
            }
        });
    }

    /// Recomputes the residual from x and drops the direction.
    fn look(&self, state: &mut SsorCgState<T, A::Domain>) {
        let SsorCgState { x, work: [r, p, ..], norm, recurrence } = state;
        let b = self.system.b.as_slice();
        let r_all = r.as_mut_slice();
        self.system.a.visit(x, |row, dot| {
            if let (Some(r), Some(b)) = (r_all.get_mut(row), b.get(row)) {
                *r = *b - dot;
            }
        });
        let scale = max_abs(r_all).unit_scale();
        r_all.iter_mut().for_each(|r| *r *= scale);
        *norm = unscaled_norm(r, squares(r.as_slice()), scale);
        p.as_mut_slice().fill(T::ZERO);
        recurrence.restart(scale, T::ZERO);
    }

    /// r ← (t (D̂ + L))⁻¹ r, as the first step after a look needs it.
    fn prime(&self, state: &mut SsorCgState<T, A::Domain>) {
        let inverse = self.inverse_diagonal.as_slice();
        let inverse_scale = T::ONE / self.scale;
        let SsorCgState { work: [r, ..], recurrence, .. } = state;
        self.system.a.sweep_lower(r, |row, dot, r| match inverse.get(row) {
            Some(inverse) => (self.omega * *inverse) * (r * inverse_scale - dot),
            None => r,
        });
        recurrence.energy = self.energy(r.as_slice());
        // Curvatures below are those of ω t A.
        recurrence.operator_scale = self.scale * self.omega;
        recurrence.phase = Phase::Running;
    }

    /// Σ t aᵢᵢ rᵢ².
    fn energy(&self, r: &[T]) -> T {
        let mut sum = Accumulator::default();
        let terms = r.iter().zip(self.weights.as_slice()).enumerate();
        terms.for_each(|(k, (r, weight))| sum.add(k, *weight * square(*r)));
        sum.total()
    }
}

impl<T: Scalar, A: RowOperator<T>> Iteration for SsorCg<'_, T, A> {
    type Real = T::Real;
    type State = SsorCgState<T, A::Domain>;
    const CERTIFICATE: Certificate = Certificate::ResidualNorm;

    fn step(&self, state: &mut Self::State) {
        if !self.lowest.all(|diagonal| diagonal > T::Real::ZERO) {
            state.recurrence.break_at(self.lowest);
            return;
        }
        if state.recurrence.phase == Phase::Blank {
            self.look(state);
        }
        if state.recurrence.phase == Phase::Fresh {
            self.prime(state);
        }
        let SsorCgState { x, work: [r, p, u, s], recurrence, .. } = state;
        let (inverse, weights) = (self.inverse_diagonal.as_slice(), self.weights.as_slice());
        let (omega, beta) = (self.omega, recurrence.beta);
        for (p, r) in p.as_mut_slice().iter_mut().zip(r.as_slice()) {
            *p = *r + beta * *p;
        }
        let directions = p.as_slice();
        self.system.a.sweep_upper(u, |row, dot, old| {
            let (Some(p), Some(inverse)) = (directions.get(row), inverse.get(row)) else {
                return old;
            };
            *p - (omega * *inverse) * dot
        });
        let rest = T::ONE + T::ONE - omega;
        let back = u.as_slice();
        self.system.a.sweep_lower(s, |row, dot, old| {
            let (Some(p), Some(u)) = (directions.get(row), back.get(row)) else { return old };
            let Some(inverse) = inverse.get(row) else { return old };
            (*p - rest * *u) - (omega * *inverse) * dot
        });
        let mut curvature = Accumulator::default();
        let vectors = directions.iter().zip(weights).zip(back.iter().zip(s.as_mut_slice()));
        for (k, ((p, weight), (u, s))) in vectors.enumerate() {
            *s += *u;
            curvature.add(k, (*weight * *p) * *s);
        }
        let length = recurrence.length(u, curvature.total());
        let unscaled = length * (self.scale / recurrence.residual_scale);
        for (x, u) in x.as_mut_slice().iter_mut().zip(u.as_slice()) {
            *x = (*x + unscaled * *u).finite_or(*x);
        }
        let mut energy = Accumulator::default();
        let vectors = r.as_mut_slice().iter_mut().zip(s.as_slice()).zip(weights);
        for (k, ((r, s), weight)) in vectors.enumerate() {
            *r -= length * *s;
            energy.add(k, *weight * square(*r));
        }
        recurrence.advance(r, p, energy.total(), |r| self.energy(r));
    }

    fn residual(&self, state: &mut Self::State) -> T::Real {
        self.residual_norm(state).worst_against(self.system.b_norm)
    }

    fn certify(&self, state: &mut Self::State) -> Option<T::Real> {
        self.look(state);
        Some(self.residual(state))
    }

    fn breakdown(&self, state: &Self::State) -> bool {
        state.recurrence.broken()
    }

    fn reference(&self) -> T::Real {
        self.system.b_norm.worst()
    }

    fn restore(&self, state: &mut Self::State) {
        restore_finite(&mut state.x);
        for vector in &mut state.work {
            vector.as_mut_slice().fill(T::ZERO);
        }
        state.norm = T::ZERO;
        state.recurrence = Recurrence::BLANK;
    }
}
