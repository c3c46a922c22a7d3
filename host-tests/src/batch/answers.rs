//! [`Answers`]: what a batch came to.

use super::{Backend, Batch, BatchError};
use rayon::prelude::*;
use std::ops::Range;

/// What a batch came to, problem by problem, in the batch's order.
#[derive(Clone, Debug)]
pub struct Answers<R, O> {
    /// Numbers of one answer.
    pub width: usize,
    /// All answers one behind the other. Where there is no outcome, or one that says so, an answer is
    /// zeros.
    pub numbers: Vec<R>,
    /// How each problem ended; `None` where the batch ended before it.
    pub outcomes: Vec<Option<O>>,
    /// What solved it.
    pub backend: Backend,
    /// Why problems were left, where some were.
    pub stopped: Option<Stopped>,
    /// Why [`Backend::Simd`] solved some or all of the problems in the place of `backend`, where it did:
    /// that failed on the way, and [`OnFailure::Retry`](super::OnFailure::Retry) was asked for.
    pub replaced: Option<BatchError>,
}

/// Why a batch ended early.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Stopped {
    /// Somebody asked for it.
    Cancelled,
    /// The backend failed on the way.
    Failed(BatchError),
}

impl<R, O> Answers<R, O> {
    /// The answer to one problem; empty where there is no such problem.
    #[must_use]
    pub fn answer(&self, problem: usize) -> &[R] {
        let start = problem.saturating_mul(self.width);
        self.numbers.get(start..start.saturating_add(self.width)).unwrap_or(&[])
    }

    /// Room for some neighbouring problems.
    pub(super) fn part<B>(&mut self, problems: Range<usize>) -> Part<'_, B>
    where
        B: Batch<Number = R, Outcome = O>,
    {
        let numbers = problems.start * self.width..problems.end * self.width;
        Part {
            numbers: &mut self.numbers[numbers],
            outcomes: &mut self.outcomes[problems.clone()],
            problems,
        }
    }

    /// Has every problem an outcome?
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.stopped.is_none()
    }
}

/// Some neighbouring problems of a batch, with room for their answers.
#[derive(Debug)]
pub struct Part<'a, B: Batch + ?Sized> {
    /// Which problems.
    pub problems: Range<usize>,
    /// [`Batch::width`] numbers for each; zeros.
    pub numbers: &'a mut [B::Number],
    /// One for each.
    pub outcomes: &'a mut [Option<B::Outcome>],
}

impl<B: Batch + ?Sized> Part<'_, B> {
    /// As it was before anybody worked on it.
    #[cfg(any(feature = "gpu", feature = "cuda"))]
    pub(super) fn clear(self) {
        self.numbers.fill(solvekit::Scalar::ZERO);
        self.outcomes.fill(None);
    }

    /// The same room, lent on.
    pub fn reborrow(&mut self) -> Part<'_, B> {
        Part { problems: self.problems.clone(), numbers: self.numbers, outcomes: self.outcomes }
    }

    /// For every problem, in order: `solve(problem, its numbers)` gives the outcome.
    pub fn each(self, width: usize, mut solve: impl FnMut(usize, &mut [B::Number]) -> B::Outcome) {
        let Self { problems, mut numbers, outcomes } = self;
        for (problem, outcome) in problems.zip(outcomes) {
            let Some((own, rest)) = numbers.split_at_mut_checked(width) else { return };
            numbers = rest;
            *outcome = Some(solve(problem, own));
        }
    }
    /// The same on the threads of the pool that this one belongs to, where it belongs to one: few problems
    /// that take long do not wait for each other then.
    pub fn each_on_threads(
        self,
        width: usize,
        solve: impl Fn(usize, &mut [B::Number]) -> B::Outcome + Sync,
    ) {
        if rayon::current_thread_index().is_none() {
            return self.each(width, solve);
        }
        let Self { problems, numbers, outcomes } = self;
        let answers = numbers.par_chunks_mut(width.max(1)).zip(outcomes).enumerate();
        answers.with_max_len(1).for_each(|(k, (numbers, outcome))| {
            *outcome = Some(solve(problems.start + k, numbers));
        });
    }
}
