//! NVIDIA's processors by CUDA: a device that is found at run time, kernels in CUDA C that its own compiler
//! translates then, and products of matrices by cuBLAS.
//!
//! Nothing here needs CUDA to build or to start. Where the driver, a library or a device is missing,
//! [`Cuda::find`] says which, and so does [`Backend::Cuda`]; a device that is lost, or
//! whose memory is full, is an error as well, never a panic.

mod device;
mod driver;
mod error;
mod info;
mod ista;
mod layout;
mod machine;
mod product;
mod spd;
#[cfg(test)]
mod tests;

pub use device::Cuda;
pub use error::CudaError;
pub use info::CudaInfo;
pub use machine::Sums;

use super::device::{Device, unavailable};
use super::{Answers, Backend, Batch, BatchError, Runner};
use rayon::ThreadPool;

impl Device for Cuda {
    type Error = CudaError;
    type Spd = spd::Spd<Self>;
    type Ista = ista::Ista<Self>;
    const BACKEND: Backend = Backend::Cuda;
    const LARGEST: (usize, &'static str) = (spd::LARGEST, "it is for at most 128 unknowns");
}

impl Runner<'_> {
    pub(super) fn on_cuda<B: Batch>(
        &self,
        batch: &B,
        pool: Option<&ThreadPool>,
    ) -> Result<Answers<B::Number, B::Outcome>, BatchError> {
        let shared;
        let cuda = match self.cuda {
            Some(cuda) => cuda,
            None => {
                shared = Cuda::shared().map_err(|error| unavailable(Backend::Cuda, &error))?;
                &shared
            }
        };
        self.on_device(batch, pool, cuda, B::cuda)
    }
}
