//! [`Matrix`]: a dense matrix in `f32`, as a model holds it.

use crate::matrix::DenseMatrix;
use serde::{Deserialize, Serialize};

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
        use solvekit::LinearOperator;
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
