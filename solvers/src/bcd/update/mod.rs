//! What is done with the block that was chosen.
//!
//! | update | new x_b | penalty | cost |
//! |---|---|---|---|
//! | [`Coordinate`] | one proximal step per coordinate, each seeing the ones before it | separable | τ derivatives and shifts |
//! | [`Gradient`] | prox(x_b − ∇_b f / L_b), with L_b known or certified ([`Constant`]) | any | τ derivatives and shifts |
//! | [`Matrix`] | x_b − (H_bb)⁻¹ ∇_b f | none | τ³/6 |
//! | [`FactoredMatrix`] | the same, of fixed blocks | none | τ² |
//! | [`Estimated`] | a gradient step whose L̂ is found by doubling | any | τ derivatives and shifts a trial |
//! | [`Newton`] | x_b − α (∇²_bb f)⁻¹ ∇_b f with a line search | none | τ³/6 |
//! | [`Exact`] | the least value over the block, by such steps | none | τ³/6 a step |
//! | [`TwoMetric`] | Newton on what works, scaled gradient on what is at a bound, projected | constraints | τ³/6 |
//! | [`ProximalNewton`] | the least value of the model with the penalty | separable | τ³/6, few times |

mod constant;
mod coordinate;
mod estimated;
mod factored;
mod gradient;
mod held;
mod matrix;
mod model;
mod newton;
mod proximal_newton;
mod search;
mod two_metric;

pub use constant::{Certified, Constant, Known, RowSum};
pub use coordinate::Coordinate;
pub use estimated::{Estimated, EstimatedState};
pub use factored::{FactoredMatrix, FactoredState};
pub use gradient::{Gradient, GradientState};
pub use matrix::{Matrix, MatrixState};
pub use newton::{Exact, Newton, NewtonState};
pub use proximal_newton::{ProximalNewton, ProximalNewtonState};
pub use two_metric::{TwoMetric, TwoMetricState};

use super::rule::Chosen;
use crate::fit::DataFit;

/// Changes the coordinates of a block so that the objective does not grow.
pub trait Update<F: DataFit, P> {
    /// What it remembers from step to step, its room to work in included.
    type State: Clone;

    /// A fresh memory.
    fn start(&self) -> Self::State;

    /// Makes a memory fresh again. One as large as the problem is better written over where it is than
    /// made on the stack and moved.
    fn restart(&self, state: &mut Self::State) {
        *state = self.start();
    }

    /// Changes the block.
    fn apply(
        &self,
        fit: &F,
        penalty: &P,
        point: &mut F::Point,
        chosen: Chosen<'_>,
        state: &mut Self::State,
    );

    /// Has it met something it cannot go on from?
    fn breakdown(&self, _state: &Self::State) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fit::Quadratic;
    use crate::penalty::{NonNegative, Unpenalized};
    use crate::{Penalty, SMatrix, SVector, direct::packed};
    use core::fmt::Debug;

    type Two = SVector<f64, 2>;
    type Triangle = SVector<f64, { packed(2) }>;
    type Fit<'a> = Quadratic<'a, f64, SMatrix<f64, 2, 2>>;

    fn restarts<'a, P, U>(fit: Fit<'a>, penalty: P, update: &U)
    where
        P: Penalty<f64>,
        U: Update<Fit<'a>, P, State: PartialEq + Debug>,
    {
        let (fresh, mut state, mut point) = (update.start(), update.start(), fit.start());
        let chosen = Chosen { coordinates: &[0, 1], block: None };
        update.apply(&fit, &penalty, &mut point, chosen, &mut state);
        assert_ne!(state, fresh);
        update.restart(&mut state);
        assert_eq!(state, fresh);
    }

    #[test]
    fn a_memory_made_fresh_where_it_is_equals_a_new_one() {
        // Of negative curvature along (1, −1), so that what was met is set as well.
        let (a, b) = (SMatrix::<f64, 2, 2>::new(1.0, 2.0, 2.0, 1.0), SVector::from([1.0, 2.0]));
        let fit = || Quadratic::new(&a, &b).unwrap();
        let plus = || NonNegative::new(0.0).unwrap();
        let (two, triangle) = (Two::repeat(7.0), Triangle::repeat(7.0));
        restarts(fit(), Unpenalized, &Newton::new(two, triangle));
        restarts(fit(), Unpenalized, &Exact::new(Newton::new(two, triangle), 1e-3, 4));
        restarts(fit(), Unpenalized, &Matrix::new(two, triangle));
        restarts(fit(), plus(), &TwoMetric::new(two, triangle, 1e-2));
        restarts(fit(), plus(), &ProximalNewton::new(two, triangle, 4));
    }
}
