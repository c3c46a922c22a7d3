//! Sixteen light sensors on a bus whose gains and offsets drift with the temperature: calibrated once in
//! slices while they sample, then followed frame by frame, with a record in flash that outlives a reset.

mod device;
mod fake;
mod story;

pub use device::{Device, MISSING};
pub use fake::Drifting;
pub use story::story;

pub use crate::array::M;
use solvekit::SVector;
use solvekit::dictionary::Signs;

/// Unknowns: the scene in 8 patches, another one in every frame.
pub const N: usize = 8;
/// Exposures of a frame.
pub const P: usize = 4;
/// Measurements of a frame.
pub const MP: usize = M * P;
/// Frames after which the masks come again: an exposure's number is a byte.
pub const SEEDS: u8 = 64;

/// Which patches each sensor sees in each exposure of a frame, drawn from the frame's seed: no memory.
pub type Masks = Signs<f32, MP, N>;
/// What a frame measures.
pub type Readings = SVector<f32, MP>;

/// The masks of a frame.
pub fn masks(seed: u8) -> Masks {
    Signs::new(u64::from(seed))
}
