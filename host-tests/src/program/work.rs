//! [`Work`]: the options of every command that handles many problems.

use crate::batch::{Answers, Backend, Batch, BatchError, Progress as Done, Runner};
use crate::program::Interrupt;
use crate::program::progress::Progress;
use anyhow::Context;
use clap::{Args, ValueEnum};
use rayon::{ThreadPoolBuildError, ThreadPoolBuilder};
use std::fmt;
use std::sync::{Mutex, PoisonError};

/// By what, and on how many threads.
#[derive(Args, Clone, Copy, Debug, Default)]
pub struct Work {
    /// What does the work [default: scalar, and simd for gains of many devices]
    #[arg(long, value_enum)]
    pub backend: Option<Chosen>,

    /// On how many threads
    #[command(flatten)]
    pub threads: Threads,
}

/// On how many threads.
#[derive(Args, Clone, Copy, Debug, Default)]
pub struct Threads {
    /// Threads of the processor [default: all]
    #[arg(long = "threads", value_name = "N", allow_hyphen_values = true)]
    pub count: Option<usize>,
}

impl Threads {
    /// Work that takes whatever threads there are, with so many of them.
    ///
    /// # Errors
    /// [`BatchError::NoThreads`], [`BatchError::Threads`], both with the option's name; nothing has been
    /// done then. What the work itself comes to is within.
    pub fn run<T: Send>(self, work: impl FnOnce() -> T + Send) -> anyhow::Result<T> {
        let Some(threads) = self.count else { return Ok(work()) };
        if threads == 0 {
            return Err(BatchError::NoThreads).context("--threads");
        }
        let pool = ThreadPoolBuilder::new().num_threads(threads).stack_size(STACK).build();
        let refused = |error: ThreadPoolBuildError| BatchError::Threads {
            threads,
            reason: error.to_string(),
        };
        let pool = pool.map_err(refused).context("--threads")?;
        Ok(pool.install(work))
    }
}

/// Bytes of a thread's stack: those that a program's first thread has.
const STACK: usize = 8 << 20;

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
        let threads = self.threads.count.is_some_and(|threads| threads > 1);
        if by_other { Some("--backend") } else { threads.then_some("--threads") }
    }

    /// Solves all of a batch, or those that are done when somebody asks for an early end, with a progress
    /// bar where somebody can see it.
    ///
    /// # Errors
    /// [`BatchError`], before anything is solved.
    pub(super) fn run<B: Batch>(
        &self,
        batch: &B,
        interrupt: &Interrupt<'_>,
    ) -> Result<Answers<B::Number, B::Outcome>, BatchError> {
        let progress = Mutex::new(Progress::new(batch.len()));
        let tell = |done: Done| {
            let mut progress = progress.lock().unwrap_or_else(PoisonError::into_inner);
            progress.pieces_done(done.done);
        };
        self.runner().progress(&tell).cancel(interrupt.flag()).run(batch)
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
        runner.threads(self.threads.count.unwrap_or_else(all))
    }
}
