//! Sparse recovery: x with few non-zeros from y = A x + noise, with fewer measurements than
//! unknowns.
//!
//! | method | what it minimises | needs of A | per step |
//! |---|---|---|---|
//! | [`Ista`] | ½‖y − A x‖² + g(x), any penalty g | products | A, Aᵀ |
//! | [`Fista`] | the same for convex g, with momentum | products | A, Aᵀ |
//! | [`Iht`] | ½‖y − A x‖² with at most K non-zeros | products | A, Aᵀ, the K largest |
//! | [`Iht::normalised`] (NIHT) | the same, the step found anew each time | products | 2 A, 2 Aᵀ, the K largest |
//! | [`Htp`] | the same, with least squares on the places chosen | columns | 2 A, 2 Aᵀ, a [`Refit`] |
//! | [`Omp`] | the same, one more column each step | columns | A, Aᵀ, a [`Refit`] |
//!
//! All begin with a [`Sensing`]. A step size comes from [`StepSize::automatic`].

mod error;
mod fista;
mod htp;
mod iht;
mod ista;
mod largest;
mod omp;
mod refit;
mod sensing;
mod step;

pub use error::RecoveryError;
pub use fista::{Fista, FistaState};
pub use htp::{Htp, HtpState};
pub use iht::{Iht, IhtState};
pub use ista::{Ista, IstaState};
pub use largest::Largest;
pub use omp::{Omp, OmpState};
pub use refit::Refit;
pub use sensing::Sensing;
pub(crate) use sensing::half_square;
pub use step::{ROUNDS, StepSize, largest_eigenvalue};
