//! [`Packed`]: a matrix laid out for the products of training.

use super::Element;
use super::aligned::Aligned;
use super::order::{Order, PANEL};
use super::product::combine;
use super::tile::Entries;
use crate::matrix::DenseMatrix;
use pulp::{Simd, WithSimd};
use solvekit::LinearOperator;

/// A matrix twice: its columns, for sums of a few of them, and panels of columns side by side, for
/// products with its transpose.
///
/// Storage: 2 M N numbers, each dimension filled up to a multiple of 32.
#[derive(Clone, Debug)]
pub struct Packed<T> {
    pub(super) rows: Order,
    pub(super) columns: Order,
    /// Column by column, in both orders.
    pub(super) by_columns: Aligned<T>,
    /// Panel by panel, in each row by row.
    pub(super) panels: Aligned<T>,
}

impl<T: Element> Packed<T> {
    /// Lays a matrix out.
    #[must_use]
    pub fn new(matrix: &DenseMatrix<T>) -> Self {
        let (rows, columns) = (Order::new(matrix.rows()), Order::new(matrix.columns()));
        let mut by_columns = Aligned::zeros(rows.padded() * columns.padded());
        for j in 0..columns.len() {
            let start = columns.place(j) * rows.padded();
            rows.sort(matrix.column(j), &mut by_columns[start..start + rows.padded()]);
        }
        let panels = Aligned::zeros(rows.len() * columns.padded());
        let mut packed = Self { rows, columns, by_columns, panels };
        packed.renew_panels();
        packed
    }

    /// Makes the panels follow changed columns.
    pub(super) fn renew_panels(&mut self) {
        let (rows, stride) = (self.rows.len(), self.rows.padded());
        if rows == 0 {
            return;
        }
        let blocks = self.by_columns.chunks_exact(stride * PANEL);
        for (panel, block) in self.panels.chunks_exact_mut(rows * PANEL).zip(blocks) {
            for (j, column) in block.chunks_exact(stride).enumerate() {
                for (row, value) in panel.chunks_exact_mut(PANEL).zip(column) {
                    row[j] = *value;
                }
            }
        }
    }

    /// The matrix, column by column, in its own order.
    #[must_use]
    pub fn values(&self) -> Vec<T> {
        let stride = self.rows.padded();
        let column = |j: usize| &self.by_columns[self.columns.place(j) * stride..][..stride];
        (0..self.columns.len()).flat_map(|j| self.rows.restore(column(j))).collect()
    }

    /// M.
    pub(crate) const fn rows(&self) -> usize {
        self.rows.len()
    }

    /// N.
    pub(crate) const fn columns(&self) -> usize {
        self.columns.len()
    }

    /// N, filled up.
    pub(crate) const fn padded_columns(&self) -> usize {
        self.columns.padded()
    }

    /// Where entry j of a signal lies in a batch.
    pub(crate) const fn column_place(&self, j: usize) -> usize {
        self.columns.place(j)
    }

    /// A signal as a batch has it.
    pub(crate) fn place_columns(&self, natural: &[T], placed: &mut [T]) {
        self.columns.sort(natural, placed);
    }

    /// Measurements as a batch has them.
    pub(crate) fn place_rows(&self, natural: &[T], placed: &mut [T]) {
        self.rows.sort(natural, placed);
    }

    /// The columns, as they are learned: in the order of this layout, filled up with zeros.
    #[must_use]
    pub fn numbers(&self) -> &[T] {
        &self.by_columns
    }

    /// Changes the [`numbers`](Self::numbers); those that fill up have to stay zeros.
    pub fn change(&mut self, change: impl FnOnce(&mut [T])) {
        change(&mut self.by_columns);
        self.renew_panels();
    }

    /// y ← the matrix times x, both as a batch has them.
    pub(crate) fn apply(&self, x: &[T], y: &mut [T]) {
        let mut entries = Entries::room_for(self.columns.padded());
        entries.collect(x, self.columns);
        T::apply(Apply { matrix: self, entries: &entries, y });
    }
}

/// [`Packed::apply`].
#[allow(unreachable_pub, missing_debug_implementations, reason = "sealed")]
pub struct Apply<'a, T> {
    matrix: &'a Packed<T>,
    entries: &'a Entries<T>,
    y: &'a mut [T],
}

impl<T: Element> WithSimd for Apply<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        combine(simd, self.matrix, self.entries.terms(&self.entries.values), self.y);
    }
}
