//! A batch on a device: parts as large as it takes, and what happens when it fails.

use super::super::{
    Answers, Backend, Batch, BatchError, OnFailure, Part, Progress, Runner, Stopped,
};
use super::{Device, DeviceError};
use rayon::ThreadPool;
use std::error::Error;

/// Problems of one part: enough to fill a large device many times over, and few enough that a wish to
/// stop is heard, and that preparing and reading back takes little memory.
const PART: usize = 65_536;

impl Runner<'_> {
    /// `solve` solves all of a part on the device or none of it.
    pub(in super::super) fn on_device<B: Batch, D: Device>(
        &self,
        batch: &B,
        pool: Option<&ThreadPool>,
        device: &D,
        solve: impl Fn(&B, &D, Part<'_, B>) -> Result<(), D::Error>,
    ) -> Result<Answers<B::Number, B::Outcome>, BatchError> {
        let (len, width) = (batch.len(), batch.width());
        let backend = D::BACKEND;
        let mut answers = self.no_answers(batch, backend);
        let (mut done, mut size) = (0, PART);
        while done < len && !self.is_cancelled() {
            let problems = done..len.min(done + size);
            let count = problems.len();
            let mut part = answers.part::<B>(problems);
            match solve(batch, device, part.reborrow()) {
                Ok(()) => {
                    done += count;
                    self.tell(Progress { done, total: len });
                }
                Err(error) if error.is_no_kernel() => return Err(unavailable(backend, &error)),
                Err(error) if error.is_beyond() && count > 1 => {
                    part.clear();
                    size = count.div_ceil(2);
                }
                Err(error) => {
                    part.clear();
                    let failed = BatchError::Failed { backend, reason: error.to_string() };
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

pub(in super::super) fn unavailable(backend: Backend, error: &impl Error) -> BatchError {
    BatchError::Unavailable { backend, reason: error.to_string() }
}
