//! [`CudaError`].

use super::super::Shape;
use super::super::device::DeviceError;
use thiserror::Error;

/// Why an NVIDIA processor did not do the work.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CudaError {
    /// A library is missing.
    #[error("{library} was not found: {hint}")]
    NoLibrary {
        /// Which.
        library: &'static str,
        /// Where it comes from.
        hint: &'static str,
    },
    /// The driver is there, and no device.
    #[error("no NVIDIA processor was found: {reason}")]
    NoDevice {
        /// What the driver says.
        reason: String,
    },
    /// These problems have no kernel.
    #[error(
        "no kernel for {} in f{}, sizes {:?}: {reason}", shape.family, shape.bits, shape.sizes
    )]
    NoKernel {
        /// Which problems.
        shape: Shape,
        /// Why not.
        reason: &'static str,
    },
    /// The device's compiler refuses a kernel.
    #[error("the kernel for {kernel} does not compile: {log}")]
    Compile {
        /// Which.
        kernel: &'static str,
        /// What the compiler says.
        log: String,
    },
    /// So many problems at once are beyond what the device takes.
    #[error("{what}: {wanted} are more than the device's {limit}")]
    TooLarge {
        /// What is too large.
        what: &'static str,
        /// As it would have to be.
        wanted: u64,
        /// What the device allows.
        limit: u64,
    },
    /// Its memory is full.
    #[error("the NVIDIA processor's memory is full")]
    OutOfMemory,
    /// It is gone, or a kernel failed on it: nothing can be asked of it any more.
    #[error("the NVIDIA processor was lost: {reason}")]
    Lost {
        /// What the driver says.
        reason: String,
    },
    /// Anything else the driver or a library complains of.
    #[error("NVIDIA's driver: {reason}")]
    Driver {
        /// What it says.
        reason: String,
    },
}

impl CudaError {
    /// Might fewer problems at once do?
    #[must_use]
    pub const fn is_too_much(&self) -> bool {
        matches!(self, Self::TooLarge { .. } | Self::OutOfMemory)
    }
}

impl DeviceError for CudaError {
    fn no_kernel(shape: Shape, reason: &'static str) -> Self {
        Self::NoKernel { shape, reason }
    }
    fn is_no_kernel(&self) -> bool {
        matches!(self, Self::NoKernel { .. })
    }
    fn is_beyond(&self) -> bool {
        self.is_too_much()
    }
}
