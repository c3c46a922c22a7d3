//! Conjugate directions and direct solvers against independent answers.

mod cg;
mod direct;
mod shell;
mod ssor;

use nalgebra::{DMatrix, DVector};
use solvekit::SMatrix;

/// Numbers in (−1, 1) without a pattern.
pub(crate) fn noise(k: usize) -> f64 {
    let x = (k as f64 * 12.9898 + 4.1414).sin() * 43_758.545_3;
    2.0 * (x - x.floor()) - 1.0
}

/// An orthogonal matrix, from the QR of noise.
fn rotation(n: usize) -> DMatrix<f64> {
    DMatrix::from_fn(n, n, |i, j| noise(i * n + j)).qr().q()
}

/// Q diag(λ) Qᵀ, made exactly symmetric.
pub(crate) fn with_eigenvalues<const N: usize>(values: &[f64]) -> SMatrix<f64, N, N> {
    let q = rotation(N);
    let a = &q * DMatrix::from_diagonal(&DVector::from_column_slice(values)) * q.transpose();
    SMatrix::from_fn(|i, j| 0.5 * (a[(i, j)] + a[(j, i)]))
}
