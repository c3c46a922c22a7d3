//! Sixteen light sensors behind a mask, read over I²C, that find their own gains while they sample, and
//! keep them in flash.

mod driver;
mod fake;
mod memory;
mod story;

pub use driver::{ADDRESS, Array, READINGS};
pub use fake::{FakeArray, NoAnswer};
pub use memory::Gains;
pub use story::story;

use solvekit::dictionary::Signs;

/// Unknowns: the scene in 16 patches.
pub const N: usize = 16;
/// Sensors.
pub const M: usize = 16;
/// Exposures of a calibration.
pub const P: usize = 8;
/// Rows of all sensing matrices.
pub const MP: usize = M * P;

/// Which patches each sensor sees in each exposure, drawn from a seed: no memory.
pub type Masks = Signs<f32, MP, N>;

/// The masks of every calibration.
pub fn masks() -> Masks {
    Signs::new(16)
}
