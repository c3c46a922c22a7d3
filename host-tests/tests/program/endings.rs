//! Endings that are told truthfully: exit 0 or 1 and a status, with the last finite x kept.

use crate::desk::{Desk, GENERAL, laplacian};

#[test]
fn zero_right_hand_side_is_solved_by_zero_in_no_sweep() {
    let desk = Desk::with_pair().and("b.csv", "0\n0\n");
    let (code, json, x) = desk.solved("--rhs b.csv");
    assert_eq!((code, &json["status"]), (Some(0), &"converged".into()));
    assert_eq!((&json["iterations"], &json["residual"]), (&0.into(), &0.0.into()));
    assert_eq!(x, [[0.0], [0.0]]);
}

#[test]
fn zero_right_hand_side_from_elsewhere_still_comes_to_zero() {
    let desk = Desk::with_pair().and("b.csv", "0\n0\n").and("x0.csv", "5\n-3\n");
    let (code, json, x) = desk.solved("--rhs b.csv --initial x0.csv");
    assert_eq!(code, Some(0));
    assert!(json["residual"].is_null(), "relative to nothing");
    assert!(x.iter().all(|row| row[0].abs() < 1e-7), "{x:?}");
}

#[test]
fn exact_start_takes_no_sweep() {
    let desk = Desk::with_pair().and("x0.csv", "1\n1\n");
    let (code, json, x) = desk.solved("--initial x0.csv");
    assert_eq!((code, &json["iterations"]), (Some(0), &0.into()));
    assert_eq!(x, [[1.0], [1.0]]);
}

#[test]
fn cap_of_sweeps() {
    let desk = Desk::with(&[("a.mtx", &laplacian(10))]);
    let told = desk.solve("--max-iterations 3 --json");
    assert_eq!(told.code, Some(1));
    let json = told.json();
    assert_eq!((&json["status"], &json["iterations"]), (&"iteration_limit".into(), &3.into()));
    assert!(json["residual"].as_f64().is_some_and(|residual| residual > 1e-8));
    assert!(told.stderr.contains("not converged: iteration_limit"), "{}", told.stderr);
    assert!(told.stderr.contains("--max-iterations"), "{}", told.stderr);
}

#[test]
fn singular_system_with_a_solution() {
    let matrix = format!("{GENERAL}2 2 4\n1 1 1\n1 2 -1\n2 1 -1\n2 2 1\n");
    let desk = Desk::with(&[("a.mtx", &matrix), ("b.csv", "1\n-1\n")]);
    let (code, json, x) = desk.solved("--rhs b.csv --omega 1");
    assert_eq!((code, &json["status"]), (Some(0), &"converged".into()));
    assert!((x[0][0] - x[1][0] - 1.0).abs() < 1e-7, "{x:?}");
}

#[test]
fn singular_system_without_a_solution() {
    let matrix = format!("{GENERAL}2 2 4\n1 1 1\n1 2 -1\n2 1 -1\n2 2 1\n");
    let desk = Desk::with(&[("a.mtx", &matrix), ("b.csv", "1\n1\n")]);
    for omega in ["1", "1.5", "adaptive"] {
        let (code, json, x) = desk.solved(&format!("--rhs b.csv --omega {omega}"));
        assert_eq!(code, Some(1), "{json}");
        assert_eq!(json["status"], "stalled", "the cap is several stall windows away");
        assert!(json["residual"].as_f64().is_some_and(|residual| residual > 0.5), "{json}");
        assert!(x.iter().all(|row| row[0].is_finite()));
    }
    let told = desk.solve("--rhs b.csv").stderr;
    assert!(told.contains("stalled: the residual no longer comes down"), "{told}");
    assert!(told.contains("what f64 can reach (try a larger --tol)"), "{told}");
    assert!(told.contains("the system has no solution"), "{told}");
}

#[test]
fn divergence_keeps_a_finite_x_and_says_what_to_try() {
    // Strongly coupled one way: ω = 1 converges at once, a larger ω does not.
    let matrix = format!("{GENERAL}2 2 4\n1 1 1\n1 2 3\n2 1 -3\n2 2 1\n");
    let desk = Desk::with(&[("a.mtx", &matrix)]);
    let (code, json, x) = desk.solved("--omega 1.5");
    assert_eq!(code, Some(1));
    // Each sweep multiplies the residual by less than 100: it meets the limit long before infinity.
    assert_eq!(json["status"], "diverged");
    assert!(x.iter().all(|row| row[0].is_finite()), "{x:?}");
    let told = desk.solve("--omega 1.5");
    assert!(told.stderr.contains("try --omega 1"), "{}", told.stderr);
    let told = desk.solve("--omega 1");
    assert_eq!(told.code, Some(1));
    assert!(told.stderr.contains("even Gauss–Seidel"), "{}", told.stderr);
}

#[test]
fn tolerance_below_the_precision() {
    let desk = Desk::with(&[("a.mtx", &laplacian(10)), ("b.csv", &"0.1\n".repeat(100))]);
    let told = desk.solve("--rhs b.csv --precision f32 --tol 1e-12 --json");
    assert_eq!(told.code, Some(1));
    let json = told.json();
    assert_eq!(json["status"], "stalled");
    assert!(json["residual"].as_f64().is_some_and(|residual| residual < 1e-5), "{json}");
    assert!(told.stderr.contains("--precision f64"), "{}", told.stderr);
}

#[test]
fn the_gravest_of_several_endings_is_told() {
    let matrix = format!("{GENERAL}2 2 4\n1 1 1\n1 2 -1\n2 1 -1\n2 2 1\n");
    let desk = Desk::with(&[("a.mtx", &matrix), ("b.csv", "1, 1\n-1, 1\n")]);
    let (code, json, x) = desk.solved("--rhs b.csv --omega 1");
    assert_eq!(code, Some(1));
    assert_eq!(json["status"], "stalled");
    assert_eq!(json["reports"][0]["status"], "converged");
    assert_eq!(json["reports"][1]["status"], "stalled");
    assert_eq!(x[0].len(), 2);
}

#[test]
fn each_ending_is_graver_than_the_one_before() {
    // With d = 1e200, [c −d; −d c] is definite above c = d (barely, at 1.0001 d), singular at d,
    // indefinite below; at 1e-150 the first x is finite and its residual is not.
    let matrix = format!("{GENERAL}2 2 2\n1 2 -1e200\n2 1 -1e200\n");
    let desk = Desk::with(&[("a.mtx", &matrix), ("b.csv", "3\n1\n")]);
    let rising = [
        ("2e200", "converged"),
        ("1.0001e200", "iteration_limit"),
        ("1e200", "stalled"),
        ("0.5e200", "diverged"),
        ("1e-150", "non_finite"),
    ];
    for pair in rising.windows(2) {
        let (milder, graver) = (pair[0], pair[1]);
        for [first, second] in [[milder, graver], [graver, milder]] {
            desk.put("c.csv", format!("{}\n{}\n", first.0, second.0).as_bytes());
            let (code, json, _) = desk.solved("--shifts c.csv --rhs b.csv --omega 0.5");
            let status = |system: usize| &json["reports"][system]["status"];
            assert_eq!((status(0), status(1)), (&first.1.into(), &second.1.into()));
            assert_eq!((code, &json["status"]), (Some(1), &graver.1.into()));
        }
    }
}
