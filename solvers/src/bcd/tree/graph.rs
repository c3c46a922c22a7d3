//! [`Graph`]: a fit whose unknowns know their neighbours.

use crate::fit::{DataFit, Quadratic};
use crate::{Real, RowOperator};

/// A fit whose H ([`DataFit::bound`]) is sparse: unknowns are the nodes of a graph, and i and j are
/// neighbours where Hᵢⱼ ≠ 0.
///
/// ```
/// use solvekit::{SMatrix, SVector, bcd::tree::Graph, fit::Quadratic};
/// let a = SMatrix::<f32, 3, 3>::new(2.0, -1.0, 0.0, -1.0, 2.0, -1.0, 0.0, -1.0, 2.0);
/// let b = SVector::from([1.0, 0.0, 0.0]);
/// let path = Quadratic::new(&a, &b)?;
/// let mut neighbors = 0;
/// path.visit_bound(0, |j, value| neighbors += usize::from(j != 0 && value != 0.0));
/// assert_eq!(neighbors, 1);
/// # Ok::<(), solvekit::fit::FitError>(())
/// ```
pub trait Graph: DataFit {
    /// Every stored entry of row i of H, columns ascending: `visit(j, Hᵢⱼ)`; none beyond N. Symmetric:
    /// what row i says of j is what row j says of i.
    fn visit_bound(&self, i: usize, visit: impl FnMut(usize, Self::Real));
}

impl<R: Real, A: RowOperator<R>> Graph for Quadratic<'_, R, A> {
    #[inline]
    fn visit_bound(&self, i: usize, visit: impl FnMut(usize, R)) {
        self.matrix().visit_row(i, visit);
    }
}
