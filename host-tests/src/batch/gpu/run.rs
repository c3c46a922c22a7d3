//! A batch on a graphics processor: parts as large as it takes, and what happens when it fails.

use super::super::{Answers, Backend, Batch, BatchError, OnFailure, Progress, Runner, Stopped};
use super::{Gpu, GpuError};
use rayon::ThreadPool;

/// Problems of one part: enough to fill a large device many times over, and few enough that a wish to
/// stop is heard, and that preparing and reading back takes little memory.
const PART: usize = 65_536;

impl Runner<'_> {
    pub(in super::super) fn on_device<B: Batch>(
        &self,
        batch: &B,
        pool: Option<&ThreadPool>,
    ) -> Result<Answers<B::Number, B::Outcome>, BatchError> {
        let shared;
        let gpu = match self.gpu {
            Some(gpu) => gpu,
            None => {
                shared = Gpu::shared().map_err(unavailable)?;
                &shared
            }
        };
        let (len, width) = (batch.len(), batch.width());
        let mut answers = self.no_answers(batch, Backend::Gpu);
        let (mut done, mut size) = (0, PART);
        while done < len && !self.is_cancelled() {
            let problems = done..len.min(done + size);
            let count = problems.len();
            let mut part = answers.part::<B>(problems);
            match batch.gpu(gpu, part.reborrow()) {
                Ok(()) => {
                    done += count;
                    self.tell(Progress { done, total: len });
                }
                Err(error @ GpuError::NoKernel { .. }) => return Err(unavailable(error)),
                Err(error) if error.is_too_much() && count > 1 => {
                    part.clear();
                    size = count.div_ceil(2);
                }
                Err(error) => {
                    part.clear();
                    let (backend, reason) = (Backend::Gpu, error.to_string());
                    let failed = BatchError::Failed { backend, reason };
                    if self.on_failure == OnFailure::Keep {
                        answers.stopped = Some(Stopped::Failed(failed));
                        return Ok(answers);
                    }
                    answers.replaced = Some(failed);
                    let left = answers.part(done..len);
                    done = self.on_processor(batch, B::simd, pool, left, width);
                    break;
                }
            }
        }
        if done < len {
            answers.stopped = Some(Stopped::Cancelled);
        }
        Ok(answers)
    }
}

fn unavailable(error: GpuError) -> BatchError {
    BatchError::Unavailable { backend: Backend::Gpu, reason: error.to_string() }
}
