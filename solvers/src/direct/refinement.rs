//! [`Refinement`]: a direct solution with a report.

use super::Factor;
use crate::sum::norm;
use crate::system::{System, restore_finite};
use crate::{Buffer, Certificate, Iteration, LinearOperator, Real, SystemError};

/// A x = b by a factor of A, or of a matrix near it: x ← x + F⁻¹ (b − A x).
///
/// From x = 0 the first step is the direct solution, each further one a refinement: the report's
/// iterations are the steps, and its residual is ‖b − A x‖₂ evaluated after the last. With a stale
/// factor F it converges as long as ρ(I − F⁻¹A) < 1, and the report says whether it did.
///
/// Shapes: A is N × N, b and x have N entries. Storage: 1 number and the factor here, 2 N numbers in
/// the state. Cost: a step is one product with A and one solution with the factor; a check is
/// another product.
///
/// ```
/// use solvekit::{SMatrix, SVector, Stop, direct::{Cholesky, Refinement, packed}, solve};
/// let a = SMatrix::<f32, 2, 2>::new(4.0, -1.0, -1.0, 3.0);
/// let b = SVector::from([3.0, 2.0]);
/// let mut memory = [0.0; packed(2)];
/// let direct = Refinement::new(&a, &b, Cholesky::factor(&a, &mut memory)?)?;
/// let mut state = direct.start();
/// let report = solve(&direct, &mut state, Stop::relative(1e-6)?);
/// assert!(report.converged() && report.iterations == 1, "{report:?}");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Source: Golub and Van Loan, *Matrix Computations*, §3.5.
#[derive(Clone, Debug)]
pub struct Refinement<'a, R: Real, A: LinearOperator<R>, F> {
    system: System<'a, R, A>,
    factor: F,
}

/// The iterate and room for a correction: 2 N numbers.
///
/// ```
/// use solvekit::{SVector, direct::RefinementState, operator::zeros};
/// type Vector = SVector<f32, 16>;
/// static START: RefinementState<Vector, Vector> = RefinementState::new(zeros(), zeros());
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct RefinementState<X, Y> {
    /// The iterate.
    pub x: X,
    correction: Y,
}

impl<X, Y> RefinementState<X, Y> {
    /// Starts from `x`; `const`, and so unchecked ([`Refinement::start_at`] checks). What the other
    /// holds does not matter.
    pub const fn new(x: X, correction: Y) -> Self {
        Self { x, correction }
    }
}

impl<'a, R: Real, A: LinearOperator<R>, F: Factor<R>> Refinement<'a, R, A, F> {
    /// Checks the system once, so that no step has to.
    ///
    /// # Errors
    /// [`SystemError`]: `NotSquare`, `Empty`, `Length` (also of the factor), `NonFiniteEntry`,
    /// `NonFiniteRightHandSide`, `HugeRightHandSide`.
    pub fn new(a: &'a A, b: &'a A::Range, factor: F) -> Result<Self, SystemError> {
        let system = System::new(a, b)?;
        let (expected, found) = (a.rows(), factor.order());
        if expected != found {
            return Err(SystemError::Length { expected, found });
        }
        Ok(Self { system, factor })
    }

    /// The state with x = 0.
    pub fn start(&self) -> RefinementState<A::Domain, A::Range> {
        RefinementState::new(self.system.a.zero_domain(), self.system.a.zero_range())
    }

    /// The state with a given x.
    ///
    /// # Errors
    /// [`SystemError::Length`], [`SystemError::NonFiniteStart`].
    pub fn start_at(
        &self,
        x: A::Domain,
    ) -> Result<RefinementState<A::Domain, A::Range>, SystemError> {
        Ok(RefinementState::new(self.system.start(x)?, self.system.a.zero_range()))
    }
}

impl<R: Real, A: LinearOperator<R>, F: Factor<R>> Iteration for Refinement<'_, R, A, F> {
    type Real = R;
    type State = RefinementState<A::Domain, A::Range>;
    const CERTIFICATE: Certificate = Certificate::ResidualNorm;

    fn step(&self, state: &mut Self::State) {
        let scale = R::ONE / self.system.residual(&state.x, &mut state.correction);
        let correction = state.correction.as_mut_slice();
        self.factor.solve(correction);
        for (x, correction) in state.x.as_mut_slice().iter_mut().zip(correction) {
            *x = (*x + *correction * scale).finite_or(*x);
        }
    }

    fn residual(&self, state: &mut Self::State) -> R {
        let scale = self.system.residual(&state.x, &mut state.correction);
        norm::<R, _>(&state.correction) / scale
    }

    fn reference(&self) -> R {
        self.system.b_norm
    }

    fn restore(&self, state: &mut Self::State) {
        restore_finite(&mut state.x);
        state.correction.as_mut_slice().fill(R::ZERO);
    }
}
