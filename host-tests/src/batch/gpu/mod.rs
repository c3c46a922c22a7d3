//! Graphics processors: a device that is found at run time, and kernels for batches in WGSL.
//!
//! Nothing here needs a driver to build or to start. Where there is none, [`Gpu::find`] says so, and so
//! does [`Backend::Gpu`](super::Backend::Gpu); a device that is lost, or whose memory is full, is an
//! error as well, never a panic.

mod device;
mod error;
mod info;
mod interleaved;
pub(super) mod ista;
mod kernel;
mod run;
mod runs;
pub(super) mod sor;
pub(super) mod spd;

pub use device::Gpu;
pub use error::GpuError;
pub use info::{GpuInfo, GpuKind, GpuLimits};

use super::Laned;
use std::any::TypeId;

fn is_single<R: Laned>() -> bool {
    TypeId::of::<R>() == TypeId::of::<f32>()
}

/// The same numbers, where they are f32.
pub(super) fn singles<R: Laned>(numbers: &[R]) -> Option<&[f32]> {
    is_single::<R>().then(|| bytemuck::cast_slice(numbers))
}

/// The same numbers, where they are f32.
pub(super) fn numbers_mut<R: Laned>(numbers: &mut [R]) -> Option<&mut [f32]> {
    is_single::<R>().then(|| bytemuck::cast_slice_mut(numbers))
}
