//! [`Iht`]: iterative hard thresholding for a given number of non-zeros.

use super::{Largest, RecoveryError, Sensing, StepSize};
use crate::sum::{dot, max_abs};
use crate::system::restore_finite;
use crate::{Buffer, Certificate, Iteration, LinearOperator, Real};

/// Gradient steps on ½‖y − A x‖² of which the K largest entries are kept:
///
/// x⁺ = H_K(x + α Aᵀ(y − A x)).
///
/// With a [`StepSize`] α is fixed or guarded, and the residual never grows where it is guarded.
/// Made [normalised](Self::normalised) (NIHT) α is ‖g_S‖² / ‖A g_S‖² anew each step, g = Aᵀ(y − A
/// x) and S the places of x's non-zeros (at x = 0 the K largest of g): the best step while S stays.
/// A step that would change S and that the model with curvature 1/α does not cover is shortened
/// until it is covered; each attempt counts as a step.
///
/// Where A is nearly an isometry on sparse vectors (restricted isometry constant δ₃K < 1/√3 for ‖A‖
/// ≤ 1) it comes within a multiple of the noise of the true x; elsewhere it ends where a step
/// stays, which need not be the best K-sparse x.
///
/// Shapes: A is M × N, y has M entries, x has N; A is needed as products with A and Aᵀ alone.
/// Storage: 6 numbers here, 2 N + 2 M + K + 3 numbers and K + 1 indices in [`IhtState`]. Cost of a
/// step: one product with A, one with Aᵀ, about 4 N + 4 M operations and the choice of K of N;
/// normalised one more product each with A and Aᵀ.
///
/// ```
/// use solvekit::recovery::{Iht, Largest, Sensing};
/// use solvekit::{SMatrix, SVector, Stop, solve};
/// // Three measurements of four unknowns, of which one is not zero.
/// let a = SMatrix::<f32, 3, 4>::from([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [0.6, 0.0, 0.8]]);
/// let y = SVector::from([1.2, 0.0, 1.6]);
/// let room = Largest::new([0; 1], SVector::<f32, 1>::zeros());
/// let iht = Iht::normalised(Sensing::new(&a, &y)?, room)?;
/// let mut state = iht.start();
/// assert!(solve(&iht, &mut state, Stop::relative(1e-5)?).converged());
/// assert!((state.x[3] - 2.0).abs() < 1e-5);
/// assert_eq!(state.x.iter().filter(|x| **x != 0.0).count(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Source: Blumensath and Davies 2009 (iterative hard thresholding), 2010 (normalised, algorithm
/// 1); Foucart 2011 (the constant).
#[derive(Clone, Debug)]
pub struct Iht<'a, R: Real, A: LinearOperator<R>, I, V> {
    sensing: Sensing<'a, R, A>,
    /// `None`: normalised.
    step: Option<StepSize<R>>,
    blank: Largest<I, V>,
}

/// The iterate, its residual, the next iterate where it is known, and room for K places:
/// 2 N + 2 M + K + 3 numbers and K + 1 indices.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct IhtState<R, X, Y, I, V> {
    /// The iterate. Whoever changes it starts a new [`Run`](crate::Run), which looks at it anew.
    pub x: X,
    next: X,
    r: Y,
    next_r: Y,
    kept: Largest<I, V>,
    step: R,
    phase: Phase,
}

/// What of a state is up to date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
enum Phase {
    /// x alone.
    Blank,
    /// x and r; a normalised step is to be found.
    Moved,
    /// x, r and a step that was shortened.
    Shortened,
    /// x, r and the next iterate.
    Proposed,
}

impl<R: Real, X, Y, I, V> IhtState<R, X, Y, I, V> {
    /// Starts from `x`; `const`, and so unchecked ([`Iht::start_at`] checks). What the others hold
    /// does not matter.
    pub const fn new(x: X, next: X, r: Y, next_r: Y, kept: Largest<I, V>) -> Self {
        Self { x, next, r, next_r, kept, step: R::ZERO, phase: Phase::Blank }
    }

    /// α as it is now; zero before the first look.
    pub const fn step(&self) -> R {
        self.step
    }
}

type StateOf<R, A, I, V> =
    IhtState<R, <A as LinearOperator<R>>::Domain, <A as LinearOperator<R>>::Range, I, V>;

impl<'a, R, A, I, V> Iht<'a, R, A, I, V>
where
    R: Real,
    A: LinearOperator<R>,
    I: AsRef<[usize]> + AsMut<[usize]> + Clone,
    V: Buffer<R>,
{
    /// K is what `room` has room for.
    ///
    /// # Errors
    /// [`RecoveryError::Step`]; [`RecoveryError::Sparsity`] for K = 0 or K > N.
    pub fn new(
        sensing: Sensing<'a, R, A>,
        room: Largest<I, V>,
        step: StepSize<R>,
    ) -> Result<Self, RecoveryError> {
        step.check(sensing.dictionary())?;
        Self::checked(sensing, room, Some(step))
    }

    /// With a step that is found anew each time.
    ///
    /// # Errors
    /// [`RecoveryError::Sparsity`] for K = 0 or K > N.
    pub fn normalised(
        sensing: Sensing<'a, R, A>,
        room: Largest<I, V>,
    ) -> Result<Self, RecoveryError> {
        Self::checked(sensing, room, None)
    }

    fn checked(
        sensing: Sensing<'a, R, A>,
        blank: Largest<I, V>,
        step: Option<StepSize<R>>,
    ) -> Result<Self, RecoveryError> {
        let (asked, most) = (blank.capacity(), sensing.dictionary().columns());
        if asked == 0 || asked > most {
            return Err(RecoveryError::Sparsity { asked, most });
        }
        Ok(Self { sensing, step, blank })
    }

    /// The state with x = 0.
    pub fn start(&self) -> StateOf<R, A, I, V> {
        self.fresh(self.sensing.dictionary().zero_domain())
    }

    /// The state with a given x; it may have more than K non-zeros.
    ///
    /// # Errors
    /// [`RecoveryError::Length`], [`RecoveryError::NonFiniteStart`].
    pub fn start_at(&self, x: A::Domain) -> Result<StateOf<R, A, I, V>, RecoveryError> {
        self.sensing.check_start(&x)?;
        Ok(self.fresh(x))
    }

    fn fresh(&self, x: A::Domain) -> StateOf<R, A, I, V> {
        let a = self.sensing.dictionary();
        let (next, r, next_r) = (a.zero_domain(), a.zero_range(), a.zero_range());
        IhtState::new(x, next, r, next_r, self.blank.clone())
    }

    /// α = ‖g_S‖² / ‖A g_S‖²; the one before where that is no number. `next` and `next_r` are room.
    fn normalise(&self, state: &mut StateOf<R, A, I, V>) {
        let IhtState { x, next, r, next_r, kept, step, .. } = state;
        let a = self.sensing.dictionary();
        a.apply_adjoint(r, next);
        if max_abs(x.as_slice()) == R::ZERO {
            kept.keep(next.as_mut_slice());
        } else {
            for (g, x) in next.as_mut_slice().iter_mut().zip(x.as_slice()) {
                *g = if *x == R::ZERO { R::ZERO } else { *g };
            }
        }
        a.apply(next, next_r);
        let (along, curved) = (next.as_slice(), next_r.as_slice());
        let best = dot(along, along) / dot(curved, curved);
        if best > R::ZERO && best.is_finite() {
            *step = best;
        } else if *step == R::ZERO {
            // Nothing to go by: g is zero on S, and any step keeps it so.
            *step = R::ONE;
        }
    }

    /// Brings everything up to date: r from x, α, and the next iterate.
    fn propose(&self, state: &mut StateOf<R, A, I, V>) {
        if state.phase == Phase::Blank {
            self.sensing.residual(&state.x, &mut state.r);
            if let (Some(step), true) = (self.step, state.step == R::ZERO) {
                state.step = step.initial();
            }
            state.phase = Phase::Moved;
        }
        if state.phase == Phase::Moved && self.step.is_none() {
            self.normalise(state);
        }
        let IhtState { x, next, r, kept, step, phase, .. } = state;
        if *phase != Phase::Proposed {
            self.sensing.dictionary().apply_adjoint(r, next);
            for (next, x) in next.as_mut_slice().iter_mut().zip(x.as_slice()) {
                *next = *x + *step * *next;
            }
            kept.keep(next.as_mut_slice());
            *phase = Phase::Proposed;
        }
    }

    /// Has x⁺ its non-zeros where x has them?
    fn same_places(x: &A::Domain, next: &A::Domain) -> bool {
        let mut pairs = x.as_slice().iter().zip(next.as_slice());
        pairs.all(|(x, next)| (*x == R::ZERO) == (*next == R::ZERO))
    }
}

impl<R, A, I, V> Iteration for Iht<'_, R, A, I, V>
where
    R: Real,
    A: LinearOperator<R>,
    I: AsRef<[usize]> + AsMut<[usize]> + Clone,
    V: Buffer<R>,
{
    type Real = R;
    type State = StateOf<R, A, I, V>;
    const CERTIFICATE: Certificate = Certificate::ProximalResidual;

    fn step(&self, state: &mut Self::State) {
        self.propose(state);
        let IhtState { x, next, r, next_r, step, phase, .. } = state;
        self.sensing.residual(next, next_r);
        let finite = (max_abs(next_r.as_slice()) + max_abs(x.as_slice())).is_finite();
        let judged = match self.step {
            Some(size) => size.is_guarded(),
            None => !Self::same_places(x, next),
        };
        let shorter = self.sensing.shorter_step((x, next), (r, next_r), *step);
        *phase = Phase::Moved;
        match shorter {
            Some(shorter) if judged => {
                *step = shorter;
                *phase = Phase::Shortened;
            }
            // No step is made that overflows, or from an x that is not finite.
            _ if !finite => {}
            _ => {
                core::mem::swap(x, next);
                core::mem::swap(r, next_r);
            }
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
