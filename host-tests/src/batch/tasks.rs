//! [`Tasks`]: problems that share nothing but what solves them.

use super::{Batch, Part, Shape};
use std::fmt::{self, Debug};
use std::marker::PhantomData;

/// So many problems, each solved by a function of its number: whatever takes a [`Runner`](super::Runner)'s
/// threads, progress and cancellation, and is not written for lanes. Their answers are in their outcomes.
///
/// ```
/// use solvekit_host::batch::{Backend, Runner, Tasks};
/// let squares = Tasks::new("squares", 5, |k| k * k);
/// let answers = Runner::new(Backend::Scalar).threads(2).run(&squares)?;
/// assert_eq!(answers.outcomes[4], Some(16));
/// # Ok::<(), solvekit_host::batch::BatchError>(())
/// ```
pub struct Tasks<F, O> {
    family: &'static str,
    len: usize,
    solve: F,
    outcome: PhantomData<fn() -> O>,
}

impl<F: Fn(usize) -> O + Sync, O> Tasks<F, O> {
    /// `len` problems of a kind.
    pub const fn new(family: &'static str, len: usize, solve: F) -> Self {
        Self { family, len, solve, outcome: PhantomData }
    }
}

impl<F, O> Debug for Tasks<F, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Tasks");
        shown.field("family", &self.family).field("len", &self.len).finish_non_exhaustive()
    }
}

impl<F: Fn(usize) -> O + Sync, O: Clone + Debug + Send> Batch for Tasks<F, O> {
    type Number = f64;
    type Outcome = O;
    const SIDE_BY_SIDE: bool = false;

    fn shape(&self) -> Shape {
        Shape { family: self.family, bits: 64, sizes: [1; 3] }
    }
    fn len(&self) -> usize {
        self.len
    }
    fn width(&self) -> usize {
        0
    }
    /// One: any of them may take as long as all others.
    fn grain(&self) -> usize {
        1
    }
    fn scalar(&self, part: Part<'_, Self>) {
        part.each(0, |problem, _| (self.solve)(problem));
    }
    fn simd(&self, part: Part<'_, Self>) {
        self.scalar(part);
    }
}
