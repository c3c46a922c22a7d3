//! [`SorBatch`]: relaxation of many systems.

mod broadcast;
#[cfg(feature = "gpu")]
mod device;
mod held;
mod side;
mod sparse;

pub use sparse::SparseSystems;

use super::lanes::{Laned, Registers, dispatch};
use super::told::Told;
use super::{Batch, BatchError, Part, Shape, Systems};
use crate::vector::Vector;
use held::Set;
use side::SideBySide;
use solvekit::sor::{Forward, Order, Sor, Symmetric};
use solvekit::{Report, Stop, SystemError, solve};
use std::borrow::Borrow;

/// The order in which a sweep goes through the unknowns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Relaxation {
    /// SOR: from the first to the last.
    #[default]
    Forward,
    /// SSOR: from the first to the last, and back.
    Symmetric,
}

/// What a [`SorBatch`] is of: [`Systems`] or [`SparseSystems`].
#[allow(private_bounds, reason = "sealed: what lanes ask is nobody else's affair")]
pub trait Relaxable<R: Laned>: Set<R> {}
impl<R: Laned> Relaxable<R> for Systems<'_, R> {}
impl<R: Laned> Relaxable<R> for SparseSystems<'_, R> {}

/// Many systems A x = b of one size, each by [`Sor`]: own matrices or a shared one ([`Systems`]), or a
/// shared sparse one ([`SparseSystems`]); one ω or one for each.
///
/// Side by side ([`Backend::Simd`](super::Backend::Simd)) a lane that is done is given the next
/// system at once, so that a slow one holds up nobody; answers, reports and refusals have the bits of
/// one system after the other.
///
/// On a graphics processor, for f32, matrices in full and at most 128 unknowns, answers differ by
/// roundings.
///
/// Storage side by side, for L lanes: L (N² + 4 N) numbers, of a shared matrix L · 4 N.
#[derive(Clone, Debug)]
pub struct SorBatch<'a, R, S = Systems<'a, R>> {
    systems: S,
    omega: R,
    omegas: Option<&'a [R]>,
    start: Option<&'a [R]>,
    relaxation: Relaxation,
    stop: Stop<R>,
}

impl<'a, R: Laned, S: Relaxable<R>> SorBatch<'a, R, S> {
    /// One ω for all, from x = 0. Whether it is one is said system by system.
    #[must_use]
    pub const fn new(systems: S, omega: R, stop: Stop<R>) -> Self {
        let relaxation = Relaxation::Forward;
        Self { systems, omega, omegas: None, start: None, relaxation, stop }
    }

    /// The order of a sweep.
    #[must_use]
    pub const fn relaxation(self, relaxation: Relaxation) -> Self {
        Self { relaxation, ..self }
    }

    /// An ω of its own for each system.
    ///
    /// # Errors
    /// [`BatchError::Count`].
    pub fn omegas(self, omegas: &'a [R]) -> Result<Self, BatchError> {
        counted("values of omega", self.systems.count(), omegas.len())?;
        Ok(Self { omegas: Some(omegas), ..self })
    }

    /// Starts from given x, one behind the other.
    ///
    /// # Errors
    /// [`BatchError::Count`].
    pub fn starting_at(self, start: &'a [R]) -> Result<Self, BatchError> {
        let numbers = self.systems.count() * self.systems.size();
        counted("numbers to start from", numbers, start.len())?;
        Ok(Self { start: Some(start), ..self })
    }

    fn omega_of(&self, system: usize) -> R {
        self.omegas.and_then(|omegas| omegas.get(system)).copied().unwrap_or(self.omega)
    }

    fn start_of(&self, system: usize) -> Option<Vector<R>> {
        let size = self.systems.size();
        let own = self.start?.get(system * size..(system + 1) * size)?;
        Some(Vector::from(own.to_vec()))
    }

    /// Where a system begins, by the solver's own constructor and measures.
    fn begin(&self, system: usize) -> Result<Told<R>, SystemError> {
        self.systems.begin(system, self.omega_of(system), self.start_of(system))
    }

    fn one<O: Order<R, S::Matrix>>(
        &self,
        system: usize,
        order: O,
        x: &mut [R],
    ) -> Result<Report<R>, SystemError> {
        let (a, b) = (self.systems.matrix_of(system), self.systems.side_of(system));
        let b = Vector::from(b.to_vec());
        let sor = Sor::ordered(a.borrow(), &b, self.omega_of(system), order)?;
        let mut state = match self.start_of(system) {
            Some(start) => sor.start_at(start)?,
            None => sor.start(),
        };
        let report = solve(&sor, &mut state, self.stop);
        x.copy_from_slice(&state.x);
        Ok(report)
    }
}

fn counted(what: &'static str, expected: usize, found: usize) -> Result<(), BatchError> {
    if expected == found { Ok(()) } else { Err(BatchError::Count { what, expected, found }) }
}

impl<R: Laned> Batch for SorBatch<'_, R> {
    type Number = R;
    type Outcome = Result<Report<R>, SystemError>;

    fn shape(&self) -> Shape {
        let family = match (self.relaxation, self.systems.is_shared()) {
            (Relaxation::Forward, false) => "sor",
            (Relaxation::Forward, true) => "sor, one matrix",
            (Relaxation::Symmetric, false) => "ssor",
            (Relaxation::Symmetric, true) => "ssor, one matrix",
        };
        Shape { family, bits: 8 * size_of::<R>() as u32, sizes: [self.systems.order(), 1, 1] }
    }
    fn len(&self) -> usize {
        self.systems.len()
    }
    fn width(&self) -> usize {
        self.systems.order()
    }
    fn scalar(&self, part: Part<'_, Self>) {
        match self.relaxation {
            Relaxation::Forward => part.each(self.width(), |k, x| self.one(k, Forward, x)),
            Relaxation::Symmetric => part.each(self.width(), |k, x| self.one(k, Symmetric, x)),
        }
    }
    fn simd(&self, part: Part<'_, Self>) {
        // Twice the lanes where the matrices of twice as many systems stay in the first cache.
        let bytes = self.systems.order().pow(2) * size_of::<R>();
        let registers = if bytes <= NEAR { Registers::Two } else { Registers::One };
        match self.relaxation {
            Relaxation::Forward => dispatch(registers, SideBySide::new(self, part, Forward)),
            Relaxation::Symmetric => dispatch(registers, SideBySide::new(self, part, Symmetric)),
        }
    }
    #[cfg(feature = "gpu")]
    fn gpu(&self, gpu: &super::gpu::Gpu, part: Part<'_, Self>) -> Result<(), super::gpu::GpuError> {
        self.on_device(gpu, part)
    }
}

/// Bytes of one matrix of which 32 fit into a first cache of 32 KiB, beside the vectors.
const NEAR: usize = 800;
