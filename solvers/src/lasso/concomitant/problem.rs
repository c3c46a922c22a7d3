//! [`Concomitant`]: the problem, checked, and its duality gap.

use super::super::state::StateOf;
use super::super::{Lasso, LassoError, Weighted, Workspace};
use super::ConcomitantState;
use crate::sum::dot;
use crate::{Buffer, ColumnOperator, LinearOperator, Real};

/// σ₀ in parts of ‖y‖/√n.
const FLOOR: f64 = 1e-2;

/// The lasso with the scale σ of the noise as another unknown: least
/// ‖y − A x‖² / (2 n σ) + σ/2 + λ‖x‖₁ over x and σ ≥ σ₀, with x ≥ 0 if asked.
///
/// λ has no unit: λ_max = ‖Aᵀy‖_∞ / (√n‖y‖) whatever the units of y, and a λ that suits a design suits
/// it at every level of noise (about √(2 ln N / n) for columns of ‖aⱼ‖² = n). Elsewhere objectives are
/// not divided by the number of rows; here σ needs it to be the noise's standard deviation.
///
/// Storage: that of a [`Lasso`], and 3 numbers. Cost: a step is one of the lasso's, or a look
/// (M × (N and the columns where x is not zero)) after which σ and the lasso's weight change. The
/// certificate is the duality gap of this problem, of y's unit; a tolerance is relative to
/// ‖y‖² / (2 n σ_y), with σ_y = max(σ₀, ‖y‖/√n). λ ≥ λ_max is solved by x = 0 with a gap of exactly
/// zero. The gap grows as the error of σ does, where the lasso's grows as its square: a tolerance of
/// 1e-6 here asks for more digits of x than there.
///
/// σ is extrapolated by the secant through two lassos' σ² and ‖r‖²/n, a piecewise linear function
/// of σ²: exact once the signs of x stay. It never goes where P(x, σ) would be larger than before, so
/// that P at the σ in use never grows.
///
/// ```
/// use solvekit::lasso::{Concomitant, Workspace, indices, numbers};
/// use solvekit::{SMatrix, SVector, Stop, operator::zeros, solve};
/// let design = SMatrix::<f32, 4, 2>::from([[1.0, -1.0, 1.0, -1.0], [1.0, 1.0, 1.0, 1.0]]);
/// let response = SVector::from([2.0, 2.5, 2.0, 1.5]);
/// let lasso = Concomitant::new(&design, &response, 0.3)?;
/// let memory = Workspace::new(2, zeros::<f32, { numbers(2) }, 1>(), [0; indices(2, 2)]);
/// let mut state = lasso.start(memory)?;
/// let report = solve(&lasso, &mut state, Stop::relative(1e-5)?);
/// assert!(report.converged());
/// assert_eq!(state.x()[0], 0.0);
/// // The noise is √(⅛) about the mean 2; σ² = ⅛ / (1 − λ²), and x₁ = 2 − λ σ.
/// let sigma = (0.125_f32 / (1.0 - 0.09)).sqrt();
/// assert!((state.sigma() - sigma).abs() < 1e-4);
/// assert!((state.x()[1] - (2.0 - 0.3 * sigma)).abs() < 1e-4);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Source: see the [module](super) for the method, and for the objective Sun and Zhang 2012, eq. 3;
/// σ₀ as in Ndiaye et al. 2017, eq. 5, its size as there in §4.
#[derive(Clone, Debug)]
pub struct Concomitant<'a, R: Real, A: ColumnOperator<R>, G, I> {
    pub(super) lasso: Lasso<'a, R, A, G, I>,
    lambda: R,
    /// σ₀.
    pub(super) floor: R,
    /// n.
    pub(super) rows: R,
}

/// The [`ConcomitantState`] of a design's vectors.
type State<R, A, G, I> =
    ConcomitantState<R, <A as LinearOperator<R>>::Domain, <A as LinearOperator<R>>::Range, G, I>;

impl<'a, R: Real, A: ColumnOperator<R>, G, I> Concomitant<'a, R, A, G, I> {
    /// Checks the data once, in one pass over A. σ₀ is ‖y‖/(100 √n).
    ///
    /// # Errors
    /// As [`Lasso::new`].
    pub fn new(design: &'a A, response: &'a A::Range, lambda: R) -> Result<Self, LassoError> {
        let lasso = Lasso::new(design, response, R::ZERO)?;
        // More rows than a u32 counts do not fit any memory with their columns.
        let rows = R::from_u32(u32::try_from(design.rows()).unwrap_or(u32::MAX));
        let floor = R::from_f64(FLOOR) * (lasso.energy / rows).sqrt();
        Self { lasso, lambda: R::ZERO, floor, rows }.with_lambda(lambda)
    }

    /// Another λ for the same data, at no cost. A state goes on from where it is.
    ///
    /// # Errors
    /// [`LassoError::Lambda`] where it is negative, NaN or infinite.
    pub fn with_lambda(mut self, lambda: R) -> Result<Self, LassoError> {
        self.set_lambda(lambda)?;
        Ok(self)
    }

    fn set_lambda(&mut self, lambda: R) -> Result<(), LassoError> {
        if lambda >= R::ZERO && lambda.is_finite() {
            self.lambda = lambda;
            Ok(())
        } else {
            Err(LassoError::Lambda)
        }
    }

    /// Another σ₀, in the unit of y: what the noise is at least, say of a sensor.
    ///
    /// # Errors
    /// [`LassoError::Scale`] where it is not positive, NaN or infinite.
    pub fn with_floor(self, floor: R) -> Result<Self, LassoError> {
        if floor > R::ZERO && floor.is_finite() {
            Ok(Self { floor, ..self })
        } else {
            Err(LassoError::Scale)
        }
    }

    /// Asks for x ≥ 0.
    #[must_use]
    pub fn nonnegative(self) -> Self {
        Self { lasso: self.lasso.nonnegative(), ..self }
    }

    /// λ.
    pub const fn lambda(&self) -> R {
        self.lambda
    }

    /// σ₀.
    pub const fn floor(&self) -> R {
        self.floor
    }

    /// λ_max, from which on x = 0 is the answer: ‖Aᵀy‖_∞ / (n σ_y), or max aⱼᵀy / (n σ_y) where x ≥ 0,
    /// with σ_y = max(σ₀, ‖y‖/√n).
    pub fn largest_lambda(&self) -> R {
        let largest = self.lasso.largest_lambda();
        if largest == R::ZERO {
            R::ZERO
        } else {
            largest / (self.rows * self.sigma(self.lasso.energy))
        }
    }

    /// The least P(x, σ) over σ ≥ σ₀: from x alone. Cost: one pass over the columns where x is not zero.
    pub fn objective(&self, x: &A::Domain) -> R {
        let mut r = self.lasso.response.clone();
        self.lasso.subtract(x.as_slice(), &mut r);
        let squares = dot(r.as_slice(), r.as_slice());
        let sizes = x.as_slice().iter().fold(R::ZERO, |sum, x| sum + x.abs());
        self.loss(squares, self.sigma(squares)) + self.lambda * sizes
    }

    /// ‖r‖² / (2 n σ) + σ/2.
    fn loss(&self, squares: R, sigma: R) -> R {
        let mean = squares / self.rows;
        let fit = if mean > R::ZERO { mean / sigma } else { mean };
        R::from_f64(0.5) * (fit + sigma)
    }

    /// max(σ₀, ‖r‖/√n).
    pub(super) fn sigma(&self, squares: R) -> R {
        self.floor.max((squares / self.rows).sqrt())
    }

    /// ‖y‖² / (2 n σ_y).
    pub(super) fn unit(&self) -> R {
        let energy = self.lasso.energy;
        self.loss(energy, self.sigma(energy)) - R::from_f64(0.5) * self.sigma(energy)
    }

    /// The lasso whose solution is the best x for a given σ.
    pub(super) fn at(&self, sigma: R) -> Lasso<'_, R, A, G, I> {
        self.lasso.weighing((self.rows * self.lambda * sigma).min(R::MAX))
    }

    /// The gap at coordinates x with c = Aᵀr and ‖r‖², for r = y − A x.
    ///
    /// With ρ = ‖r‖/√n, σ = max(σ₀, ρ) and a dual point u = w r / (n σ), feasible where w ≤ σ/ρ and
    /// w |cⱼ| ≤ λ n σ, the gap is Σ (λ|xⱼ| − w xⱼ cⱼ / (n σ)) and
    /// (1 − w) (σ − σ₀ (1 + w)/2) where ρ ≥ σ₀, ρ² (1 − w)² / (2 σ₀) below: no term is negative,
    /// nothing cancels. The best w on the line is (σ/σ₀) (1 + xᵀc / ‖r‖²).
    pub(super) fn gap(&self, x: &[R], c: &[R], squares: R) -> R {
        let half = R::from_f64(0.5);
        let (sigma, rho) = (self.sigma(squares), (squares / self.rows).sqrt());
        let unit = self.rows * sigma;
        let (mut largest, mut along) = (R::ZERO, R::ZERO);
        for (x, c) in x.iter().zip(c) {
            largest = largest.max(self.lasso.pull(*c));
            along += *x * *c;
        }
        let factor = if rho > R::ZERO {
            let best = if self.floor > R::ZERO {
                (sigma / self.floor) * (R::ONE + along / squares)
            } else {
                R::ONE
            };
            let bound = if largest > R::ZERO { self.lambda / (largest / unit) } else { best };
            best.min(bound).min(sigma / rho).max(R::ZERO)
        } else {
            // r = 0, or what is not a number: no direction.
            rho
        };
        let rest = R::ONE - factor;
        let mut gap = if rho < self.floor {
            half * rho * rest * (rho * rest / self.floor)
        } else {
            rest * (sigma - half * self.floor * (R::ONE + factor))
        };
        for (x, c) in x.iter().zip(c).filter(|(x, _)| **x != R::ZERO) {
            let pulled = if unit > R::ZERO { *x * (factor * *c / unit) } else { R::ZERO };
            // Rounding may leave a negative one.
            gap += (self.lambda * x.abs() - pulled).max(R::ZERO);
        }
        gap
    }
}

impl<R: Real, A: ColumnOperator<R>, G, I> Concomitant<'_, R, A, G, I>
where
    G: Buffer<R>,
    I: AsRef<[usize]>,
{
    /// x = 0.
    ///
    /// # Errors
    /// [`LassoError::Workspace`].
    pub fn start(&self, workspace: Workspace<G, I>) -> Result<State<R, A, G, I>, LassoError> {
        self.lasso.start(workspace).map(ConcomitantState::around)
    }

    /// A given x.
    ///
    /// # Errors
    /// [`LassoError`]: `Workspace`, and `Fit` with `Length` or `NonFiniteStart`.
    pub fn start_at(
        &self,
        x: A::Domain,
        workspace: Workspace<G, I>,
    ) -> Result<State<R, A, G, I>, LassoError> {
        let lasso: StateOf<R, A, G, I> = self.lasso.start_at(x, workspace)?;
        Ok(ConcomitantState::around(lasso))
    }
}

impl<R: Real, A: ColumnOperator<R>, G, I> Weighted for Concomitant<'_, R, A, G, I>
where
    G: Buffer<R>,
    I: AsRef<[usize]> + AsMut<[usize]> + Clone,
{
    fn largest_lambda(&self) -> R {
        Concomitant::largest_lambda(self)
    }

    fn weigh(&mut self, lambda: R) -> Result<(), LassoError> {
        self.set_lambda(lambda)
    }
}
