//! [`CholeskyBatch`]: direct solution of many systems.

#[cfg(any(feature = "gpu", feature = "cuda"))]
mod device;
mod factored;
mod side;

use super::lanes::{Laned, Registers, dispatch};
use super::{Batch, Part, Shape, Systems};
use crate::vector::Vector;
use side::SideBySide;
use solvekit::direct::{Cholesky, CholeskyError, Refinement, packed};
use solvekit::{Report, Stop, SystemError, solve};
use thiserror::Error;

/// Many systems A x = b of one size, A symmetric positive definite, each by a
/// [`Cholesky`] factor of its own (or of the shared matrix) and [`Refinement`]: the first step is the
/// solution, and ‖b − A x‖₂ is evaluated after it.
///
/// Side by side ([`Backend::Simd`](super::Backend::Simd)) answers, reports and refusals have the bits of
/// one system after the other. Systems whose pivots lose nearly all digits, and those few of a group that
/// need further steps while the others are done, are solved alone; so are they on a graphics processor, for
/// f32 and at most 88 unknowns, by CUDA 128.
///
/// Storage side by side, for L lanes: L (N (N + 1) / 2 + N² + 3 N) numbers; of a shared matrix
/// L · 3 N, and its factor.
#[derive(Clone, Debug)]
pub struct CholeskyBatch<'a, R> {
    systems: Systems<'a, R>,
    stop: Stop<R>,
}

/// Why a system was not solved.
#[derive(Clone, Copy, Debug, PartialEq, Error)]
pub enum DirectError<R> {
    /// The matrix has no factor.
    #[error(transparent)]
    Factor(CholeskyError<R>),
    /// The right-hand side is none.
    #[error(transparent)]
    System(SystemError),
}

impl<'a, R: Laned> CholeskyBatch<'a, R> {
    /// Systems to be solved until `stop`: a tolerance of about 10 N ε asks for one step of a
    /// well-conditioned system.
    #[must_use]
    pub const fn new(systems: Systems<'a, R>, stop: Stop<R>) -> Self {
        Self { systems, stop }
    }

    fn one(
        &self,
        system: usize,
        memory: &mut [R],
        x: &mut [R],
    ) -> Result<Report<R>, DirectError<R>> {
        let a = self.systems.matrix(system);
        let b = Vector::from(self.systems.right_hand_side(system).to_vec());
        let factor = Cholesky::factor(&a, memory).map_err(DirectError::Factor)?;
        let direct = Refinement::new(&a, &b, factor).map_err(DirectError::System)?;
        let mut state = direct.start();
        let report = solve(&direct, &mut state, self.stop);
        x.copy_from_slice(&state.x);
        Ok(report)
    }
}

impl<R: Laned> Batch for CholeskyBatch<'_, R> {
    type Number = R;
    type Outcome = Result<Report<R>, DirectError<R>>;

    fn shape(&self) -> Shape {
        let family = if self.systems.is_shared() { "cholesky, one matrix" } else { "cholesky" };
        Shape { family, bits: 8 * size_of::<R>() as u32, sizes: [self.systems.order(), 1, 1] }
    }
    fn len(&self) -> usize {
        self.systems.len()
    }
    fn width(&self) -> usize {
        self.systems.order()
    }
    fn grain(&self) -> usize {
        // Some microseconds, whatever the size: a part has memory to ask for.
        let order = self.systems.order().max(1);
        (MULTIPLICATIONS / order.saturating_pow(3)).clamp(64, 1_024).next_multiple_of(64)
    }
    fn scalar(&self, part: Part<'_, Self>) {
        let mut memory = vec![R::ZERO; packed(self.systems.order())];
        part.each(self.width(), |system, x| self.one(system, &mut memory, x));
    }
    fn simd(&self, part: Part<'_, Self>) {
        // Two registers where four rows at a time leave pipes empty.
        let registers = if self.systems.order() <= SHORT { Registers::Two } else { Registers::One };
        dispatch(registers, SideBySide { batch: self, part });
    }
    #[cfg(feature = "gpu")]
    fn gpu(&self, gpu: &super::gpu::Gpu, part: Part<'_, Self>) -> Result<(), super::gpu::GpuError> {
        self.on_device(gpu, part)
    }
    #[cfg(feature = "cuda")]
    fn cuda(
        &self,
        cuda: &super::cuda::Cuda,
        part: Part<'_, Self>,
    ) -> Result<(), super::cuda::CudaError> {
        self.on_device(cuda, part)
    }
}

/// About so many for a part.
const MULTIPLICATIONS: usize = 1 << 17;

/// Unknowns up to which a factor waits for its own numbers.
const SHORT: usize = 8;
