//! [`Cyclic`]: fixed blocks in turn.

use super::{Chosen, Rule};
use crate::bcd::Partition;
use crate::fit::DataFit;

/// Fixed blocks in turn. One block of all N coordinates with
/// [`Coordinate`](crate::bcd::update::Coordinate) steps is a full pass in each step.
///
/// Its memory is the number of the next block. Storage: the partition. Cost of a choice: none.
///
/// ```
/// use solvekit::bcd::{Descent, Partition, rule::Cyclic, update::Coordinate};
/// use solvekit::{SMatrix, SVector, Stop, fit::Quadratic, penalty::Unpenalized, solve};
/// let a = SMatrix::<f32, 3, 3>::new(4.0, 1.0, 0.0, 1.0, 4.0, 1.0, 0.0, 1.0, 4.0);
/// let b = SVector::from([5.0, 6.0, 5.0]);
/// let fit = Quadratic::new(&a, &b)?;
/// let blocks = Partition::consecutive([0; 3], 2)?;
/// let descent = Descent::new(fit, Unpenalized, Cyclic::new(blocks), Coordinate);
/// let mut state = descent.start_from(fit.start());
/// assert!(solve(&descent, &mut state, Stop::relative(1e-5)?).converged());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Source: Nutini, Laradji and Schmidt 2022 (cyclic selection).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Cyclic<O> {
    partition: Partition<O>,
}

impl<O: AsRef<[usize]>> Cyclic<O> {
    /// In the order of the partition.
    pub const fn new(partition: Partition<O>) -> Self {
        Self { partition }
    }

    /// The blocks.
    pub const fn partition(&self) -> &Partition<O> {
        &self.partition
    }
}

impl<F: DataFit, P, O: AsRef<[usize]>> Rule<F, P> for Cyclic<O> {
    type State = usize;

    fn start(&self) -> usize {
        0
    }

    #[inline]
    fn select<'a>(&'a self, _: &F, _: &P, _: &F::Point, next: &'a mut usize) -> Chosen<'a> {
        let (mut block, mut chosen) = (*next, self.partition.block_and_rest(*next));
        // A memory from elsewhere may point behind the last block.
        if chosen.0.is_empty() {
            (block, chosen) = (0, self.partition.block_and_rest(0));
        }
        let (coordinates, rest) = chosen;
        *next = if rest.is_empty() { 0 } else { block + 1 };
        Chosen { coordinates, block: Some(block) }
    }
}
