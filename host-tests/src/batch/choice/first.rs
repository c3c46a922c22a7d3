//! [`First`]: the first problems of a batch.

use super::super::{Batch, Part, Shape};

/// The first `len` problems of a batch, as a batch.
#[derive(Debug)]
pub(in super::super) struct First<'b, B> {
    batch: &'b B,
    len: usize,
}

impl<'b, B: Batch> First<'b, B> {
    pub(in super::super) fn new(batch: &'b B, len: usize) -> Self {
        Self { batch, len: len.min(batch.len()) }
    }
}

fn of_all<'a, B: Batch>(part: Part<'a, First<'_, B>>) -> Part<'a, B> {
    Part { problems: part.problems, numbers: part.numbers, outcomes: part.outcomes }
}

impl<B: Batch> Batch for First<'_, B> {
    type Number = B::Number;
    type Outcome = B::Outcome;
    const SIDE_BY_SIDE: bool = B::SIDE_BY_SIDE;

    fn shape(&self) -> Shape {
        self.batch.shape()
    }
    fn len(&self) -> usize {
        self.len
    }
    fn width(&self) -> usize {
        self.batch.width()
    }
    fn grain(&self) -> usize {
        self.batch.grain()
    }
    fn scalar(&self, part: Part<'_, Self>) {
        self.batch.scalar(of_all(part));
    }
    fn simd(&self, part: Part<'_, Self>) {
        self.batch.simd(of_all(part));
    }
    #[cfg(feature = "gpu")]
    fn gpu(
        &self,
        gpu: &super::super::gpu::Gpu,
        part: Part<'_, Self>,
    ) -> Result<(), super::super::gpu::GpuError> {
        self.batch.gpu(gpu, of_all(part))
    }
    #[cfg(feature = "cuda")]
    fn cuda(
        &self,
        cuda: &super::super::cuda::Cuda,
        part: Part<'_, Self>,
    ) -> Result<(), super::super::cuda::CudaError> {
        self.batch.cuda(cuda, of_all(part))
    }
}
