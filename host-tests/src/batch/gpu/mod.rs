//! Graphics processors: a device that is found at run time, and kernels for batches in WGSL.
//!
//! Nothing here needs a driver to build or to start. Where there is none, [`Gpu::find`] says so, and so
//! does [`Backend::Gpu`](super::Backend::Gpu); a device that is lost, or whose memory is full, is an
//! error as well, never a panic.

mod device;
mod error;
mod info;
mod kernel;
mod run;

pub use device::Gpu;
pub use error::GpuError;
pub use info::{GpuInfo, GpuKind, GpuLimits};
