//! Data fits: smooth convex f(x), kept ready for steps that change few coordinates.
//!
//! | fit | f(x) | kept beside x | one partial derivative, one shift |
//! |---|---|---|---|
//! | [`LeastSquares`] | ½‖y − A x‖² | the residual y − A x | a column, a column |
//! | [`Quadratic`] | ½ xᵀA x − bᵀx | the gradient A x − b | nothing, a row |
//! | [`Logistic`] | Σ ln(1 + exp(−yᵢ aᵢᵀx)), labels ±1 | A x and the losses' slopes | a column, twice a column |
//! | [`Softmax`] | Σ (ln Σₖ exp(zᵢₖ) − zᵢ,yᵢ), K classes | the same for each class | a column, twice a column |
//!
//! A least-squares problem with many more rows than columns is cheaper as a [`Quadratic`] over its
//! Gram matrix AᵀA: [`LeastSquares::gram`] fills it, [`Form::cheaper`] says when.

mod check;
mod error;
mod gram;
mod least_squares;
mod logistic;
mod point;
mod quadratic;
mod scores;
mod softmax;
mod sweep;

pub use error::FitError;
pub use gram::{Form, Work};
pub use least_squares::LeastSquares;
pub use logistic::Logistic;
pub use point::Point;
pub use quadratic::Quadratic;
pub use scores::Scores;
pub use softmax::Softmax;
pub use sweep::Change;

use crate::direct::pairs;
use crate::{ColumnOperator, Real};

/// A smooth convex function f of N unknowns, with what makes a step along few of them cheap.
///
/// Everything is infallible and bounded; what can be refused was refused by the constructor. A shift
/// that would not leave a finite unknown is not made.
pub trait DataFit {
    /// The number.
    type Real: Real;
    /// x, and what is kept beside it.
    type Point: Clone;

    /// N.
    fn unknowns(&self) -> usize;

    /// x.
    fn x<'p>(&self, point: &'p Self::Point) -> &'p [Self::Real];

    /// f(x).
    fn value(&self, point: &Self::Point) -> Self::Real;

    /// ∇ⱼf(x); zero beyond N.
    fn partial(&self, point: &Self::Point, j: usize) -> Self::Real;

    /// xⱼ ← xⱼ + δ; what is kept follows.
    fn shift(&self, point: &mut Self::Point, j: usize, delta: Self::Real);

    /// The same for several coordinates; one after the other where nothing is gained by more.
    fn shift_block(&self, point: &mut Self::Point, block: &[usize], deltas: &[Self::Real]) {
        for (j, delta) in block.iter().zip(deltas) {
            self.shift(point, *j, *delta);
        }
    }

    /// For the coordinates of a block in turn: asks `change(j, xⱼ, Lⱼ, ∇ⱼf)` and does it. Ends before
    /// the first that is to be left or is none of the N; that one and those behind it are returned.
    #[inline(always)]
    fn sweep<'b>(
        &self,
        point: &mut Self::Point,
        block: &'b [usize],
        change: impl FnMut(usize, Self::Real, Self::Real, Self::Real) -> Change<Self::Real>,
    ) -> &'b [usize] {
        sweep::over((self, point), block, |point, j| self.partial(point, j), change)
    }

    /// Hᵢⱼ, where H − ∇²f(x) is positive semidefinite at every x.
    fn bound(&self, i: usize, j: usize) -> Self::Real;

    /// The packed lower triangle of H over a block, row by row: for blocks the one to use, since a
    /// fit may have a bound that is tighter over few coordinates.
    fn fill_bound(&self, block: &[usize], packed: &mut [Self::Real]) {
        for (slot, (i, j)) in packed.iter_mut().zip(pairs(block)) {
            *slot = self.bound(i, j);
        }
    }

    /// Lⱼ: how fast ∇ⱼf can change along its own coordinate. Hⱼⱼ, or less where the fit knows better.
    fn lipschitz(&self, j: usize) -> Self::Real {
        self.bound(j, j)
    }

    /// Σⱼ|Hᵢⱼ| over all j. Of a fit with a design it costs N column products, and room for M numbers
    /// while it runs.
    fn bound_sum(&self, i: usize) -> Self::Real {
        crate::sum::sum_of(self.unknowns(), |j| crate::Scalar::abs(self.bound(i, j)))
    }

    /// ∂²f/∂xᵢ∂xⱼ at x.
    fn second(&self, _point: &Self::Point, i: usize, j: usize) -> Self::Real {
        self.bound(i, j)
    }

    /// Is f quadratic, so that [`second`](Self::second) is the same at every x?
    const QUADRATIC: bool;

    /// ‖∇f(0)‖_∞: the size against which derivatives are small.
    fn gradient_scale(&self) -> Self::Real;

    /// Computes anew what is kept beside x, free of the rounding of many shifts.
    fn refresh(&self, point: &mut Self::Point);

    /// Sets unknowns that are not finite to zero, and refreshes.
    fn restore(&self, point: &mut Self::Point);
}

/// Σⱼ|aᵢᵀaⱼ| over all columns of a design: with column i spread out once, each product reads one
/// column, where two stored sparsely would have to be matched.
fn pair_sum<R: Real, A: ColumnOperator<R>>(design: &A, i: usize) -> R {
    let mut own = design.zero_range();
    design.add_column(i, R::ONE, &mut own);
    crate::sum::sum_of(design.columns(), |j| design.column_dot(j, &own).abs())
}
