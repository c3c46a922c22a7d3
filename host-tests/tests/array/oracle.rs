//! Least squares in plain numbers, from the frames themselves.

use nalgebra::{DMatrix, DVector};

/// Signals and gains in turn, each solved exactly, until nothing changes; offsets too where asked for.
pub(crate) fn alternating(
    basis: &DMatrix<f64>,
    frames: &[Vec<f64>],
    start: &[f64],
    offsets: bool,
) -> Vec<f64> {
    let (m, p) = (basis.nrows(), frames.len());
    let mut y = DMatrix::from_fn(m, p, |i, l| frames[l][i]);
    if offsets {
        for mut row in y.row_iter_mut() {
            let mean = row.mean();
            row.add_scalar_mut(-mean);
        }
    }
    let mut gains = start.to_vec();
    for _ in 0..200_000 {
        let b = DMatrix::from_fn(m, basis.ncols(), |i, j| gains[i] * basis[(i, j)]);
        let normal = (b.transpose() * &b).cholesky().expect("regular");
        let z = normal.solve(&(b.transpose() * &y));
        let u = basis * z;
        let mut next: Vec<f64> =
            (0..m).map(|i| u.row(i).dot(&y.row(i)) / u.row(i).norm_squared()).collect();
        let mean = next.iter().sum::<f64>() / m as f64;
        next.iter_mut().for_each(|gain| *gain /= mean);
        let moved = next.iter().zip(&gains).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        gains = next;
        if moved < 1e-14 {
            break;
        }
    }
    gains
}

/// Σ (y − γ ∘ U z)² at the best signals.
pub(crate) fn residual(basis: &DMatrix<f64>, frames: &[Vec<f64>], gains: &[f64]) -> f64 {
    let b = DMatrix::from_fn(basis.nrows(), basis.ncols(), |i, j| gains[i] * basis[(i, j)]);
    let svd = b.clone().svd(true, true);
    let of = |frame: &Vec<f64>| {
        let y = DVector::from_column_slice(frame);
        (&y - &b * svd.solve(&y, 1e-12).expect("a solution")).norm_squared()
    };
    frames.iter().map(of).sum()
}
