//! The methods of `solve`, and the choice among them.

use crate::desk::{Desk, GENERAL, PAIR, laplacian};

const METHODS: [&str; 7] = ["auto", "sor", "ssor", "ssor-cg", "cg", "bcd", "direct"];
const SYMMETRIC: &str = "%%MatrixMarket matrix coordinate real symmetric\n";

#[test]
fn every_method_solves_in_both_precisions() {
    let desk = Desk::with(&[("a.mtx", &laplacian(10))]);
    for method in METHODS {
        for (precision, accuracy) in [("f64", 1e-6), ("f32", 1e-3)] {
            let (code, json, x) =
                desk.solved(&format!("--method {method} --precision {precision}"));
            assert_eq!(code, Some(0), "{method}: {json}");
            assert_eq!(json["method"], method);
            // ‖A⁻¹‖ is about 6, ‖b‖ 7: the tolerance times that, with room.
            assert!(x.iter().flatten().all(|x| (x - 1.0).abs() < accuracy), "{method} {precision}");
        }
    }
}

#[test]
fn auto_says_what_it_took_and_why() {
    let (_, json, _) = Desk::with_pair().solved("--method auto");
    assert_eq!(json["choice"]["method"], "direct", "a tiny system is solved directly: {json}");
    assert_eq!(json["choice"]["reason"], "cheapest");
    assert!(json["choice"]["why"].as_str().is_some_and(|why| why.contains("direct")));
    assert!(json["omega"].is_null());
    let told = Desk::with_pair().solve("--method auto");
    assert!(told.stderr.contains("direct is expected to take"), "{told:?}");
}

#[test]
fn across_a_sequence_the_work_is_learned() {
    let shift = |t: usize| format!("{}\n", 0.3 * ((t * 7) % 10) as f64 / 10.0);
    let shifts: String = (0..60).map(shift).collect();
    let desk = Desk::with(&[("a.mtx", &laplacian(16)), ("c.txt", &shifts)]);
    let (code, json, _) = desk.solved("--shifts c.txt --method auto");
    assert_eq!(code, Some(0));
    let reports = json["reports"].as_array().expect("one each");
    let work = |k: usize| reports[k]["choice"]["work"].as_f64().expect("a number");
    let method = |k: usize| reports[k]["choice"]["method"].as_str().expect("a name").to_owned();
    // In the end one method has the lead, but for a trial now and then.
    let late: Vec<String> = (40..60).map(method).collect();
    let favourite = late.iter().filter(|name| **name == late[19]).count();
    assert!(favourite >= 17, "{late:?}");
    let early: f64 = (0..5).map(work).sum();
    let last: f64 = (55..60).map(work).sum();
    assert!(last <= early, "{last} after {early}");
    let told = desk.solve("--shifts c.txt --method auto").stderr;
    let line = format!("{} for ", late[19]);
    assert!(told.contains(&line) && told.contains("of 60, the last time: "), "{told}");
    // The same again: nothing is random.
    assert_eq!(desk.solved("--shifts c.txt --method auto").1["reports"], json["reports"]);
}

#[test]
fn memory_is_a_constraint_of_the_choice() {
    let desk = Desk::with(&[("a.mtx", &laplacian(10))]);
    // The factor's envelope has about 1000 numbers; CG keeps 300.
    let (code, json, _) = desk.solved("--method auto --workspace 3000");
    assert_eq!(code, Some(0));
    assert_ne!(json["choice"]["method"], "direct", "{json}");
    // x alone has 800 bytes, and SOR keeps as many.
    let (_, json, _) = desk.solved("--method auto --workspace 800");
    assert_eq!(json["choice"]["method"], "sor", "{json}");
    assert_eq!(json["choice"]["reason"], "only_one");
    desk.refuses("--method auto --workspace 799", &["--workspace", "memory"]);
}

#[test]
fn an_indefinite_matrix_breaks_conjugate_gradients_and_not_the_choice() {
    let saddle = format!("{SYMMETRIC}2 2 3\n1 1 1\n2 1 2\n2 2 1\n");
    let desk = Desk::with(&[("a.mtx", &saddle), ("b.txt", "1\n-1\n")]);
    let (code, json, _) = desk.solved("--rhs b.txt --method cg");
    assert_eq!((code, &json["status"]), (Some(1), &"breakdown".into()));
    assert_eq!(json["curvature"], -1.0);
    let (code, json, x) = desk.solved("--rhs b.txt --method auto");
    assert_eq!((code, &json["choice"]["method"]), (Some(0), &"direct".into()));
    assert!((x[0][0] + 1.0).abs() < 1e-12 && (x[1][0] - 1.0).abs() < 1e-12, "{x:?}");
}

#[test]
fn what_only_elimination_can_solve_is_eliminated() {
    // A zero diagonal: SOR cannot, and neither can anything that asks for symmetry.
    let swap = format!("{GENERAL}3 3 3\n1 2 2\n2 3 4\n3 1 8\n");
    let desk = Desk::with(&[("a.mtx", &swap)]);
    for method in ["auto", "direct"] {
        let (code, _, x) = desk.solved(&format!("--method {method}"));
        assert_eq!(code, Some(0));
        assert!(x.iter().flatten().all(|x| *x == 1.0), "{x:?}");
    }
    desk.refuses("--method sor", &["diagonal", "row 1"]);
    let singular = format!("{GENERAL}2 2 4\n1 1 1\n1 2 2\n2 1 2\n2 2 4\n");
    Desk::with(&[("a.mtx", &singular)]).refuses("--method direct", &["singular", "column"]);
}

#[test]
fn options_of_other_methods_are_refused() {
    let desk = Desk::with(&[("a.mtx", PAIR)]);
    desk.refuses("--method cg --omega 1.5", &["--omega", "cg"]);
    desk.refuses("--method auto --omega adaptive", &["--omega", "auto"]);
    desk.refuses("--method bcd --omega 1.5", &["--omega", "bcd"]);
    desk.refuses("--method ssor-cg --omega adaptive", &["--omega", "ssor-cg"]);
    desk.refuses("--method sor --workspace 100", &["--workspace", "auto"]);
}

#[test]
fn one_iteration_of_each_is_what_it_says() {
    // Symmetric SOR at ω = 1 costs two sweeps a step: about half the steps of Gauss–Seidel.
    let desk = Desk::with(&[("a.mtx", &laplacian(10))]);
    let steps = |options: &str| desk.solved(options).1["iterations"].as_u64().expect("a count");
    let (forward, both) = (steps("--omega 1"), steps("--method ssor"));
    assert!(both * 2 >= forward - 2 && both < forward, "{both} of {forward}");
    let (plain, better) = (steps("--method cg"), steps("--method ssor-cg"));
    assert!(better < plain, "{better} of {plain}");
    assert_eq!(steps("--method direct"), 1);
}

#[test]
fn bounds_hold_and_what_they_hold_back_is_no_residual() {
    // Without bounds (1, 1). The first unknown is held at 2: the second then solves 4 x = 3 + 2.
    let desk = Desk::with_pair().and("l.txt", "2\n-9\n");
    let (code, json, x) = desk.solved("--method psor --lower l.txt");
    assert_eq!((code, &json["status"]), (Some(0), &"converged".into()));
    assert!((x[0][0], (x[1][0] - 1.25).abs() < 1e-8) == (2.0, true), "{x:?}");
    let (_, _, x) = desk.solved("--method psor --upper 0.5 --omega 1.2");
    assert_eq!(x, [[0.5], [0.5]]);
    // No bound that matters: the plain answer.
    let (_, _, x) = desk.solved("--method psor --lower -inf --upper 7");
    assert!(x.iter().flatten().all(|x| (x - 1.0).abs() < 1e-8), "{x:?}");
}

#[test]
fn bounds_that_cannot_be_are_refused() {
    let desk = Desk::with_pair().and("l.txt", "0\n3\n").and("short.txt", "1\n");
    desk.refuses("--method psor", &["--lower", "--upper"]);
    desk.refuses("--method sor --lower 1", &["--lower", "psor"]);
    desk.refuses("--method psor --lower l.txt --upper 2", &["unknown 2", "bounds"]);
    desk.refuses("--method psor --lower nan", &["unknown 1", "not a number"]);
    desk.refuses("--method psor --lower inf", &["unknown 1"]);
    desk.refuses("--method psor --lower short.txt", &["short.txt", "1 rows"]);
    desk.refuses("--method psor --lower missing.txt", &["missing.txt"]);
    let negative = format!("{SYMMETRIC}2 2 2\n1 1 4\n2 2 -4\n");
    let desk = Desk::with(&[("a.mtx", &negative)]);
    desk.refuses("--method psor --lower 0", &["row 2", "not positive"]);
}

#[test]
fn a_sweep_goes_in_the_order_that_was_asked_for() {
    let desk = Desk::with(&[("a.mtx", &laplacian(10))]);
    let steps = |options: &str| {
        let (code, json, x) = desk.solved(options);
        assert_eq!(code, Some(0), "{options}");
        assert!(x.iter().flatten().all(|x| (x - 1.0).abs() < 1e-6), "{options}");
        json["iterations"].as_u64().expect("a count")
    };
    let forward = steps("--omega 1.5");
    // The grid and b look the same from both ends.
    assert!(steps("--omega 1.5 --order backward").abs_diff(forward) <= 1);
    // All orders of a consistently ordered matrix have the same rate in the end.
    let colored = steps("--omega 1.5 --order multicolor");
    assert!(colored.abs_diff(forward) * 5 <= forward, "{colored} and {forward}");
    steps("--omega young --order multicolor");
    desk.refuses("--omega adaptive --order backward", &["--order", "young"]);
    desk.refuses("--method cg --order multicolor", &["--order"]);
}
