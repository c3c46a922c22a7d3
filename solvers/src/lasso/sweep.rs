//! A pass over all columns with the residual: what needs no workspace.

use super::Lasso;
use super::workspace::SCREENED;
use crate::{Buffer, ColumnOperator, Real};

impl<R: Real, A: ColumnOperator<R>, G, I> Lasso<'_, R, A, G, I> {
    /// Each coordinate to its best value, one after the other, with r = y − A x kept; the largest
    /// change, NaN where a number is none. Cost: a product with every column that is not screened, and
    /// the column once more where its coordinate moves.
    pub(super) fn sweep(&self, x: &mut A::Domain, residual: &mut A::Range, places: &[usize]) -> R {
        let norms = self.squared_norms.as_slice();
        let mut largest = R::ZERO;
        for (j, (x, norm)) in x.as_mut_slice().iter_mut().zip(norms).enumerate() {
            if places.get(j) == Some(&SCREENED) {
                continue;
            }
            let old = *x;
            let v = self.design.column_dot(j, residual) + *norm * old;
            let new = self.coordinate(v, self.inverse(*norm));
            let delta = new - old;
            if delta != R::ZERO {
                *x = new;
                self.design.add_column(j, -delta, residual);
                largest = largest.max(delta.abs());
            }
        }
        largest
    }
}
