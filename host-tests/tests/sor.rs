//! Degenerate and bad systems for SOR, each by its name.

use solvekit::sor::{AdaptiveSor, Sor, SorError, SorState, young_omega};
use solvekit::{FivePoint, Iteration, Report, SMatrix, SVector, Status, Stop, solve};

type Matrix = SMatrix<f64, 2, 2>;
type Vector = SVector<f64, 2>;

fn spd() -> Matrix {
    Matrix::new(4.0, -1.0, -1.0, 3.0)
}

fn stop() -> Stop<f64> {
    Stop::relative(1e-10).expect("valid")
}

fn refusal(a: Matrix, b: [f64; 2], omega: f64) -> SorError {
    Sor::new(&a, &Vector::from(b), omega).expect_err("a bad system")
}

fn run(a: &Matrix, b: [f64; 2], omega: f64) -> (Report<f64>, Vector) {
    let b = Vector::from(b);
    let sor = Sor::new(a, &b, omega).expect("a valid system");
    let mut state = sor.start();
    (solve(&sor, &mut state, stop()), state.x)
}

#[test]
fn a_zero_diagonal_is_refused_with_its_row() {
    assert_eq!(
        refusal(Matrix::new(1.0, 2.0, 3.0, 0.0), [1.0; 2], 1.0),
        SorError::ZeroDiagonal { row: 1 }
    );
}

#[test]
fn a_diagonal_too_small_to_divide_by_is_refused() {
    let tiny = Matrix::new(1.0, 0.0, 0.0, 1e-310);
    assert_eq!(refusal(tiny, [1.0; 2], 1.0), SorError::TinyDiagonal { row: 1 });
}

#[test]
fn a_non_finite_entry_is_refused_with_its_place() {
    for bad in [f64::NAN, f64::INFINITY] {
        let a = Matrix::new(1.0, bad, 3.0, 4.0);
        assert_eq!(refusal(a, [1.0; 2], 1.0), SorError::NonFiniteEntry { row: 0, column: 1 });
        let a = Matrix::new(1.0, 2.0, 3.0, bad);
        assert_eq!(refusal(a, [1.0; 2], 1.0), SorError::NonFiniteEntry { row: 1, column: 1 });
    }
}

#[test]
fn a_non_finite_stencil_is_refused() {
    let a = FivePoint::<f32, 4, 4> { center: 4.0, vertical: f32::NAN, horizontal: -1.0 };
    let error = Sor::new(&a, &SMatrix::repeat(1.0), 1.0).expect_err("a bad stencil");
    assert_eq!(error, SorError::NonFiniteEntry { row: 0, column: 1 });
}

#[test]
fn a_non_finite_right_hand_side_is_refused_with_its_row() {
    for bad in [f64::NAN, f64::NEG_INFINITY] {
        assert_eq!(refusal(spd(), [1.0, bad], 1.0), SorError::NonFiniteRightHandSide { row: 1 });
    }
}

#[test]
fn omega_outside_its_interval_or_nan_is_refused() {
    for omega in [0.0, 2.0, -0.5, 2.5, f64::NAN, f64::INFINITY] {
        assert_eq!(refusal(spd(), [1.0; 2], omega), SorError::Omega, "omega {omega}");
        let b = Vector::repeat(1.0);
        let (a, start) = (spd(), 1.0);
        assert!(AdaptiveSor::starting_at(&a, &b, omega).is_err());
        let mut sor = Sor::new(&a, &b, start).expect("valid");
        assert_eq!(sor.set_omega(omega), Err(SorError::Omega));
        assert_eq!(sor.omega(), start);
    }
}

#[test]
fn a_matrix_that_is_not_square_is_refused() {
    let a = SMatrix::<f64, 2, 3>::repeat(1.0);
    let error = Sor::new(&a, &Vector::repeat(1.0), 1.0).expect_err("not square");
    assert_eq!(error, SorError::NotSquare { rows: 2, columns: 3 });
}

#[test]
fn an_empty_matrix_is_refused() {
    let a = SMatrix::<f64, 0, 0>::zeros();
    let error = Sor::new(&a, &SVector::<f64, 0>::zeros(), 1.0).expect_err("empty");
    assert_eq!(error, SorError::Empty);
}

#[test]
fn a_non_finite_start_is_refused_with_its_row() {
    let (a, b) = (spd(), Vector::repeat(1.0));
    let sor = Sor::new(&a, &b, 1.0).expect("valid");
    let error = sor.start_at(Vector::new(0.0, f64::NAN)).expect_err("a bad start");
    assert_eq!(error, SorError::NonFiniteStart { row: 1 });
}

#[test]
fn a_jacobi_radius_of_one_or_more_has_no_young_omega() {
    for beta in [1.0, 1.1, -0.1, f64::NAN, f64::INFINITY] {
        assert_eq!(young_omega(beta), Err(SorError::JacobiRadius), "{beta}");
    }
    assert_eq!(young_omega(0.0), Ok(1.0));
}

#[test]
fn a_zero_right_hand_side_is_answered_in_no_sweep() {
    let (report, x) = run(&spd(), [0.0; 2], 1.5);
    assert_eq!((report.status, report.iterations, x), (Status::Converged, 0, Vector::zeros()));
}

#[test]
fn a_zero_right_hand_side_from_elsewhere_is_relative_to_the_start() {
    let (a, b) = (spd(), Vector::zeros());
    let sor = Sor::new(&a, &b, 1.0).expect("valid");
    let mut state = sor.start_at(Vector::new(5.0, -3.0)).expect("finite");
    let report = solve(&sor, &mut state, stop());
    assert_eq!(report.status, Status::Converged);
    assert!(state.x.norm() < 1e-9, "{}", state.x);
}

#[test]
fn an_exact_start_is_answered_in_no_sweep() {
    let (a, x) = (spd(), Vector::new(2.0, -7.0));
    let b = a * x;
    let sor = Sor::new(&a, &b, 1.5).expect("valid");
    let mut state = sor.start_at(x).expect("finite");
    let report = solve(&sor, &mut state, stop());
    assert_eq!((report.status, report.iterations, state.x), (Status::Converged, 0, x));
}

#[test]
fn a_singular_consistent_system_converges_to_a_solution() {
    let a = Matrix::new(1.0, -1.0, -1.0, 1.0);
    let (report, x) = run(&a, [2.0, -2.0], 1.0);
    assert_eq!(report.status, Status::Converged, "{report:?}");
    assert!((a * x - Vector::new(2.0, -2.0)).norm() < 1e-9);
}

#[test]
fn a_singular_inconsistent_system_is_not_called_converged() {
    let a = Matrix::new(1.0, -1.0, -1.0, 1.0);
    let (report, x) = run(&a, [1.0, 1.0], 1.0);
    assert_eq!(report.status, Status::Stalled, "{report:?}");
    // No x has a residual below |projection of b on the kernel| = √2.
    assert!(report.residual >= 1.4 && x.iter().all(|x| x.is_finite()), "{report:?}");
}

#[test]
fn divergence_is_told_and_keeps_a_finite_iterate() {
    // Not symmetric: Gauss–Seidel multiplies the error by 6 every sweep.
    let a = Matrix::new(1.0, 2.0, 3.0, 1.0);
    let (report, x) = run(&a, [1.0, 1.0], 1.0);
    assert_eq!(report.status, Status::Diverged, "{report:?}");
    assert!(report.residual > 1e15 && x.iter().all(|x| x.is_finite()), "{report:?}");
    let adaptive = AdaptiveSor::new(&a, const { &Vector::new(1.0, 1.0) }).expect("valid");
    let mut state = adaptive.start();
    assert_eq!(solve(&adaptive, &mut state, stop()).status, Status::Diverged);
    assert!(state.x.iter().all(|x| x.is_finite()));
}

#[test]
fn an_overflow_in_one_sweep_keeps_the_last_finite_values() {
    let a = SMatrix::<f32, 2, 2>::new(1.0, 1e30, 1e30, 1.0);
    let b = SVector::<f32, 2>::new(1.0, 1.0);
    let sor = Sor::new(&a, &b, 1.0).expect("finite entries");
    let mut state = sor.start();
    let report = solve(&sor, &mut state, Stop::relative(1e-5).expect("valid"));
    // The first sweep makes (1, −1e30), whose residual is 1e60; the second would make x₁ infinite.
    assert_eq!((report.status, report.iterations), (Status::NonFinite, 1), "{report:?}");
    assert_eq!(state.x, SVector::<f32, 2>::new(1.0, -1e30));
    sor.step(&mut state);
    assert_eq!(
        state.x,
        SVector::<f32, 2>::new(1.0, -1e30),
        "an update that is not finite is not made"
    );
}

#[test]
fn a_nan_put_into_the_state_is_never_called_converged() {
    let (a, b) = (spd(), Vector::repeat(1.0));
    let sor = Sor::new(&a, &b, 1.0).expect("valid");
    let mut state = SorState::new(Vector::new(f64::NAN, 0.0));
    let report = solve(&sor, &mut state, stop());
    assert_eq!((report.status, report.iterations), (Status::NonFinite, 0));
    assert!(state.x.iter().all(|x| x.is_finite()));
}

#[test]
fn tiny_and_huge_right_hand_sides_are_solved_in_f32() {
    let a = SMatrix::<f32, 2, 2>::new(4.0, -1.0, -1.0, 3.0);
    let mut sweeps = Vec::new();
    // Squares of 1e-30 underflow and squares of 1e30 overflow; neither may pass for an answer.
    for size in [1e-30, 1.0, 1e30] {
        let b = SVector::<f32, 2>::new(size, -2.0 * size);
        let sor = Sor::new(&a, &b, 1.0).expect("valid");
        let mut state = sor.start();
        let report = solve(&sor, &mut state, Stop::relative(1e-5).expect("valid"));
        assert_eq!(report.status, Status::Converged, "{size}: {report:?}");
        assert!((state.x[0] / size - 1.0 / 11.0).abs() < 1e-5, "{size}: {}", state.x);
        sweeps.push(report.iterations);
    }
    assert!(sweeps[0] > 2 && sweeps.iter().all(|s| *s == sweeps[0]), "{sweeps:?}");
}

#[test]
fn a_tolerance_below_the_floor_of_f32_stalls_truthfully() {
    let a = FivePoint::<f32, 10, 10>::laplacian(0.0);
    let b = SMatrix::from_fn(|i, j| (i as f32 - 3.3) * (j as f32 + 0.7));
    let sor = Sor::new(&a, &b, 1.5).expect("valid");
    let mut state = sor.start();
    let report = solve(&sor, &mut state, Stop::relative(1e-12).expect("valid"));
    assert_eq!(report.status, Status::Stalled, "{report:?}");
    assert!(report.residual < 1e-5 * report.reference, "{report:?}");
}

#[test]
fn youngs_omega_beats_its_neighbours_on_a_grid() {
    let a = FivePoint::<f64, 10, 10>::laplacian(0.0);
    let b = SMatrix::from_fn(|i, j| ((7 * i + 3 * j) % 11) as f64 - 5.0);
    let sweeps = |omega: f64| {
        let sor = Sor::new(&a, &b, omega).expect("valid");
        solve(&sor, &mut sor.start(), stop()).iterations
    };
    let best = young_omega((std::f64::consts::PI / 11.0).cos()).expect("below 1");
    let (lower, at, upper) = (sweeps(best - 0.1), sweeps(best), sweeps(best + 0.1));
    assert!(at < lower && at < upper, "{lower} {at} {upper}");
    assert!(at * 4 < sweeps(1.0), "{at} sweeps against Gauss–Seidel's {}", sweeps(1.0));
}

#[test]
fn the_adaptive_rule_only_raises_omega_on_an_spd_matrix() {
    let a = FivePoint::<f32, 10, 10>::laplacian(0.0);
    let b = SMatrix::repeat(1.0);
    let sor = AdaptiveSor::starting_at(&a, &b, 1.0).expect("valid");
    let mut state = sor.start();
    let mut run = solvekit::Run::new(Stop::relative(1e-5).expect("valid"));
    let mut last = state.omega();
    while run.advance(&sor, &mut state, 1).status == Status::Running {
        assert!(state.omega() >= last && state.omega() < 2.0, "{} after {last}", state.omega());
        last = state.omega();
    }
    assert!(last > 1.4, "it learned nothing: {last}");
}

#[test]
fn the_adaptive_rule_falls_back_to_gauss_seidel_where_sweeps_grow() {
    // Not symmetric: diag 1, a strong coupling to the next unknown and back only through the last.
    let a = SMatrix::<f64, 6, 6>::from_fn(|i, j| match (i, j) {
        (i, j) if i == j => 1.0,
        (i, j) if i == j + 1 => 1.4,
        (0, 5) => 0.1,
        _ => 0.0,
    });
    let b = SVector::repeat(1.0);
    let fixed = Sor::new(&a, &b, 1.5).expect("valid");
    assert_eq!(solve(&fixed, &mut fixed.start(), stop()).status, Status::Diverged);
    let adaptive = AdaptiveSor::new(&a, &b).expect("valid");
    let mut state = adaptive.start();
    let report = solve(&adaptive, &mut state, stop());
    assert_eq!((report.status, state.omega()), (Status::Converged, 1.0), "{report:?}");
}

#[test]
fn the_adaptive_rule_does_not_see_the_units_of_the_unknowns() {
    // D A D with powers of two is exact, so that every decision must be the same to the bit.
    let plain = SMatrix::<f64, 12, 12>::from_fn(|i, j| match i.abs_diff(j) {
        0 => 2.05,
        1 => -1.0,
        _ => 0.0,
    });
    let unit = |i: usize| f64::powi(2.0, 5 * (i as i32 % 4) - 8);
    let scaled = SMatrix::<f64, 12, 12>::from_fn(|i, j| unit(i) * plain[(i, j)] * unit(j));
    let b = SVector::<f64, 12>::from_fn(|i, _| i as f64 - 3.0);
    let scaled_b = SVector::<f64, 12>::from_fn(|i, _| unit(i) * b[i]);
    let (one, other) = (
        AdaptiveSor::starting_at(&plain, &b, 1.0).expect("valid"),
        AdaptiveSor::starting_at(&scaled, &scaled_b, 1.0).expect("valid"),
    );
    let (mut x, mut y) = (one.start(), other.start());
    for sweep in 0..60 {
        one.step(&mut x);
        other.step(&mut y);
        assert_eq!(x.omega(), y.omega(), "sweep {sweep}");
    }
    assert!(x.omega() > 1.3, "it learned nothing: {}", x.omega());
}
