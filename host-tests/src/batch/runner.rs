//! [`Runner`]: a batch in parts, on some threads.

use super::{Answers, Backend, Batch, BatchError, Part, Stopped};
use rayon::{ThreadPool, ThreadPoolBuilder};
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// Problems of one part: enough for the lanes to be full nearly all the time, and few enough that a
/// wish to stop is heard soon. Fixed, so that nothing depends on the number of threads.
const PART: usize = 512;

/// How far a batch is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Problems that are done.
    pub done: usize,
    /// Problems of the batch.
    pub total: usize,
}

/// What to do about a backend that fails on the way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnFailure {
    /// What is left is solved by [`Backend::Simd`].
    #[default]
    Retry,
    /// The answers so far are kept, and the rest left.
    Keep,
}

/// Solves batches: a backend, a number of threads, and who is told.
#[derive(Clone)]
pub struct Runner<'a> {
    backend: Backend,
    threads: usize,
    pub(super) on_failure: OnFailure,
    #[cfg(feature = "gpu")]
    pub(super) gpu: Option<&'a super::gpu::Gpu>,
    progress: Option<&'a (dyn Fn(Progress) + Sync)>,
    cancel: Option<&'a AtomicBool>,
}

impl fmt::Debug for Runner<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Runner");
        shown.field("backend", &self.backend).field("threads", &self.threads);
        shown.field("on_failure", &self.on_failure).finish_non_exhaustive()
    }
}

impl<'a> Runner<'a> {
    /// On the caller's own thread.
    #[must_use]
    pub const fn new(backend: Backend) -> Self {
        Self {
            backend,
            threads: 1,
            on_failure: OnFailure::Retry,
            #[cfg(feature = "gpu")]
            gpu: None,
            progress: None,
            cancel: None,
        }
    }

    /// On so many threads.
    #[must_use]
    pub const fn threads(self, threads: usize) -> Self {
        Self { threads, ..self }
    }

    /// What to do where the backend fails.
    #[must_use]
    pub const fn on_failure(self, on_failure: OnFailure) -> Self {
        Self { on_failure, ..self }
    }

    /// On this device, where [`Backend::Gpu`] is asked for, and not on
    /// [`Gpu::shared`](super::gpu::Gpu::shared).
    #[cfg(feature = "gpu")]
    #[must_use]
    pub const fn gpu(self, gpu: &'a super::gpu::Gpu) -> Self {
        Self { gpu: Some(gpu), ..self }
    }

    /// `progress` hears of every part that is done, from whatever thread did it.
    #[must_use]
    pub const fn progress(self, progress: &'a (dyn Fn(Progress) + Sync)) -> Self {
        Self { progress: Some(progress), ..self }
    }

    /// Once `cancel` is true, no further part is begun.
    #[must_use]
    pub const fn cancel(self, cancel: &'a AtomicBool) -> Self {
        Self { cancel: Some(cancel), ..self }
    }

    /// Solves every problem of `batch`. An empty one has no answers, and that is no error.
    ///
    /// # Errors
    /// [`BatchError::NoThreads`], [`BatchError::Threads`], [`BatchError::Unavailable`].
    pub fn run<B: Batch>(&self, batch: &B) -> Result<Answers<B::Number, B::Outcome>, BatchError> {
        let pool = self.pool()?;
        let mut answers = self.no_answers(batch);
        let solve: fn(&B, Part<'_, B>) = match self.backend {
            Backend::Scalar => B::scalar,
            Backend::Simd => B::simd,
            #[cfg(feature = "gpu")]
            Backend::Gpu => return self.on_device(batch, pool.as_ref()),
            backend => {
                let reason = "this build has no such backend".to_owned();
                return Err(BatchError::Unavailable { backend, reason });
            }
        };
        let (len, width) = (batch.len(), batch.width());
        let whole = answers.part(0..len);
        if self.on_processor(batch, solve, pool.as_ref(), whole, width) < len {
            answers.stopped = Some(Stopped::Cancelled);
        }
        Ok(answers)
    }

    /// Room for them.
    pub(super) fn no_answers<B: Batch>(&self, batch: &B) -> Answers<B::Number, B::Outcome> {
        let (len, width) = (batch.len(), batch.width());
        Answers {
            width,
            numbers: vec![solvekit::Scalar::ZERO; len * width],
            outcomes: vec![None; len],
            backend: self.backend,
            stopped: None,
            replaced: None,
        }
    }

    /// What is left of a batch, in parts; returns how many problems of the batch are done then.
    pub(super) fn on_processor<B: Batch>(
        &self,
        batch: &B,
        solve: fn(&B, Part<'_, B>),
        pool: Option<&ThreadPool>,
        left: Part<'_, B>,
        width: usize,
    ) -> usize {
        let (first, total) = (left.problems.start, left.problems.end);
        let done = AtomicUsize::new(first);
        let numbers = left.numbers.chunks_mut((PART * width).max(1));
        let outcomes = left.outcomes.chunks_mut(PART);
        let parts = numbers.zip(outcomes).enumerate().map(|(k, (numbers, outcomes))| {
            let first = first + k * PART;
            Part { problems: first..first + outcomes.len(), numbers, outcomes }
        });
        let work = |part: Part<'_, B>| {
            if self.is_cancelled() {
                return;
            }
            let count = part.problems.len();
            solve(batch, part);
            let done = done.fetch_add(count, Ordering::Relaxed) + count;
            self.tell(Progress { done, total });
        };
        match pool {
            None => parts.for_each(work),
            Some(pool) => pool.scope(|scope| {
                for part in parts {
                    scope.spawn(|_| work(part));
                }
            }),
        }
        done.into_inner()
    }

    pub(super) fn tell(&self, progress: Progress) {
        if let Some(listener) = self.progress {
            listener(progress);
        }
    }

    /// None where one thread does, which is the caller's.
    fn pool(&self) -> Result<Option<ThreadPool>, BatchError> {
        let threads = self.threads;
        match threads {
            0 => Err(BatchError::NoThreads),
            1 => Ok(None),
            _ => {
                let pool = ThreadPoolBuilder::new().num_threads(threads).build();
                let pool = pool
                    .map_err(|error| BatchError::Threads { threads, reason: error.to_string() })?;
                Ok(Some(pool))
            }
        }
    }

    pub(super) fn is_cancelled(&self) -> bool {
        self.cancel.is_some_and(|cancel| cancel.load(Ordering::Relaxed))
    }
}
