//! Entries in the order in which they arrive, before they become rows.

use super::CsrMatrix;
use crate::precision::Precision;
use thiserror::Error;

/// Rows and columns beyond this number need entries to speak for them; see
/// [`TripletsError::AlmostEmpty`].
const UNQUESTIONED_SIZE: usize = 1 << 24;

/// A matrix as a list of (row, column, value).
///
/// Storage: 8 bytes and one value an entry.
#[derive(Clone, Debug)]
pub struct Triplets<T> {
    rows: usize,
    columns: usize,
    entries: Vec<(u32, u32, T)>,
}

/// Why a list of entries is no matrix that can be stored by rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum TripletsError {
    /// A size is beyond 32-bit indices.
    #[error("a {rows}×{columns} matrix is too large: indices have 32 bits")]
    TooLarge {
        /// Declared rows.
        rows: usize,
        /// Declared columns.
        columns: usize,
    },
    /// The sizes are so far above the number of entries that the vectors alone would fill the
    /// memory, while almost every row is zero: a typing error far more often than a matrix.
    #[error(
        "a {rows}×{columns} matrix with {entries} entries is almost empty: check the declared size"
    )]
    AlmostEmpty {
        /// Declared rows.
        rows: usize,
        /// Declared columns.
        columns: usize,
        /// Entries that were given.
        entries: usize,
    },
    /// An index is not inside the matrix.
    #[error("entry ({row}, {column}) is outside of the {rows}×{columns} matrix")]
    OutOfRange {
        /// Row, counted from 0.
        row: usize,
        /// Column, counted from 0.
        column: usize,
        /// Rows of the matrix.
        rows: usize,
        /// Columns of the matrix.
        columns: usize,
    },
}

impl<T: Precision> Triplets<T> {
    /// An empty list for a matrix of `rows` × `columns`.
    ///
    /// # Errors
    /// [`TripletsError::TooLarge`] when a size does not fit 32 bits.
    pub fn new(rows: usize, columns: usize) -> Result<Self, TripletsError> {
        if u32::try_from(rows).is_err() || u32::try_from(columns).is_err() {
            return Err(TripletsError::TooLarge { rows, columns });
        }
        Ok(Self { rows, columns, entries: Vec::new() })
    }

    /// Room for `more` entries, so that a file whose size is known grows the list once.
    pub fn reserve(&mut self, more: usize) {
        self.entries.reserve(more);
    }

    /// Adds `value` at (`row`, `column`), both counted from 0. Entries at the same place are
    /// summed by [`Triplets::into_csr`], in the order in which they came.
    ///
    /// # Errors
    /// [`TripletsError::OutOfRange`] when the place is outside of the matrix.
    pub fn push(&mut self, row: usize, column: usize, value: T) -> Result<(), TripletsError> {
        match (u32::try_from(row), u32::try_from(column)) {
            (Ok(i), Ok(j)) if row < self.rows && column < self.columns => {
                self.entries.push((i, j, value));
                Ok(())
            }
            _ => Err(TripletsError::OutOfRange {
                row,
                column,
                rows: self.rows,
                columns: self.columns,
            }),
        }
    }

    /// The matrix by rows: columns ascending in each row, entries at the same place summed.
    ///
    /// # Errors
    /// [`TripletsError::AlmostEmpty`] for a size that the entries do not speak for.
    pub fn into_csr(self) -> Result<CsrMatrix<T>, TripletsError> {
        let Self { rows, columns, entries } = self;
        let plausible = UNQUESTIONED_SIZE.max(4 * entries.len());
        if rows.max(columns) > plausible {
            return Err(TripletsError::AlmostEmpty { rows, columns, entries: entries.len() });
        }

        // Counting sort by row; it keeps the order of arrival inside a row.
        let mut ends = vec![0_usize; rows];
        for &(row, ..) in &entries {
            ends[row as usize] += 1;
        }
        let mut total = 0;
        for end in &mut ends {
            (*end, total) = (total, total + *end);
        }
        let mut sorted = vec![(0_u32, T::ZERO); entries.len()];
        for (row, column, value) in entries {
            let next = &mut ends[row as usize];
            sorted[*next] = (column, value);
            *next += 1;
        }

        let mut row_ends = Vec::with_capacity(rows);
        let mut merged_columns = Vec::with_capacity(sorted.len());
        let mut values: Vec<T> = Vec::with_capacity(sorted.len());
        let mut start = 0;
        for end in ends {
            let row = &mut sorted[start..end];
            if !row.is_sorted_by_key(|&(column, _)| column) {
                // Stable: duplicates stay in their order, so their sum has one value.
                row.sort_by_key(|&(column, _)| column);
            }
            let first = merged_columns.len();
            for &(column, value) in &*row {
                match values.last_mut() {
                    Some(last)
                        if merged_columns.len() > first
                            && merged_columns.last() == Some(&column) =>
                    {
                        *last += value;
                    }
                    _ => {
                        merged_columns.push(column);
                        values.push(value);
                    }
                }
            }
            row_ends.push(merged_columns.len());
            start = end;
        }
        Ok(CsrMatrix::from_sorted(columns, row_ends, merged_columns, values))
    }
}
