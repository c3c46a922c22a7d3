//! What a network or a solver takes of a board before it is there: flash, memory, instructions.
//!
//! Of solvers see [`solvers`]. Of networks, tables and state are computed, to the byte. Code, stack and instructions are those of networks that
//! were measured in emulation (`cargo xtask emulate plan`): code is that of
//! the size or the most of three, stack that of a whole `recover` or `self_test`, and instructions follow
//! a line through five or six sizes, with splines through several numbers of knots too.

mod demand;
mod estimate;
mod fit;
mod record;
pub mod solvers;
mod target;

pub use demand::Demand;
pub use estimate::{Estimate, PlanError, estimate};
pub use record::{Class, Code, Counted, Part, code, counted};
pub use target::Target;
