//! Conjugate directions and direct solvers against independent answers.

mod cg;
mod direct;
mod shell;
mod ssor;

use nalgebra::{DMatrix, DVector};
use solvekit::{FivePoint, Report, SMatrix, Status, Stop};

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

type Plate = FivePoint<f32, 5, 4>;
type Grid = SMatrix<f32, 5, 4>;

/// Powers of two from one end of f32 to the other: every step has the same bits but for them.
pub(crate) fn units_change_nothing(
    solved: impl Fn(&Plate, &Grid, Stop<f32>) -> (Report<f32>, Grid),
) {
    let a = Plate::laplacian(0.1);
    let b = Grid::from_fn(|i, j| noise(i + 5 * j) as f32);
    let stop = Stop::relative(1e-6_f32).expect("valid");
    let (expected, reference) = solved(&a, &b, stop);
    assert!(expected.converged());
    for (of_a, of_b) in [(0, -80), (0, 66), (66, 0), (-80, 0), (60, 60), (-80, -80), (30, -40)] {
        let (unit_a, unit_b) = (2f32.powi(of_a), 2f32.powi(of_b));
        let a = Plate {
            center: a.center * unit_a,
            vertical: a.vertical * unit_a,
            horizontal: a.horizontal * unit_a,
        };
        let (report, x) = solved(&a, &(b * unit_b), stop);
        assert_eq!((report.status, report.iterations), (Status::Converged, expected.iterations));
        assert_eq!(x * unit_a / unit_b, reference, "A · 2^{of_a}, b · 2^{of_b}");
    }
}
