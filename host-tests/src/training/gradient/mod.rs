//! Losses of unrolled networks and their exact derivatives, batch by batch.
//!
//! Eight signals go through the layers side by side. What they become has the bits of
//! [`Network::infer`](solvekit::network::Network::infer): each sum is added in the solvers' order, and
//! what is done at once are different sums.

mod aligned;
mod batch;
mod bend;
mod element;
mod goal;
mod hyper;
mod layer;
mod matrix;
mod order;
mod packed;
mod product;
mod reverse;
mod tile;
mod unrolled;

pub use batch::Batch;
pub use element::Element;
pub use goal::{Goal, Loss};
pub use hyper::HyperNetwork;
pub use layer::{Layer, Shrink};
pub use matrix::{Each, Form, MatrixEvaluation, MatrixNetwork, MatrixNumbers, TistaForm};
pub use packed::Packed;
pub use unrolled::{Evaluation, Space, Unrolled, Weights};
