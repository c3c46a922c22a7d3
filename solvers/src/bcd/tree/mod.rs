//! Blocks that are forests: as large as a graph allows, and still solved exactly in time
//! proportional to their size.
//!
//! | block | who chooses it |
//! |---|---|
//! | the forest that grows along the largest scores | [`GreedyTree`] |
//! | a forest grown in random order | [`RandomTree`] |
//! | fixed forests in turn; the colours of a colouring | [`TreePartition`] |
//!
//! All of them are rules for a [`Descent`](super::Descent) with the update [`MessagePassing`] on a fit
//! that is a [`Graph`], say a quadratic over a sparse matrix. Whether that is the temperature of a plate, a
//! chain of calibrations or labels that spread over sensors makes no difference.
//!
//! Source: Nutini, Laradji and Schmidt, *Let's Make Block Coordinate Descent Converge Faster*,
//! JMLR 23(131), 2022 (message passing on blocks that are forests).

mod elimination;
mod forest;
mod graph;
mod greedy;
mod message_passing;
mod partition;
mod random;
mod refusal;
mod union_find;

pub use forest::Forest;
pub use graph::Graph;
pub use greedy::{GreedyTree, ScoredForest};
pub use message_passing::{MessagePassing, MessagePassingState};
pub use partition::{TreePartition, TreePartitionError};
pub use random::{DrawnForest, RandomTree};
pub use refusal::Refusal;
