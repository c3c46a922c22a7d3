//! [`Matrix`]: a dense matrix in `f32`, as a model holds it.

use crate::matrix::DenseMatrix;
use crate::vector::Vector;
use serde::{Deserialize, Serialize};
use solvekit::LinearOperator;

/// A dense matrix in the precision that firmware computes in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Stored", into = "Stored")]
pub struct Matrix(DenseMatrix<f32>);

/// As JSON has it.
#[derive(Serialize, Deserialize)]
struct Stored {
    rows: usize,
    /// Column by column.
    values: Vec<f32>,
}

impl From<DenseMatrix<f32>> for Matrix {
    fn from(matrix: DenseMatrix<f32>) -> Self {
        Self(matrix)
    }
}

impl From<Matrix> for Stored {
    fn from(Matrix(matrix): Matrix) -> Self {
        Self { rows: matrix.rows(), values: matrix.values().to_vec() }
    }
}

impl TryFrom<Stored> for Matrix {
    type Error = crate::matrix::DenseMatrixError;

    fn try_from(Stored { rows, values }: Stored) -> Result<Self, Self::Error> {
        DenseMatrix::from_columns(rows, values).map(Self)
    }
}

impl Matrix {
    /// The numbers of `values`, column by column and rounded, as an M × N matrix.
    ///
    /// # Errors
    /// [`DenseMatrixError`](crate::matrix::DenseMatrixError).
    pub fn rounded(rows: usize, values: &[f64]) -> Result<Self, crate::matrix::DenseMatrixError> {
        DenseMatrix::from_columns(rows, values.iter().map(|value| *value as f32).collect())
            .map(Self)
    }

    /// As an operator.
    #[must_use]
    pub const fn dense(&self) -> &DenseMatrix<f32> {
        &self.0
    }
}

/// The matrix as a weight of layers.
impl LinearOperator<f32> for Matrix {
    type Domain = Vector<f32>;
    type Range = Vector<f32>;

    fn rows(&self) -> usize {
        self.0.rows()
    }

    fn columns(&self) -> usize {
        self.0.columns()
    }

    fn zero_domain(&self) -> Vector<f32> {
        self.0.zero_domain()
    }

    fn zero_range(&self) -> Vector<f32> {
        self.0.zero_range()
    }

    fn apply(&self, x: &Vector<f32>, y: &mut Vector<f32>) {
        self.0.apply(x, y);
    }

    fn apply_adjoint(&self, y: &Vector<f32>, x: &mut Vector<f32>) {
        self.0.apply_adjoint(y, x);
    }

    fn non_finite(&self) -> Option<(usize, usize)> {
        self.0.non_finite()
    }
}
