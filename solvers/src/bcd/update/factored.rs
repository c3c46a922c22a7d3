//! [`FactoredMatrix`]: a step with the block's own matrix, factored beforehand.

use super::Update;
use crate::bcd::BlockFactors;
use crate::bcd::rule::Chosen;
use crate::direct::solve_in_place;
use crate::fit::DataFit;
use crate::penalty::Unpenalized;
use crate::{Buffer, Real};

/// [`Matrix`](super::Matrix) for fixed blocks whose factors are kept: the same x_b − H_bb⁻¹ ∇_b f for
/// τ² multiplications. The rule's partition must be that of the factors.
///
/// A block that is not one of the factored ones (a rule of variable blocks, another partition's
/// size) is a breakdown. Storage: the factors, borrowed; τ numbers, here and in the state.
/// Cost: τ derivatives and shifts, τ² multiplications.
///
/// ```
/// use solvekit::bcd::{BlockFactors, Descent, Partition, rule::GreedyQuadraticBlocks, update::FactoredMatrix};
/// use solvekit::direct::packed;
/// use solvekit::{SMatrix, SVector, Stop, fit::Quadratic, penalty::Unpenalized, solve};
/// let a = SMatrix::<f32, 3, 3>::new(4.0, 1.0, 0.0, 1.0, 4.0, 1.0, 0.0, 1.0, 4.0);
/// let b = SVector::from([5.0, 6.0, 5.0]);
/// let fit = Quadratic::new(&a, &b)?;
/// let blocks = Partition::consecutive([0; 3], 2)?;
/// let memory = SVector::<f32, { 2 * packed(2) }>::zeros();
/// let factors = BlockFactors::new(&fit, blocks, memory)?;
/// let two = SVector::<f32, 2>::zeros();
/// let rule = GreedyQuadraticBlocks::new(&factors, two);
/// let update = FactoredMatrix::new(&factors, two);
/// let descent = Descent::new(fit, Unpenalized, rule, update);
/// let mut state = descent.start_from(fit.start());
/// assert!(solve(&descent, &mut state, Stop::relative(1e-5)?).converged());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Source: Nutini, Laradji and Schmidt 2022 (matrix updates with fixed blocks).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FactoredMatrix<'a, R, O, M, V> {
    factors: &'a BlockFactors<R, O, M>,
    direction: V,
}

/// Room for one block.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct FactoredState<V> {
    direction: V,
    foreign: bool,
}

impl<'a, R, O, M, V> FactoredMatrix<'a, R, O, M, V> {
    /// `direction` needs τ numbers; what it holds does not matter.
    pub const fn new(factors: &'a BlockFactors<R, O, M>, direction: V) -> Self {
        Self { factors, direction }
    }
}

impl<F, R, O, M, V> Update<F, Unpenalized> for FactoredMatrix<'_, R, O, M, V>
where
    R: Real,
    F: DataFit<Real = R>,
    O: AsRef<[usize]>,
    M: Buffer<R>,
    V: Buffer<R>,
{
    type State = FactoredState<V>;

    fn start(&self) -> Self::State {
        FactoredState { direction: self.direction.clone(), foreign: false }
    }

    fn apply(
        &self,
        fit: &F,
        _: &Unpenalized,
        point: &mut F::Point,
        chosen: Chosen<'_>,
        state: &mut Self::State,
    ) {
        let block = chosen.coordinates;
        let number = chosen.block.filter(|number| self.factors.partition().block(*number) == block);
        let room = state.direction.as_mut_slice().get_mut(..block.len());
        let (Some(number), Some(direction)) = (number, room) else {
            state.foreign = true;
            return;
        };
        for (slot, j) in direction.iter_mut().zip(block) {
            *slot = -fit.partial(point, *j);
        }
        solve_in_place(self.factors.factor(number), direction);
        fit.shift_block(point, block, direction);
    }

    fn breakdown(&self, state: &Self::State) -> bool {
        state.foreign
    }
}
