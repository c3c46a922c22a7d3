//! [`GpuError`].

use super::super::Shape;
use super::super::device::DeviceError;
use thiserror::Error;

/// Why a graphics processor did not do the work.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum GpuError {
    /// There is no driver, or it knows no device.
    #[error("no graphics processor was found: {reason}")]
    NoDevice {
        /// What is missing.
        reason: String,
    },
    /// There is none of this name.
    #[error("no graphics processor is called {wanted:?}; there are {found}")]
    NoSuchDevice {
        /// What was asked for.
        wanted: String,
        /// The names of those that were found.
        found: String,
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
    #[error("the graphics processor's memory is full")]
    OutOfMemory,
    /// It is gone: reset by its driver, or unplugged.
    #[error("the graphics processor was lost: {reason}")]
    Lost {
        /// What the driver says.
        reason: String,
    },
    /// Anything else the driver complains of.
    #[error("the graphics processor's driver: {reason}")]
    Driver {
        /// What it says.
        reason: String,
    },
}

impl GpuError {
    /// Might fewer problems at once do?
    #[must_use]
    pub const fn is_too_much(&self) -> bool {
        matches!(self, Self::TooLarge { .. } | Self::OutOfMemory)
    }
}

impl DeviceError for GpuError {
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

impl From<wgpu::Error> for GpuError {
    fn from(error: wgpu::Error) -> Self {
        match error {
            wgpu::Error::OutOfMemory { .. } => Self::OutOfMemory,
            other => Self::Driver { reason: other.to_string() },
        }
    }
}
