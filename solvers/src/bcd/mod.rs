//! Block coordinate descent: least f(x) + g(x), a few unknowns at a time.
//!
//! Three decisions make a method, each a type of its own; [`Descent`] puts them together and is run
//! like any other [`Iteration`](crate::Iteration).
//!
//! | decision | where | choices |
//! |---|---|---|
//! | what is minimised | [`fit`](crate::fit) × [`penalty`](crate::penalty) | least squares, quadratic, logistic, softmax × none, L1, elastic net, groups, not negative, between bounds, MCP, SCAD |
//! | which block is next | [`rule`], [`tree`] | in turn; in a new order each pass; at random; sampled by Lipschitz constants; greedy by a score or by the block's own matrix; a forest |
//! | what is done with it | [`update`], [`tree`] | one coordinate at a time; a gradient step (constant known, certified or found by doubling); a step with the block's own matrix; Newton's with a search; the least value over the block; two-metric projection; proximal Newton; message passing |
//!
//! Blocks are fixed (a [`Partition`]: in a given order, sorted, averaged) or picked anew each time.
//! Blocks that are forests ([`tree`]) may be as large as they grow. Types say which
//! penalties an update takes; message passing takes none, and wants a fit that is a graph:
//!
//! | penalty | updates |
//! |---|---|
//! | none | all, on a graph [`MessagePassing`](tree::MessagePassing) too |
//! | separable (all but groups) | [`Coordinate`](update::Coordinate), [`Gradient`](update::Gradient), [`Estimated`](update::Estimated), [`ProximalNewton`](update::ProximalNewton) |
//! | a constraint, linear between its bounds ([`Constraint`](crate::Constraint)) | these and [`TwoMetric`](update::TwoMetric) |
//! | groups | [`Gradient`](update::Gradient) and [`Estimated`](update::Estimated), blocks being the groups |
//!
//! # Cost where N is large
//! Rules that look at every coordinate ask N partial derivatives for each step, whatever τ: the greedy
//! ones, by score, by the block's own matrix (up to 11 N) and by trees.
//! [`SampledCoordinates`](rule::SampledCoordinates) draws N numbers;
//! [`RandomTree`](tree::RandomTree) does so too, and visits all stored entries of the matrix three
//! times. All others cost what the block costs, or less. What is asked costs, by fit (M rows; `row`
//! are the stored entries of a row):
//!
//! | asked | a design (least squares, classifiers) | a quadratic |
//! |---|---|---|
//! | a partial derivative | a column: M | nothing: it is kept |
//! | a shift | a column: M, twice that with slopes | row |
//! | an entry of H ([`DataFit::bound`](crate::fit::DataFit::bound)) | a product of two columns: M | row, which is looked through |
//! | a sum of a row of \|H\| | N products of two columns: M N | row |
//!
//! So greedy steps pay where derivatives are kept, or columns are few. Before the first step GSL's
//! constants and block factors ask τ²/2 entries of H for each block (twice, or once), N τ/2 in all; row
//! sums ask N² of them.
//!
//! What proves a bound of the gradient's change: [`block_lipschitz`] for a block, [`block_constants`]
//! for a partition, [`row_sum_lipschitz`] without memory; [`BlockFactors`] keeps the factors of fixed
//! blocks.
//!
//! [`Extrapolated`] adds leaps to passes in turn, guarded by the objective.
//!
//! Source: Nutini, Laradji and Schmidt, *Let's Make Block Coordinate Descent Converge Faster*,
//! JMLR 23(131), 2022.

mod descent;
mod extrapolated;
mod factors;
mod lipschitz;
pub(crate) mod order;
mod partition;
pub mod rule;
pub mod tree;
pub mod update;

pub use descent::{Descent, DescentState};
pub use extrapolated::{Extrapolated, ExtrapolatedState, ExtrapolationError, history};
pub use factors::BlockFactors;
pub use lipschitz::{block_constants, block_lipschitz, room, row_sum_lipschitz};
pub use partition::{Partition, PartitionError};
