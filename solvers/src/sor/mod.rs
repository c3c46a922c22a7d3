//! Successive over-relaxation for A x = b.
//!
//! One sweep relaxes every unknown in order:
//! xᵢ ← xᵢ + (ω / aᵢᵢ) (bᵢ − Σⱼ aᵢⱼ xⱼ), with the values already relaxed in this sweep on the right.
//!
//! | type | ω |
//! |---|---|
//! | [`Sor`] | fixed: given, or [`young_omega`] where the Jacobi radius is known |
//! | [`AdaptiveSor`] | raised inside the solve by what the sweeps show |
//! | [`BlockSor`] | fixed; blocks of neighbouring unknowns are solved together |
//! | [`ProjectedSor`] | fixed; x stays between bounds (linear complementarity) |
//! | [`AutoSor`] | none to choose: [`AutoMemory`] learns it from solve to solve |
//!
//! A sweep goes [`Forward`], [`Backward`], both ways ([`Symmetric`]) or colour by colour
//! ([`Multicolor`], red–black on a grid; other matrices by a [`Coloring`](crate::Coloring)).
//!
//! ω = 1 is Gauss–Seidel. For a symmetric positive definite A every ω in (0, 2) converges, and the
//! best one needs the square root of Gauss–Seidel's sweeps; for other matrices the report says
//! truthfully when it diverged. Across a sequence of systems, [`tuner`](crate::tuner) learns ω.
//!
//! Source: Young, *Iterative Solution of Large Linear Systems*, 1971; as costed in Khodak, Chow,
//! Balcan, Talwalkar, *Learning to Relax*, ICLR 2024 (arXiv 2310.02246).

mod adaptive;
mod auto;
mod block;
mod fixed;
mod omega;
mod order;
mod projected;

pub use adaptive::{AdaptiveSor, AdaptiveSorState};
pub use auto::{AutoMemory, AutoSor, AutoSorState, Halves};
pub use block::BlockSor;
pub use fixed::{Sor, SorState, relax};
pub(crate) use omega::is_relaxation;
pub use omega::young_omega;
pub use order::{Backward, Forward, Multicolor, Order, Symmetric};
pub use projected::ProjectedSor;

/// Why a system was refused before the first sweep: what every linear solver says.
pub type SorError = crate::SystemError;
