//! SSOR-preconditioned CG against textbook PCG with an explicit M⁻¹.

use crate::{noise, with_eigenvalues};
use nalgebra::{DMatrix, DVector};
use scenarios::sequence::{Grid, Sequence, Variance};
use solvekit::krylov::SsorCg;
use solvekit::{
    Buffer, FivePoint, Iteration, RowOperator, SMatrix, SVector, Status, Stop, SystemError, solve,
};

fn stop() -> Stop<f64> {
    Stop::relative(1e-8).expect("valid")
}

/// The operator as a dense matrix, from its rows.
fn dense<A: RowOperator<f64>>(a: &A) -> DMatrix<f64> {
    let mut matrix = DMatrix::zeros(a.rows(), a.columns());
    for i in 0..a.rows() {
        a.visit_row(i, |j, value| matrix[(i, j)] = value);
    }
    matrix
}

/// M = (D/ω + L) (D/ω)⁻¹ (D/ω + U), up to a factor.
fn preconditioner(a: &DMatrix<f64>, omega: f64) -> DMatrix<f64> {
    let diagonal = DMatrix::from_diagonal(&(a.diagonal() / omega));
    let lower = a.lower_triangle() - DMatrix::from_diagonal(&a.diagonal()) + &diagonal;
    &lower * diagonal.try_inverse().expect("a diagonal") * lower.transpose()
}

/// Textbook PCG from `x`: the iterates, until ‖r‖ ≤ tolerance ‖b‖ of the recurrence's residual.
fn textbook(
    a: &DMatrix<f64>,
    b: &[f64],
    omega: f64,
    x: &[f64],
    tolerance: f64,
) -> Vec<DVector<f64>> {
    let m = preconditioner(a, omega).cholesky().expect("positive definite");
    let b = DVector::from_column_slice(b);
    let mut x = DVector::from_column_slice(x);
    let mut r = &b - a * &x;
    let mut z = m.solve(&r);
    let mut p = z.clone();
    let mut iterates = vec![x.clone()];
    while r.norm() > tolerance * b.norm() {
        let q = a * &p;
        let rz = r.dot(&z);
        let alpha = rz / p.dot(&q);
        x += alpha * &p;
        r -= alpha * &q;
        z = m.solve(&r);
        p = &z + (r.dot(&z) / rz) * &p;
        iterates.push(x.clone());
    }
    iterates
}

/// Every iterate against the textbook's, then the count.
fn compare<A: RowOperator<f64>>(a: &A, b: &A::Range, omega: f64, x: A::Domain, what: &str) {
    let oracle = textbook(&dense(a), b.as_slice(), omega, x.as_slice(), 1e-8);
    let ssor = SsorCg::new(a, b, omega).expect("valid");
    let mut state = ssor.start_at(x.clone()).expect("finite");
    let size = oracle.iter().map(|x| x.amax()).fold(0.0, f64::max);
    for (k, expected) in oracle.iter().enumerate().take(12) {
        let off = state.x.as_slice().iter().zip(expected.iter());
        let off = off.fold(0.0, |worst: f64, (x, e)| worst.max((x - e).abs()));
        // Twelve steps of rounding, amplified by the condition number's root at most.
        assert!(off <= 1e-10 * size, "{what}, omega {omega}, step {k}: off by {off}");
        ssor.step(&mut state);
    }
    let mut state = ssor.start_at(x).expect("finite");
    let report = solve(&ssor, &mut state, stop());
    assert_eq!(report.status, Status::Converged, "{what}");
    let (found, expected) = (report.iterations as usize, oracle.len() - 1);
    assert!(found.abs_diff(expected) <= 1, "{what}, omega {omega}: {found}, not {expected}");
}

#[test]
fn every_step_is_the_textbooks() {
    for omega in [0.3, 0.85, 1.0, 1.3, 1.6, 1.95] {
        let a = FivePoint::<f64, 9, 7> { center: 4.1, vertical: -1.0, horizontal: -0.9 };
        let b = SMatrix::<f64, 9, 7>::from_fn(|i, j| noise(i + 9 * j));
        compare(&a, &b, omega, SMatrix::zeros(), "a grid");
        compare(&a, &b, omega, SMatrix::from_fn(|i, j| noise(i * j)), "a grid, warm");
        let values: Vec<f64> = (0..20).map(|k| 10f64.powf(-3.0 * f64::from(k) / 19.0)).collect();
        let a = with_eigenvalues::<20>(&values);
        let b = SVector::<f64, 20>::from_fn(|i, _| noise(i + 50));
        compare(&a, &b, omega, SVector::zeros(), "dense");
        let units = SVector::<f64, 20>::from_fn(|i, _| 10f64.powi(i as i32 % 5 - 2));
        let scaled = SMatrix::<f64, 20, 20>::from_fn(|i, j| units[i] * a[(i, j)] * units[j]);
        compare(&scaled, &b, omega, SVector::zeros(), "dense, uneven diagonal");
    }
}

#[test]
fn the_papers_systems_take_the_textbooks_counts() {
    let mut sequence = Sequence::new(Variance::High, 3, 1);
    let mut b = Grid::<f64>::zeros();
    for _ in 0..10 {
        let a = sequence.next_system::<f64>(&mut b);
        compare(&a, &b, 1.5, Grid::zeros(), "a paper's grid");
    }
}

#[test]
fn the_residual_between_checks_is_the_true_one() {
    let a = FivePoint::<f64, 9, 7>::laplacian(0.05);
    let b = SMatrix::<f64, 9, 7>::from_fn(|i, j| noise(i + 9 * j));
    let ssor = SsorCg::new(&a, &b, 1.4).expect("valid");
    let mut state = ssor.start();
    for step in 0..15 {
        let recurrence = ssor.residual(&mut state);
        let x = DVector::from_column_slice(state.x.as_slice());
        let truth = (DVector::from_column_slice(b.as_slice()) - dense(&a) * x).norm();
        // Rounding of the order of ‖b‖ in each step.
        assert!((recurrence - truth).abs() < 1e-13 * b.norm(), "{step}: {recurrence}, {truth}");
        ssor.step(&mut state);
    }
}

#[test]
fn a_start_that_passes_costs_no_step() {
    let a = FivePoint::<f64, 6, 6>::laplacian(0.0);
    let b = SMatrix::<f64, 6, 6>::from_fn(|i, j| noise(i + 6 * j));
    let mut ssor = SsorCg::new(&a, &b, 1.4).expect("valid");
    let mut state = ssor.start();
    assert!(solve(&ssor, &mut state, stop()).converged());
    let solved = state.x;
    // The residual is compared with ‖b‖, so the end of one solve starts the next one passed.
    ssor.set_omega(1.1).expect("valid");
    let mut state = ssor.start_at(solved).expect("finite");
    let report = solve(&ssor, &mut state, stop());
    assert_eq!((report.status, report.iterations, state.x), (Status::Converged, 0, solved));
}

#[test]
fn bad_systems_are_refused_by_name() {
    let a = SMatrix::<f64, 2, 2>::new(4.0, -1.0, -1.0, 3.0);
    let b = SVector::<f64, 2>::repeat(1.0);
    for omega in [0.0, 2.0, -1.0, f64::NAN, f64::INFINITY] {
        assert_eq!(SsorCg::new(&a, &b, omega).expect_err("bad omega"), SystemError::Omega);
        let mut ssor = SsorCg::new(&a, &b, 1.0).expect("valid");
        assert_eq!(ssor.set_omega(omega), Err(SystemError::Omega));
        assert_eq!(ssor.omega(), 1.0);
    }
    let zero = SMatrix::<f64, 2, 2>::new(4.0, -1.0, -1.0, 0.0);
    let error = SsorCg::new(&zero, &b, 1.0).expect_err("a zero diagonal");
    assert_eq!(error, SystemError::ZeroDiagonal { row: 1 });
}

#[test]
fn what_is_not_positive_definite_breaks_down() {
    let b = SVector::<f64, 6>::from_fn(|i, _| noise(i + 90));
    let a = with_eigenvalues::<6>(&[3.0, 2.5, 2.0, 1.0, -0.5, 4.0]);
    assert!(a.diagonal().min() > 0.0, "the diagonal gives nothing away");
    for omega in [0.7, 1.0, 1.6] {
        let ssor = SsorCg::new(&a, &b, omega).expect("valid");
        let mut state = ssor.start();
        let report = solve(&ssor, &mut state, stop());
        assert_eq!(report.status, Status::Breakdown, "{report:?}");
        let curvature = state.curvature().expect("told");
        assert!((-0.5001..=0.0).contains(&curvature), "omega {omega}: {curvature}");
        let truth = (b - a * state.x).norm();
        assert!((report.residual - truth).abs() < 1e-12 * b.norm());
    }
    // A negative entry of the diagonal is a curvature.
    let mut a = a;
    a[(3, 3)] = -0.25;
    let ssor = SsorCg::new(&a, &b, 1.0).expect("valid");
    let mut state = ssor.start();
    let report = solve(&ssor, &mut state, stop());
    assert_eq!((report.status, report.iterations), (Status::Breakdown, 1));
    assert_eq!((state.curvature(), state.x), (Some(-0.25), SVector::zeros()));
}

#[test]
fn units_change_nothing() {
    crate::units_change_nothing(|a, b, stop| {
        let solver = SsorCg::new(a, b, 1.3).expect("valid");
        let mut state = solver.start();
        (solve(&solver, &mut state, stop), state.x)
    });
}

#[test]
fn an_unsymmetric_matrix_never_passes_for_solved() {
    for seed in 0..50 {
        let a = SMatrix::<f64, 5, 5>::from_fn(|i, j| {
            noise(seed * 25 + i * 5 + j) + if i == j { 1.5 } else { 0.0 }
        });
        let b = SVector::<f64, 5>::from_fn(|i, _| noise(seed + 1000 + i));
        let ssor = SsorCg::new(&a, &b, 1.2).expect("valid");
        let mut state = ssor.start();
        let report = solve(&ssor, &mut state, stop().max_iterations(3000));
        let truth = (b - a * state.x).norm() / b.norm();
        assert!(state.x.iter().all(|x| x.is_finite()), "{report:?}");
        assert!(report.status != Status::Converged || truth < 1.001e-8, "{report:?}, {truth}");
    }
}
