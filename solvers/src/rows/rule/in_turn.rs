//! [`InTurn`]: fixed blocks of rows in turn.

use super::RowRule;
use crate::bcd::Partition;
use crate::rows::RowSystem;
use crate::{RowOperator, Scalar};

/// Fixed blocks of rows in turn. Its memory is the number of the next block.
///
/// Blocks of one row are Kaczmarz' own order; one block of all rows makes each step a sweep.
/// Storage: the partition. Cost of a choice: none.
///
/// ```
/// use solvekit::{SMatrix, SVector, Stop, bcd::Partition, solve};
/// use solvekit::rows::{Kaczmarz, rule::InTurn};
/// let a = SMatrix::<f32, 2, 2>::new(2.0, 1.0, 1.0, 3.0);
/// let b = SVector::from([3.0, 4.0]);
/// let rule = InTurn::new(Partition::consecutive([0; 2], 1)?);
/// let kaczmarz = Kaczmarz::new(&a, &b, rule, 1.0)?;
/// let mut state = kaczmarz.start();
/// assert!(solve(&kaczmarz, &mut state, Stop::relative(1e-5)?).converged());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Source: Kaczmarz 1937.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct InTurn<O> {
    partition: Partition<O>,
}

impl<O: AsRef<[usize]>> InTurn<O> {
    /// In the order of a partition of the rows.
    pub const fn new(partition: Partition<O>) -> Self {
        Self { partition }
    }
}

impl<T: Scalar, A: RowOperator<T>, O: AsRef<[usize]>> RowRule<T, A> for InTurn<O> {
    type State = usize;

    fn start(&self) -> usize {
        0
    }

    #[inline]
    fn select<'a>(
        &'a self,
        _: &RowSystem<'_, T, A>,
        _: &A::Domain,
        next: &'a mut usize,
    ) -> &'a [usize] {
        // A memory from elsewhere may point behind the last block.
        let block = if *next < self.partition.blocks() { *next } else { 0 };
        *next = block + 1;
        self.partition.block(block)
    }
}
