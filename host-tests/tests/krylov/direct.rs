//! Cholesky and refinement against nalgebra's f64 Cholesky.

use crate::{noise, with_eigenvalues};
use nalgebra::{DMatrix, DVector};
use solvekit::direct::{Cholesky, CholeskyError, Factor, Refinement, packed};
use solvekit::{
    CsrVec, FivePoint, RowOperator, SMatrix, SVector, Status, Stop, SystemError, solve,
};
use solvekit_host::matrix::Triplets;

/// Logarithmically spread eigenvalues from 1 down to 1 / `condition`.
fn spread<const N: usize>(condition: f64) -> SMatrix<f64, N, N> {
    let values: Vec<f64> =
        (0..N).map(|k| condition.powf(-(k as f64) / (N as f64 - 1.0).max(1.0))).collect();
    with_eigenvalues(&values)
}

fn agree<const N: usize>(condition: f64) {
    let a = spread::<N>(condition);
    let b = SVector::<f64, N>::from_fn(|i, _| noise(i + 31));
    let expected = a.cholesky().expect("positive definite").solve(&b);
    let mut memory = vec![0.0; packed(N)];
    let factor = Cholesky::factor(&a, &mut memory).expect("positive definite");
    let mut x = b;
    factor.solve(x.as_mut_slice());
    // Both are off by ε times the condition number times a small multiple of N.
    let bound = 10.0 * N as f64 * f64::EPSILON * condition * expected.norm();
    assert!((x - expected).norm() <= bound, "N = {N}, condition {condition}");
}

#[test]
fn every_order_agrees_with_nalgebra() {
    for condition in [1.0, 1e3, 1e8, 1e12] {
        agree::<1>(condition);
        agree::<2>(condition);
        agree::<3>(condition);
        agree::<4>(condition);
        agree::<5>(condition);
        agree::<8>(condition);
        agree::<9>(condition);
        agree::<13>(condition);
        agree::<32>(condition);
    }
}

/// The factor of anything with rows is that of its dense form.
fn solves<A: RowOperator<f64>>(a: &A) {
    let n = a.rows();
    let mut dense = DMatrix::zeros(n, n);
    for i in 0..n {
        a.visit_row(i, |j, value| dense[(i, j)] = value);
    }
    let b: Vec<f64> = (0..n).map(|i| noise(i + 70)).collect();
    let expected = dense.cholesky().expect("definite").solve(&DVector::from_column_slice(&b));
    let mut memory = vec![f64::NAN; packed(n) + 3];
    let factor = Cholesky::factor(a, &mut memory).expect("positive definite");
    assert_eq!(factor.order(), n);
    let mut x = b;
    factor.solve(&mut x);
    // Well conditioned: a few hundred roundings.
    assert!(x.iter().zip(expected.iter()).all(|(x, e)| (x - e).abs() < 1e-13), "{x:?}");
    assert!(memory[packed(n)..].iter().all(|m| m.is_nan()), "wrote behind its own");
}

#[test]
fn stencils_and_sparse_matrices_are_factored_from_their_rows() {
    solves(&FivePoint::<f64, 4, 3> { center: 4.5, vertical: -1.0, horizontal: -0.8 });
    let entries =
        || (0..7).flat_map(|i| [(i, i, 3.0), (i, (i + 3) % 7, 0.4), ((i + 3) % 7, i, 0.4)]);
    solves(&CsrVec::<f64, 7, 7, 32>::from_triplets(entries()).expect("it fits"));
    let mut triplets = Triplets::new(7, 7).expect("a good size");
    entries().for_each(|(i, j, v)| triplets.push(i, j, v).expect("inside"));
    solves(&triplets.into_csr().expect("good entries"));
}

#[test]
fn what_cannot_be_factored_is_named() {
    let mut memory = [0.0; packed(3)];
    let wide = SMatrix::<f64, 2, 3>::repeat(1.0);
    let error = Cholesky::factor(&wide, &mut memory).expect_err("not square");
    assert_eq!(error, CholeskyError::NotSquare { rows: 2, columns: 3 });
    let none = SMatrix::<f64, 0, 0>::zeros();
    assert_eq!(Cholesky::factor(&none, &mut []).expect_err("empty"), CholeskyError::Empty);
    let mut a = SMatrix::<f64, 3, 3>::identity();
    let error = Cholesky::factor(&a, &mut memory[..5]).expect_err("no room");
    assert_eq!(error, CholeskyError::Memory { expected: 6, found: 5 });
    a[(1, 2)] = f64::NAN;
    let error = Cholesky::factor(&a, &mut memory).expect_err("not a number");
    assert_eq!(error, CholeskyError::NonFiniteEntry { row: 1, column: 2 });
    // Eigenvalues 3 and −1 behind a first row that is fine.
    let saddle = SMatrix::<f64, 3, 3>::new(5.0, 0.0, 0.0, 0.0, 1.0, 2.0, 0.0, 2.0, 1.0);
    let error = Cholesky::factor(&saddle, &mut memory).expect_err("indefinite");
    assert_eq!(error, CholeskyError::Pivot { row: 2, value: -3.0 });
    assert_eq!(
        error.to_string(),
        "the matrix is not positive definite: the pivot of row 2 is -3.0"
    );
    let singular = SMatrix::<f64, 3, 3>::repeat(1.0);
    let error = Cholesky::factor(&singular, &mut memory).expect_err("singular");
    assert_eq!(error, CholeskyError::Pivot { row: 1, value: 0.0 });
}

#[test]
fn the_first_step_is_the_solution_and_the_next_ones_refine_it() {
    // Condition 1e3: ‖x‖ is about 1e3 ‖b‖, so f32 cannot bring the residual below about 1e-4 ‖b‖.
    let wide = spread::<16>(1e3);
    let a = wide.map(|a| a as f32);
    let b = SVector::<f32, 16>::from_fn(|i, _| noise(i + 11) as f32);
    let mut memory = [0.0; packed(16)];
    let factor = Cholesky::factor(&a, &mut memory).expect("positive definite");
    let direct = Refinement::new(&a, &b, factor).expect("valid");
    let mut state = direct.start();
    let report = solve(&direct, &mut state, Stop::relative(2e-4).expect("valid"));
    assert!(report.converged() && report.iterations <= 2, "{report:?}");
    let truth = (b.map(f64::from) - a.map(f64::from) * state.x.map(f64::from)).norm();
    // The residual told is the residual, but for its own rounding.
    let rounding = 16.0 * f64::from(f32::EPSILON) * f64::from(state.x.norm());
    assert!((f64::from(report.residual) - truth).abs() <= rounding, "{report:?}, {truth}");
}

#[test]
fn a_stale_factor_converges_as_long_as_it_is_near() {
    let b = SMatrix::<f64, 4, 3>::from_fn(|i, j| noise(i + 4 * j));
    let old = FivePoint::<f64, 4, 3>::laplacian(0.5);
    let mut memory = [0.0; packed(12)];
    let factor = Cholesky::factor(&old, &mut memory).expect("positive definite");
    let stop = Stop::relative(1e-10).expect("valid");
    let run = |a: &FivePoint<f64, 4, 3>| {
        let direct = Refinement::new(a, &b, factor).expect("valid");
        solve(&direct, &mut direct.start(), stop)
    };
    let near = run(&FivePoint::laplacian(0.6));
    assert!(near.converged() && (3..20).contains(&near.iterations), "{near:?}");
    assert_eq!(run(&FivePoint::laplacian(5.0)).status, Status::Diverged);
}

#[test]
fn a_factor_of_another_size_is_refused() {
    let (small, large) = (SMatrix::<f64, 2, 2>::identity(), SMatrix::<f64, 3, 3>::identity());
    let mut memory = [0.0; packed(2)];
    let factor = Cholesky::factor(&small, &mut memory).expect("positive definite");
    let b = SVector::zeros();
    let error = Refinement::new(&large, &b, factor).expect_err("sizes differ");
    assert_eq!(error, SystemError::Length { expected: 3, found: 2 });
}

#[test]
fn nothing_is_answered_by_nothing_and_one_equation_by_a_division() {
    let a = SMatrix::<f64, 1, 1>::new(7.0);
    let mut memory = [0.0; packed(1)];
    let factor = Cholesky::factor(&a, &mut memory).expect("positive");
    for (b, steps) in [(0.0, 0), (3.0, 1)] {
        let b = SVector::<f64, 1>::new(b);
        let direct = Refinement::new(&a, &b, factor).expect("valid");
        let mut state = direct.start();
        let report = solve(&direct, &mut state, Stop::relative(1e-14).expect("valid"));
        assert_eq!((report.status, report.iterations), (Status::Converged, steps));
        // A root and two products.
        assert!((state.x[0] - b[0] / 7.0).abs() <= 2.0 * f64::EPSILON);
    }
}

#[test]
fn units_do_not_matter() {
    // Squares of these would leave the range of f32.
    for unit in [1e-24_f32, 1e20, 1e30] {
        let a = spread::<6>(10.0).map(|a| a as f32 * unit);
        let b = SVector::<f32, 6>::from_fn(|i, _| noise(i) as f32 * unit);
        let mut memory = [0.0; packed(6)];
        let factor = Cholesky::factor(&a, &mut memory).expect("positive definite");
        let direct = Refinement::new(&a, &b, factor).expect("valid");
        let report = solve(&direct, &mut direct.start(), Stop::relative(1e-6).expect("valid"));
        assert!(report.converged() && report.iterations <= 2, "{unit}: {report:?}");
    }
}
