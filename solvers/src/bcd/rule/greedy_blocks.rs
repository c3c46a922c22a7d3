//! [`GreedyBlocks`]: the fixed block of the largest score.

use super::score::is_better;
use super::{Chosen, Rule, Score};
use crate::bcd::Partition;
use crate::fit::DataFit;
use crate::sum::Accumulator;
use crate::{Buffer, Scalar};

/// The fixed block whose scores add up to the most, after multiplying by the block's weight.
///
/// | scores | weights | rule |
/// |---|---|---|
/// | [`GaussSouthwell`](super::GaussSouthwell) | 1 | GS |
/// | [`GaussSouthwell`](super::GaussSouthwell) | 1 / L_b, L_b the largest eigenvalue of the block | GSL |
/// | [`GaussSouthwellDiagonal`](super::GaussSouthwellDiagonal) | 1 | GSD |
///
/// Storage: the partition, and one weight for each block. Cost of a choice: N scores.
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
