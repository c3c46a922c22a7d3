//! [`GreedyBlocks`]: the fixed block of the largest score.

use super::score::is_better;
use super::{Chosen, GaussSouthwell, Rule, RuleError, Score};
use crate::bcd::{Partition, block_constants};
use crate::fit::DataFit;
use crate::sum::Accumulator;
use crate::{Buffer, Scalar};

/// The fixed block whose scores add up to the most, after multiplying by the block's weight.
///
/// | scores | weights | rule |
/// |---|---|---|
/// | [`GaussSouthwell`](super::GaussSouthwell) | 1 | GS |
/// | [`GaussSouthwell`](super::GaussSouthwell) | 1 / L_b, L_b the largest eigenvalue of the block | GSL: [`lipschitz`](Self::lipschitz) |
/// | [`GaussSouthwellDiagonal`](super::GaussSouthwellDiagonal) | 1 | GSD |
///
/// Storage: the partition, and one weight for each block. Cost of a choice: N scores.
///
/// ```
/// use solvekit::bcd::{Descent, Partition, rule::{GaussSouthwellDiagonal, GreedyBlocks}, update::Coordinate};
/// use solvekit::{SMatrix, SVector, Stop, fit::Quadratic, penalty::Unpenalized, solve};
/// let a = SMatrix::<f32, 3, 3>::new(4.0, 1.0, 0.0, 1.0, 4.0, 1.0, 0.0, 1.0, 4.0);
/// let b = SVector::from([5.0, 6.0, 5.0]);
/// let fit = Quadratic::new(&a, &b)?;
/// let blocks = Partition::consecutive([0; 3], 2)?;
/// let weights = SVector::<f32, 2>::repeat(1.0);
/// let rule = GreedyBlocks::new(GaussSouthwellDiagonal, blocks, weights);
/// let descent = Descent::new(fit, Unpenalized, rule, Coordinate);
/// let mut state = descent.start_from(fit.start());
/// assert!(solve(&descent, &mut state, Stop::relative(1e-5)?).converged());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Source: Nutini, Laradji and Schmidt 2022 (greedy rules with fixed blocks).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GreedyBlocks<S, O, W> {
    score: S,
    partition: Partition<O>,
    weights: W,
}

impl<S, O, W> GreedyBlocks<S, O, W> {
    /// One weight for each block; a block without one weighs 1.
    pub const fn new(score: S, partition: Partition<O>, weights: W) -> Self {
        Self { score, partition, weights }
    }
}

impl<O: AsRef<[usize]>, W> GreedyBlocks<GaussSouthwell, O, W> {
    /// GSL: ‖∇_b f‖² / L_b with a certified bound of each block's largest eigenvalue
    /// ([`block_lipschitz`](crate::bcd::block_lipschitz)). `weights` takes 1 / L_b, `room` needs
    /// [`room`](crate::bcd::room)`(τ)` numbers. A block of no curvature has nothing to gain.
    ///
    /// # Errors
    /// [`RuleError::Room`], [`RuleError::Weight`].
    ///
    /// Source: Nutini, Laradji and Schmidt 2022 (block Gauss–Southwell–Lipschitz).
    pub fn lipschitz<F: DataFit>(
        fit: &F,
        partition: Partition<O>,
        mut weights: W,
        room: &mut [F::Real],
    ) -> Result<Self, RuleError>
    where
        W: Buffer<F::Real>,
    {
        block_constants(fit, &partition, weights.as_mut_slice(), room)?;
        for weight in weights.as_mut_slice().iter_mut().take(partition.blocks()) {
            let flat = *weight <= F::Real::ZERO;
            *weight = if flat { F::Real::ZERO } else { F::Real::ONE / *weight };
        }
        Ok(Self { score: GaussSouthwell, partition, weights })
    }
}

impl<F, P, S, O, W> Rule<F, P> for GreedyBlocks<S, O, W>
where
    F: DataFit,
    S: Score<F, P>,
    O: AsRef<[usize]>,
    W: Buffer<F::Real>,
{
    type State = ();

    fn start(&self) {}

    fn select<'a>(&'a self, fit: &F, penalty: &P, point: &F::Point, _: &'a mut ()) -> Chosen<'a> {
        let mut best = (0, F::Real::ZERO);
        for block in 0..self.partition.blocks() {
            let mut sum = Accumulator::default();
            for (k, j) in self.partition.block(block).iter().enumerate() {
                sum.add(k, self.score.score(fit, penalty, point, *j));
            }
            let weight = self.weights.as_slice().get(block).copied().unwrap_or(F::Real::ONE);
            let total = sum.total() * weight;
            if is_better(total, best.1) {
                best = (block, total);
            }
        }
        Chosen { coordinates: self.partition.block(best.0), block: Some(best.0) }
    }
}
