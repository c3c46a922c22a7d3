//! Which block is next.
//!
//! | rule | block | cost of a choice |
//! |---|---|---|
//! | [`Cyclic`] | fixed blocks in turn | none |
//! | [`GreedyBlocks`] | the fixed block of the largest total [`Score`] | N scores |
//! | [`Greedy`] | the τ coordinates of the largest [`Score`] | N scores |
//!
//! Ties go to the lowest index (or block), so that a choice is the same everywhere.

mod chosen;
mod cyclic;
mod greedy;
mod greedy_blocks;
mod score;

pub use chosen::Chosen;
pub use cyclic::Cyclic;
pub use greedy::{Greedy, Picked};
pub use greedy_blocks::GreedyBlocks;
pub use score::{GaussSouthwell, GaussSouthwellDiagonal, Proximal, Score};

use crate::fit::DataFit;

/// Picks the next block.
pub trait Rule<F: DataFit, P> {
    /// What it remembers from step to step; also holds the indices of a block that is not fixed.
    type State: Clone;

    /// A fresh memory.
    fn start(&self) -> Self::State;

    /// The coordinates to change next, each at most once.
    fn select<'a>(
        &'a self,
        fit: &F,
        penalty: &P,
        point: &F::Point,
        state: &'a mut Self::State,
    ) -> Chosen<'a>;
}
