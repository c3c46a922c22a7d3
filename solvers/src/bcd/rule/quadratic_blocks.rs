//! [`GreedyQuadraticBlocks`]: the fixed block whose own matrix promises most.

use super::score::is_better;
use super::{Chosen, Rule};
use crate::bcd::BlockFactors;
use crate::direct::forward_in_place;
use crate::fit::DataFit;
use crate::sum::dot;
use crate::{Buffer, Real};

/// Gauss–Southwell–Quadratic for fixed blocks: the one of the largest ∇_b fᵀ H_bb⁻¹ ∇_b f, which is
/// twice the decrease that a step with the block's own matrix promises. No other rule promises more
/// with that step. For smooth objectives.
///
/// Storage: the factors of all blocks, borrowed; τ numbers here and in the memory. Cost of a choice:
/// N partial derivatives and N(τ + 1)/2 multiplications.
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
/// Source: Nutini, Laradji and Schmidt 2022 (block Gauss–Southwell–Quadratic).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GreedyQuadraticBlocks<'a, R, O, M, V> {
    factors: &'a BlockFactors<R, O, M>,
    gradient: V,
}

impl<'a, R, O, M, V> GreedyQuadraticBlocks<'a, R, O, M, V> {
    /// `gradient` needs τ numbers (a longer block is judged by its first ones); what it holds does not
    /// matter.
    pub const fn new(factors: &'a BlockFactors<R, O, M>, gradient: V) -> Self {
        Self { factors, gradient }
    }
}

impl<F, P, R, O, M, V> Rule<F, P> for GreedyQuadraticBlocks<'_, R, O, M, V>
where
    R: Real,
    F: DataFit<Real = R>,
    O: AsRef<[usize]>,
    M: Buffer<R>,
    V: Buffer<R>,
{
    type State = V;

    fn start(&self) -> V {
        self.gradient.clone()
    }

    fn select<'a>(&'a self, fit: &F, _: &P, point: &F::Point, gradient: &'a mut V) -> Chosen<'a> {
        let partition = self.factors.partition();
        let gradient = gradient.as_mut_slice();
        let mut best = (0, R::ZERO);
        for block in 0..partition.blocks() {
            let coordinates = partition.block(block);
            let count = coordinates.len().min(gradient.len());
            let Some(own) = gradient.get_mut(..count) else { break };
            for (slot, j) in own.iter_mut().zip(coordinates) {
                *slot = fit.partial(point, *j);
            }
            forward_in_place(self.factors.factor(block), own);
            let score = dot(own, own);
            if is_better(score, best.1) {
                best = (block, score);
            }
        }
        Chosen { coordinates: partition.block(best.0), block: Some(best.0) }
    }
}
