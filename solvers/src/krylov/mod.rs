//! Conjugate directions for A x = b, A symmetric positive definite.
//!
//! | type | direction | state |
//! |---|---|---|
//! | [`Cg`] | the residual | 4 N |
//! | [`SsorCg`] | the residual after a symmetric relaxation | 5 N |
//! | [`ConjugateDirections`] | anything that a [`Direction`] proposes | 7 N |
//!
//! Every direction is made A-orthogonal to those before it and searched exactly, so the error
//! never grows in the norm of A. None needs a parameter that could be wrong; where A is not
//! positive definite, the run ends as `Breakdown` and the state says which curvature was found.
//!
//! The residual of a step is a recurrence, cheap and near the truth. Before a
//! [`Run`](crate::Run) reports anything final, ‖b − A x‖₂ is evaluated from x; where the recurrence
//! had been too hopeful, the method goes on from what was found.

mod cg;
mod direction;
mod recurrence;
mod shell;
mod ssor;

pub use cg::{Cg, CgState};
pub use direction::{Direction, Residual, Sweep};
pub use shell::{ConjugateDirections, ConjugateDirectionsState};
pub use ssor::{SsorCg, SsorCgState};
