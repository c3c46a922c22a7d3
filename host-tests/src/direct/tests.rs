use super::*;
use crate::matrix::Triplets;
use nalgebra::{DMatrix, DVector};
use rand::{Rng, RngExt, SeedableRng};
use rand_pcg::Pcg64;
use solvekit::{Status, Stop, solve};

/// A random pattern with about `extra` entries a row beside the diagonal.
fn random(
    n: usize,
    extra: usize,
    symmetric: bool,
    diagonal: f64,
    random: &mut impl Rng,
) -> DMatrix<f64> {
    let mut a = DMatrix::zeros(n, n);
    for i in 0..n {
        a[(i, i)] = diagonal + random.random::<f64>();
        for _ in 0..extra {
            let (j, value) = (random.random_range(0..n), random.random::<f64>() - 0.5);
            a[(i, j)] += value;
            if symmetric {
                a[(j, i)] += value;
            }
        }
    }
    a
}

fn sparse(a: &DMatrix<f64>) -> CsrMatrix<f64> {
    let mut triplets = Triplets::new(a.nrows(), a.ncols()).expect("small");
    for i in 0..a.nrows() {
        for j in (0..a.ncols()).filter(|j| a[(i, *j)] != 0.0) {
            triplets.push(i, j, a[(i, j)]).expect("inside");
        }
    }
    triplets.into_csr().expect("sound")
}

fn agrees(a: &DMatrix<f64>, x: &Vector<f64>, b: &Vector<f64>) {
    let oracle = a.clone().lu().solve(&DVector::from_column_slice(b)).expect("regular");
    let worst = x.iter().zip(oracle.iter()).fold(0.0, |w: f64, (x, o)| w.max((x - o).abs()));
    // Conditions below 1e4 and answers below 1e3: two factorisations differ by less than 1e-9.
    assert!(worst < 1e-9 * (1.0 + oracle.amax()), "off by {worst}");
}

#[test]
fn both_factors_solve_what_a_dense_one_solves() {
    let mut seed = Pcg64::seed_from_u64(11);
    for n in [1, 2, 3, 7, 30, 61] {
        let b: Vector<f64> = (0..n).map(|_| seed.random::<f64>() - 0.5).collect();
        let spd = random(n, 2, true, 8.0, &mut seed);
        let a = sparse(&spd);
        let cholesky = Cholesky::new(&a, Envelope::of(&a)).expect("positive definite");
        agrees(&spd, &cholesky.solve(&b), &b);
        // Small diagonals, so that rows must be exchanged.
        let general = random(n, 3, false, 0.01, &mut seed);
        let a = sparse(&general);
        agrees(&general, &Lu::new(&a, Band::of(&a)).expect("regular").solve(&b), &b);
    }
}

#[test]
fn a_shuffled_path_becomes_a_tridiagonal_matrix_again() {
    let n = 50;
    let shuffled: Vec<usize> = (0..n).map(|k| k * 17 % n).collect();
    let mut a = DMatrix::from_diagonal_element(n, n, 2.5);
    for pair in shuffled.windows(2) {
        a[(pair[0], pair[1])] = -1.0;
        a[(pair[1], pair[0])] = -1.0;
    }
    let a = sparse(&a);
    let mut order = reverse_cuthill_mckee(&a);
    assert_eq!(Envelope::of(&a).entries(), 2 * n - 1);
    assert_eq!((Band::of(&a).below, Band::of(&a).above), (1, 1));
    order.sort_unstable();
    assert!(order.into_iter().eq(0..n as u32), "every unknown once");
}

#[test]
fn what_has_no_factor_is_refused_with_its_place() {
    let indefinite = sparse(&DMatrix::from_row_slice(2, 2, &[1.0, 2.0, 2.0, 1.0]));
    let refused = Cholesky::new(&indefinite, Envelope::of(&indefinite)).map(|_| ());
    assert!(matches!(refused, Err(DirectError::NotPositive { .. })), "{refused:?}");
    let singular = sparse(&DMatrix::from_row_slice(3, 3, &[1., 2., 0., 2., 4., 0., 0., 0., 1.]));
    let refused = Lu::new(&singular, Band::of(&singular)).map(|_| ());
    assert!(matches!(refused, Err(DirectError::Singular { .. })), "{refused:?}");
    let empty_column = sparse(&DMatrix::from_row_slice(2, 2, &[1.0, 0.0, 1.0, 0.0]));
    let refused = Lu::new(&empty_column, Band::of(&empty_column)).map(|_| ());
    assert_eq!(refused, Err(DirectError::Singular { column: 1 }));
}

#[test]
fn a_second_step_refines_and_the_report_is_of_the_residual() {
    // Hilbert's matrix in f32: the factor alone is good for two digits, refinement for the residual.
    let n = 5;
    let mut triplets = Triplets::<f32>::new(n, n).expect("small");
    for i in 0..n {
        for j in 0..n {
            triplets.push(i, j, 1.0 / (i + j + 1) as f32).expect("inside");
        }
    }
    let a = triplets.into_csr().expect("sound");
    let b = Vector::filled(n, 1.0_f32);
    let factor = Factor::Cholesky(Cholesky::new(&a, Envelope::of(&a)).expect("positive"));
    let direct = Direct::new(&a, &b, factor);
    let mut x = a.zero_domain();
    let report = solve(&direct, &mut x, Stop::relative(1e-5).expect("valid"));
    assert_eq!(report.status, Status::Converged, "{report:?}");
    assert!((1..=4).contains(&report.iterations));
    let worst = (0..n).map(|i| (b[i] - a.row_dot(i, &x)).abs()).fold(0.0, f32::max);
    assert!(worst <= report.tolerance, "{worst}");
}
