//! Graphics processors: a device that is found at run time, and kernels for batches in WGSL.
//!
//! Nothing here needs a driver to build or to start. Where there is none, [`Gpu::find`] says so, and so
//! does [`Backend::Gpu`]; a device that is lost, or whose memory is full, is an
//! error as well, never a panic.

mod device;
mod error;
mod info;
mod interleaved;
mod ista;
mod kernel;
mod runs;
pub(super) mod sor;
mod spd;

pub use device::Gpu;
pub use error::GpuError;
pub use info::{GpuInfo, GpuKind, GpuLimits};

use super::device::{Device, unavailable};
use super::{Answers, Backend, Batch, BatchError, Runner};
use rayon::ThreadPool;

impl Device for Gpu {
    type Error = GpuError;
    type Spd = spd::SpdOnGpu;
    type Ista = ista::IstaOnGpu;
    const BACKEND: Backend = Backend::Gpu;
    const LARGEST: (usize, &'static str) = (spd::LARGEST, "it is for at most 88 unknowns");
}

impl Runner<'_> {
    pub(super) fn on_gpu<B: Batch>(
        &self,
        batch: &B,
        pool: Option<&ThreadPool>,
    ) -> Result<Answers<B::Number, B::Outcome>, BatchError> {
        let shared;
        let gpu = match self.gpu {
            Some(gpu) => gpu,
            None => {
                shared = Gpu::shared().map_err(|error| unavailable(Backend::Gpu, &error))?;
                &shared
            }
        };
        self.on_device(batch, pool, gpu, B::gpu)
    }
}
