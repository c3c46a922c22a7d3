//! [`Cg`]: conjugate gradients.

use super::recurrence::{Phase, Recurrence, squares, unscaled_norm};
use crate::sum::{Accumulator, max_abs, square};
use crate::system::{System, restore_finite};
use crate::{Buffer, Certificate, Iteration, LinearOperator, Scalar, SystemError};

/// Conjugate gradients for A x = b with A symmetric positive definite:
///
/// p ← r + β p, α = rᵀr / pᵀAp, x ← x + α p, r ← r − α A p, β = r⁺ᵀr⁺ / rᵀr with r⁺ the new r.
///
/// Needs A only as a product, so an operator without rows will do. Shapes: A is N × N, b and x have
/// N entries; any units with \[A\]\[x\] = \[b\]. Storage: 2 numbers here, 4 N + 7 words in [`CgState`].
/// Cost: a step is one product with A, 6 N multiplications and 5 N additions; a check is free, the
/// certificate at the start and at the end is another product each.
///
/// With `T` = [`Lanes`](crate::Lanes) it solves several systems of one shape side by side; a lane
/// that is solved stays as it is.
///
/// Where pᵀAp ≤ 0 the matrix is not positive definite: the run ends as
/// [`Breakdown`](crate::Status::Breakdown), [`CgState::curvature`] says what was found, and x is the
/// last good iterate.
///
/// ```
/// use solvekit::{SMatrix, SVector, Status, Stop, krylov::Cg, solve};
/// let a = SMatrix::<f32, 2, 2>::new(4.0, -1.0, -1.0, 3.0);
/// let b = SVector::from([3.0, 2.0]);
/// let cg = Cg::new(&a, &b)?;
/// let mut state = cg.start();
/// let report = solve(&cg, &mut state, Stop::relative(1e-5)?);
/// assert_eq!((report.status, report.iterations), (Status::Converged, 2)); // N steps at most
///
/// let saddle = SMatrix::<f32, 2, 2>::new(1.0, 2.0, 2.0, 1.0);
/// let b = SVector::from([1.0, -1.0]);
/// let cg = Cg::new(&saddle, &b)?;
/// let mut state = cg.start();
/// assert_eq!(solve(&cg, &mut state, Stop::relative(1e-5)?).status, Status::Breakdown);
/// assert_eq!(state.curvature(), Some(-1.0));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Source: Hestenes and Stiefel, *Methods of Conjugate Gradients for Solving Linear Systems*, 1952.
#[derive(Clone, Debug)]
pub struct Cg<'a, T: Scalar, A: LinearOperator<T>> {
    system: System<'a, T, A>,
}

/// The iterate, the residual, the direction and its product: 4 N + 7 words.
///
/// ```
/// use solvekit::{SVector, krylov::CgState, operator::zeros};
/// type Vector = SVector<f32, 16>;
/// static START: CgState<f32, Vector, Vector> = CgState::new(zeros(), zeros(), zeros(), zeros());
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct CgState<T, X, Y> {
    /// The iterate. Whoever changes it starts a new [`Run`](crate::Run), which looks at it anew.
    pub x: X,
    p: X,
    r: Y,
    q: Y,
    recurrence: Recurrence<T>,
}

impl<T: Scalar, X, Y> CgState<T, X, Y> {
    /// Starts from `x`; `const`, and so unchecked ([`Cg::start_at`] checks). What the other three
    /// hold does not matter.
    pub const fn new(x: X, p: X, r: Y, q: Y) -> Self {
        Self { x, p, r, q, recurrence: Recurrence::BLANK }
    }

    /// pᵀAp / pᵀp ≤ 0 of the direction at which the method broke down, lane by lane; zero too in a
    /// lane that was solved. `None` as long as it has not.
    pub fn curvature(&self) -> Option<T> {
        self.recurrence.curvature()
    }
}

impl<'a, T: Scalar, A: LinearOperator<T>> Cg<'a, T, A> {
    /// Checks the system once, so that no step has to. Symmetry is not checked.
    ///
    /// # Errors
    /// [`SystemError`]: `NotSquare`, `Empty`, `Length`, `NonFiniteEntry`, `NonFiniteRightHandSide`,
    /// `HugeRightHandSide`.
    pub fn new(a: &'a A, b: &'a A::Range) -> Result<Self, SystemError> {
        Ok(Self { system: System::new(a, b)? })
    }

    /// The state with x = 0.
    pub fn start(&self) -> CgState<T, A::Domain, A::Range> {
        self.fresh(self.system.a.zero_domain())
    }

    /// The state with a given x.
    ///
    /// # Errors
    /// [`SystemError::Length`], [`SystemError::NonFiniteStart`].
    pub fn start_at(&self, x: A::Domain) -> Result<CgState<T, A::Domain, A::Range>, SystemError> {
        Ok(self.fresh(self.system.start(x)?))
    }

    fn fresh(&self, x: A::Domain) -> CgState<T, A::Domain, A::Range> {
        let a = self.system.a;
        CgState::new(x, a.zero_domain(), a.zero_range(), a.zero_range())
    }

    /// The recurrence's ‖r‖₂, lane by lane; the certificate directly after one was evaluated.
    pub fn residual_norm(&self, state: &mut CgState<T, A::Domain, A::Range>) -> T {
        if state.recurrence.phase == Phase::Blank {
            self.look(state);
        }
        unscaled_norm(&state.r, state.recurrence.energy, state.recurrence.residual_scale)
    }

    /// Recomputes the residual from x and drops the direction.
    fn look(&self, state: &mut CgState<T, A::Domain, A::Range>) {
        let scale = self.system.residual(&state.x, &mut state.r);
        state.p.as_mut_slice().fill(T::ZERO);
        state.recurrence.restart(scale, squares(state.r.as_slice()));
    }
}

impl<T: Scalar, A: LinearOperator<T>> Iteration for Cg<'_, T, A> {
    type Real = T::Real;
    type State = CgState<T, A::Domain, A::Range>;
    const CERTIFICATE: Certificate = Certificate::ResidualNorm;

    fn step(&self, state: &mut Self::State) {
        if state.recurrence.phase == Phase::Blank {
            self.look(state);
        }
        let CgState { x, p, r, q, recurrence } = state;
        let beta = recurrence.beta;
        for (p, r) in p.as_mut_slice().iter_mut().zip(r.as_slice()) {
            *p = *r + beta * *p;
        }
        self.system.a.apply(p, q);
        if recurrence.phase == Phase::Fresh {
            recurrence.operator_scale = max_abs(q.as_slice()).unit_scale();
            recurrence.phase = Phase::Running;
        }
        let scale = recurrence.operator_scale;
        let mut curvature = Accumulator::default();
        for (k, (p, q)) in p.as_slice().iter().zip(q.as_mut_slice()).enumerate() {
            *q *= scale;
            curvature.add(k, *p * *q);
        }
        let length = recurrence.length(p, curvature.total());
        let unscaled = length * (scale / recurrence.residual_scale);
        for (x, p) in x.as_mut_slice().iter_mut().zip(p.as_slice()) {
            *x = (*x + unscaled * *p).finite_or(*x);
        }
        let mut energy = Accumulator::default();
        for (k, (r, q)) in r.as_mut_slice().iter_mut().zip(q.as_slice()).enumerate() {
            *r -= length * *q;
            energy.add(k, square(*r));
        }
        recurrence.advance(r, p, energy.total(), squares);
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
        state.p.as_mut_slice().fill(T::ZERO);
        state.r.as_mut_slice().fill(T::ZERO);
        state.q.as_mut_slice().fill(T::ZERO);
        state.recurrence = Recurrence::BLANK;
    }
}
