//! Sparse recovery: x with few non-zeros from y = A x + noise, with fewer measurements than unknowns.
//!
//! | method | what it minimises | needs of A | per step |
//! |---|---|---|---|
//! | [`Ista`] | ½‖y − A x‖² + g(x), any penalty g | products | A, Aᵀ |
//! | [`Fista`] | the same for convex g, with momentum | products | A, Aᵀ |
//! | [`Iht`] | ½‖y − A x‖² with at most K non-zeros | products | A, Aᵀ, the K largest |
//! | [`Iht::normalised`] (NIHT) | the same, the step found anew each time | products | 2 A, 2 Aᵀ, the K largest |
//!
//! All begin with a [`Sensing`]. A step size comes from [`StepSize::automatic`].

mod error;
mod fista;
mod iht;
mod ista;
mod largest;
mod sensing;
mod step;

pub use error::RecoveryError;
pub use fista::{Fista, FistaState};
pub use iht::{Iht, IhtState};
pub use ista::{Ista, IstaState};
pub use largest::Largest;
pub use sensing::Sensing;
pub use step::{ROUNDS, StepSize, largest_eigenvalue};
