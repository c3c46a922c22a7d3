//! Conjugate gradients on systems that are degenerate, badly scaled or not positive definite, and
//! on the sequences of "Learning to Relax".

use crate::{noise, with_eigenvalues};
use scenarios::sequence::{Grid, Sequence, Variance};
use solvekit::krylov::Cg;
use solvekit::{FivePoint, Lanes, SMatrix, SVector, Status, Stop, SystemError, solve};

type Matrix = SMatrix<f64, 2, 2>;
type Vector = SVector<f64, 2>;

fn stop() -> Stop<f64> {
    Stop::relative(1e-10).expect("valid")
}

#[test]
fn bad_systems_are_refused_by_name() {
    let good = Matrix::new(4.0, -1.0, -1.0, 3.0);
    let b = Vector::repeat(1.0);
    let wide = SMatrix::<f64, 2, 3>::repeat(1.0);
    assert_eq!(
        Cg::new(&wide, &b).expect_err("not square"),
        SystemError::NotSquare { rows: 2, columns: 3 }
    );
    let none = SMatrix::<f64, 0, 0>::zeros();
    assert_eq!(Cg::new(&none, &SVector::zeros()).expect_err("empty"), SystemError::Empty);
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let a = Matrix::new(1.0, bad, 3.0, 4.0);
        let error = SystemError::NonFiniteEntry { row: 0, column: 1 };
        assert_eq!(Cg::new(&a, &b).expect_err("a bad entry"), error);
        let error = SystemError::NonFiniteRightHandSide { row: 1 };
        assert_eq!(Cg::new(&good, &Vector::new(1.0, bad)).expect_err("a bad side"), error);
        let error = SystemError::NonFiniteStart { row: 0 };
        let cg = Cg::new(&good, &b).expect("valid");
        assert_eq!(cg.start_at(Vector::new(bad, 0.0)).expect_err("a bad start"), error);
    }
    let huge = Vector::repeat(1.5e308);
    assert_eq!(Cg::new(&good, &huge).expect_err("too large"), SystemError::HugeRightHandSide);
}

#[test]
fn one_equation_takes_one_step() {
    let (a, b) = (SMatrix::<f64, 1, 1>::new(7.0), SVector::<f64, 1>::new(3.0));
    let cg = Cg::new(&a, &b).expect("valid");
    let mut state = cg.start();
    let report = solve(&cg, &mut state, stop());
    assert_eq!((report.status, report.iterations), (Status::Converged, 1));
    // One division and one product.
    assert!((state.x[0] - 3.0 / 7.0).abs() < 1e-15);
}

#[test]
fn nothing_is_answered_by_nothing() {
    let (a, b) = (Matrix::new(4.0, -1.0, -1.0, 3.0), Vector::zeros());
    let cg = Cg::new(&a, &b).expect("valid");
    let mut state = cg.start();
    let report = solve(&cg, &mut state, stop());
    assert_eq!((report.status, report.iterations), (Status::Converged, 0));
    assert_eq!(state.x, b);
    // From elsewhere the tolerance is relative to the start.
    let mut state = cg.start_at(Vector::new(5.0, -3.0)).expect("finite");
    let report = solve(&cg, &mut state, stop());
    assert_eq!((report.status, report.iterations), (Status::Converged, 2));
    assert!(state.x.norm() < 1e-9, "{}", state.x);
}

#[test]
fn negative_curvature_is_a_breakdown_that_is_told() {
    let values = [3.0, 2.5, 2.0, 1.0, -0.5, 4.0];
    let a = with_eigenvalues::<6>(&values);
    let b = SVector::<f64, 6>::from_fn(|i, _| noise(i + 90));
    let cg = Cg::new(&a, &b).expect("valid");
    let mut state = cg.start();
    let report = solve(&cg, &mut state, stop());
    assert_eq!(report.status, Status::Breakdown);
    let curvature = state.curvature().expect("a breakdown has a curvature");
    assert!((-0.5..=0.0).contains(&curvature), "{curvature} is no Rayleigh quotient of A");
    assert!(report.iterations <= 6, "{report:?}");
    // The residual told is that of the x left behind.
    let truth = (b - a * state.x).norm();
    assert!((report.residual - truth).abs() < 1e-12 * b.norm(), "{} {truth}", report.residual);
    // It can be taken up again, and breaks down again, without touching x.
    let x = state.x;
    assert_eq!(solve(&cg, &mut state, stop()).status, Status::Breakdown);
    assert!(x.iter().all(|x| x.is_finite()));
}

#[test]
fn a_negative_definite_matrix_breaks_down_at_once() {
    let (a, b) = (Matrix::new(-2.0, 0.0, 0.0, -2.0), Vector::new(1.0, 1.0));
    let cg = Cg::new(&a, &b).expect("valid");
    let mut state = cg.start();
    let report = solve(&cg, &mut state, stop());
    assert_eq!((report.status, report.iterations), (Status::Breakdown, 1));
    assert_eq!(state.curvature(), Some(-2.0));
    assert_eq!(state.x, Vector::zeros());
    let zero = Matrix::zeros();
    let cg = Cg::new(&zero, &b).expect("valid");
    let mut state = cg.start();
    assert_eq!(solve(&cg, &mut state, stop()).status, Status::Breakdown);
    assert_eq!(state.curvature(), Some(0.0));
}

#[test]
fn an_unsymmetric_matrix_never_passes_for_solved() {
    for seed in 0..50 {
        let a = SMatrix::<f64, 5, 5>::from_fn(|i, j| noise(seed * 25 + i * 5 + j));
        let b = SVector::<f64, 5>::from_fn(|i, _| noise(seed + 1000 + i));
        let cg = Cg::new(&a, &b).expect("valid");
        let mut state = cg.start();
        let report = solve(&cg, &mut state, stop().max_iterations(3000));
        let truth = (b - a * state.x).norm() / b.norm();
        assert!(state.x.iter().all(|x| x.is_finite()), "{report:?}");
        assert_ne!(report.status, Status::Running);
        // Converged only if it is.
        assert!(report.status != Status::Converged || truth < 1.001e-10, "{report:?}, {truth}");
    }
}

#[test]
fn a_singular_matrix_is_solved_where_a_solution_exists() {
    // Neumann: the second difference with free ends; constants are its kernel.
    const N: usize = 12;
    let a = SMatrix::<f64, N, N>::from_fn(|i, j| match i.abs_diff(j) {
        0 if i == 0 || i == N - 1 => 1.0,
        0 => 2.0,
        1 => -1.0,
        _ => 0.0,
    });
    let mut b = SVector::<f64, N>::from_fn(|i, _| noise(i));
    b.add_scalar_mut(-b.mean());
    let cg = Cg::new(&a, &b).expect("valid");
    let mut state = cg.start();
    let report = solve(&cg, &mut state, stop());
    assert_eq!(report.status, Status::Converged);
    assert!(report.iterations <= N as u32, "{report:?}");
    // Without one it ends all the same, says so, and leaves numbers behind.
    let b = b.add_scalar(0.3);
    let cg = Cg::new(&a, &b).expect("valid");
    let mut state = cg.start();
    let report = solve(&cg, &mut state, stop());
    assert!(
        matches!(report.status, Status::Breakdown | Status::Stalled | Status::Diverged),
        "{report:?}"
    );
    assert!(state.x.iter().all(|x| x.is_finite()));
}

#[test]
fn few_distinct_eigenvalues_take_few_steps() {
    for distinct in 1..=6 {
        let values: Vec<f64> = (0..24).map(|k| 1.0 + ((k % distinct) as f64) * 3.0).collect();
        let a = with_eigenvalues::<24>(&values);
        let b = SVector::<f64, 24>::from_fn(|i, _| noise(i + 7));
        let cg = Cg::new(&a, &b).expect("valid");
        let mut state = cg.start();
        let report = solve(&cg, &mut state, stop());
        assert_eq!(report.status, Status::Converged);
        // Exactly as many but for the rounding of the eigenvalues.
        assert!(report.iterations as usize <= distinct + 1, "{distinct}: {report:?}");
    }
}

#[test]
fn an_ill_conditioned_system_agrees_with_cholesky() {
    let values: Vec<f64> = (0..16).map(|k| 10f64.powf(-6.0 * f64::from(k) / 15.0)).collect();
    let a = with_eigenvalues::<16>(&values);
    let b = SVector::<f64, 16>::from_fn(|i, _| noise(i + 300));
    let cg = Cg::new(&a, &b).expect("valid");
    let mut state = cg.start();
    let report = solve(&cg, &mut state, stop());
    assert_eq!(report.status, Status::Converged);
    let direct = a.cholesky().expect("positive definite").solve(&b);
    // Condition number times tolerance.
    assert!((state.x - direct).norm() <= 1e6 * 1e-10 * direct.norm());
}

/// The paper's systems, as many as `systems`.
fn total(variance: Variance, systems: u32) -> u32 {
    let mut sequence = Sequence::new(variance, 20_231_004, 0);
    let mut b = Grid::<f64>::zeros();
    let stop = Stop::relative(1e-8).expect("valid");
    (0..systems)
        .map(|_| {
            let a = sequence.next_system::<f64>(&mut b);
            let cg = Cg::new(&a, &b).expect("valid");
            let report = solve(&cg, &mut cg.start(), stop);
            assert!(report.converged(), "{report:?}");
            report.iterations
        })
        .sum()
}

#[test]
fn the_papers_sequences_cost_what_is_known() {
    // About 164,000 iterations for 5,000 systems of low variance: 32.8 each, within 2 %.
    let low = f64::from(total(Variance::Low, 500)) / 500.0;
    assert!((low - 32.8).abs() < 0.66, "{low} a system");
}

#[test]
fn units_change_nothing() {
    crate::units_change_nothing(|a, b, stop| {
        let solver = Cg::new(a, b).expect("valid");
        let mut state = solver.start();
        (solve(&solver, &mut state, stop), state.x)
    });
}

#[test]
fn a_tolerance_of_nothing_ends_at_the_floor() {
    // The recurrence goes on falling; the certificate does not, and it decides.
    let a = FivePoint::<f32, 5, 4>::laplacian(0.1);
    let b = SMatrix::<f32, 5, 4>::from_fn(|i, j| noise(i + 5 * j) as f32);
    let cg = Cg::new(&a, &b).expect("valid");
    let mut state = cg.start();
    let report = solve(&cg, &mut state, Stop::relative(0.0).expect("valid"));
    assert!(matches!(report.status, Status::Stalled | Status::IterationLimit), "{report:?}");
    assert!(report.relative() < 1e-6 && report.residual > 0.0, "{report:?}");
}

#[test]
fn one_broken_lane_ends_the_run() {
    type Two = Lanes<2, f64>;
    let a =
        SMatrix::<Two, 2, 2>::from_fn(|i, j| Lanes(if i == j { [2.0, -3.0] } else { [0.0, 0.0] }));
    let b = SVector::repeat(Lanes([1.0, 1.0]));
    let cg = Cg::new(&a, &b).expect("valid");
    let mut state = cg.start();
    let report = solve(&cg, &mut state, stop());
    assert_eq!((report.status, report.iterations), (Status::Breakdown, 1));
    assert_eq!(state.curvature(), Some(Lanes([2.0, -3.0])));
    assert_eq!(state.x, SVector::<Two, 2>::repeat(Lanes([0.5, 0.0])));
}
