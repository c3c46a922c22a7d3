//! One matrix, one or several right-hand sides.

use crate::desk::{Desk, GENERAL, laplacian};

/// Every unknown within `error` of 1.
#[track_caller]
fn all_ones(rows: &[Vec<f64>], error: f64) {
    for (i, row) in rows.iter().enumerate() {
        for x in row {
            assert!((x - 1.0).abs() <= error, "x of row {i} is {x}");
        }
    }
}

#[test]
fn the_default_right_hand_side_has_ones_as_its_solution() {
    let desk = Desk::with(&[("a.mtx", &laplacian(10))]);
    for omega in ["1", "1.5", "young", "adaptive"] {
        let (code, json, x) = desk.solved(&format!("--omega {omega}"));
        assert_eq!((code, &json["status"]), (Some(0), &"converged".into()), "{omega}");
        assert_eq!(x.len(), 100);
        all_ones(&x, 1e-6);
    }
}

#[test]
fn young_estimates_the_radius_that_is_known() {
    // On a 10 × 10 grid β = cos(π/11).
    let desk = Desk::with(&[("a.mtx", &laplacian(10))]);
    let omega = |options: &str| {
        let (code, json, _) = desk.solved(options);
        assert_eq!(code, Some(0));
        json["omega"].as_f64().expect("a number")
    };
    let known = omega("--omega young --jacobi-radius 0.9594929736144974");
    assert!((known - 1.560_387_921_274_774).abs() < 1e-12, "{known}");
    for seed in 0..5 {
        let estimated = omega(&format!("--omega young --seed {seed}"));
        assert!((estimated - known).abs() < 1e-3, "{estimated} for {known}");
    }
}

#[test]
fn the_wanted_sweeps_follow_omega() {
    let desk = Desk::with(&[("a.mtx", &laplacian(10))]);
    let sweeps = |omega: &str| {
        desk.solved(&format!("--omega {omega}")).1["iterations"].as_u64().expect("a count")
    };
    let (slow, best, adaptive) = (sweeps("1"), sweeps("young"), sweeps("adaptive"));
    assert!(best * 4 < slow, "{best} against {slow}");
    assert!(adaptive < best * 2, "{adaptive} against {best}");
}

#[test]
fn json_has_what_programs_read() {
    let desk = Desk::with_pair().and("b.csv", "3\n3\n");
    let told = desk.solve("--rhs b.csv --omega 1.1 --json");
    assert_eq!(told.code, Some(0));
    assert_eq!(told.stderr, "", "nothing to say beside the object");
    let json = told.json();
    assert_eq!(json["status"], "converged");
    assert_eq!(json["omega"], 1.1);
    assert_eq!(json["tolerance"], 1e-8);
    assert_eq!((&json["method"], &json["precision"]), (&"sor".into(), &"f64".into()));
    assert!(json["iterations"].as_u64().is_some_and(|sweeps| (5..30).contains(&sweeps)));
    assert!(json["seconds"].as_f64().is_some_and(|seconds| seconds >= 0.0));
    assert!(json["residual"].as_f64().is_some_and(|residual| residual <= 1e-8));
    for absent in ["reports", "tuner"] {
        assert!(json.as_object().is_some_and(|json| json.contains_key(absent)), "{absent}");
        assert!(json[absent].is_null(), "{absent} does not apply");
    }
}

#[test]
fn the_residual_is_relative_to_the_right_hand_side() {
    let desk = Desk::with_pair().and("b.csv", "3e6\n3e6\n");
    let (_, json, x) = desk.solved("--rhs b.csv --omega 1 --max-iterations 2");
    let [x, y] = [x[0][0], x[1][0]];
    let residual = (3e6 - 4.0 * x + y).hypot(3e6 + x - 4.0 * y) / 3e6_f64.hypot(3e6);
    let told = json["residual"].as_f64().expect("a number");
    assert!((told / residual - 1.0).abs() < 1e-9, "{told} for {residual}");
}

#[test]
fn without_json_the_outcome_is_told_in_words_and_stdout_is_silent() {
    let told = Desk::with_pair().solve("--omega 1");
    assert_eq!((told.code, told.stdout.as_str()), (Some(0), ""));
    assert!(told.stderr.contains("2 unknowns, 4 entries"), "{}", told.stderr);
    assert!(told.stderr.contains("converged after"), "{}", told.stderr);
    assert!(told.stderr.contains("ω = 1.0000"), "{}", told.stderr);
}

#[test]
fn single_precision_has_its_own_tolerance() {
    let desk = Desk::with(&[("a.mtx", &laplacian(10))]);
    let (code, json, x) = desk.solved("--precision f32");
    assert_eq!((code, &json["tolerance"]), (Some(0), &1e-5.into()));
    let digits = |x: f64| (x.to_string(), (x as f32).to_string());
    assert!(x.iter().map(|row| digits(row[0])).all(|(all, single)| all == single), "{x:?}");
    all_ones(&x, 1e-3);
}

#[test]
fn several_right_hand_sides_are_columns() {
    let desk = Desk::with_pair().and("b.csv", "left, right\n3, 4\n3, -1\n");
    let (code, json, x) = desk.solved("--rhs b.csv --tol 1e-12");
    assert_eq!(code, Some(0));
    let expected = [[1.0, 1.0], [1.0, 0.0]];
    for (row, expected) in x.iter().zip(expected) {
        assert!(row.iter().zip(expected).all(|(x, y)| (x - y).abs() < 1e-11), "{x:?}");
    }
    let reports = json["reports"].as_array().expect("a report each");
    let sweeps: u64 = reports.iter().filter_map(|one| one["iterations"].as_u64()).sum();
    assert_eq!((reports.len(), json["iterations"].as_u64()), (2, Some(sweeps)));
}

#[test]
fn duplicate_entries_are_summed() {
    let matrix = format!("{GENERAL}2 2 5\n1 1 1\n1 1 3\n1 2 -1\n2 1 -1\n2 2 4\n");
    let desk = Desk::with(&[("a.mtx", &matrix), ("b.csv", "3\n3\n")]);
    let (code, _, x) = desk.solved("--rhs b.csv");
    assert_eq!(code, Some(0));
    all_ones(&x, 1e-7);
}

#[test]
fn a_dense_array_is_a_matrix_too() {
    let matrix = "%%MatrixMarket matrix array real general\n2 2\n4\n-1\n-1\n4\n";
    let (code, json, x) = Desk::with(&[("a.mtx", matrix)]).solved("");
    assert_eq!((code, &json["entries"]), (Some(0), &4.into()));
    all_ones(&x, 1e-7);
}

#[test]
fn vectors_of_every_format_give_the_same_bits() {
    let numbers = [0.1_f64, -2.5];
    let array = format!("%%MatrixMarket matrix array real general\n2 1\n{}\n{}\n", 0.1, -2.5);
    let header = "{'descr': '<f8', 'fortran_order': True, 'shape': (2, 1), }";
    let mut npy = [b"\x93NUMPY\x01\x00\x76\x00", format!("{header:<117}\n").as_bytes()].concat();
    npy.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
    let desk = Desk::with_pair()
        .and("b.csv", "0.1\n-2.5\n")
        .and("b.txt", "0.1\n-2.5\n")
        .and("b.mtx", array)
        .and("b.npy", npy);
    let solution = |name: &str| desk.solved(&format!("--rhs {name}")).2;
    let reference = solution("b.csv");
    for name in ["b.txt", "b.mtx", "b.npy"] {
        assert_eq!(solution(name), reference, "{name}");
    }
}

#[test]
fn the_same_command_gives_the_same_bits() {
    let desk = Desk::with(&[("a.mtx", &laplacian(6))]);
    assert_eq!(desk.solved("--omega young").2, desk.solved("--omega young").2);
}
