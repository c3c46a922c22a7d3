//! [`Runner`]: a batch in parts, on some threads.

use super::choice::First;
use super::{Answers, Backend, Batch, BatchError, Crossovers, Part, Stopped, Way};
use rayon::{ThreadPool, ThreadPoolBuilder};
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Instant;

/// Problems of one part: enough for the lanes to be full nearly all the time, few enough that a wish to
/// stop is heard soon and that no thread waits for long for another. By the batch alone, so that nothing
/// depends on the number of threads.
fn part_of(len: usize, grain: usize) -> usize {
    let grain = grain.max(1);
    (len / 16).next_multiple_of(grain).clamp(grain, 16 * grain)
}

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
    /// None where the fastest is to be found.
    backend: Option<Backend>,
    threads: usize,
    /// Started when they are first needed.
    pool: Arc<OnceLock<Result<ThreadPool, String>>>,
    crossovers: Option<&'a Crossovers>,
    pub(super) on_failure: OnFailure,
    #[cfg(feature = "gpu")]
    pub(super) gpu: Option<&'a super::gpu::Gpu>,
    #[cfg(feature = "cuda")]
    pub(super) cuda: Option<&'a super::cuda::Cuda>,
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
    /// By one backend, on the caller's own thread.
    #[must_use]
    pub fn new(backend: Backend) -> Self {
        Self { backend: Some(backend), ..Self::auto() }
    }

    /// By whatever is the fastest for the number of problems; see [`Crossovers`]. Where a batch's backends
    /// differ in the last digits, so may its answers from machine to machine.
    ///
    /// On the caller's own thread, or on more where [`threads`](Self::threads) says so and it pays.
    #[must_use]
    pub fn auto() -> Self {
        Self {
            backend: None,
            threads: 1,
            pool: Arc::default(),
            crossovers: None,
            on_failure: OnFailure::Retry,
            #[cfg(feature = "gpu")]
            gpu: None,
            #[cfg(feature = "cuda")]
            cuda: None,
            progress: None,
            cancel: None,
        }
    }

    /// On so many threads.
    #[must_use]
    pub fn threads(self, threads: usize) -> Self {
        Self { threads, pool: Arc::default(), ..self }
    }

    /// Looks up (and keeps) what is fastest here, and not in [`Crossovers::shared`].
    #[must_use]
    pub const fn crossovers(mut self, crossovers: &'a Crossovers) -> Self {
        self.crossovers = Some(crossovers);
        self
    }

    /// What to do where the backend fails.
    #[must_use]
    pub fn on_failure(self, on_failure: OnFailure) -> Self {
        Self { on_failure, ..self }
    }

    /// On this device, where [`Backend::Gpu`] is asked for, and not on
    /// [`Gpu::shared`](super::gpu::Gpu::shared).
    #[cfg(feature = "gpu")]
    #[must_use]
    pub fn gpu(self, gpu: &'a super::gpu::Gpu) -> Self {
        Self { gpu: Some(gpu), ..self }
    }

    /// On this device, where [`Backend::Cuda`] is asked for, and not on
    /// [`Cuda::shared`](super::cuda::Cuda::shared).
    #[cfg(feature = "cuda")]
    #[must_use]
    pub fn cuda(self, cuda: &'a super::cuda::Cuda) -> Self {
        Self { cuda: Some(cuda), ..self }
    }

    /// `progress` hears of every part that is done, from whatever thread did it.
    #[must_use]
    pub fn progress(self, progress: &'a (dyn Fn(Progress) + Sync)) -> Self {
        Self { progress: Some(progress), ..self }
    }

    /// Once `cancel` is true, no further part is begun.
    #[must_use]
    pub fn cancel(self, cancel: &'a AtomicBool) -> Self {
        Self { cancel: Some(cancel), ..self }
    }

    /// Solves every problem of `batch`. An empty one has no answers, and that is no error.
    ///
    /// # Errors
    /// [`BatchError::NoThreads`], [`BatchError::Threads`], [`BatchError::Unavailable`].
    pub fn run<B: Batch>(&self, batch: &B) -> Result<Answers<B::Number, B::Outcome>, BatchError> {
        if self.threads == 0 {
            return Err(BatchError::NoThreads);
        }
        match self.backend {
            Some(backend) => self.run_by(batch, Way { backend, threads: self.threads }),
            None => self.run_by(batch, self.fastest(batch)),
        }
    }

    fn run_by<B: Batch>(
        &self,
        batch: &B,
        way: Way,
    ) -> Result<Answers<B::Number, B::Outcome>, BatchError> {
        let pool = self.pool(way.threads)?;
        let mut answers = self.no_answers(batch, way.backend);
        let solve: fn(&B, Part<'_, B>) = match way.backend {
            Backend::Scalar => B::scalar,
            Backend::Simd if B::SIDE_BY_SIDE => B::simd,
            #[cfg(feature = "gpu")]
            Backend::Gpu => return self.on_gpu(batch, pool),
            #[cfg(feature = "cuda")]
            Backend::Cuda => return self.on_cuda(batch, pool),
            Backend::Simd => {
                let reason = format!("{} is not written for lanes", batch.shape().family);
                return Err(BatchError::Unavailable { backend: Backend::Simd, reason });
            }
            #[cfg(not(all(feature = "gpu", feature = "cuda")))]
            backend => {
                let reason = format!("this build is without the feature {backend}");
                return Err(BatchError::Unavailable { backend, reason });
            }
        };
        let (len, width) = (batch.len(), batch.width());
        let whole = answers.part(0..len);
        if self.on_processor(batch, solve, pool, whole, width) < len {
            answers.stopped = Some(Stopped::Cancelled);
        }
        Ok(answers)
    }

    fn fastest<B: Batch>(&self, batch: &B) -> Way {
        if !B::SIDE_BY_SIDE {
            return Way { backend: Backend::Scalar, threads: self.threads };
        }
        let on = |threads| [Backend::Scalar, Backend::Simd].map(|backend| Way { backend, threads });
        let mut ways = Vec::with_capacity(6);
        ways.extend(on(1));
        if self.threads > 1 {
            ways.extend(on(self.threads));
        }
        #[cfg(feature = "gpu")]
        if super::gpu::Gpu::is_fast() {
            ways.push(Way { backend: Backend::Gpu, threads: 1 });
        }
        #[cfg(feature = "cuda")]
        if super::cuda::Cuda::shared().is_ok() {
            ways.push(Way { backend: Backend::Cuda, threads: 1 });
        }
        let crossovers = self.crossovers.unwrap_or_else(|| Crossovers::shared());
        let (shape, count) = (batch.shape(), batch.len());
        if let Some(way) = crossovers.settled(shape, self.threads, &ways, count) {
            return way;
        }
        // Nobody hears of trials, and nobody stops them.
        let trial = Self { progress: None, cancel: None, ..self.clone() };
        let time = |way: Way, count: usize| {
            let first = First::new(batch, count);
            let started = Instant::now();
            let answers = trial.run_by(&first, way).ok()?;
            let seconds = started.elapsed().as_secs_f64();
            answers.replaced.is_none().then_some(seconds)
        };
        // A batch too small to try anything with is solved before it were tried.
        let found = crossovers.choose(batch, self.threads, &ways, time);
        found.unwrap_or(Way { backend: Backend::Scalar, threads: 1 })
    }

    /// Room for them.
    pub(super) fn no_answers<B: Batch>(
        &self,
        batch: &B,
        backend: Backend,
    ) -> Answers<B::Number, B::Outcome> {
        let (len, width) = (batch.len(), batch.width());
        Answers {
            width,
            numbers: vec![solvekit::Scalar::ZERO; len * width],
            outcomes: vec![None; len],
            backend,
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
        let size = part_of(total, batch.grain());
        let mut numbers = left.numbers;
        let outcomes = left.outcomes.chunks_mut(size);
        // Not by chunks of both: answers may have no numbers at all.
        let parts = outcomes.enumerate().map(|(k, outcomes)| {
            let first = first + k * size;
            let (own, rest) = std::mem::take(&mut numbers).split_at_mut(outcomes.len() * width);
            numbers = rest;
            Part { problems: first..first + outcomes.len(), numbers: own, outcomes }
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
    fn pool(&self, threads: usize) -> Result<Option<&ThreadPool>, BatchError> {
        if threads == 1 {
            return Ok(None);
        }
        let pool = self.pool.get_or_init(|| {
            let pool = ThreadPoolBuilder::new().num_threads(threads).build();
            pool.map_err(|error| error.to_string())
        });
        let reason = |reason: &String| BatchError::Threads { threads, reason: reason.clone() };
        pool.as_ref().map(Some).map_err(reason)
    }

    pub(super) fn is_cancelled(&self) -> bool {
        self.cancel.is_some_and(|cancel| cancel.load(Ordering::Relaxed))
    }
}
