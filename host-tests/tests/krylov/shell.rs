//! The flexible shell under directions good, bad and hostile.

use crate::{noise, with_eigenvalues};
use solvekit::krylov::{Cg, ConjugateDirections, Direction, Residual, SsorCg, Sweep};
use solvekit::sor::{Backward, Forward, Symmetric};
use solvekit::{FivePoint, Iteration, Lanes, SMatrix, SVector, Status, Stop, SystemError, solve};

const N: usize = 14;
type Matrix = SMatrix<f64, N, N>;
type Vector = SVector<f64, N>;

fn system() -> (Matrix, Vector) {
    let values: Vec<f64> = (0..N).map(|k| 10f64.powf(-3.0 * k as f64 / 13.0)).collect();
    (with_eigenvalues(&values), Vector::from_fn(|i, _| noise(i + 400)))
}

fn stop() -> Stop<f64> {
    Stop::relative(1e-9).expect("valid")
}

/// A number that changes with every residual.
fn salt(r: &Vector) -> usize {
    (r[0].to_bits() >> 20) as usize % 10_007
}

/// Runs and checks after every step that ‖x − A⁻¹b‖_A has not grown.
fn never_grows(what: &str, direction: impl Direction<f64, Matrix>) -> Status {
    let (a, b) = system();
    let answer = a.cholesky().expect("positive definite").solve(&b);
    let shell = ConjugateDirections::new(&a, &b, direction).expect("valid");
    let mut state = shell.start();
    let norm = |x: &Vector| (x - answer).dot(&(a * (x - answer))).sqrt();
    let first = norm(&state.x);
    let mut before = first;
    for step in 0..2000 {
        shell.step(&mut state);
        let now = norm(&state.x);
        // Rounding of x: ε times the condition number's root, times a few.
        assert!(now <= before + 1e-13 * first, "{what}, step {step}: {before} to {now}");
        before = now;
    }
    let mut state = shell.start();
    solve(&shell, &mut state, stop()).status
}

#[test]
fn the_error_never_grows_whatever_is_proposed() {
    never_grows("the residual", Residual);
    never_grows("random", |r: &Vector, q: &mut Vector| {
        *q = Vector::from_fn(|i, _| noise(salt(r) + i))
    });
    never_grows("away from the answer", |r: &Vector, q: &mut Vector| *q = -r);
    never_grows("one for all", |_: &Vector, q: &mut Vector| q[3] = 1.0);
    never_grows("huge", |r: &Vector, q: &mut Vector| *q = r * 1e200);
    never_grows("tiny", |r: &Vector, q: &mut Vector| *q = r * 1e-200);
    never_grows("across the residual", |r: &Vector, q: &mut Vector| {
        (q[0], q[1]) = (r[1], -r[0]);
    });
    never_grows("now and then not a number", |r: &Vector, q: &mut Vector| {
        *q = Vector::from_fn(|i, _| noise(salt(r) + i));
        match salt(r) % 4 {
            0 => q[5] = f64::NAN,
            1 => q[2] = f64::INFINITY,
            2 => q.fill(0.0),
            _ => {}
        }
    });
}

#[test]
fn directions_with_something_of_the_residual_converge() {
    let sign = |r: &Vector, q: &mut Vector| *q = r.map(f64::signum);
    assert_eq!(never_grows("signs", sign), Status::Converged);
    let backwards = |r: &Vector, q: &mut Vector| *q = -r;
    assert_eq!(never_grows("backwards", backwards), Status::Converged);
    // After its first step the residual has nothing of it any more: r stands in every other time.
    let same = |_: &Vector, q: &mut Vector| q[3] = 1.0;
    assert_eq!(never_grows("one for all", same), Status::Converged);
}

#[test]
fn the_residual_gives_the_iterates_of_cg() {
    let (a, b) = system();
    let (cg, shell) = (
        Cg::new(&a, &b).expect("valid"),
        ConjugateDirections::new(&a, &b, Residual).expect("valid"),
    );
    let (mut one, mut other) = (cg.start(), shell.start());
    for step in 0..10 {
        // Rounding, amplified by the condition number of 1000 as orthogonality fades.
        assert!((one.x - other.x).amax() < 1e-10 * one.x.amax().max(1.0), "step {step}");
        cg.step(&mut one);
        shell.step(&mut other);
    }
}

#[test]
fn a_symmetric_sweep_gives_the_counts_of_ssor_cg() {
    let a = FivePoint::<f64, 9, 7>::laplacian(0.0);
    let b = SMatrix::<f64, 9, 7>::from_fn(|i, j| noise(i + 9 * j));
    for omega in [1.0, 1.4, 1.8] {
        let ssor = SsorCg::new(&a, &b, omega).expect("valid");
        let expected = solve(&ssor, &mut ssor.start(), stop()).iterations;
        let sweep = Sweep::new(&a, omega, Symmetric).expect("valid");
        let shell = ConjugateDirections::new(&a, &b, sweep).expect("valid");
        let report = solve(&shell, &mut shell.start(), stop());
        assert!(report.converged(), "{report:?}");
        assert!(report.iterations.abs_diff(expected) <= 1, "{omega}: {report:?}, {expected}");
    }
}

#[test]
fn one_sided_sweeps_converge_too() {
    let (a, b) = system();
    for omega in [0.8, 1.3, 1.9] {
        let forward = Sweep::new(&a, omega, Forward).expect("valid");
        assert_eq!(never_grows("forward", forward), Status::Converged, "{omega}");
        let backward = Sweep::new(&a, omega, Backward).expect("valid");
        let shell = ConjugateDirections::new(&a, &b, backward).expect("valid");
        assert!(solve(&shell, &mut shell.start(), stop()).converged(), "{omega}");
    }
    assert_eq!(Sweep::new(&a, 2.0, Forward).expect_err("omega"), SystemError::Omega);
}

#[test]
fn no_guess_is_the_residual_to_the_bit() {
    let (a, b) = system();
    let reference = ConjugateDirections::new(&a, &b, Residual).expect("valid");
    let mut expected = reference.start();
    let report = solve(&reference, &mut expected, stop());
    for bad in [0.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let nothing = |_: &Vector, q: &mut Vector| {
            q[N - 1] = bad;
        };
        let shell = ConjugateDirections::new(&a, &b, nothing).expect("valid");
        let mut state = shell.start();
        assert_eq!(solve(&shell, &mut state, stop()), report, "{bad}");
        assert_eq!(state.x, expected.x, "{bad}");
    }
}

#[test]
fn what_is_not_positive_definite_breaks_down() {
    let a = with_eigenvalues::<6>(&[3.0, 2.5, 2.0, 1.0, -0.5, 4.0]);
    let b = SVector::<f64, 6>::from_fn(|i, _| noise(i + 90));
    let shell = ConjugateDirections::new(&a, &b, Residual).expect("valid");
    let mut state = shell.start();
    let report = solve(&shell, &mut state, stop());
    assert_eq!(report.status, Status::Breakdown);
    let curvature = state.curvature().expect("told");
    assert!((-0.5001..=0.0).contains(&curvature), "{curvature}");
    let truth = (b - a * state.x).norm();
    assert!((report.residual - truth).abs() < 1e-12 * b.norm());
    let shell = ConjugateDirections::new(&a, &SVector::zeros(), Residual).expect("valid").start();
    assert_eq!(shell.curvature(), None);
}

#[test]
fn a_solved_lane_does_not_disturb_the_other() {
    type Two = Lanes<2, f64>;
    let a =
        SMatrix::<Two, 3, 3>::from_fn(|i, j| Lanes(if i == j { [3.0, 2.0] } else { [0.5, -0.3] }));
    let b = SVector::<Two, 3>::from([Lanes([1.0, 0.0]), Lanes([2.0, 0.0]), Lanes([-1.0, 0.0])]);
    let shell = ConjugateDirections::new(&a, &b, Residual).expect("valid");
    let mut state = shell.start();
    let report = solve(&shell, &mut state, stop());
    assert!(report.converged(), "{report:?}");
    assert!(state.x.iter().all(|x| x.0[1] == 0.0), "{:?}", state.x);
}
