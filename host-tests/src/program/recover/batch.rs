//! [`Columns`]: the columns of measurements as a batch, side by side where method and dictionary allow it.

use crate::batch::{Batch, Part, Shape};
use crate::precision::Precision;
use crate::vector::Vector;
use solvekit::recovery::RecoveryError;
use std::fmt::Debug;

/// Columns by a method or through the layers of a network.
pub(super) struct Columns<'a, T, B, F, G> {
    /// What they are called where they do not go side by side.
    pub(super) family: &'static str,
    pub(super) measurements: &'a [Vector<T>],
    pub(super) unknowns: usize,
    /// How a column ends, and its signal.
    pub(super) one: F,
    /// The same side by side, where that can be.
    pub(super) side_by_side: Option<B>,
    /// How a column ends, out of what `side_by_side` tells of it.
    pub(super) told: G,
}

impl<T, B, F, G, O, P> Batch for Columns<'_, T, B, F, G>
where
    T: Precision,
    B: Batch<Number = T, Outcome = Result<P, RecoveryError>>,
    F: Fn(&Vector<T>) -> Result<(O, Vector<T>), RecoveryError> + Sync,
    G: Fn(P) -> O + Sync,
    O: Clone + Debug + Send,
    P: Clone,
{
    type Number = T;
    type Outcome = Result<O, RecoveryError>;

    fn shape(&self) -> Shape {
        let rows = self.measurements.first().map_or(0, |y| y.len());
        let bits = 8 * size_of::<T>() as u32;
        let own = Shape { family: self.family, bits, sizes: [rows, self.unknowns, 1] };
        self.side_by_side.as_ref().map_or(own, Batch::shape)
    }
    fn len(&self) -> usize {
        self.measurements.len()
    }
    fn width(&self) -> usize {
        self.unknowns
    }
    fn scalar(&self, part: Part<'_, Self>) {
        part.each_on_threads(self.unknowns, |column, x| {
            let (ended, found) = (self.one)(&self.measurements[column])?;
            x.copy_from_slice(&found);
            Ok(ended)
        });
    }
    fn simd(&self, part: Part<'_, Self>) {
        let Some(batch) = &self.side_by_side else { return self.scalar(part) };
        let Part { problems, numbers, outcomes } = part;
        let mut ends = vec![None; outcomes.len()];
        batch.simd(Part { problems, numbers, outcomes: &mut ends });
        for (outcome, end) in outcomes.iter_mut().zip(ends) {
            *outcome = end.map(|end: B::Outcome| end.map(&self.told));
        }
    }
}
