//! [`ProjectedSor`]: SOR between bounds, for linear complementarity problems.

use super::{Forward, Order, Sor, SorError, SorState};
use crate::operator::mapped_residual_norm;
use crate::{Buffer, Certificate, Iteration, Real, RowOperator, Scalar};

/// Projected SOR: finds l ≤ x ≤ u such that, with r = b − A x, for every i
/// rᵢ = 0 where lᵢ < xᵢ < uᵢ, rᵢ ≤ 0 where xᵢ = lᵢ and rᵢ ≥ 0 where xᵢ = uᵢ.
///
/// For symmetric positive definite A that x is the one with the least ½ xᵀA x − bᵀx between the
/// bounds (a membrane over an obstacle, bodies that touch but do not pull), and every ω in (0, 2)
/// finds it. Per sweep, for every i in the [`Order`] `O`:
/// xᵢ ← clamp(xᵢ + ω (bᵢ − Σⱼ aᵢⱼ xⱼ) / aᵢᵢ, lᵢ, uᵢ).
///
/// A bound may be infinite: one side, or none, is then open. Without any bound it is [`Sor`] to the
/// bit. For other matrices the report says truthfully how it ended.
///
/// Certificate: [`NaturalResidual`](Certificate::NaturalResidual), evaluated as
/// pᵢ = clamp(rᵢ, aᵢᵢ (lᵢ − xᵢ), aᵢᵢ (uᵢ − xᵢ)), which is the same number without the cancellation, in
/// the units of b and relative to ‖b‖₂.
///
/// Shapes: A is N × N; b, x, l and u have N entries; \[A\]\[x\] = \[b\], \[l\] = \[u\] = \[x\].
/// Storage: N + 5 numbers here (bounds are borrowed), N numbers in [`SorState`]. Cost: [`Sor`]'s, and
/// 2 N comparisons a sweep.
///
/// ```
/// use solvekit::{Certificate, FivePoint, SMatrix, Stop, solve, sor::ProjectedSor};
/// // A membrane pulled down by 0.1 everywhere, over a floor at −0.5.
/// let membrane = FivePoint::<f32, 9, 9>::laplacian(0.0);
/// let (pull, floor) = (SMatrix::repeat(-0.1), SMatrix::repeat(-0.5));
/// let open = SMatrix::repeat(f32::INFINITY);
/// let sor = ProjectedSor::new(&membrane, &pull, 1.5, &floor, &open)?;
/// let mut state = sor.start();
/// let report = solve(&sor, &mut state, Stop::relative(1e-5)?);
/// assert!(report.converged());
/// assert_eq!(report.certificate, Certificate::NaturalResidual);
/// // It lies on the floor in the middle, and not at its edge.
/// assert!(state.x[(4, 4)] == -0.5 && state.x[(0, 0)] > -0.5);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Source: Cryer, *The solution of a quadratic programming problem using systematic
/// overrelaxation*, SIAM J. Control 9, 1971; Cottle, Pang, Stone, *The Linear Complementarity
/// Problem*, 1992, §5.2 (the method) and §1.5 (the natural residual).
#[derive(Clone, Debug)]
pub struct ProjectedSor<'a, T: Scalar, A: RowOperator<T>, O = Forward> {
    sor: Sor<'a, T, A, O>,
    lower: &'a A::Domain,
    upper: &'a A::Domain,
}

impl<'a, T: Scalar, A: RowOperator<T>> ProjectedSor<'a, T, A> {
    /// Checks the problem once, so that no sweep has to. Forward order.
    ///
    /// # Errors
    /// As [`ordered`](ProjectedSor::ordered).
    pub fn new(
        a: &'a A,
        b: &'a A::Range,
        omega: T,
        lower: &'a A::Domain,
        upper: &'a A::Domain,
    ) -> Result<Self, SorError> {
        Self::ordered(a, b, omega, lower, upper, Forward)
    }
}

impl<'a, T: Scalar, A: RowOperator<T>, O: Order<T, A>> ProjectedSor<'a, T, A, O> {
    /// Checks the problem once, so that no sweep has to; sweeps in the given order.
    ///
    /// # Errors
    /// Those of [`Sor::ordered`]; [`SorError::NonPositiveDiagonal`], [`SorError::NanBound`],
    /// [`SorError::CrossedBounds`]; [`SorError::Length`] for bounds of another length.
    pub fn ordered(
        a: &'a A,
        b: &'a A::Range,
        omega: T,
        lower: &'a A::Domain,
        upper: &'a A::Domain,
        order: O,
    ) -> Result<Self, SorError> {
        let sor = Sor::ordered(a, b, omega, order)?;
        let expected = a.rows();
        for bound in [lower, upper] {
            let found = bound.as_slice().len();
            if found != expected {
                return Err(SorError::Length { expected, found });
            }
        }
        let zero = T::Real::ZERO;
        for (row, (l, u)) in lower.as_slice().iter().zip(upper.as_slice()).enumerate() {
            if !a.diagonal(row).all(|diagonal| diagonal > zero) {
                return Err(SorError::NonPositiveDiagonal { row });
            }
            // Every number is at most ∞, which is a bound like another; a NaN is not.
            if ![l, u].iter().all(|bound| bound.all(|bound| bound <= T::Real::INFINITY)) {
                return Err(SorError::NanBound { row });
            }
            // An infinite bound on the wrong side leaves no number either.
            let room = l.all(|l| l < T::Real::INFINITY) && u.all(|u| u > -T::Real::INFINITY);
            if !(room && (*u - *l).all(|width| width >= zero)) {
                return Err(SorError::CrossedBounds { row });
            }
        }
        Ok(Self { sor, lower, upper })
    }

    /// Changes ω; x stays with the state, so ω may change between sweeps.
    ///
    /// # Errors
    /// [`SorError::Omega`]; ω is as before.
    pub fn set_omega(&mut self, omega: T) -> Result<(), SorError> {
        self.sor.set_omega(omega)
    }

    /// ω.
    pub const fn omega(&self) -> T {
        self.sor.omega()
    }

    /// The state with the x between the bounds that is nearest to 0.
    pub fn start(&self) -> SorState<A::Domain> {
        let mut state = self.sor.start();
        self.clamp(&mut state.x);
        state
    }

    /// The state with a given x, moved between the bounds where it lies outside.
    ///
    /// # Errors
    /// [`SorError::Length`], [`SorError::NonFiniteStart`].
    pub fn start_at(&self, x: A::Domain) -> Result<SorState<A::Domain>, SorError> {
        let mut state = self.sor.start_at(x)?;
        self.clamp(&mut state.x);
        Ok(state)
    }

    /// ‖p‖₂, lane by lane; zero exactly at a solution.
    #[inline]
    pub fn natural_residual(&self, x: &A::Domain) -> T {
        let (a, values) = (self.sor.system.a, x.as_slice());
        mapped_residual_norm(a, self.sor.system.b, x, self.sor.system.scale, |row, residual| {
            let (Some(x), Some((lower, upper))) = (values.get(row), self.bounds(row)) else {
                return residual;
            };
            let diagonal = a.diagonal(row);
            residual.max(diagonal * (lower - *x)).min(diagonal * (upper - *x))
        })
    }

    #[inline(always)]
    fn bounds(&self, row: usize) -> Option<(T, T)> {
        let lower = self.lower.as_slice().get(row)?;
        let upper = self.upper.as_slice().get(row)?;
        Some((*lower, *upper))
    }

    fn clamp(&self, x: &mut A::Domain) {
        let bounds = self.lower.as_slice().iter().zip(self.upper.as_slice());
        for (x, (lower, upper)) in x.as_mut_slice().iter_mut().zip(bounds) {
            *x = x.max(*lower).min(*upper);
        }
    }
}

impl<T: Scalar, A: RowOperator<T>, O: Order<T, A>> Iteration for ProjectedSor<'_, T, A, O> {
    type Real = T::Real;
    type State = SorState<A::Domain>;
    const CERTIFICATE: Certificate = Certificate::NaturalResidual;

    #[inline]
    fn step(&self, state: &mut Self::State) {
        let sor = &self.sor;
        let (b, inverse) = (sor.system.b.as_slice(), sor.inverse_diagonal.as_slice());
        O::relax(sor.system.a, &mut state.x, |row, dot, old| {
            let (Some(b), Some(inverse)) = (b.get(row), inverse.get(row)) else { return old };
            let Some((lower, upper)) = self.bounds(row) else { return old };
            let new = (old + (sor.omega() * *inverse) * (*b - dot)).finite_or(old);
            // A bound must not make an infinite unknown pass for a sound one.
            new.select(Real::is_finite, new.max(lower).min(upper), new)
        });
    }
    #[inline]
    fn residual(&self, state: &mut Self::State) -> T::Real {
        self.natural_residual(&state.x).worst_against(self.sor.system.b_norm)
    }
    fn parameter(&self, _state: &Self::State) -> Option<T::Real> {
        Some(self.sor.omega().worst())
    }
    fn reference(&self) -> T::Real {
        self.sor.reference()
    }
    fn restore(&self, state: &mut Self::State) {
        self.sor.restore(state);
        self.clamp(&mut state.x);
    }
}
