//! [`GreedyQuadratic`]: any τ coordinates that promise much together.

use super::{Chosen, Picked, Rule, RuleError};
use crate::fit::DataFit;
use crate::{Buffer, Real, Scalar};

/// Steps of the search.
const STEPS: u32 = 10;

/// Gauss–Southwell–Quadratic for variable blocks, by iterative hard thresholding: τ coordinates
/// along which f comes down far when they move together. The best ones are hard to find (NP-hard);
/// this finds good ones.
///
/// The start is GSD's block, the τ largest (∇ⱼf)²/Lⱼ, with dⱼ = −∇ⱼf/Lⱼ. Then, ten times at most,
/// dⱼ ← dⱼ − ∇ⱼf(x + d) / (λ Dⱼ) for all j, of which the τ of the largest Dⱼ dⱼ² stay. On a
/// quadratic ∇f(x + d) is g + H d, and no step of these raises gᵀd + ½ dᵀH d as long as
/// λ ≥ λmax(D^−½ H D^−½). With D = 1 ([`plain`](Self::plain)) this is the published rule; with
/// D = diag Lⱼ ([`scaled`](Self::scaled)) the choice does not depend on the units of the coordinates,
/// and where these differ widely the search gets further. For smooth objectives.
///
/// Storage: a point of the fit, τ indices and 2τ numbers, here and in the memory. Cost of a choice:
/// up to 11 N partial derivatives and 22 τ shifts.
///
/// ```
/// use solvekit::bcd::{Descent, rule::GreedyQuadratic, update::Matrix};
/// use solvekit::{SMatrix, SVector, Stop, direct::packed, fit::Quadratic};
/// use solvekit::{penalty::Unpenalized, solve};
/// let a = SMatrix::<f32, 3, 3>::new(4.0, 1.0, 0.0, 1.0, 4.0, 1.0, 0.0, 1.0, 4.0);
/// let b = SVector::from([5.0, 6.0, 5.0]);
/// let fit = Quadratic::new(&a, &b)?;
/// let pair = SVector::<f32, 2>::zeros();
/// let rule = GreedyQuadratic::scaled(&fit, fit.start(), [0; 2], pair, pair)?;
/// let update = Matrix::new(pair, SVector::<f32, { packed(2) }>::zeros());
/// let descent = Descent::new(fit, Unpenalized, rule, update);
/// let mut state = descent.start_from(fit.start());
/// assert!(solve(&descent, &mut state, Stop::relative(1e-5)?).converged());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Source: Nutini, Laradji and Schmidt 2022 (block Gauss–Southwell–Quadratic
/// with variable blocks); Blumensath and Davies 2009 (IHT).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GreedyQuadratic<R, X, I, V> {
    bound: R,
    scaled: bool,
    blank: Search<X, I, V>,
}

/// Where the search is.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Search<X, I, V> {
    trial: X,
    picked: Picked<I, V>,
    values: V,
}

impl<R: Real, X, I, V> GreedyQuadratic<R, X, I, V> {
    /// λ and whether D = diag Lⱼ, both the caller's: λ ≥ λmax(D^−½ H D^−½), or the search may not
    /// come down (the descent does, whatever the search finds). τ is the length of the shortest
    /// buffer; `trial` may be any point of the fit.
    ///
    /// # Errors
    /// [`RuleError::Curvature`] where λ is not positive and finite.
    pub fn new(
        bound: R,
        scaled: bool,
        trial: X,
        coordinates: I,
        scores: V,
        values: V,
    ) -> Result<Self, RuleError> {
        if !(bound > R::ZERO && bound.is_finite()) {
            return Err(RuleError::Curvature);
        }
        let picked = Picked::new(coordinates, scores);
        Ok(Self { bound, scaled, blank: Search { trial, picked, values } })
    }

    /// D = 1 and λ the largest row sum Σⱼ|Hᵢⱼ|. Cost: all entries of H. A sharper λ, by
    /// [`block_lipschitz`](crate::bcd::block_lipschitz) of all coordinates, goes through
    /// [`new`](Self::new).
    ///
    /// # Errors
    /// [`RuleError::Curvature`].
    pub fn plain<F: DataFit<Real = R>>(
        fit: &F,
        trial: X,
        coordinates: I,
        scores: V,
        values: V,
    ) -> Result<Self, RuleError> {
        let sums = (0..fit.unknowns()).map(|i| fit.bound_sum(i));
        let bound = sums.fold(R::ZERO, |most, sum| most.max(sum));
        Self::new(bound, false, trial, coordinates, scores, values)
    }

    /// D = diag Lⱼ and λ the largest Σⱼ|Hᵢⱼ|/√(LᵢLⱼ). Cost: all entries of H, one by one.
    ///
    /// # Errors
    /// [`RuleError::Curvature`].
    pub fn scaled<F: DataFit<Real = R>>(
        fit: &F,
        trial: X,
        coordinates: I,
        scores: V,
        values: V,
    ) -> Result<Self, RuleError> {
        let count = fit.unknowns();
        let mut bound = R::ZERO;
        for i in 0..count {
            let own = fit.lipschitz(i).sqrt();
            let sum = crate::sum::sum_of(count, |j| {
                let size = own * fit.lipschitz(j).sqrt();
                if size > R::ZERO { fit.bound(i, j).abs() / size } else { R::ZERO }
            });
            bound = bound.max(sum);
        }
        Self::new(bound, true, trial, coordinates, scores, values)
    }
}

impl<X: Clone, I: AsRef<[usize]> + AsMut<[usize]>, V> Search<X, I, V> {
    /// x + d for d = `value(j, ∂ⱼf, dⱼ)` on what is picked, and nothing elsewhere.
    fn move_to<F>(
        &mut self,
        fit: &F,
        point: &F::Point,
        value: impl Fn(usize, F::Real, F::Real) -> F::Real,
    ) where
        F: DataFit<Point = X>,
        V: Buffer<F::Real>,
    {
        let values = self.values.as_mut_slice();
        for (slot, j) in values.iter_mut().zip(self.picked.coordinates()) {
            *slot = value(*j, fit.partial(&self.trial, *j), moved(fit, &self.trial, point, *j));
        }
        // Clears what was there before, and keeps the rounding of many shifts from piling up.
        self.trial.clone_from(point);
        fit.shift_block(&mut self.trial, self.picked.coordinates(), values);
    }
}

/// dⱼ, exactly 0 where x has not been moved.
fn moved<F: DataFit>(fit: &F, trial: &F::Point, point: &F::Point, j: usize) -> F::Real {
    match (fit.x(trial).get(j), fit.x(point).get(j)) {
        (Some(there), Some(here)) => *there - *here,
        _ => F::Real::ZERO,
    }
}

impl<F, P, I, V> Rule<F, P> for GreedyQuadratic<F::Real, F::Point, I, V>
where
    F: DataFit,
    I: AsRef<[usize]> + AsMut<[usize]> + Clone,
    V: Buffer<F::Real>,
{
    type State = Search<F::Point, I, V>;

    fn start(&self) -> Self::State {
        self.blank.clone()
    }

    fn select<'a>(
        &'a self,
        fit: &F,
        _: &P,
        point: &F::Point,
        search: &'a mut Self::State,
    ) -> Chosen<'a> {
        let metric = |j: usize| if self.scaled { fit.lipschitz(j) } else { F::Real::ONE };
        search.trial.clone_from(point);
        search.picked.clear();
        for j in 0..fit.unknowns() {
            let (partial, lipschitz) = (fit.partial(point, j), fit.lipschitz(j));
            if lipschitz > F::Real::ZERO {
                search.picked.offer(j, partial * partial / lipschitz);
            }
        }
        search.move_to(fit, point, |j, partial, _| -partial / fit.lipschitz(j));
        for _ in 0..STEPS {
            let stepped = |j: usize, partial: F::Real, d: F::Real| {
                let size = self.bound * metric(j);
                if size > F::Real::ZERO { d - partial / size } else { d }
            };
            search.picked.clear();
            for j in 0..fit.unknowns() {
                let partial = fit.partial(&search.trial, j);
                let d = stepped(j, partial, moved(fit, &search.trial, point, j));
                search.picked.offer(j, metric(j) * d * d);
            }
            search.move_to(fit, point, stepped);
        }
        Chosen { coordinates: search.picked.coordinates(), block: None }
    }
}
