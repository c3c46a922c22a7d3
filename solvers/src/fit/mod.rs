//! Data fits: smooth convex f(x), kept ready for steps that change few coordinates.
//!
//! | fit | f(x) | kept beside x | one partial derivative, one shift |
//! |---|---|---|---|
//! | [`LeastSquares`] | ½‖y − A x‖² | the residual y − A x | a column, a column |
//! | [`Quadratic`] | ½ xᵀA x − bᵀx | the gradient A x − b | nothing, a row |
//!
//! A least-squares problem with many more rows than columns is cheaper as a [`Quadratic`] over its
//! Gram matrix AᵀA.

mod error;
mod least_squares;
mod point;
mod quadratic;

pub use error::FitError;
pub use least_squares::LeastSquares;
pub use point::Point;
pub use quadratic::Quadratic;

use crate::Real;

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

    /// Hᵢⱼ, where H − ∇²f(x) is positive semidefinite at every x.
    fn bound(&self, i: usize, j: usize) -> Self::Real;

    /// Lⱼ = Hⱼⱼ: how fast ∇ⱼf can change along its own coordinate.
    fn lipschitz(&self, j: usize) -> Self::Real {
        self.bound(j, j)
    }

    /// Σⱼ|Hᵢⱼ| over all j.
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
