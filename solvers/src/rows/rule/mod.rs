//! Which rows are next.
//!
//! | rule | rows | cost of a choice |
//! |---|---|---|
//! | [`InTurn`] | fixed blocks (of one row, or more) in turn | none |
//! | [`Sampled`] | one row, drawn in proportion to ‖aᵢ‖² | log₂ M comparisons |
//! | [`Greedy`] by [`Residual`] | the τ rows of the largest \|bᵢ − aᵢᵀx\| | one pass over A |
//! | [`Greedy`] by [`Distance`] | the τ rows that are farthest: largest \|bᵢ − aᵢᵀx\| / ‖aᵢ‖ | one pass over A |
//!
//! The last is the row-wise twin of the coordinate rule
//! [`GaussSouthwellDiagonal`](crate::bcd::rule::GaussSouthwellDiagonal). Ties go to the lowest row.

mod greedy;
mod in_turn;
mod sampled;

pub use greedy::{Distance, Greedy, Residual, RowScore};
pub use in_turn::InTurn;
pub use sampled::{Sampled, SampledState};

use super::RowSystem;
use crate::{RowOperator, Scalar};

/// Picks the next rows.
pub trait RowRule<T: Scalar, A: RowOperator<T>> {
    /// What it remembers from step to step; also holds the rows of a block that is not fixed.
    type State: Clone;

    /// A fresh memory.
    fn start(&self) -> Self::State;

    /// The rows to satisfy next, each at most once.
    fn select<'a>(
        &'a self,
        system: &RowSystem<'_, T, A>,
        x: &A::Domain,
        state: &'a mut Self::State,
    ) -> &'a [usize];
}
