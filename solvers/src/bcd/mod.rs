//! Block coordinate descent: least f(x) + g(x), a few unknowns at a time.
//!
//! Three decisions make a method, each a type of its own; [`Descent`] puts them together and is run
//! like any other [`Iteration`](crate::Iteration).
//!
//! | decision | where | choices |
//! |---|---|---|
//! | what is minimised | [`fit`](crate::fit) × [`penalty`](crate::penalty) | least squares, quadratic × none, L1 |
//! | which block is next | [`rule`] | in turn; greedy by some score |
//! | what is done with it | [`update`] | one coordinate at a time; a gradient step; a step with the block's own matrix |
//!
//! Blocks are fixed (a [`Partition`]) or picked anew each time. Blocks that are forests ([`tree`]) may
//! be as large as they grow.
//!
//! Source: Nutini, Laradji and Schmidt, *Let's Make Block Coordinate Descent Converge Faster*,
//! JMLR 23(131), 2022.

mod descent;
mod factors;
mod lipschitz;
pub(crate) mod order;
mod partition;
pub mod rule;
pub mod tree;
pub mod update;

pub use descent::{Descent, DescentState};
pub use factors::BlockFactors;
pub use lipschitz::{block_constants, block_lipschitz, room, row_sum_lipschitz};
pub use partition::{Partition, PartitionError};
