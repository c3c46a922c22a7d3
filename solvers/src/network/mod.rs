//! Networks unrolled from iterative shrinkage: sparse recovery in a few layers whose numbers were
//! learned.
//!
//! | network | layer | learned | after |
//! |---|---|---|---|
//! | [`Unfolded`] | x⁺ = prox(x + αₖ Aᵀr) | T steps | Nagahisa, Hayakawa, Iiguni 2025 |
//! | [`Coupled`] | x⁺ = S^ss(x + γₖ Wₖᵀr; θₖ, pₖ) | T or 2 T numbers (ALISTA), T matrices more (LISTA-CP) | Chen et al. 2018, Liu et al. 2019 |
//! | [`Hyper`] | the same with momentum, all from r | 3 numbers | Chen et al. 2021 |
//!
//! r = y − A x. A [`Network`] is layers on a dictionary and measurements, an
//! [`Iteration`](crate::Iteration) whose k-th step is layer k. Layers borrow or own tables, so an
//! exported network is consts in flash. [`Safeguarded`] adds a promise on any input: never a higher
//! objective than plain ISTA after as many steps. [`Retraining`] learns the steps of an unfolded
//! network where it runs, from measurements alone.

mod coupled;
mod error;
mod hyper;
mod net;
mod retraining;
mod safeguarded;
mod select;
mod shrink;
mod unfolded;

pub use coupled::{Coupled, CoupledLayer};
pub use error::NetworkError;
pub use hyper::{Hyper, HyperMemory, HyperNumbers};
pub use net::{Layers, Network, NetworkState, Point};
pub use retraining::{Retraining, RetrainingError, RetrainingState};
pub use safeguarded::{Check, Safeguarded, SafeguardedState};
pub use unfolded::Unfolded;
