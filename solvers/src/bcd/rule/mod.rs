//! Which block is next.
//!
//! | rule | block | cost of a choice |
//! |---|---|---|
//! | [`Cyclic`] | fixed blocks in turn | none |
//! | [`Permuted`], [`PermutedCoordinates`] | each once a pass, in a new order each | a draw |
//! | [`Random`], [`RandomCoordinates`] | a fixed one, or any τ coordinates, alike likely | a draw, τ draws |
//! | [`Sampled`], [`SampledCoordinates`] | more likely where the gradient can change faster | a draw, N draws |
//! | [`GreedyBlocks`] | the fixed block of the largest total [`Score`] | N scores |
//! | [`Greedy`] | the τ coordinates of the largest [`Score`] | N scores |
//! | [`GreedyQuadraticBlocks`] | the fixed block whose own matrix promises most | N partial derivatives, N τ/2 |
//! | [`GreedyQuadratic`] | τ coordinates that promise much together | 11 N partial derivatives |
//!
//! | score | what it is | name in the paper |
//! |---|---|---|
//! | [`GaussSouthwell`] | (∇ⱼf)² | GS; with weights 1/L_b GSL |
//! | [`GaussSouthwellDiagonal`] | (∇ⱼf)²/Lⱼ | GSD |
//! | [`GaussSouthwellRowSum`] | (∇ⱼf)²/Σₖ\|Hⱼₖ\| | GSD with row sums |
//! | [`Proximal`] | the decrease of a proximal step | GS-q |
//!
//! Ties go to the lowest index (or block), so that a choice is the same everywhere.

mod chosen;
mod cyclic;
mod error;
mod greedy;
mod greedy_blocks;
mod permuted;
mod quadratic;
mod quadratic_blocks;
mod random;
mod sampled;
mod score;

pub use chosen::Chosen;
pub use cyclic::Cyclic;
pub use error::RuleError;
pub use greedy::{Greedy, Picked};
pub use greedy_blocks::GreedyBlocks;
pub use permuted::{Permutation, Permuted, PermutedCoordinates};
pub use quadratic::{GreedyQuadratic, Search};
pub use quadratic_blocks::GreedyQuadraticBlocks;
pub use random::{Random, RandomCoordinates, Subset};
pub use sampled::{Sampled, SampledCoordinates};
pub use score::{GaussSouthwell, GaussSouthwellDiagonal, GaussSouthwellRowSum, Proximal, Score};

use crate::fit::DataFit;

/// Picks the next block.
pub trait Rule<F: DataFit, P> {
    /// What it remembers from step to step; also holds the indices of a block that is not fixed.
    type State: Clone;

    /// A fresh memory.
    fn start(&self) -> Self::State;

    /// Makes a memory fresh again. One as large as the problem is better written over where it is than
    /// made on the stack and moved.
    fn restart(&self, state: &mut Self::State) {
        *state = self.start();
    }

    /// The coordinates to change next, each at most once.
    fn select<'a>(
        &'a self,
        fit: &F,
        penalty: &P,
        point: &F::Point,
        state: &'a mut Self::State,
    ) -> Chosen<'a>;
}
