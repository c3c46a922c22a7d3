//! [`Fista`]: accelerated shrinkage and thresholding.

use super::{RecoveryError, Sensing, StepSize};
use crate::sum::{max_abs, square, sum_of};
use crate::system::restore_finite;
use crate::{Buffer, Certificate, Iteration, LinearOperator, Penalty, Real};

/// [`Ista`](super::Ista) with momentum, which is dropped whenever it points uphill:
///
/// x⁺ = prox(z + α Aᵀ(y − A z)), z⁺ = x⁺ + (t − 1)/t⁺ (x⁺ − x), t⁺ = (1 + √(1 + 4t²)) / 2;
/// where ⟨z − x⁺, x⁺ − x⟩ > 0, z⁺ = x⁺ and t⁺ = 1 instead.
///
/// For convex penalties: F(x) − F* ≤ 2‖x⁰ − x*‖² / (α (k + 1)²) until the first restart, and after
/// restarts a rate that adapts to how curved F is. The objective may rise for a few steps. For a
/// penalty that is not convex take [`Ista`](super::Ista).
///
/// Shapes as there. Storage: 4 numbers here, 3 N + 3 M + 4 in [`FistaState`]. Cost of a step: one
/// product with A, one with Aᵀ, N proximal maps, about 10 N + 5 M operations. While it runs, the
/// change of x over the last step stands for the certificate, which is evaluated at x itself before
/// anything final is said (one more product each with A and Aᵀ).
///
/// ```
/// use solvekit::{SMatrix, SVector, Stop, penalty::L1, recovery::{Fista, Sensing, StepSize}, solve};
/// let a = SMatrix::<f32, 2, 3>::new(1.0, 0.0, 0.6, 0.0, 1.0, 0.8);
/// let y = SVector::from([0.6, 0.8]);
/// let sensing = Sensing::new(&a, &y)?;
/// let fista = Fista::new(sensing, L1::new(0.01)?, StepSize::automatic(&a)?)?;
/// let mut state = fista.start();
/// assert!(solve(&fista, &mut state, Stop::relative(1e-5)?).converged());
/// assert!((state.x[2] - 0.99).abs() < 1e-4);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Source: Beck and Teboulle 2009, §4; O'Donoghue and Candès 2015, §3.2 (the gradient restart).
#[derive(Clone, Debug)]
pub struct Fista<'a, R: Real, A: LinearOperator<R>, P> {
    sensing: Sensing<'a, R, A>,
    penalty: P,
    step: StepSize<R>,
}

/// The iterate, the point beside it from which steps are made, and their residuals:
/// 3 N + 3 M + 4 words.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct FistaState<R, X, Y> {
    /// The iterate. Whoever changes it starts a new [`Run`](crate::Run), which looks at it anew.
    pub x: X,
    /// Where the next step is made from.
    ahead: X,
    next: X,
    r: Y,
    ahead_r: Y,
    next_r: Y,
    step: R,
    /// t; zero while nothing but x is up to date.
    momentum: R,
    /// The certificate, or what stands for it.
    estimate: R,
}

impl<R: Real, X, Y> FistaState<R, X, Y> {
    /// Starts from `x`; `const`, and so unchecked ([`Fista::start_at`] checks). What the others
    /// hold does not matter.
    pub const fn new(x: X, [ahead, next]: [X; 2], [r, ahead_r, next_r]: [Y; 3]) -> Self
    where
        X: Copy,
        Y: Copy,
    {
        let (step, momentum, estimate) = (R::ZERO, R::ZERO, R::ZERO);
        Self { x, ahead, next, r, ahead_r, next_r, step, momentum, estimate }
    }

    /// α as it is now; zero before the first look.
    pub const fn step(&self) -> R {
        self.step
    }
}

impl<'a, R: Real, A: LinearOperator<R>, P: Penalty<R>> Fista<'a, R, A, P> {
    /// Puts the parts together.
    ///
    /// # Errors
    /// [`RecoveryError::Step`].
    pub fn new(
        sensing: Sensing<'a, R, A>,
        penalty: P,
        step: StepSize<R>,
    ) -> Result<Self, RecoveryError> {
        step.check(sensing.dictionary())?;
        Ok(Self { sensing, penalty, step })
    }

    /// The state with x = 0.
    pub fn start(&self) -> FistaState<R, A::Domain, A::Range> {
        self.fresh(self.sensing.dictionary().zero_domain())
    }

    /// The state with a given x.
    ///
    /// # Errors
    /// [`RecoveryError::Length`], [`RecoveryError::NonFiniteStart`].
    pub fn start_at(
        &self,
        x: A::Domain,
    ) -> Result<FistaState<R, A::Domain, A::Range>, RecoveryError> {
        self.sensing.check_start(&x)?;
        Ok(self.fresh(x))
    }

    fn fresh(&self, x: A::Domain) -> FistaState<R, A::Domain, A::Range> {
        let a = self.sensing.dictionary();
        let (ahead, next) = (a.zero_domain(), a.zero_domain());
        let (r, ahead_r, next_r) = (a.zero_range(), a.zero_range(), a.zero_range());
        let (step, momentum, estimate) = (R::ZERO, R::ZERO, R::ZERO);
        FistaState { x, ahead, next, r, ahead_r, next_r, step, momentum, estimate }
    }

    /// Makes z = x, and r from it.
    fn look(&self, state: &mut FistaState<R, A::Domain, A::Range>) {
        let FistaState { x, ahead, r, ahead_r, step, momentum, .. } = state;
        self.sensing.residual(x, r);
        copy(ahead.as_mut_slice(), x.as_slice());
        copy(ahead_r.as_mut_slice(), r.as_slice());
        *momentum = R::ONE;
        if *step == R::ZERO {
            *step = self.step.initial();
        }
    }

    /// next ← prox(z + α Aᵀ(y − A z)).
    fn propose(&self, state: &mut FistaState<R, A::Domain, A::Range>) {
        let FistaState { ahead, next, ahead_r, step, .. } = state;
        self.sensing.dictionary().apply_adjoint(ahead_r, next);
        for (next, z) in next.as_mut_slice().iter_mut().zip(ahead.as_slice()) {
            *next = *z + *step * *next;
        }
        self.penalty.prox_all(*step, next.as_mut_slice());
    }
}

/// max |u − v| / α.
fn change<R: Real>(u: &[R], v: &[R], step: R) -> R {
    u.iter().zip(v).fold(R::ZERO, |most, (u, v)| most.max((*u - *v).abs())) / step
}

/// u ← v. Where the compiler does not know that the lengths agree, nothing can panic.
fn copy<R: Real>(u: &mut [R], v: &[R]) {
    u.iter_mut().zip(v).for_each(|(u, v)| *u = *v);
}

/// u ← v + β (v − u).
fn extrapolate<R: Real>(u: &mut [R], v: &[R], beta: R) {
    for (u, v) in u.iter_mut().zip(v) {
        *u = *v + beta * (*v - *u);
    }
}

impl<R: Real, A: LinearOperator<R>, P: Penalty<R>> Iteration for Fista<'_, R, A, P> {
    type Real = R;
    type State = FistaState<R, A::Domain, A::Range>;
    const CERTIFICATE: Certificate = Certificate::ProximalResidual;

    fn step(&self, state: &mut Self::State) {
        if state.momentum == R::ZERO {
            self.look(state);
        }
        self.propose(state);
        let FistaState { x, ahead, next, r, ahead_r, next_r, step, momentum, estimate } = state;
        self.sensing.residual(next, next_r);
        match self.sensing.shorter_step((ahead, next), (ahead_r, next_r), *step) {
            Some(shorter) if self.step.is_guarded() && shorter != *step => {
                *step = shorter;
                return;
            }
            _ => {}
        }
        let (from, to, old) = (ahead.as_slice(), next.as_slice(), x.as_slice());
        *estimate = change(from, to, *step);
        // Scaled: its sign is all that counts, and squares may leave the range.
        let scale = max_abs(from).max(max_abs(to)).max(max_abs(old)).unit_scale();
        let uphill = sum_of(to.len(), |j| match (from.get(j), to.get(j), old.get(j)) {
            (Some(z), Some(next), Some(x)) => (scale * (*z - *next)) * (scale * (*next - *x)),
            _ => R::ZERO,
        });
        // No step is made that overflows, or from an x that is not finite.
        if !(uphill + max_abs(next_r.as_slice())).is_finite() {
            *estimate = R::INFINITY;
            return;
        }
        let after =
            R::from_f64(0.5) * (R::ONE + (R::ONE + R::from_f64(4.0) * square(*momentum)).sqrt());
        let restart = uphill > R::ZERO;
        let beta = if restart { R::ZERO } else { (*momentum - R::ONE) / after };
        *momentum = if restart { R::ONE } else { after };
        // What was x becomes z, and what was next becomes x.
        extrapolate(x.as_mut_slice(), next.as_slice(), beta);
        extrapolate(r.as_mut_slice(), next_r.as_slice(), beta);
        core::mem::swap(x, ahead);
        core::mem::swap(x, next);
        core::mem::swap(r, ahead_r);
        core::mem::swap(r, next_r);
    }

    fn residual(&self, state: &mut Self::State) -> R {
        if state.momentum == R::ZERO {
            return self.certify(state).unwrap_or(R::INFINITY);
        }
        state.estimate
    }

    fn certify(&self, state: &mut Self::State) -> Option<R> {
        self.look(state);
        self.propose(state);
        state.estimate = change(state.x.as_slice(), state.next.as_slice(), state.step);
        Some(state.estimate)
    }

    fn reference(&self) -> R {
        self.sensing.largest_correlation()
    }

    fn restore(&self, state: &mut Self::State) {
        restore_finite(&mut state.x);
        state.momentum = R::ZERO;
    }
}
