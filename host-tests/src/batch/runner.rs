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
    on_failure: OnFailure,
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
        Self { backend, threads: 1, on_failure: OnFailure::Retry, progress: None, cancel: None }
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
        let (len, width) = (batch.len(), batch.width());
        let mut answers = Answers {
            width,
            numbers: vec![solvekit::Scalar::ZERO; len * width],
            outcomes: vec![None; len],
            backend: self.backend,
            stopped: None,
        };
        let solve: fn(&B, Part<'_, B>) = match self.backend {
            Backend::Scalar => B::scalar,
            Backend::Simd => B::simd,
            backend => {
                let reason = "this build has no such backend".to_owned();
                return Err(BatchError::Unavailable { backend, reason });
            }
        };
        let done = AtomicUsize::new(0);
        let numbers = answers.numbers.chunks_mut((PART * width).max(1));
        let outcomes = answers.outcomes.chunks_mut(PART);
        let parts = numbers.zip(outcomes).enumerate().map(|(k, (numbers, outcomes))| {
            let first = k * PART;
            Part { problems: first..first + outcomes.len(), numbers, outcomes }
        });
        let work = |part: Part<'_, B>| {
            if self.is_cancelled() {
                return;
            }
            let count = part.problems.len();
            solve(batch, part);
            let done = done.fetch_add(count, Ordering::Relaxed) + count;
            if let Some(progress) = self.progress {
                progress(Progress { done, total: len });
            }
        };
        match pool {
            None => parts.for_each(work),
            Some(pool) => pool.scope(|scope| {
                for part in parts {
                    scope.spawn(|_| work(part));
                }
            }),
        }
        if done.into_inner() < len {
            answers.stopped = Some(Stopped::Cancelled);
        }
        Ok(answers)
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

    fn is_cancelled(&self) -> bool {
        self.cancel.is_some_and(|cancel| cancel.load(Ordering::Relaxed))
    }
}
