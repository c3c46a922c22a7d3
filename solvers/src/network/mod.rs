//! Networks unrolled from iterative shrinkage: sparse recovery in a few layers whose numbers were
//! learned.
//!
//! | network | layer | learned | after |
//! |---|---|---|---|
//! | [`Unfolded`] | x⁺ = prox(x + αₖ Aᵀr) | T steps | Nagahisa, Hayakawa, Iiguni 2025 |
//! | [`Coupled`] | x⁺ = S^ss(x + γₖ Wₖᵀr; θₖ, pₖ) | T or 2 T numbers (ALISTA), T matrices more (LISTA-CP) | Chen et al. 2018, Liu et al. 2019 |
//! | [`Hyper`] | the same with momentum, all from r | 3 numbers | Chen et al. 2021 |
//! | [`Lista`] | x⁺ = S(Bₖ y + Cₖ x; θₖ) | T numbers and one or T pairs of matrices | Gregor, LeCun 2010 |
//! | [`AdaLista`] | x⁺ = S(x + γₖ Aᵀ(W₁ᵀy − W₂ᵀW₂A x); θₖ), A may change | 2 T numbers, 2 small matrices | Aberdam, Golts, Elad 2020 |
//! | [`Tista`] | x⁺ = η(x + γₖ A⁺r; τ²), τ² estimated from r | T steps | Ito, Takabe, Wadayama 2019 |
//!
//! r = y − A x. S is soft thresholding, or a learned [`Spline`] (up to 16 knots; Fang, Buchanan, Sulam
//! 2024). A [`Network`] is layers on a dictionary and measurements, an
//! [`Iteration`](crate::Iteration) whose k-th step is layer k. Layers borrow or own tables, so an
//! exported network is consts in flash. [`Safeguarded`] adds a promise on any input: never a higher
//! objective than plain ISTA after as many steps. [`Golden`] and [`TableSum`] let a network that was
//! exported by `solvekit export` test itself where it runs. [`Retraining`] learns the steps of an
//! unfolded network where it runs, from measurements alone.

mod ada_lista;
mod coupled;
mod error;
mod golden;
mod hyper;
mod lista;
mod net;
mod prior;
mod retraining;
mod safeguarded;
mod select;
mod shrink;
mod shrinkage;
mod spline;
mod tista;
mod unfolded;

pub use ada_lista::{AdaLayer, AdaLista, AdaMemory};
pub use coupled::{Coupled, CoupledLayer};
pub use error::{NetworkError, Weight};
pub use golden::{Golden, SelfTestError, TableSum};
pub use hyper::{Hyper, HyperMemory, HyperNumbers};
pub use lista::Lista;
pub use net::{Layers, Network, NetworkState, Point};
pub use prior::{BernoulliGaussian, Posterior};
pub use retraining::{Retraining, RetrainingError, RetrainingState};
pub use safeguarded::{Check, Safeguarded, SafeguardedState};
#[cfg(feature = "fixed")]
pub(crate) use select::largest;
pub use shrinkage::{Shrinkage, Soft};
pub use spline::{MAX_KNOTS, Spline, SplinePoint};
pub use tista::{Energies, Tista};
pub use unfolded::Unfolded;
