//! What batches ask of a device, whatever drives it: the host halves of kernels are written once.

mod ista;
mod run;
mod signal;
mod spd;

pub(super) use ista::{Ends, IstaEnd, IstaOnDevice, IstaRule, IstaSetting, IstaSignals, status};
pub(super) use run::unavailable;
pub(super) use signal::Signal;
pub(super) use spd::{SpdAnswers, SpdOnDevice, SpdSystems};

use super::{Backend, Laned, Shape};
use std::any::TypeId;
use std::error::Error;

/// A device and the kernels that there are for it.
pub trait Device: Sized {
    /// What may happen.
    type Error: DeviceError;
    /// Direct solution of symmetric positive definite systems.
    type Spd: SpdOnDevice<Self>;
    /// ISTA on many signals with one dictionary.
    type Ista: IstaOnDevice<Self>;
    /// By which interface.
    const BACKEND: Backend;
    /// Largest number of unknowns of [`Spd`](Self::Spd), and that in words.
    const LARGEST: (usize, &'static str);
}

/// What a [`Runner`](super::Runner) wants to know of a device's error.
pub trait DeviceError: Error {
    /// These problems have no kernel.
    fn no_kernel(shape: Shape, reason: &'static str) -> Self;
    /// Is it [`no_kernel`](Self::no_kernel)?
    fn is_no_kernel(&self) -> bool;
    /// Might fewer problems at once do?
    fn is_beyond(&self) -> bool;
}

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
