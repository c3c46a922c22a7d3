//! Assembling a [`CsrVec`] in place, entry by entry.

use super::{CsrError, CsrVec};
use crate::Scalar;

impl<T: Scalar, const M: usize, const N: usize, const NNZ: usize> CsrVec<T, M, N, NNZ> {
    /// A matrix without entries; `const`, so that it can live in a `static` and be filled in place.
    pub const fn new() -> Self {
        Self {
            row_ends: [0; M],
            columns: heapless::Vec::new(),
            values: heapless::Vec::new(),
            scalar: core::marker::PhantomData,
        }
    }

    /// aᵢⱼ ← aᵢⱼ + value: entries given several times are summed in the order of arrival.
    ///
    /// Cost: a new entry moves those behind it, O(NNZ); no scratch memory.
    ///
    /// # Errors
    /// [`CsrError::OutOfRange`], [`CsrError::Capacity`]; the matrix is as before.
    pub fn add(&mut self, row: usize, column: usize, value: T) -> Result<(), CsrError> {
        let full = CsrError::Capacity { capacity: NNZ.min(usize::from(u16::MAX)) };
        let index = u16::try_from(column).ok().filter(|_| column < N && row < M);
        let index = index.ok_or(CsrError::OutOfRange { row, column })?;
        let range = self.range(row);
        let own = self.columns.get(range.clone()).unwrap_or(&[]);
        match own.binary_search(&index) {
            Ok(at) => {
                if let Some(slot) = self.values.get_mut(range.start + at) {
                    *slot += value;
                }
            }
            Err(at) => {
                if self.values.is_full() || self.values.len() >= usize::from(u16::MAX) {
                    return Err(full);
                }
                insert(&mut self.columns, range.start + at, index).map_err(|_| full)?;
                insert(&mut self.values, range.start + at, value).map_err(|_| full)?;
                self.row_ends.iter_mut().skip(row).for_each(|end| *end += 1);
            }
        }
        Ok(())
    }

    /// Assembles a matrix from (row, column, value) in any order with [`add`](Self::add). Returns
    /// it by value: on a small stack, use [`new`](Self::new) and `add` in place.
    ///
    /// # Errors
    /// [`CsrError::OutOfRange`], [`CsrError::Capacity`].
    pub fn from_triplets(
        triplets: impl IntoIterator<Item = (usize, usize, T)>,
    ) -> Result<Self, CsrError> {
        let mut csr = Self::new();
        triplets.into_iter().try_for_each(|(row, column, value)| csr.add(row, column, value))?;
        Ok(csr)
    }
}

impl<T: Scalar, const M: usize, const N: usize, const NNZ: usize> Default for CsrVec<T, M, N, NNZ> {
    fn default() -> Self {
        Self::new()
    }
}

/// Puts `item` at `at` and moves the rest up; gives the last one back where there is no room.
/// (`heapless` has this too, with a panic for an index out of range in the image.)
fn insert<T, const N: usize>(list: &mut heapless::Vec<T, N>, at: usize, item: T) -> Result<(), T> {
    let mut carried = item;
    let tail = list.iter_mut().skip(at);
    tail.for_each(|slot| core::mem::swap(slot, &mut carried));
    list.push(carried)
}
