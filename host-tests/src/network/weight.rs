//! [`analytic`] and [`pseudo_inverse`]: weights that follow from the dictionary.

use super::{Matrix, ModelError};
use crate::matrix::DenseMatrix;
use nalgebra::DMatrix;
use solvekit::LinearOperator;

/// W, and the scales that lead from Wᵀr to A⁺r.
#[derive(Clone, Debug, PartialEq)]
pub struct Analytic {
    /// W = (AAᵀ)⁻¹A with columns scaled so that wⱼᵀaⱼ = 1: of all such W the one with the least
    /// ‖WᵀA‖_F.
    pub weight: Matrix,
    /// aⱼᵀ(AAᵀ)⁻¹aⱼ.
    pub inverse_scales: Vec<f32>,
}

/// The weights of a dictionary, computed in `f64` and rounded once.
///
/// # Errors
/// [`ModelError::Weights`] for rows that depend on each other, or a column of zeros.
pub fn analytic(dictionary: &DenseMatrix<f32>) -> Result<Analytic, ModelError> {
    let (rows, columns) = (dictionary.rows(), dictionary.columns());
    let (a, mut weight) = solved(dictionary)?;
    let mut inverse_scales = Vec::with_capacity(columns);
    for (mut w, a) in weight.column_iter_mut().zip(a.column_iter()) {
        let inverse = a.dot(&w);
        if inverse <= 0.0 || !inverse.is_finite() {
            return Err(ModelError::Weights("it has a column of zeros"));
        }
        w /= inverse;
        inverse_scales.push(inverse as f32);
    }
    Ok(Analytic { weight: rounded(rows, &weight)?, inverse_scales })
}

/// (AAᵀ)⁻¹A, TISTA's weight: the pseudo-inverse A⁺, transposed, computed in `f64` and rounded once.
///
/// # Errors
/// [`ModelError::Weights`] for rows that depend on each other.
pub fn pseudo_inverse(dictionary: &DenseMatrix<f32>) -> Result<Matrix, ModelError> {
    let (_, weight) = solved(dictionary)?;
    rounded(dictionary.rows(), &weight)
}

fn rounded(rows: usize, weight: &DMatrix<f64>) -> Result<Matrix, ModelError> {
    Matrix::rounded(rows, weight.as_slice()).map_err(|_| ModelError::Weights("it has no rows"))
}

/// A, and (AAᵀ)⁻¹A.
fn solved(dictionary: &DenseMatrix<f32>) -> Result<(DMatrix<f64>, DMatrix<f64>), ModelError> {
    let (rows, columns) = (dictionary.rows(), dictionary.columns());
    let values = dictionary.values().iter().map(|value| f64::from(*value));
    let a = DMatrix::from_iterator(rows, columns, values);
    let gram = &a * a.transpose();
    let factor = gram
        .clone()
        .cholesky()
        .filter(|factor| {
            // A pivot of rounding size is no pivot.
            let l = factor.l_dirty();
            (0..rows).all(|i| l[(i, i)] * l[(i, i)] > 1e-12 * gram[(i, i)])
        })
        .ok_or(ModelError::Weights("its rows depend on each other"))?;
    let weight = factor.solve(&a);
    Ok((a, weight))
}
