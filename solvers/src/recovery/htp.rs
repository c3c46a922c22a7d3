//! [`Htp`]: hard thresholding pursuit.

use super::{Largest, RecoveryError, Refit, Sensing};
use crate::sum::{dot, max_abs};
use crate::system::restore_finite;
use crate::{Buffer, Certificate, ColumnOperator, Iteration, Real};

/// Hard thresholding that chooses places, and least squares on them:
///
/// S = places of the K largest of x + α g, x⁺ = argmin ‖y − A x‖ over x that are zero outside S,
///
/// g = Aᵀ(y − A x) and α = ‖g_T‖² / ‖A g_T‖² anew each step, T being the places of the K largest of
/// g.
///
/// It ends when S stays, after few steps: at most as many as it takes to find the true places,
/// where A is nearly an isometry on sparse vectors (restricted isometry constant δ₃K < 1/√3). It
/// may also go round in a circle; the run then ends [`Stalled`](crate::Status::Stalled) or at its
/// cap.
///
/// Shapes: A is M × N, y has M entries, x has N. Storage: 2 numbers and the room here; 2 N + 2 M +
/// 2 and the room in [`HtpState`]: K (K + 1) / 2 + 2 K numbers, K + 1 indices. Cost of a step: two
/// products with A, two with Aᵀ, the choice of K of N twice, and a [`Refit`]. Products of columns
/// that overflow end as [`Breakdown`](crate::Status::Breakdown).
///
/// ```
/// use solvekit::direct::packed;
/// use solvekit::recovery::{Htp, Largest, Refit, Sensing};
/// use solvekit::{SMatrix, SVector, Stop, operator::zeros, solve};
/// let a = SMatrix::<f32, 3, 4>::from([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [0.6, 0.0, 0.8]]);
/// let y = SVector::from([1.2, 0.5, 1.6]);
/// let room = Largest::new([0; 2], zeros::<f32, 2, 1>());
/// let refit = Refit::new(zeros::<f32, 2, 1>(), zeros::<f32, { packed(2) }, 1>());
/// let htp = Htp::new(Sensing::new(&a, &y)?, room, refit)?;
/// let mut state = htp.start();
/// let report = solve(&htp, &mut state, Stop::relative(1e-5)?);
/// assert!(report.converged() && report.iterations <= 2);
/// assert!((state.x[1] - 0.5).abs() < 1e-6 && (state.x[3] - 2.0).abs() < 1e-6);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Source: Foucart 2011, *Hard Thresholding Pursuit: An Algorithm for Compressive Sensing*; the
/// step as in Blumensath and Davies 2010, over T since g is zero on the places of x.
#[derive(Clone, Debug)]
pub struct Htp<'a, R: Real, A: ColumnOperator<R>, I, V, W> {
    sensing: Sensing<'a, R, A>,
    places: Largest<I, V>,
    refit: Refit<R, V, W>,
}

/// The iterate, its residual, and room for K places and the least squares on them.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct HtpState<R, X, Y, I, V, W> {
    /// The iterate. Whoever changes it starts a new [`Run`](crate::Run), which looks at it anew.
    pub x: X,
    next: X,
    r: Y,
    image: Y,
    places: Largest<I, V>,
    refit: Refit<R, V, W>,
    step: R,
    /// Are r, α and the next places those of x?
    fresh: bool,
    broken: bool,
}

impl<R: Real, X, Y, I, V, W> HtpState<R, X, Y, I, V, W> {
    /// Starts from `x`; `const`, and so unchecked ([`Htp::start_at`] checks). What the others hold
    /// does not matter.
    pub const fn new(
        x: X,
        next: X,
        r: Y,
        image: Y,
        places: Largest<I, V>,
        refit: Refit<R, V, W>,
    ) -> Self {
        Self { x, next, r, image, places, refit, step: R::ZERO, fresh: false, broken: false }
    }

    /// The largest amount that was added to a pivot so far, relative to its diagonal entry.
    pub const fn added(&self) -> R {
        self.refit.added()
    }
}

type StateOf<R, A, I, V, W> = HtpState<
    R,
    <A as crate::LinearOperator<R>>::Domain,
    <A as crate::LinearOperator<R>>::Range,
    I,
    V,
    W,
>;

impl<'a, R, A, I, V, W> Htp<'a, R, A, I, V, W>
where
    R: Real,
    A: ColumnOperator<R>,
    I: AsRef<[usize]> + AsMut<[usize]> + Clone,
    V: Buffer<R>,
    W: Buffer<R>,
{
    /// K is what `places` has room for.
    ///
    /// # Errors
    /// [`RecoveryError::Sparsity`] for K = 0, K > N or K > M; [`RecoveryError::Length`] where
    /// `refit` has too little room.
    pub fn new(
        sensing: Sensing<'a, R, A>,
        places: Largest<I, V>,
        refit: Refit<R, V, W>,
    ) -> Result<Self, RecoveryError> {
        let (a, asked) = (sensing.dictionary(), places.capacity());
        let most = a.rows().min(a.columns());
        if asked == 0 || asked > most {
            return Err(RecoveryError::Sparsity { asked, most });
        }
        refit.check(asked)?;
        Ok(Self { sensing, places, refit })
    }

    /// The state with x = 0.
    pub fn start(&self) -> StateOf<R, A, I, V, W> {
        self.fresh(self.sensing.dictionary().zero_domain())
    }

    /// The state with a given x; it may have more than K non-zeros.
    ///
    /// # Errors
    /// [`RecoveryError::Length`], [`RecoveryError::NonFiniteStart`].
    pub fn start_at(&self, x: A::Domain) -> Result<StateOf<R, A, I, V, W>, RecoveryError> {
        self.sensing.check_start(&x)?;
        Ok(self.fresh(x))
    }

    fn fresh(&self, x: A::Domain) -> StateOf<R, A, I, V, W> {
        let a = self.sensing.dictionary();
        let (next, r, image) = (a.zero_domain(), a.zero_range(), a.zero_range());
        HtpState::new(x, next, r, image, self.places.clone(), self.refit.clone())
    }

    /// r, α and H_K(x + α g) from x.
    fn propose(&self, state: &mut StateOf<R, A, I, V, W>) {
        if state.fresh {
            return;
        }
        let HtpState { x, next, r, image, places, step, fresh, .. } = state;
        let a = self.sensing.dictionary();
        self.sensing.residual(x, r);
        a.apply_adjoint(r, next);
        places.keep(next.as_mut_slice());
        a.apply(next, image);
        let (along, curved) = (next.as_slice(), image.as_slice());
        let best = dot(along, along) / dot(curved, curved);
        // Where g is zero any step keeps x.
        *step = if best > R::ZERO { best.finite_or(R::ONE) } else { R::ONE };
        a.apply_adjoint(r, next);
        for (next, x) in next.as_mut_slice().iter_mut().zip(x.as_slice()) {
            *next = *x + *step * *next;
        }
        places.keep(next.as_mut_slice());
        *fresh = true;
    }
}

impl<R, A, I, V, W> Iteration for Htp<'_, R, A, I, V, W>
where
    R: Real,
    A: ColumnOperator<R>,
    I: AsRef<[usize]> + AsMut<[usize]> + Clone,
    V: Buffer<R>,
    W: Buffer<R>,
{
    type Real = R;
    type State = StateOf<R, A, I, V, W>;
    const CERTIFICATE: Certificate = Certificate::ProximalResidual;

    fn step(&self, state: &mut Self::State) {
        self.propose(state);
        state.fresh = false;
        // From an x that is not finite no step is made.
        if max_abs(state.x.as_slice()).is_finite() {
            state.broken = !state.refit.solve(&self.sensing, state.places.places(), &mut state.x);
        }
    }

    fn residual(&self, state: &mut Self::State) -> R {
        self.propose(state);
        let pairs = state.x.as_slice().iter().zip(state.next.as_slice());
        let moved = pairs.fold(R::ZERO, |most, (x, next)| most.max((*x - *next).abs()));
        moved / state.step
    }

    fn certify(&self, state: &mut Self::State) -> Option<R> {
        state.fresh = false;
        Some(self.residual(state))
    }

    fn breakdown(&self, state: &Self::State) -> bool {
        state.broken
    }

    fn reference(&self) -> R {
        self.sensing.largest_correlation()
    }

    fn restore(&self, state: &mut Self::State) {
        restore_finite(&mut state.x);
        state.fresh = false;
    }
}
