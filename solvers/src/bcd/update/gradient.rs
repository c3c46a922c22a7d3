//! [`Gradient`]: a step against the gradient of the block.

use super::constant::proximal_target;
use super::held::land;
use super::{Constant, Update};
use crate::bcd::rule::Chosen;
use crate::fit::DataFit;
use crate::{Buffer, Penalty};

/// x_b ← prox(x_b − ∇_b f / L_b), the proximal gradient step of a block; without a penalty
/// x_b − ∇_b f / L_b. `C` says where L_b comes from: [`Known`](super::Known) for each fixed block,
/// [`Certified`](super::Certified) or [`RowSum`](super::RowSum) for any block.
///
/// A penalty that binds coordinates together ([`Penalty::prox_block`]) needs blocks that are its
/// groups.
///
/// Decrease: at least ‖∇_b f‖²/(2 L_b) without a penalty, ½ L_b ‖Δx_b‖² with a convex one. Storage:
/// τ numbers, and what `C` keeps. Cost: τ derivatives and shifts.
///
/// ```
/// use solvekit::bcd::rule::GreedyBlocks;
/// use solvekit::bcd::update::{Gradient, Known};
/// use solvekit::bcd::{Descent, Partition, block_constants, room};
/// use solvekit::{SMatrix, SVector, Stop, fit::Quadratic, penalty::L1, solve};
/// let a = SMatrix::<f32, 3, 3>::new(4.0, 1.0, 0.0, 1.0, 4.0, 1.0, 0.0, 1.0, 4.0);
/// let b = SVector::from([5.0, 6.0, 0.5]);
/// let fit = Quadratic::new(&a, &b)?;
/// let blocks = Partition::consecutive([0; 3], 2)?;
/// let (mut constants, mut work) = (SVector::<f32, 2>::zeros(), [0.0; room(2)]);
/// block_constants(&fit, &blocks, constants.as_mut_slice(), &mut work)?;
/// let rule = GreedyBlocks::lipschitz(&fit, blocks, constants, &mut work)?;
/// let update = Gradient::new(Known(constants), SVector::<f32, 2>::zeros());
/// let descent = Descent::new(fit, L1::new(1.0)?, rule, update);
/// let mut state = descent.start_from(fit.start());
/// assert!(solve(&descent, &mut state, Stop::relative(1e-5)?).converged());
/// assert_eq!(state.point.x[2], 0.0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Source: Nutini, Laradji and Schmidt 2022 (gradient updates); Beck and Teboulle 2009 (the
/// proximal step).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gradient<C, V> {
    constant: C,
    target: V,
}

/// Room for one block.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct GradientState<V, S> {
    target: V,
    constant: S,
}

impl<C, V> Gradient<C, V> {
    /// τ is the length of `target`; what it holds does not matter. A block of more coordinates is
    /// cut off.
    pub const fn new(constant: C, target: V) -> Self {
        Self { constant, target }
    }
}

impl<F, P, C, V> Update<F, P> for Gradient<C, V>
where
    F: DataFit,
    P: Penalty<F::Real>,
    C: Constant<F::Real>,
    V: Buffer<F::Real>,
{
    type State = GradientState<V, C::State>;

    fn start(&self) -> Self::State {
        GradientState { target: self.target.clone(), constant: self.constant.start() }
    }

    fn apply(
        &self,
        fit: &F,
        penalty: &P,
        point: &mut F::Point,
        chosen: Chosen<'_>,
        state: &mut Self::State,
    ) {
        let target = state.target.as_mut_slice();
        let chosen = chosen.first(target.len());
        let lipschitz = self.constant.of(fit, chosen, &mut state.constant);
        let Some(target) = target.get_mut(..chosen.coordinates.len()) else { return };
        let block = chosen.coordinates;
        proximal_target((fit, penalty, point), block, lipschitz, target);
        for (j, target) in block.iter().zip(target) {
            land((fit, penalty, point), *j, *target);
        }
    }
}
