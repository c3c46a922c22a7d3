//! [`MessagePassing`]: the exact step over a block that is a forest.

use super::elimination::Elimination;
use super::{Graph, Refusal};
use crate::bcd::rule::Chosen;
use crate::bcd::update::Update;
use crate::penalty::Unpenalized;
use crate::{Buffer, Real, Scalar};

/// x_b ← x_b − H_bb⁻¹ ∇_b f where the graph of H_bb is a forest; on a quadratic the exact least value
/// over the block, so that ∇_b f is zero to rounding afterwards.
///
/// Messages go from the leaves to the roots, with c the nodes below i and p the one above:
/// dᵢ = hᵢᵢ − Σ_c h_ic² / d_c, rᵢ = −∇ᵢf − Σ_c h_ic r_c / d_c; and back: δᵢ = (rᵢ − hᵢₚ δₚ) / dᵢ. That
/// is Gaussian elimination without a number of fill-in, in time and memory proportional to the block.
///
/// A block that is not a forest is refused, whichever rule chose it, and so is one with a pivot that
/// is clearly not positive: a breakdown, told by [`MessagePassingState::refusal`]. A pivot within
/// 4 τ ε of zero, relative to its diagonal entry, is raised to that, and
/// [`MessagePassingState::added`] keeps the largest amount.
///
/// Decrease: ½ ∇_b fᵀ H_bb⁻¹ ∇_b f, at least. Storage: 4 N indices and 2 N numbers, here and in the
/// state. Cost: three times the rows of the block, and their shift.
///
/// ```
/// use solvekit::bcd::{Descent, Partition, rule::Cyclic, tree::MessagePassing};
/// use solvekit::{SMatrix, SVector, Stop, fit::Quadratic, operator::zeros, penalty::Unpenalized, solve};
/// // A path is one tree: solved by a single step.
/// let a = SMatrix::<f32, 3, 3>::new(2.0, -1.0, 0.0, -1.0, 2.0, -1.0, 0.0, -1.0, 2.0);
/// let b = SVector::from([1.0, 0.0, 1.0]);
/// let all = Cyclic::new(Partition::consecutive([0; 3], 3)?);
/// let update = MessagePassing::new([[0; 3]; 4], [zeros::<f32, 3, 1>(); 2]);
/// let descent = Descent::new(Quadratic::new(&a, &b)?, Unpenalized, all, update);
/// let mut state = descent.start_from(descent.fit().start());
/// let report = solve(&descent, &mut state, Stop::relative(1e-6)?);
/// assert!(report.converged() && report.iterations == 1);
/// assert!(state.update.refusal().is_none());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Source: Nutini, Laradji and Schmidt 2022 (message passing on forest-structured blocks).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MessagePassing<I, V> {
    indices: [I; 4],
    numbers: [V; 2],
}

/// Room for one block, and what was met.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct MessagePassingState<R, I, V> {
    indices: [I; 4],
    numbers: [V; 2],
    added: R,
    refusal: Option<Refusal<R>>,
}

impl<R: Real, I, V> MessagePassingState<R, I, V> {
    /// The largest amount that was added to a pivot so far, relative to its diagonal entry.
    pub const fn added(&self) -> R {
        self.added
    }

    /// The block that was refused, and why.
    pub const fn refusal(&self) -> Option<Refusal<R>> {
        self.refusal
    }
}

impl<I, V> MessagePassing<I, V> {
    /// Room for N indices, four times, and N numbers, twice; what is in it does not matter. The last
    /// three of the indices and the numbers need room for the largest block only.
    pub const fn new(indices: [I; 4], numbers: [V; 2]) -> Self {
        Self { indices, numbers }
    }
}

impl<F, I, V> Update<F, Unpenalized> for MessagePassing<I, V>
where
    F: Graph,
    I: AsMut<[usize]> + Clone,
    V: Buffer<F::Real>,
{
    type State = MessagePassingState<F::Real, I, V>;

    fn start(&self) -> Self::State {
        MessagePassingState {
            indices: self.indices.clone(),
            numbers: self.numbers.clone(),
            added: F::Real::ZERO,
            refusal: None,
        }
    }

    fn restart(&self, state: &mut Self::State) {
        state.indices.clone_from(&self.indices);
        state.numbers.clone_from(&self.numbers);
        (state.added, state.refusal) = (F::Real::ZERO, None);
    }

    fn apply(
        &self,
        fit: &F,
        _: &Unpenalized,
        point: &mut F::Point,
        chosen: Chosen<'_>,
        state: &mut Self::State,
    ) {
        let [places, left, above, order] = state.indices.each_mut().map(I::as_mut);
        let [pivots, steps] = state.numbers.each_mut().map(V::as_mut_slice);
        let mut elimination = Elimination { places, left, above, order, pivots, steps };
        match elimination.solve(fit, point, chosen.coordinates) {
            Ok(added) => {
                state.added = state.added.max(added);
                fit.shift_block(point, chosen.coordinates, steps);
            }
            Err(refusal) => state.refusal = Some(refusal),
        }
    }

    fn breakdown(&self, state: &Self::State) -> bool {
        state.refusal.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bcd::{Descent, rule::GaussSouthwellDiagonal, tree::GreedyTree};
    use crate::fit::Quadratic;
    use crate::{Iteration, SMatrix, SVector, operator::zeros};

    #[test]
    fn a_state_that_is_restored_remembers_what_a_fresh_one_does() {
        let a = SMatrix::<f32, 3, 3>::new(2.0, -1.0, -1.0, -1.0, 2.0, -0.5, -1.0, -0.5, 2.0);
        let b = SVector::from([1.0, 2.0, 3.0]);
        let fit = Quadratic::new(&a, &b).unwrap();
        let rule = GreedyTree::new(GaussSouthwellDiagonal, [[7; 3]; 2], zeros::<f32, 3, 1>());
        let update = MessagePassing::new([[7; 3]; 4], [zeros::<f32, 3, 1>(); 2]);
        let descent = Descent::new(fit, Unpenalized, rule, update);
        let fresh = descent.start_from(descent.fit().start());
        let mut state = fresh;
        descent.step(&mut state);
        state.update.added = 1.0;
        state.update.refusal = Some(Refusal::Cycle { coordinate: 1 });
        assert!(state.rule != fresh.rule && state.update != fresh.update);
        descent.restore(&mut state);
        assert_eq!((state.rule, state.update), (fresh.rule, fresh.update));
    }
}
