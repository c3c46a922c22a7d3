//! [`Work`]: the options of every command that handles many problems.

use crate::batch::{Answers, Backend, Batch, BatchError, Progress as Done, Runner};
use crate::program::progress::Progress;
use clap::{Args, ValueEnum};
use std::fmt;
use std::sync::{Mutex, PoisonError};

/// By what, and on how many threads.
#[derive(Args, Clone, Copy, Debug, Default)]
pub struct Work {
    /// What does the work [default: scalar]
    #[arg(long, value_enum)]
    pub backend: Option<Chosen>,

    /// Threads of the processor [default: all]
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    pub threads: Option<usize>,
}

/// A backend, or the fastest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Chosen {
    /// The fastest for the number of problems, measured on this machine once; `solvekit devices` tells
    Auto,
    /// One problem after the other on each thread, with the bits of every other machine
    Scalar,
    /// Problems side by side in vector registers
    Simd,
    /// A graphics processor
    Gpu,
    /// An NVIDIA processor by CUDA
    Cuda,
}

impl fmt::Display for Chosen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Auto => "auto",
            Self::Scalar => Backend::Scalar.name(),
            Self::Simd => Backend::Simd.name(),
            Self::Gpu => Backend::Gpu.name(),
            Self::Cuda => Backend::Cuda.name(),
        })
    }
}

impl Work {
    /// The option that asks for more than one problem after the other on one thread.
    pub(super) fn beyond_one_by_one(&self) -> Option<&'static str> {
        let by_other = matches!(self.backend, Some(Chosen::Simd | Chosen::Gpu | Chosen::Cuda));
        let threads = self.threads.is_some_and(|threads| threads > 1);
        if by_other { Some("--backend") } else { threads.then_some("--threads") }
    }

    /// Solves all of a batch, with a progress bar where somebody can see it.
    ///
    /// # Errors
    /// [`BatchError`], before anything is solved.
    pub(super) fn run<B: Batch>(
        &self,
        batch: &B,
    ) -> Result<Answers<B::Number, B::Outcome>, BatchError> {
        let progress = Mutex::new(Progress::new(batch.len()));
        let tell = |done: Done| {
            let mut progress = progress.lock().unwrap_or_else(PoisonError::into_inner);
            progress.pieces_done(done.done);
        };
        self.runner().progress(&tell).run(batch)
    }

    fn runner(&self) -> Runner<'static> {
        let runner = match self.backend.unwrap_or(Chosen::Scalar) {
            Chosen::Auto => Runner::auto(),
            Chosen::Scalar => Runner::new(Backend::Scalar),
            Chosen::Simd => Runner::new(Backend::Simd),
            Chosen::Gpu => Runner::new(Backend::Gpu),
            Chosen::Cuda => Runner::new(Backend::Cuda),
        };
        let all = || std::thread::available_parallelism().map_or(1, usize::from);
        runner.threads(self.threads.unwrap_or_else(all))
    }
}
