//! Batches: thousands of small problems of one shape, on whatever the machine has.
//!
//! A [`Batch`] is the problems; a [`Runner`] solves them with a [`Backend`] on some threads; the
//! [`Answers`] come in the batch's order, whatever solved them and on how many threads.
//!
//! ```
//! use solvekit::Stop;
//! use solvekit_host::batch::{Backend, Matrices, Runner, SorBatch, Systems};
//!
//! // Three systems of two unknowns, row by row.
//! let matrices = [4.0, -1.0, -1.0, 4.0, 2.0, 1.0, 1.0, 2.0, 3.0, 0.0, 0.0, 3.0];
//! let right_hand_sides = [3.0, 3.0, 3.0, 3.0, 3.0, 6.0_f32];
//! let systems = Systems::new(2, Matrices::Own(&matrices), &right_hand_sides)?;
//! let batch = SorBatch::new(systems, 1.05, Stop::relative(1e-6)?);
//! let answers = Runner::new(Backend::Simd).run(&batch)?;
//! assert!(answers.answer(2).iter().zip([1.0, 2.0]).all(|(x, y)| (x - y).abs() < 1e-5));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | module | what it holds |
//! |---|---|
//! | [`lanes`] | numbers of several problems as one [`Scalar`](solvekit::Scalar), by the processor's registers |
//! | `gpu` | graphics processors, with the feature of this name |
//! | `cuda` | NVIDIA's by CUDA, with the feature of this name |
//! | `resident` | batches that stay in a device's memory, with either feature |
//!
//! [`Backend::Simd`] gives the bits of [`Backend::Scalar`] where a batch's page does not say otherwise.

mod answers;
mod backend;
mod calibration;
mod choice;
mod cholesky;
#[cfg(feature = "cuda")]
pub mod cuda;
#[cfg(any(feature = "gpu", feature = "cuda"))]
mod device;
mod error;
#[cfg(feature = "gpu")]
pub mod gpu;
pub mod lanes;
mod lasso;
mod recovery;
#[cfg(any(feature = "gpu", feature = "cuda"))]
pub mod resident;
mod runner;
mod slots;
mod sor;
mod systems;
mod tasks;
mod told;

pub use answers::{Answers, Part, Stopped};
pub use backend::Backend;
pub use calibration::{Calibrated, CalibrationBatch};
pub use choice::{Crossover, Crossovers, Curve, Way};
pub use cholesky::{CholeskyBatch, DirectError};
pub use error::BatchError;
pub use lanes::Laned;
pub use lasso::{Designs, LassoBatch};
pub use recovery::{Inferred, NetworkBatch, RecoveryBatch, RecoveryMethod, Tiled, Weight};
pub use runner::{OnFailure, Progress, Runner};
pub use sor::{Relaxable, Relaxation, SorBatch, SparseSystems};
pub use systems::{Matrices, Rows, Systems};
pub use tasks::Tasks;

use solvekit::Real;
use std::fmt::Debug;

/// Problems of one shape.
///
/// A backend that a batch does not offer is one that it says is missing, never one that panics.
pub trait Batch: Sync {
    /// `f32` or `f64`.
    type Number: Real + Send + Sync;
    /// How a problem ended.
    type Outcome: Clone + Debug + Send;
    /// Is [`simd`](Self::simd) another way than [`scalar`](Self::scalar)? [`Backend::Simd`] is refused
    /// where it is not.
    const SIDE_BY_SIDE: bool = true;

    /// What kind of problems these are, and of what size.
    fn shape(&self) -> Shape;
    /// How many.
    fn len(&self) -> usize;
    /// None at all?
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// Numbers of one answer.
    fn width(&self) -> usize;
    /// Problems of the smallest part that is worth a thread's attention.
    fn grain(&self) -> usize {
        64
    }
    /// Solves one problem after the other.
    fn scalar(&self, part: Part<'_, Self>);
    /// Solves problems side by side.
    fn simd(&self, part: Part<'_, Self>);
    /// Solves problems on a graphics processor; all of a part or, where it fails, none.
    ///
    /// # Errors
    /// [`GpuError::NoKernel`](gpu::GpuError::NoKernel) where nobody has written one for these problems, and
    /// it is the first thing that is said. What else may happen is in [`GpuError`](gpu::GpuError); after
    /// [`GpuError::is_too_much`](gpu::GpuError::is_too_much) a smaller part may do.
    #[cfg(feature = "gpu")]
    fn gpu(&self, gpu: &gpu::Gpu, part: Part<'_, Self>) -> Result<(), gpu::GpuError> {
        let _ = (gpu, part);
        Err(gpu::GpuError::NoKernel { shape: self.shape(), reason: "nobody has written one" })
    }
    /// Solves problems on an NVIDIA processor; all of a part or, where it fails, none.
    ///
    /// # Errors
    /// [`CudaError::NoKernel`](cuda::CudaError::NoKernel) where nobody has written one for these problems,
    /// and it is the first thing that is said. What else may happen is in [`CudaError`](cuda::CudaError);
    /// after [`CudaError::is_too_much`](cuda::CudaError::is_too_much) a smaller part may do.
    #[cfg(feature = "cuda")]
    fn cuda(&self, cuda: &cuda::Cuda, part: Part<'_, Self>) -> Result<(), cuda::CudaError> {
        let _ = (cuda, part);
        Err(cuda::CudaError::NoKernel { shape: self.shape(), reason: "nobody has written one" })
    }
}

/// What the time of a problem depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Shape {
    /// The kind of problem.
    pub family: &'static str,
    /// Bits of a number.
    pub bits: u32,
    /// Its sizes; 1 where there are fewer than three.
    pub sizes: [usize; 3],
}
