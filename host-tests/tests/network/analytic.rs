//! ALISTA's weight matrix by nalgebra.

use nalgebra::DMatrix;
use solvekit_host::matrix::DenseMatrix;

/// W = (AAᵀ)⁻¹A with columns scaled so that wⱼᵀaⱼ = 1, and the reciprocals of the scales.
pub(crate) fn weight(a: &DenseMatrix<f64>, rows: usize) -> (DenseMatrix<f64>, Vec<f64>) {
    let columns = a.values().len() / rows;
    let dense = DMatrix::from_column_slice(rows, columns, a.values());
    let mut w = (&dense * dense.transpose()).cholesky().expect("full rank").solve(&dense);
    let inverse_scales: Vec<f64> =
        (0..columns).map(|j| dense.column(j).dot(&w.column(j))).collect();
    for (mut column, inverse) in w.column_iter_mut().zip(&inverse_scales) {
        column /= *inverse;
    }
    (DenseMatrix::from_columns(rows, w.as_slice().to_vec()).expect("as many"), inverse_scales)
}
