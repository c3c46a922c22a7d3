//! [`Score`]: what a greedy rule wants to be largest.

use super::RuleError;
use crate::fit::DataFit;
use crate::{Buffer, Real, Scalar, Separable};

/// How much there is to gain along one coordinate: not negative, zero where it is nothing.
pub trait Score<F: DataFit, P> {
    /// The score of coordinate j at a point.
    fn score(&self, fit: &F, penalty: &P, point: &F::Point, j: usize) -> F::Real;
}

/// Does a score come before another? NaN comes before every number, so that it is chosen and shows;
/// the first of several NaN stays.
pub(super) fn is_better<R: Real>(score: R, than: R) -> bool {
    match score.partial_cmp(&than) {
        Some(order) => order.is_gt(),
        None => than.partial_cmp(&than).is_some(),
    }
}

/// Gauss–Southwell: (∇ⱼf)², whose sum over a block is ‖∇_b f‖². For smooth objectives.
///
/// ```
/// use solvekit::bcd::rule::{GaussSouthwell, Score};
/// use solvekit::{SMatrix, SVector, fit::Quadratic, penalty::Unpenalized};
/// let a = SMatrix::<f32, 2, 2>::new(4.0, 0.0, 0.0, 1.0);
/// let b = SVector::from([6.0, 4.0]);
/// let fit = Quadratic::new(&a, &b)?;
/// let point = fit.start(); // where ∇f = −b
/// let scores = [0, 1].map(|j| GaussSouthwell.score(&fit, &Unpenalized, &point, j));
/// assert_eq!(scores, [36.0, 16.0]);
/// # Ok::<(), solvekit::fit::FitError>(())
/// ```
///
/// Source: Nutini, Laradji and Schmidt 2022 (block Gauss–Southwell).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct GaussSouthwell;

impl<F: DataFit, P> Score<F, P> for GaussSouthwell {
    #[inline]
    fn score(&self, fit: &F, _: &P, point: &F::Point, j: usize) -> F::Real {
        let partial = fit.partial(point, j);
        partial * partial
    }
}

/// Gauss–Southwell–Diagonal: (∇ⱼf)² / Lⱼ, which does not depend on the units of the coordinates.
/// For smooth objectives. A coordinate of no curvature has nothing to gain.
///
/// ```
/// use solvekit::bcd::rule::{GaussSouthwellDiagonal, Score};
/// use solvekit::{SMatrix, SVector, fit::Quadratic, penalty::Unpenalized};
/// let a = SMatrix::<f32, 2, 2>::new(4.0, 0.0, 0.0, 1.0);
/// let b = SVector::from([6.0, 4.0]);
/// let fit = Quadratic::new(&a, &b)?;
/// let point = fit.start();
/// let scores = [0, 1].map(|j| GaussSouthwellDiagonal.score(&fit, &Unpenalized, &point, j));
/// assert_eq!(scores, [9.0, 16.0]); // twice what each can gain alone
/// # Ok::<(), solvekit::fit::FitError>(())
/// ```
///
/// Source: Nutini, Laradji and Schmidt 2022 (Gauss–Southwell–Diagonal).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct GaussSouthwellDiagonal;

impl<F: DataFit, P> Score<F, P> for GaussSouthwellDiagonal {
    #[inline]
    fn score(&self, fit: &F, _: &P, point: &F::Point, j: usize) -> F::Real {
        let (partial, lipschitz) = (fit.partial(point, j), fit.lipschitz(j));
        if lipschitz > F::Real::ZERO { partial * partial / lipschitz } else { F::Real::ZERO }
    }
}

/// The row-sum rule: (∇ⱼf)² / Σₖ|Hⱼₖ|, with the bound of diagonal dominance in the place of Lⱼ: the
/// diagonal matrix of these sums is at least H whatever the block. For smooth objectives. A
/// coordinate of no curvature has nothing to gain.
///
/// Storage: N numbers. Decrease of a [`Matrix`](crate::bcd::update::Matrix) step on the block: at
/// least half the sum of its scores.
///
/// ```
/// use solvekit::bcd::rule::{GaussSouthwellRowSum, Greedy};
/// use solvekit::bcd::{Descent, update::Coordinate};
/// use solvekit::{SMatrix, SVector, Stop, fit::Quadratic, penalty::Unpenalized, solve};
/// let a = SMatrix::<f32, 3, 3>::new(4.0, 1.0, 0.0, 1.0, 4.0, 1.0, 0.0, 1.0, 4.0);
/// let b = SVector::from([5.0, 6.0, 5.0]);
/// let fit = Quadratic::new(&a, &b)?;
/// let score = GaussSouthwellRowSum::new(&fit, SVector::<f32, 3>::zeros())?;
/// assert_eq!(*score.sums(), SVector::from([5.0, 6.0, 5.0]));
/// let rule = Greedy::new(score, [0; 2], SVector::<f32, 2>::zeros());
/// let descent = Descent::new(fit, Unpenalized, rule, Coordinate);
/// let mut state = descent.start_from(fit.start());
/// assert!(solve(&descent, &mut state, Stop::relative(1e-5)?).converged());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Source: Nutini, Laradji and Schmidt 2022 (Gauss–Southwell–Diagonal, by row sums of |H|; "GSDHb" in
/// their code).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GaussSouthwellRowSum<W> {
    sums: W,
}

impl<W> GaussSouthwellRowSum<W> {
    /// Fills `sums`, of N numbers, with the row sums of |H| ([`DataFit::bound_sum`]). Cost: for a
    /// quadratic the stored entries of A, once; for a design N² products of two columns.
    ///
    /// # Errors
    /// [`RuleError::Room`].
    pub fn new<F: DataFit>(fit: &F, mut sums: W) -> Result<Self, RuleError>
    where
        W: Buffer<F::Real>,
    {
        RuleError::check_room(fit.unknowns(), sums.as_slice().len())?;
        for (j, slot) in sums.as_mut_slice().iter_mut().enumerate() {
            *slot = fit.bound_sum(j);
        }
        Ok(Self { sums })
    }

    /// The row sums.
    pub const fn sums(&self) -> &W {
        &self.sums
    }
}

impl<F: DataFit, P, W: Buffer<F::Real>> Score<F, P> for GaussSouthwellRowSum<W> {
    #[inline]
    fn score(&self, fit: &F, _: &P, point: &F::Point, j: usize) -> F::Real {
        let (partial, sum) = (fit.partial(point, j), self.sums.as_slice().get(j));
        match sum {
            Some(sum) if *sum > F::Real::ZERO => partial * partial / *sum,
            _ => F::Real::ZERO,
        }
    }
}

/// The decrease that a proximal step along the coordinate alone promises: with
/// d = prox(xⱼ − ∇ⱼf / Lⱼ) − xⱼ it is −(∇ⱼf d + ½ Lⱼ d² + gⱼ(xⱼ + d) − gⱼ(xⱼ)). For any separable
/// penalty; at least ½ Lⱼ d². Without one it is half of [`GaussSouthwellDiagonal`].
///
/// ```
/// use solvekit::bcd::rule::{Proximal, Score};
/// use solvekit::{SMatrix, SVector, fit::Quadratic, penalty::NonNegative};
/// let a = SMatrix::<f32, 2, 2>::new(4.0, 0.0, 0.0, 1.0);
/// let b = SVector::from([-6.0, 4.0]);
/// let fit = Quadratic::new(&a, &b)?;
/// let point = fit.start();
/// let scores = [0, 1].map(|j| Proximal.score(&fit, &NonNegative::default(), &point, j));
/// assert_eq!(scores, [0.0, 8.0]); // the first one may not go where it would like to
/// # Ok::<(), solvekit::fit::FitError>(())
/// ```
///
/// Source: Nutini, Laradji and Schmidt 2022 (the greedy rule for bounds; "GS-q").
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Proximal;

impl<F: DataFit, P: Separable<F::Real>> Score<F, P> for Proximal {
    fn score(&self, fit: &F, penalty: &P, point: &F::Point, j: usize) -> F::Real {
        let (partial, lipschitz) = (fit.partial(point, j), fit.lipschitz(j));
        let Some(x) = fit.x(point).get(j).copied() else { return F::Real::ZERO };
        if lipschitz <= F::Real::ZERO {
            return F::Real::ZERO;
        }
        let step = F::Real::ONE / lipschitz;
        let new = penalty.prox(j, step, x - step * partial);
        let d = new - x;
        let model = partial * d + F::Real::from_f64(0.5) * lipschitz * d * d;
        // Where the penalty is convex ½ L d² is never more; near the end it is all that rounding
        // leaves of the difference.
        let least = F::Real::from_f64(0.5) * lipschitz * d * d;
        (-(model + penalty.value(j, new) - penalty.value(j, x))).max(least)
    }
}
