//! Quantised dense matrices of any size.

use crate::matrix::DenseMatrix;
use crate::vector::Vector;
use solvekit::LinearOperator;
use solvekit::dictionary::{QuantizedError, QuantizedTable, quantise};

/// A matrix of any size in 8-bit codes with a scale for each `B` entries of a column:
/// [`Quantized`](solvekit::dictionary::Quantized) for the host, with the same bits.
///
/// Storage: M N + 4 N ⌈M/B⌉ bytes.
///
/// ```
/// use solvekit::LinearOperator;
/// use solvekit_host::{matrix::{DenseMatrix, QuantizedMatrix}, vector::Vector};
///
/// let dense = DenseMatrix::from_columns(2, vec![1.0, 2.0, 0.0, 3.0, 1.0, 1.0])?;
/// let a = QuantizedMatrix::<16>::of(&dense)?;
/// let mut y = a.zero_range();
/// a.apply(&Vector::filled(3, 1.0), &mut y);
/// assert!((y[0] - 2.0).abs() < 0.02 && (y[1] - 6.0).abs() < 0.04);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct QuantizedMatrix<const B: usize = 16> {
    shape: [usize; 2],
    codes: Vec<i8>,
    scales: Vec<f32>,
}

impl<const B: usize> QuantizedMatrix<B> {
    /// The codes of a matrix.
    ///
    /// # Errors
    /// [`QuantizedError`]: `Block`, `NonFiniteEntry`.
    pub fn of(dense: &DenseMatrix<f32>) -> Result<Self, QuantizedError> {
        let shape @ [rows, columns] = [LinearOperator::rows(dense), dense.columns()];
        let (mut codes, mut scales) = (vec![0; rows * columns], Vec::new());
        let mut own = vec![0.0; rows.div_ceil(B.max(1))];
        for (codes, column) in codes.chunks_mut(rows).zip(dense.values().chunks(rows)) {
            quantise::<B>(column, codes, &mut own)?;
            scales.extend_from_slice(&own);
        }
        QuantizedTable::<B>::new(shape, &codes, &scales)?;
        Ok(Self { shape, codes, scales })
    }

    /// All codes, column by column.
    #[must_use]
    pub fn codes(&self) -> &[i8] {
        &self.codes
    }

    /// All scales, column by column.
    #[must_use]
    pub fn scales(&self) -> &[f32] {
        &self.scales
    }

    /// The tables as a target sees them.
    ///
    /// # Panics
    /// Never: they were checked when they were made.
    #[must_use]
    pub fn table(&self) -> QuantizedTable<'_, B> {
        QuantizedTable::new(self.shape, &self.codes, &self.scales).expect("checked when made")
    }
}

impl<const B: usize> LinearOperator<f32> for QuantizedMatrix<B> {
    type Domain = Vector<f32>;
    type Range = Vector<f32>;

    fn rows(&self) -> usize {
        self.shape[0]
    }

    fn columns(&self) -> usize {
        self.shape[1]
    }

    fn zero_domain(&self) -> Vector<f32> {
        Vector::filled(self.columns(), 0.0)
    }

    fn zero_range(&self) -> Vector<f32> {
        Vector::filled(self.rows(), 0.0)
    }

    fn apply(&self, x: &Vector<f32>, y: &mut Vector<f32>) {
        self.table().multiply(x, y);
    }

    fn apply_adjoint(&self, y: &Vector<f32>, x: &mut Vector<f32>) {
        self.table().multiply_adjoint(y, x);
    }

    fn non_finite(&self) -> Option<(usize, usize)> {
        self.table().non_finite()
    }
}
