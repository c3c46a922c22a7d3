//! [`Ista`]: iterative shrinkage and thresholding.

use super::{RecoveryError, Sensing, StepSize, half_square};
use crate::sum::{dot, max_abs};
use crate::system::restore_finite;
use crate::{Buffer, Certificate, Iteration, LinearOperator, Penalty, Real};
use core::hint::black_box;

/// Proximal gradient steps on ½‖y − A x‖² + g(x):
///
/// x⁺ = prox(x + α Aᵀ(y − A x)), the prox being that of α g.
///
/// With [`L1`](crate::penalty::L1) that is ISTA, with [`L0`](crate::penalty::L0) iterative hard
/// thresholding in its penalised form (for a given number of non-zeros see [`Iht`](super::Iht)),
/// with [`NonNegative`](crate::penalty::NonNegative) a projected gradient; any other penalty will
/// do, of groups too.
///
/// Shapes: A is M × N, y has M entries, x has N; A is needed as products with A and Aᵀ alone.
/// Storage: 4 numbers here, 2 N + 2 M + 2 in [`IstaState`]. Cost of a step: one product with A, one
/// with Aᵀ, about 4 N + 4 M operations and N proximal maps; the certificate is free, since the next
/// step needs what it is made of.
///
/// ```
/// use solvekit::{SMatrix, SVector, Stop, penalty::L1, recovery::{Ista, Sensing, StepSize}, solve};
/// // Two measurements of three unknowns, of which the last alone explains them.
/// let a = SMatrix::<f32, 2, 3>::new(1.0, 0.0, 0.6, 0.0, 1.0, 0.8);
/// let y = SVector::from([0.6, 0.8]);
/// let sensing = Sensing::new(&a, &y)?;
/// let ista = Ista::new(sensing, L1::new(0.01)?, StepSize::automatic(&a)?)?;
/// let mut state = ista.start();
/// let report = solve(&ista, &mut state, Stop::relative(1e-5)?);
/// assert!(report.converged());
/// assert_eq!(&state.x.as_slice()[..2], [0.0, 0.0]);
/// assert!((state.x[2] - 0.99).abs() < 1e-4); // shrunk by λ / ‖a‖²
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Source: Daubechies, Defrise and De Mol 2004; Beck and Teboulle 2009, §3 (backtracking);
/// Blumensath and Davies 2008 (hard thresholding).
#[derive(Clone, Debug)]
pub struct Ista<'a, R: Real, A: LinearOperator<R>, P> {
    sensing: Sensing<'a, R, A>,
    penalty: P,
    step: StepSize<R>,
}

/// The iterate, its residual, and the next iterate where it is known: 2 N + 2 M + 2 words.
///
/// ```
/// use solvekit::{SVector, operator::zeros, recovery::IstaState};
/// type State = IstaState<f32, SVector<f32, 128>, SVector<f32, 64>>;
/// static START: State = State::new(zeros(), zeros(), zeros(), zeros());
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct IstaState<R, X, Y> {
    /// The iterate. Whoever changes it starts a new [`Run`](crate::Run), which looks at it anew.
    pub x: X,
    next: X,
    r: Y,
    next_r: Y,
    step: R,
    phase: Phase,
}

/// What of a state is up to date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
enum Phase {
    /// x alone.
    Blank,
    /// x and r.
    Moved,
    /// x, r and the next iterate.
    Proposed,
}

impl<R: Real, X, Y> IstaState<R, X, Y> {
    /// Starts from `x`; `const`, and so unchecked ([`Ista::start_at`] checks). What the other three
    /// hold does not matter.
    pub const fn new(x: X, next: X, r: Y, next_r: Y) -> Self {
        Self { x, next, r, next_r, step: R::ZERO, phase: Phase::Blank }
    }

    /// α as it is now; zero before the first look.
    pub const fn step(&self) -> R {
        self.step
    }

    /// Goes on from another x, with the step found so far.
    pub(crate) fn restart_at(&mut self, x: &X)
    where
        X: Buffer<R>,
    {
        for (own, x) in self.x.as_mut_slice().iter_mut().zip(x.as_slice()) {
            *own = *x;
        }
        self.phase = Phase::Blank;
    }
}

impl<'a, R: Real, A: LinearOperator<R>, P: Penalty<R>> Ista<'a, R, A, P> {
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
    pub fn start(&self) -> IstaState<R, A::Domain, A::Range> {
        self.fresh(self.sensing.dictionary().zero_domain())
    }

    /// The state with a given x.
    ///
    /// # Errors
    /// [`RecoveryError::Length`], [`RecoveryError::NonFiniteStart`].
    pub fn start_at(
        &self,
        x: A::Domain,
    ) -> Result<IstaState<R, A::Domain, A::Range>, RecoveryError> {
        self.sensing.check_start(&x)?;
        Ok(self.fresh(x))
    }

    fn fresh(&self, x: A::Domain) -> IstaState<R, A::Domain, A::Range> {
        let a = self.sensing.dictionary();
        IstaState::new(x, a.zero_domain(), a.zero_range(), a.zero_range())
    }

    /// A and y.
    pub const fn sensing(&self) -> &Sensing<'a, R, A> {
        &self.sensing
    }

    /// g.
    pub const fn penalty(&self) -> &P {
        &self.penalty
    }

    /// ½‖y − A x‖² + g(x); one product with A.
    pub fn objective(&self, x: &A::Domain) -> R {
        let mut r = self.sensing.dictionary().zero_range();
        self.sensing.residual(x, &mut r);
        half_square(&r) + self.penalty.total(x.as_slice())
    }

    /// ½‖y − A x‖² + g(x); r is there where a step has been made.
    pub(crate) fn energy(&self, state: &mut IstaState<R, A::Domain, A::Range>) -> R {
        self.propose(state);
        half_square(&state.r) + self.penalty.total(state.x.as_slice())
    }

    /// α as it is now.
    pub(crate) fn length(&self, state: &IstaState<R, A::Domain, A::Range>) -> R {
        if state.step == R::ZERO { self.step.initial() } else { state.step }
    }

    /// Brings everything up to date: r from x, and the next iterate.
    fn propose(&self, state: &mut IstaState<R, A::Domain, A::Range>) {
        let IstaState { x, next, r, step, phase, .. } = state;
        if *phase == Phase::Blank {
            self.sensing.residual(x, r);
            if *step == R::ZERO {
                *step = self.step.initial();
            }
            *phase = Phase::Moved;
        }
        if *phase == Phase::Moved {
            self.sensing.dictionary().apply_adjoint(r, next);
            self.penalty.step_all(*step, x.as_slice(), next.as_mut_slice());
            *phase = Phase::Proposed;
        }
    }
}

impl<R: Real, A: LinearOperator<R>, P: Penalty<R>> Iteration for Ista<'_, R, A, P> {
    type Real = R;
    type State = IstaState<R, A::Domain, A::Range>;
    const CERTIFICATE: Certificate = Certificate::ProximalResidual;

    fn step(&self, state: &mut Self::State) {
        self.propose(state);
        let IstaState { x, next, r, next_r, step, phase } = state;
        self.sensing.residual(next, next_r);
        *phase = Phase::Moved;
        if self.step.is_guarded()
            && let Some(shorter) = self.sensing.shorter_step((x, next), (r, next_r), *step)
        {
            *step = shorter;
        } else if sum_is_finite(next_r.as_slice(), x.as_slice()) {
            take(x, next);
            take(r, next_r);
        }
    }

    fn residual(&self, state: &mut Self::State) -> R {
        self.propose(state);
        let pairs = state.x.as_slice().iter().zip(state.next.as_slice());
        let moved = pairs.fold(R::ZERO, |most, (x, next)| most.max((*x - *next).abs()));
        moved / state.step
    }

    fn certify(&self, state: &mut Self::State) -> Option<R> {
        state.phase = Phase::Blank;
        Some(self.residual(state))
    }

    fn reference(&self) -> R {
        self.sensing.largest_correlation()
    }

    fn restore(&self, state: &mut Self::State) {
        restore_finite(&mut state.x);
        state.phase = Phase::Blank;
    }
}

/// `to` becomes `from`, which need not be kept: numbers that lie in the vector itself are copied, as
/// exchanging them would take twice that, and a vector that keeps them elsewhere is exchanged.
#[inline]
fn take<R: Real, V: Buffer<R>>(to: &mut V, from: &mut V) {
    if size_of_val(to) != size_of_val(to.as_slice()) {
        core::mem::swap(to, from);
        return;
    }
    let (pieces, rest) = to.as_mut_slice().as_chunks_mut::<8>();
    let (from, rest_of_from) = from.as_slice().as_chunks::<8>();
    for (to, from) in pieces.iter_mut().zip(from) {
        *to = *from;
        // Or the loop becomes a call of `memcpy`, which on microcontrollers goes word by word.
        black_box(());
    }
    for (to, from) in rest.iter_mut().zip(rest_of_from) {
        *to = *from;
    }
}

/// Is max |uᵢ| + max |vᵢ| finite? No step is made that overflows, or from an x that is not finite.
fn sum_is_finite<R: Real>(u: &[R], v: &[R]) -> bool {
    // Where the squares are, no number is above the root of the largest.
    (dot(u, u) + dot(v, v)).is_finite() || (max_abs(u) + max_abs(v)).is_finite()
}
