//! Input that `auto` must survive, and that teaches it nothing.

use super::{next, side};
use solvekit::operator::zeros;
use solvekit::sor::{AutoMemory, AutoSor, Forward, Sor, SorError};
use solvekit::{FivePoint, SMatrix, SVector, Status, Stop, solve};

#[test]
fn an_unsymmetric_matrix_ends_truthfully() {
    // Gauss–Seidel solves the first; nothing here solves the second.
    let solvable = SMatrix::<f64, 3, 3>::new(2.0, -1.5, 0.0, 0.4, 2.0, -1.5, 0.0, 0.4, 2.0);
    let hopeless = SMatrix::<f64, 3, 3>::new(1.0, 9.0, 0.0, -7.0, 1.0, 9.0, 8.0, -7.0, 1.0);
    let b = SVector::from([1.0, 2.0, 3.0]);
    let mut memory = AutoMemory::new(zeros());
    for _ in 0..40 {
        assert!(next(&mut memory, &solvable, &b, 1e-8, Forward).0.converged());
    }
    let before = memory.solves();
    for _ in 0..10 {
        let (report, _) = next(&mut memory, &hopeless, &b, 1e-8, Forward);
        assert!(!report.converged(), "{report:?}");
    }
    assert_eq!(memory.solves(), before, "a solve that failed taught something");
    assert!(next(&mut memory, &solvable, &b, 1e-8, Forward).0.converged());
}

#[test]
fn a_negative_diagonal_means_gauss_seidel_and_nothing_learned() {
    let a = -FivePoint::<f64, 4, 4>::laplacian(0.0).center;
    let a = FivePoint::<f64, 4, 4> { center: a, vertical: 1.0, horizontal: 1.0 };
    let b = SMatrix::repeat(1.0);
    let mut memory = AutoMemory::new(zeros());
    let (report, charged) = next(&mut memory, &a, &b, 1e-8, Forward);
    let sor = Sor::new(&a, &b, 1.0).expect("valid");
    let plain = solve(&sor, &mut sor.start(), Stop::relative(1e-8).expect("valid"));
    assert_eq!((report, charged, memory.solves()), (plain, 0, 0));
}

#[test]
fn a_zero_right_hand_side_teaches_nothing() {
    let a = FivePoint::<f32, 5, 5>::laplacian(0.0);
    let mut memory = AutoMemory::new(zeros());
    let fresh = memory;
    let (report, _) = next(&mut memory, &a, &SMatrix::zeros(), 1e-5, Forward);
    assert_eq!((report.status, report.iterations), (Status::Converged, 0));
    assert_eq!(memory, fresh);
}

#[test]
fn contexts_that_are_not_numbers_are_counted() {
    let fresh = AutoMemory::<f32, SMatrix<f32, 5, 5>>::new(zeros());
    for (low, high) in [(0.0, 0.0), (1.0, 0.0), (f32::NAN, 1.0), (0.0, f32::INFINITY)] {
        assert_eq!(fresh.with_context(low, high), Err(SorError::ContextInterval));
    }
    let mut memory = fresh.with_context(0.0, 1.0).expect("valid");
    let a = FivePoint::<f32, 5, 5>::laplacian(0.3);
    for context in [0.0, 1.0, 0.5, -0.1, 1.1, f32::NAN, f32::INFINITY] {
        memory.tell_context(context);
        let b = SMatrix::repeat(1.0);
        assert!(next(&mut memory, &a, &b, 1e-5, Forward).0.converged());
    }
    assert_eq!((memory.clamped(), memory.solves()), (4, 7));
}

#[test]
fn another_size_or_a_cut_off_solve_is_no_lesson() {
    let a = FivePoint::<f64, 5, 5>::laplacian(0.0);
    let b = side::<5>(1);
    let mut memory = AutoMemory::new(zeros());
    assert!(next(&mut memory, &a, &b, 1e-8, Forward).0.converged());
    let before = memory;
    let sor = AutoSor::new(&a, &b, &memory, 1e-8).expect("valid");
    let mut state = sor.start();
    let stop = Stop::relative(1e-8).expect("valid").max_iterations(3);
    let report = solve(&sor, &mut state, stop);
    assert_eq!((report.status, memory.learn(&sor, &state, &report)), (Status::IterationLimit, 1));
    assert_eq!((memory.solves(), memory.charged()), (before.solves(), before.charged() + 1));
    for tolerance in [0.0, 1.0, -1.0, f64::NAN] {
        assert_eq!(AutoSor::new(&a, &b, &memory, tolerance).err(), Some(SorError::Tolerance));
    }
}
