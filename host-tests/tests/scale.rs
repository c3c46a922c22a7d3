//! SOR at the ends of the range, where squares overflow and vanish and units mislead.

use solvekit::sor::{AdaptiveSor, AdaptiveSorState, Sor, SorError};
use solvekit::{Iteration, Lanes, SMatrix, SVector, Scalar, Status, Stop, solve};

type Matrix = SMatrix<f32, 2, 2>;
type Vector = SVector<f32, 2>;

fn stop<R: solvekit::Real>(tolerance: f64) -> Stop<R> {
    Stop::relative(R::from_f64(tolerance)).expect("valid")
}

#[test]
fn a_tiny_start_with_a_zero_right_hand_side_is_not_solved_yet() {
    let a = Matrix::new(4.0, -1.0, -1.0, 3.0);
    let b = Vector::zeros();
    let sor = Sor::new(&a, &b, 1.0).expect("valid");
    let mut state = sor.start_at(Vector::repeat(1e-24)).expect("finite");
    // The squares of 1e-24 are zero in f32; the residual is not.
    assert!(sor.residual_norm(&state.x) > 1e-24);
    let report = solve(&sor, &mut state, stop(1e-5));
    assert_eq!(report.status, Status::Converged);
    assert!(report.iterations > 0, "{report:?}");
}

#[test]
fn a_start_far_larger_than_the_answer_is_worked_off() {
    let a = Matrix::new(4.0, -1.0, -1.0, 3.0);
    for (size, start) in [(1.0, 1e20), (1e-6, 1e13), (0.0, 1e20)] {
        let b = Vector::new(size, -2.0 * size);
        let sor = Sor::new(&a, &b, 1.0).expect("valid");
        let mut state = sor.start_at(Vector::repeat(start)).expect("finite");
        let report = solve(&sor, &mut state, stop(1e-5));
        assert_eq!(report.status, Status::Converged, "{size} from {start}: {report:?}");
    }
}

#[test]
fn a_norm_beyond_the_precision_is_refused() {
    let b = Vector::repeat(3e38);
    let error = Sor::new(&Matrix::identity(), &b, 1.0).expect_err("‖b‖ is infinite in f32");
    assert_eq!(error, SorError::HugeRightHandSide);
}

#[test]
fn badly_scaled_units_are_neither_a_stall_nor_a_divergence() {
    // ‖r‖₂ leaps from 1 to 1000 (1e8 in f32) in the first sweep and then falls with every sweep.
    let a = SMatrix::<f64, 2, 2>::new(1e6, 997.5, 997.5, 1.0);
    let b = SVector::<f64, 2>::new(0.0, 1.0);
    let sor = Sor::new(&a, &b, 1.0).expect("valid");
    let report = solve(&sor, &mut sor.start(), stop(1e-8));
    assert_eq!(report.status, Status::Converged, "{report:?}");
    assert!(report.iterations > 5000, "{report:?}: too easy to show anything");

    let a = Matrix::new(1e16, 5e7, 5e7, 1.0);
    let b = Vector::new(0.0, 1.0);
    let sor = Sor::new(&a, &b, 1.0).expect("valid");
    let report = solve(&sor, &mut sor.start(), stop(1e-5));
    assert_eq!(report.status, Status::Converged, "{report:?}");
}

#[test]
fn a_lane_without_a_right_hand_side_does_not_weigh_on_the_others() {
    let a = SMatrix::<Lanes<2>, 2, 2>::from_fn(|i, j| Lanes::splat(if i == j { 2.0 } else { 0.5 }));
    let side = |size: f32| SVector::<Lanes<2>, 2>::from([Lanes([0.0, size]), Lanes([0.0, -size])]);
    let sweeps = |size| {
        let b = side(size);
        let sor = Sor::new(&a, &b, Lanes::splat(1.0)).expect("valid");
        let report = solve(&sor, &mut sor.start(), stop(1e-5));
        assert_eq!(report.status, Status::Converged, "{size}: {report:?}");
        report.iterations
    };
    assert_eq!(sweeps(1.0), sweeps(1e-3));
}

#[test]
fn what_a_broken_sweep_taught_goes_with_it() {
    let (a, b) = (Matrix::new(4.0, -1.0, -1.0, 3.0), Vector::repeat(1.0));
    let sor = AdaptiveSor::new(&a, &b).expect("valid");
    let mut state = sor.start();
    sor.step(&mut state);
    state.x[0] = f32::NAN;
    sor.step(&mut state);
    sor.restore(&mut state);
    // Not equal to itself if there were a NaN in it.
    assert_eq!(state, state.clone());
    assert_eq!(solve(&sor, &mut state, stop(1e-5)).status, Status::Converged);
}

#[test]
fn a_raised_omega_goes_with_the_broken_sweeps() {
    let a = solvekit::FivePoint::<f64, 10, 10>::laplacian(0.0);
    let b = SMatrix::repeat(1.0);
    let sor = AdaptiveSor::starting_at(&a, &b, 1.2).expect("valid");
    let mut state = sor.start();
    while state.omega() == 1.2 {
        sor.step(&mut state);
    }
    state.x[(3, 3)] = f64::NAN;
    sor.step(&mut state);
    sor.restore(&mut state);
    assert_eq!((state.omega(), state.settled()), (1.2, false));
    let report = solve(&sor, &mut state, stop(1e-8));
    assert_eq!(report.status, Status::Converged);
    assert!(state.omega() > 1.4, "it did not look again: {}", state.omega());
}

#[test]
fn a_state_can_live_in_a_static() {
    static START: AdaptiveSorState<f32, SVector<f32, 16>> =
        AdaptiveSorState::new(solvekit::operator::zeros(), 1.5);
    assert_eq!((START.omega(), START.settled()), (1.5, false));
}

#[test]
fn changing_omega_between_sweeps_equals_starting_with_it() {
    let (a, b) = (Matrix::new(4.0, -1.0, -1.0, 3.0), Vector::new(1.0, 2.0));
    let mut changed = Sor::new(&a, &b, 1.0).expect("valid");
    changed.set_omega(1.3).expect("valid");
    let fresh = Sor::new(&a, &b, 1.3).expect("valid");
    let (mut x, mut y) = (changed.start(), fresh.start());
    for _ in 0..5 {
        changed.step(&mut x);
        fresh.step(&mut y);
        assert_eq!(x, y);
    }
}
