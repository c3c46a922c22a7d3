//! [`analytic`]: ALISTA's weights, which follow from the dictionary.

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
    let mut weight = factor.solve(&a);
    let mut inverse_scales = Vec::with_capacity(columns);
    for (mut w, a) in weight.column_iter_mut().zip(a.column_iter()) {
        let inverse = a.dot(&w);
        if inverse <= 0.0 || !inverse.is_finite() {
            return Err(ModelError::Weights("it has a column of zeros"));
        }
        w /= inverse;
        inverse_scales.push(inverse as f32);
    }
    let weight = Matrix::rounded(rows, weight.as_slice())
        .map_err(|_| ModelError::Weights("it has no rows"))?;
    Ok(Analytic { weight, inverse_scales })
}
