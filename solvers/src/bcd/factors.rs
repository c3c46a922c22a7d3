//! [`BlockFactors`]: the Cholesky factors of all blocks of a partition.

use super::{Partition, rule::RuleError};
use crate::direct::{factor_in_place, packed};
use crate::fit::DataFit;
use crate::{Buffer, Real};

/// H_bb = L Lᵀ for every block of a partition, H the bound of the Hessian ([`DataFit::fill_bound`]),
/// factored once in one buffer of the caller's. A rule
/// ([`GreedyQuadraticBlocks`](super::rule::GreedyQuadraticBlocks)) and an update
/// ([`FactoredMatrix`](super::update::FactoredMatrix)) may share it.
///
/// Storage: the number of blocks times τ(τ + 1)/2, about N(τ + 1)/2 numbers. Cost of making it: the
/// entries of the blocks, and τ³/6 multiplications for each. A block that is singular to rounding is
/// made regular as by [`factor_in_place`], and [`added`](Self::added) says by how much.
///
/// ```
/// use solvekit::bcd::{BlockFactors, Partition};
/// use solvekit::{SMatrix, SVector, direct::packed, fit::Quadratic};
/// let a = SMatrix::<f32, 3, 3>::new(4.0, 2.0, 0.0, 2.0, 5.0, 1.0, 0.0, 1.0, 9.0);
/// let b = SVector::zeros();
/// let fit = Quadratic::new(&a, &b)?;
/// let blocks = Partition::consecutive([0; 3], 2)?;
/// let factors = BlockFactors::new(&fit, blocks, SVector::<f32, { 2 * packed(2) }>::zeros())?;
/// assert_eq!(factors.factor(0), &[0.5, 1.0, 0.5]); // reciprocals on the diagonal
/// assert_eq!(factors.added(), 0.0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BlockFactors<R, O, M> {
    partition: Partition<O>,
    memory: M,
    added: R,
}

impl<R: Real, O: AsRef<[usize]>, M: Buffer<R>> BlockFactors<R, O, M> {
    /// `memory` needs [`packed`]`(τ)` numbers for each block; what it holds does not matter.
    ///
    /// # Errors
    /// [`RuleError::Room`]; [`RuleError::Indefinite`] for a block that is not positive semidefinite
    /// or not finite.
    pub fn new<F: DataFit<Real = R>>(
        fit: &F,
        partition: Partition<O>,
        mut memory: M,
    ) -> Result<Self, RuleError> {
        let each = packed(partition.size());
        let found = memory.as_slice().len();
        RuleError::check_room(partition.blocks().saturating_mul(each), found)?;
        let mut added = R::ZERO;
        for block in 0..partition.blocks() {
            let coordinates = partition.block(block);
            let (start, order) = (block * each, coordinates.len());
            let Some(own) = memory.as_mut_slice().get_mut(start..start + packed(order)) else {
                break;
            };
            fit.fill_bound(coordinates, own);
            let more = factor_in_place(own, order).map_err(|_| RuleError::Indefinite { block })?;
            added = added.max(more);
        }
        Ok(Self { partition, memory, added })
    }

    /// The packed factor of one block; nothing for a block there is not.
    pub fn factor(&self, block: usize) -> &[R] {
        let each = packed(self.partition.size());
        let start = block.saturating_mul(each);
        let end = start.saturating_add(packed(self.partition.block(block).len()));
        self.memory.as_slice().get(start..end).unwrap_or(&[])
    }

    /// The partition.
    pub const fn partition(&self) -> &Partition<O> {
        &self.partition
    }

    /// The largest amount that was added to a diagonal entry, relative to that entry.
    pub const fn added(&self) -> R {
        self.added
    }
}
