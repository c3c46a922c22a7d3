//! [`Refit`]: least squares over few columns.

use super::{RecoveryError, Sensing};
use crate::direct::{factor_in_place, packed, pairs, solve_in_place};
use crate::{Buffer, ColumnOperator, Real};

/// Room in which ½‖y − A_S x_S‖² is solved exactly over at most K columns S, by the Cholesky factor
/// of their Gram matrix. Columns that depend on each other get pivots raised to rounding; what was
/// added is kept, relative to the diagonal.
///
/// Storage: K (K + 1) / 2 + K + 1 numbers. Cost: K² / 2 products of two columns, K of a column with
/// y, K³ / 6 multiplications.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Refit<R, V, W> {
    values: V,
    factor: W,
    added: R,
}

impl<R: Real, V, W> Refit<R, V, W> {
    /// K is the length of `values`; `factor` needs [`packed`]`(K)` numbers. What they hold does not
    /// matter.
    pub const fn new(values: V, factor: W) -> Self {
        Self { values, factor, added: R::ZERO }
    }

    /// The largest amount that was added to a pivot so far, relative to its diagonal entry.
    pub const fn added(&self) -> R {
        self.added
    }
}

impl<R: Real, V: Buffer<R>, W: Buffer<R>> Refit<R, V, W> {
    /// # Errors
    /// `Length`: less room than `capacity` columns need.
    pub(super) fn check(&self, capacity: usize) -> Result<(), RecoveryError> {
        let found = self.values.as_slice().len();
        if found < capacity {
            return Err(RecoveryError::Length { expected: capacity, found });
        }
        let (expected, found) = (packed(capacity), self.factor.as_slice().len());
        if found < expected {
            return Err(RecoveryError::Length { expected, found });
        }
        Ok(())
    }

    /// x ← the least-squares solution on `places`, zero elsewhere. False, and x as it was, where a
    /// product of columns overflowed.
    pub(super) fn solve<A: ColumnOperator<R>>(
        &mut self,
        sensing: &Sensing<'_, R, A>,
        places: &[usize],
        x: &mut A::Domain,
    ) -> bool {
        let (a, y) = (sensing.dictionary(), sensing.measurements());
        let Self { values, factor, added } = self;
        let (Some(values), Some(factor)) = (
            values.as_mut_slice().get_mut(..places.len()),
            factor.as_mut_slice().get_mut(..packed(places.len())),
        ) else {
            return false;
        };
        for (value, j) in values.iter_mut().zip(places) {
            *value = a.column_dot(*j, y);
        }
        for (slot, (i, j)) in factor.iter_mut().zip(pairs(places)) {
            *slot = a.column_pair(i, j, |_| R::ONE);
        }
        let Ok(amount) = factor_in_place(factor, places.len()) else { return false };
        *added = added.max(amount);
        solve_in_place(factor, values);
        let x = x.as_mut_slice();
        x.iter_mut().for_each(|x| *x = R::ZERO);
        for (value, j) in values.iter().zip(places) {
            if let Some(x) = x.get_mut(*j) {
                *x = *value;
            }
        }
        true
    }
}
