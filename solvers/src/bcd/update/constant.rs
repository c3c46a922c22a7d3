//! [`Constant`]: where a gradient step gets its L_b from.

use crate::Buffer;
use crate::bcd::rule::Chosen;
use crate::bcd::{block_lipschitz, row_sum_lipschitz};
use crate::fit::DataFit;
use crate::{Real, Scalar};

/// A bound of how fast the gradient of a block can change, L_b ≥ λmax(H_bb).
pub trait Constant<R> {
    /// Room to work in.
    type State: Clone;

    /// Fresh room.
    fn start(&self) -> Self::State;

    /// L_b.
    fn of<F: DataFit<Real = R>>(&self, fit: &F, chosen: Chosen<'_>, state: &mut Self::State) -> R;
}

/// One known constant for each fixed block ([`block_constants`](crate::bcd::block_constants) fills
/// them). A block without one, as every variable block, gets its [`RowSum`].
///
/// Storage: a number for each block. A constant below the block's largest eigenvalue is the caller's
/// risk: the objective may then grow. The example is at [`Gradient`](super::Gradient).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Known<W>(pub W);

impl<R: Real, W: Buffer<R>> Constant<R> for Known<W> {
    type State = ();

    fn start(&self) {}

    fn of<F: DataFit<Real = R>>(&self, fit: &F, chosen: Chosen<'_>, (): &mut ()) -> R {
        let known = chosen.block.and_then(|block| self.0.as_slice().get(block));
        known.copied().unwrap_or_else(|| row_sum_lipschitz(fit, chosen.coordinates))
    }
}

/// The block's largest row sum Σ|Hᵢⱼ|, up to √τ times too large. No storage; τ² entries of H for
/// each step.
///
/// ```
/// use solvekit::bcd::rule::{GaussSouthwell, Greedy};
/// use solvekit::bcd::{Descent, update::{Gradient, RowSum}};
/// use solvekit::{SMatrix, SVector, Stop, fit::Quadratic, penalty::L1, solve};
/// let a = SMatrix::<f32, 3, 3>::new(4.0, 1.0, 0.0, 1.0, 4.0, 1.0, 0.0, 1.0, 4.0);
/// let b = SVector::from([5.0, 6.0, 5.0]);
/// let two = SVector::<f32, 2>::zeros();
/// let rule = Greedy::new(GaussSouthwell, [0; 2], two);
/// let update = Gradient::new(RowSum, two);
/// let descent = Descent::new(Quadratic::new(&a, &b)?, L1::new(0.0)?, rule, update);
/// let mut state = descent.start_from(descent.fit().start());
/// assert!(solve(&descent, &mut state, Stop::relative(1e-5)?).converged());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RowSum;

impl<R: Real> Constant<R> for RowSum {
    type State = ();

    fn start(&self) {}

    fn of<F: DataFit<Real = R>>(&self, fit: &F, chosen: Chosen<'_>, (): &mut ()) -> R {
        row_sum_lipschitz(fit, chosen.coordinates)
    }
}

/// The block's largest eigenvalue, found and certified in each step ([`block_lipschitz`]): for
/// variable blocks. A block that the room is too small for gets its [`RowSum`].
///
/// Storage: [`room`](crate::bcd::room)`(τ)` numbers, here and in the state. Cost: see
/// [`block_lipschitz`]; more than a [`Matrix`](super::Matrix) step on the same block.
///
/// ```
/// use solvekit::bcd::rule::{GaussSouthwell, Greedy};
/// use solvekit::bcd::{Descent, room, update::{Certified, Gradient}};
/// use solvekit::{SMatrix, SVector, Stop, fit::Quadratic, penalty::Unpenalized, solve};
/// let a = SMatrix::<f32, 3, 3>::new(4.0, 1.0, 0.0, 1.0, 4.0, 1.0, 0.0, 1.0, 4.0);
/// let b = SVector::from([5.0, 6.0, 5.0]);
/// let two = SVector::<f32, 2>::zeros();
/// let work = SVector::<f32, { room(2) }>::zeros();
/// let rule = Greedy::new(GaussSouthwell, [0; 2], two);
/// let update = Gradient::new(Certified(work), two);
/// let descent = Descent::new(Quadratic::new(&a, &b)?, Unpenalized, rule, update);
/// let mut state = descent.start_from(descent.fit().start());
/// assert!(solve(&descent, &mut state, Stop::relative(1e-5)?).converged());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Certified<M>(pub M);

impl<R: Real, M: Buffer<R>> Constant<R> for Certified<M> {
    type State = M;

    fn start(&self) -> M {
        self.0.clone()
    }

    fn of<F: DataFit<Real = R>>(&self, fit: &F, chosen: Chosen<'_>, room: &mut M) -> R {
        let block = chosen.coordinates;
        block_lipschitz(fit, block, room.as_mut_slice())
            .unwrap_or_else(|| row_sum_lipschitz(fit, block))
    }
}

/// prox(x_b − g_b / L), where the proximal gradient step goes. Where there is no curvature that is
/// where the penalty alone is least.
pub(super) fn proximal_target<F: DataFit, P: crate::Penalty<F::Real>>(
    (fit, penalty, point): (&F, &P, &F::Point),
    block: &[usize],
    lipschitz: F::Real,
    target: &mut [F::Real],
) {
    let x = fit.x(point);
    let flat = lipschitz <= F::Real::ZERO;
    let step = if flat { F::Real::MAX } else { F::Real::ONE / lipschitz };
    for (slot, j) in target.iter_mut().zip(block) {
        let x = x.get(*j).copied().unwrap_or(F::Real::ZERO);
        *slot = if flat { x } else { x - step * fit.partial(point, *j) };
    }
    penalty.prox_block(block, step, target);
}
