//! Direct solution of small systems A x = b, A symmetric positive definite.
//!
//! [`Cholesky`] factors A once into memory the caller owns; [`Refinement`] solves with it as an
//! [`Iteration`](crate::Iteration), so that a direct solution comes with the same truthful report as
//! any other: its first step is the solution, each further one a refinement, and ‖b − A x‖₂ is
//! evaluated after every step. The factor may be a stale one, of a matrix that was near A.
//!
//! | N | numbers in the factor | multiplications to factor, to solve |
//! |---|---|---|
//! | 8 | 36 | 112, 72 |
//! | 16 | 136 | 800, 272 |
//! | 32 | 528 | 5,952, 1,056 |
//!
//! Source: Golub and Van Loan, *Matrix Computations*, §4.2 (Cholesky) and §3.5 (refinement).

mod cholesky;
mod error;
mod four;
mod refinement;
mod solution;
mod tiles;
mod triangle;

pub use cholesky::{Cholesky, Factor};
pub use error::CholeskyError;
pub use refinement::{Refinement, RefinementState};
pub(crate) use triangle::{backward_in_place, forward_from, pairs};
pub use triangle::{factor_in_place, forward_in_place, packed, solve_in_place};
