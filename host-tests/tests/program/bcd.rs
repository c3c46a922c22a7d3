//! `--method bcd`: block coordinate descent.

use crate::desk::{Desk, GENERAL, PAIR, laplacian};
use serde_json::Value;

const RULES: [&str; 6] = ["cyclic", "gs", "gsd", "gsq", "tree", "random"];
const SYMMETRIC: &str = "%%MatrixMarket matrix coordinate real symmetric\n";

fn passes(json: &Value) -> u64 {
    json["iterations"].as_u64().expect("a count")
}

#[test]
fn every_rule_solves_in_both_precisions() {
    let desk = Desk::with(&[("a.mtx", &laplacian(10))]);
    for rule in RULES {
        for (precision, tolerance, accuracy) in [("f64", 1e-8, 1e-6), ("f32", 1e-5, 1e-3)] {
            let (code, json, x) =
                desk.solved(&format!("--method bcd --rule {rule} --precision {precision}"));
            assert_eq!((code, &json["method"]), (Some(0), &"bcd".into()), "{rule}: {json}");
            assert!(json["omega"].is_null() && json["curvature"].is_null());
            // ‖A⁻¹‖ is about 6, ‖b‖ 7: the tolerance times that, with room.
            assert!(x.iter().flatten().all(|x| (x - 1.0).abs() < accuracy), "{rule} {precision}");
            // The residual that is told is ‖b − A x‖₂ / ‖b‖₂, of the x that is written.
            let told = json["residual"].as_f64().expect("a number");
            assert!(told <= tolerance, "{told}");
            let (recomputed, rounding) =
                (residual(10, &x), if precision == "f64" { 1e-13 } else { 1e-6 });
            assert!((told - recomputed).abs() <= rounding, "{rule}: {told}, {recomputed}");
        }
    }
}

/// ‖A(1 − x)‖₂ / ‖A·1‖₂ of the grid's Laplacian.
fn residual(n: usize, x: &[Vec<f64>]) -> f64 {
    let size = |value: &dyn Fn(usize, usize) -> f64| {
        let product = |i: usize, j: usize| {
            let near = |other: bool, i: usize, j: usize| if other { value(i, j) } else { 0.0 };
            4.0 * value(i, j)
                - near(i > 0, i.wrapping_sub(1), j)
                - near(i + 1 < n, i + 1, j)
                - near(j > 0, i, j.wrapping_sub(1))
                - near(j + 1 < n, i, j + 1)
        };
        let squares = (0..n * n).map(|k| product(k / n, k % n).powi(2));
        squares.sum::<f64>().sqrt()
    };
    size(&|i, j| 1.0 - x[i * n + j][0]) / size(&|_, _| 1.0)
}

#[test]
fn single_unknowns_in_turn_are_gauss_seidel() {
    let desk = Desk::with(&[("a.mtx", &laplacian(10))]);
    let (_, descent, x) = desk.solved("--method bcd --rule cyclic");
    let (_, sweeps, y) = desk.solved("--method sor --omega 1");
    assert_eq!(passes(&descent), passes(&sweeps));
    let apart = x.iter().flatten().zip(y.iter().flatten()).map(|(x, y)| (x - y).abs());
    assert!(apart.fold(0.0, f64::max) < 1e-12);
    let told = desk.solve("--method bcd --rule cyclic").stderr;
    assert!(told.contains(&format!("converged after {} passes", passes(&descent))), "{told}");
}

#[test]
fn greedy_blocks_need_fewer_passes_than_blocks_at_random() {
    let desk = Desk::with(&[("a.mtx", &laplacian(10))]);
    let count = |options: &str| passes(&desk.solved(&format!("--method bcd {options}")).1);
    for size in [1, 5] {
        let greedy = count(&format!("--rule gsd --block {size}"));
        assert!(greedy < count(&format!("--rule random --block {size}")), "{size}");
    }
    assert!(count("--rule gsd --block 1") < count("--rule cyclic"));
    // The default is GSD in blocks of 24.
    assert_eq!(count(""), count("--rule gsd --block 24"));
}

#[test]
fn one_block_of_all_is_a_direct_solve_and_so_is_a_tree() {
    let path: String = (1..10).map(|i| format!("{i} {i} 2\n{} {i} -1\n", i + 1)).collect();
    let path = format!("{SYMMETRIC}10 10 19\n{path}10 10 2\n");
    // No entry is zero: a greedy block leaves out what has no residual.
    let b: String = (1..=10).map(|i| format!("{i}\n")).collect();
    let desk = Desk::with(&[("a.mtx", &path), ("b.txt", &b)]);
    for rule in ["cyclic --block 10", "gsd --block 10", "random --block 10", "tree"] {
        let (code, json, _) = desk.solved(&format!("--method bcd --rhs b.txt --rule {rule}"));
        assert_eq!((code, passes(&json)), (Some(0), 1), "{rule}: {json}");
    }
}

#[test]
fn the_seed_decides_what_random_draws() {
    let desk = Desk::with(&[("a.mtx", &laplacian(10))]);
    let run = |seed: u32| desk.solved(&format!("--method bcd --rule random --seed {seed}")).2;
    assert_eq!(run(7), run(7));
    assert_ne!(run(7), run(8));
}

#[test]
fn every_system_of_a_sequence_is_solved_from_its_start() {
    let desk = Desk::with_pair().and("c.csv", "0\n1\n-1\n").and("b.csv", "3\n3\n");
    let words = "--method bcd --rhs b.csv --shifts c.csv --tol 1e-12";
    let (code, json, x) = desk.solved(words);
    assert_eq!(code, Some(0));
    for row in &x {
        // (4 + c) − 1 times x is 3.
        let expected = [1.0, 0.75, 1.5];
        assert!(row.iter().zip(expected).all(|(x, y)| (x - y).abs() < 1e-11), "{row:?}");
    }
    assert_eq!(json["reports"].as_array().map(Vec::len), Some(3));
    assert!(json["tuner"].is_null(), "nothing is learned");
    // Started where the systems before have ended, there is nothing to do.
    let starts: String =
        x.iter().map(|row| format!("{},{},{}\n", row[0], row[1], row[2])).collect();
    let desk = desk.and("x0.csv", starts);
    let (_, json, _) = desk.solved(&format!("{words} --initial x0.csv"));
    assert_eq!(passes(&json), 0, "{json}");
}

#[test]
fn an_indefinite_matrix_is_a_breakdown_with_its_curvature() {
    // Eigenvalues 3 and −1.
    let saddle = format!("{SYMMETRIC}2 2 3\n1 1 1\n2 1 2\n2 2 1\n");
    let desk = Desk::with(&[("a.mtx", &saddle), ("b.txt", "1\n-1\n")]);
    for rule in ["cyclic", "gs", "gs --block 1", "gsd", "gsq", "tree", "random", "random --block 2"]
    {
        let words = format!("--method bcd --rhs b.txt --rule {rule}");
        let (code, json, x) = desk.solved(&words);
        assert_eq!((code, &json["status"]), (Some(1), &"breakdown".into()), "{rule}: {json}");
        let curvature = json["curvature"].as_f64().expect("a number");
        // A pivot is 1 − 2·2; along x it is an eigenvalue at least.
        assert!(curvature == -3.0 || (-1.0..0.0).contains(&curvature), "{rule}: {curvature}");
        assert!(x.iter().flatten().all(|x| x.is_finite()));
        let told = desk.solve(&words).stderr;
        assert!(told.contains(&format!("({curvature:.3e})")), "{told}");
        assert!(told.contains("block coordinate descent needs a symmetric positive"), "{told}");
    }
}

#[test]
fn a_matrix_that_cannot_be_positive_definite_is_refused() {
    let negative = format!("{SYMMETRIC}2 2 2\n1 1 4\n2 2 -4\n");
    let desk = Desk::with(&[("a.mtx", &negative)]);
    desk.refuses("--method bcd", &["a.mtx", "row 2", "not positive"]);
    let lopsided = format!("{GENERAL}2 2 3\n1 1 4\n1 2 1\n2 2 4\n");
    let desk = Desk::with(&[("a.mtx", &lopsided)]);
    desk.refuses("--method bcd", &["a.mtx", "row 2 is not column 2", "symmetric"]);
}

#[test]
fn a_singular_system_is_solved_where_it_has_a_solution() {
    let matrix = format!("{SYMMETRIC}2 2 3\n1 1 1\n2 1 -1\n2 2 1\n");
    let desk = Desk::with(&[("a.mtx", &matrix), ("b.csv", "1\n-1\n"), ("c.csv", "1\n1\n")]);
    for rule in RULES {
        let (code, json, x) = desk.solved(&format!("--method bcd --rule {rule} --rhs b.csv"));
        assert_eq!((code, &json["status"]), (Some(0), &"converged".into()), "{rule}: {json}");
        assert!((x[0][0] - x[1][0] - 1.0).abs() < 1e-7, "{rule}: {x:?}");
        let (code, json, x) = desk.solved(&format!("--method bcd --rule {rule} --rhs c.csv"));
        assert_eq!((code, &json["status"]), (Some(1), &"stalled".into()), "{rule}: {json}");
        assert!(x.iter().flatten().all(|x| x.is_finite()));
    }
}

#[test]
fn options_that_do_not_fit_are_refused() {
    let desk = Desk::with(&[("a.mtx", PAIR)]);
    desk.refuses("--rule gsd", &["--rule", "--method bcd"]);
    desk.refuses("--method cg --block 2", &["--block", "--method bcd"]);
    desk.refuses("--method bcd --rule best", &["--rule", "cyclic, gs, gsd, gsq, tree, random"]);
    desk.refuses("--method bcd --rule tree --block 2", &["--block", "--rule cyclic, gs"]);
    desk.refuses("--method bcd --block 0", &["--block", "at least one"]);
    desk.refuses("--method bcd --block 3", &["--block", "2 unknowns"]);
    desk.refuses("--method bcd --block -1", &["--block", "-1"]);
    desk.refuses("--method bcd --order multicolor", &["--order"]);
    desk.refuses("--method bcd --lower 0", &["--lower", "psor"]);
    desk.refuses("--method bcd --workspace 10", &["--workspace", "auto"]);
}
