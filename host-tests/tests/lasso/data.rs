//! Designs with correlated columns, and how a lasso is run on them.

use rand_pcg::Pcg64;
use rand_pcg::rand_core::{Rng, SeedableRng};
use solvekit::lasso::{Lasso, LassoState, Workspace, indices, numbers};
use solvekit::{Iteration, LinearOperator, Report, Stop, solve};
use solvekit_host::{matrix::DenseMatrix, vector::Vector};

pub(crate) type HostLasso<'a> = Lasso<'a, f64, DenseMatrix<f64>, Vector<f64>, Vec<usize>>;
pub(crate) type HostState = LassoState<f64, Vector<f64>, Vector<f64>, Vector<f64>, Vec<usize>>;

/// Columns with correlation ρ^|i−j|, and a response of three of them and noise.
pub(crate) fn gaussian(
    rows: usize,
    columns: usize,
    rho: f64,
    seed: u64,
) -> (DenseMatrix<f64>, Vector<f64>) {
    let mut random = Pcg64::seed_from_u64(seed);
    // Twelve uniform numbers less six: near enough to normal.
    let mut normal = || {
        let uniform = |_| (random.next_u64() >> 11) as f64 / (1u64 << 53) as f64;
        (0..12).map(uniform).sum::<f64>() - 6.0
    };
    let mut values = vec![0.0; rows * columns];
    for i in 0..rows {
        let mut last = normal();
        for j in 0..columns {
            if j > 0 {
                last = rho * last + (1.0 - rho * rho).sqrt() * normal();
            }
            values[j * rows + i] = last;
        }
    }
    let design = DenseMatrix::from_columns(rows, values).expect("whole columns");
    let mut response = Vector::filled(rows, 0.0);
    for (k, weight) in [1.0, -2.0, 0.5].into_iter().enumerate() {
        let column = design.column((k * 7) % columns);
        response.iter_mut().zip(column).for_each(|(y, a)| *y += weight * a);
    }
    response.iter_mut().for_each(|y| *y += 0.5 * normal());
    (design, response)
}

pub(crate) fn start(
    lasso: &HostLasso<'_>,
    design: &DenseMatrix<f64>,
    capacity: usize,
) -> HostState {
    let (numbers, indices) = (numbers(capacity), indices(design.columns(), capacity));
    let memory = Workspace::new(capacity, Vector::filled(numbers, 0.0), vec![0; indices]);
    lasso.start(memory).expect("enough memory")
}

/// Runs from zero.
pub(crate) fn run(
    lasso: &HostLasso<'_>,
    design: &DenseMatrix<f64>,
    capacity: usize,
    tolerance: f64,
) -> (HostState, Report<f64>) {
    let mut state = start(lasso, design, capacity);
    let stop = Stop::relative(tolerance).expect("a tolerance").max_iterations(1_000_000);
    let report = solve(lasso, &mut state, stop);
    assert_eq!(report.certificate, HostLasso::CERTIFICATE);
    (state, report)
}
