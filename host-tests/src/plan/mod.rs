//! What a network takes of a board before it is there: flash, memory, instructions.
//!
//! Tables and state are computed, to the byte. Code, stack and instructions are those of networks that
//! were measured in emulation (`cargo xtask emulate plan`): code is that of a network of 24 × 48, and
//! instructions follow a line through four sizes.

mod demand;
mod estimate;
mod fit;
mod record;
mod target;

pub use demand::Demand;
pub use estimate::{Estimate, PlanError, estimate};
pub use record::{Counted, counted};
pub use target::Target;
