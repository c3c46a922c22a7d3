//! Compressed sparse rows of any size.

use crate::precision::Precision;

/// A sparse matrix stored by rows, of any size.
///
/// Storage: one `usize` a row, and 4 bytes and one value an entry. Columns ascend in each row and
/// none comes twice.
#[derive(Clone, Debug, PartialEq)]
pub struct CsrMatrix<T> {
    width: usize,
    row_ends: Vec<usize>,
    columns: Vec<u32>,
    values: Vec<T>,
}

impl<T: Precision> CsrMatrix<T> {
    /// From parts that [`super::Triplets`] has put in order.
    pub(super) const fn from_sorted(
        width: usize,
        row_ends: Vec<usize>,
        columns: Vec<u32>,
        values: Vec<T>,
    ) -> Self {
        Self { width, row_ends, columns, values }
    }

    /// How many rows.
    #[must_use]
    pub const fn height(&self) -> usize {
        self.row_ends.len()
    }

    /// How many columns.
    #[must_use]
    pub const fn width(&self) -> usize {
        self.width
    }

    /// How many entries are stored.
    #[must_use]
    pub const fn entries(&self) -> usize {
        self.values.len()
    }

    /// The columns and the values of row `i`.
    #[must_use]
    pub fn row(&self, i: usize) -> (&[u32], &[T]) {
        let start = if i == 0 { 0 } else { self.row_ends[i - 1] };
        let end = self.row_ends[i];
        (&self.columns[start..end], &self.values[start..end])
    }
}
