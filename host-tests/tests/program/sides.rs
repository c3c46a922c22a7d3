//! Several right-hand sides: by whatever backend and on however many threads, the same bits.

use crate::desk::{Desk, GENERAL, laplacian};
use serde_json::Value;
use std::fs;

const SIDE: usize = 6;
/// More than there are lanes, and no multiple of them.
const SIDES: usize = 37;

/// A right-hand side by its number; the last one is zero.
fn side(k: usize) -> Vec<f64> {
    let entry = |i: usize| if k == SIDES - 1 { 0.0 } else { ((i * (k + 3)) as f64 * 1.7).cos() };
    (0..SIDE * SIDE).map(entry).collect()
}

/// Columns as a table.
fn table(columns: &[Vec<f64>]) -> String {
    let row = |i: usize| {
        let numbers: Vec<String> = columns.iter().map(|column| column[i].to_string()).collect();
        numbers.join(",") + "\n"
    };
    (0..SIDE * SIDE).map(row).collect()
}

/// A Laplacian, all sides in `b.csv`, and starts in `x0.csv`.
fn desk() -> Desk {
    let sides: Vec<Vec<f64>> = (0..SIDES).map(side).collect();
    let starts: Vec<Vec<f64>> = (0..SIDES).map(|k| side(k + 100)).collect();
    Desk::with(&[
        ("a.mtx", &laplacian(SIDE)),
        ("b.csv", &table(&sides)),
        ("x0.csv", &table(&starts)),
    ])
}

/// All that is told and written, but for the time it took.
#[track_caller]
fn answer(desk: &Desk, options: &str) -> (Option<i32>, Value, String) {
    let told = desk.solve(&format!("{options} --json --output x.csv"));
    let mut json = told.json();
    json["seconds"] = Value::Null;
    let x = fs::read_to_string(desk.path("x.csv")).expect("a solution was written");
    (told.code, json, x)
}

/// What is written for lanes, with what is not beside it.
const LANES: [&str; 7] = [
    "--omega 1.5",
    "--omega young",
    "--method ssor",
    "--method ssor --omega 1.3 --precision f32",
    "--omega 1.5 --precision f32",
    "--omega 1.5 --initial x0.csv",
    "--omega 1.9 --max-iterations 7",
];
const THREADS_ONLY: [&str; 8] = [
    "--omega adaptive",
    "--omega 1.5 --order backward",
    "--omega 1.5 --order multicolor",
    "--method psor --lower 0",
    "--method ssor-cg",
    "--method cg",
    "--method bcd --rule random --block 3",
    "--method direct",
];

#[test]
fn every_backend_and_any_number_of_threads_give_the_same() {
    let desk = desk();
    for method in LANES {
        let known = answer(&desk, &format!("--rhs b.csv {method} --threads 1"));
        for work in [
            "",
            "--threads 3",
            "--backend scalar --threads 2",
            "--backend simd --threads 1",
            "--backend simd --threads 3",
            "--backend simd",
            "--backend auto --threads 2",
        ] {
            let found = answer(&desk, &format!("--rhs b.csv {method} {work}"));
            assert!(found == known, "{method} {work}: {} for {}", found.1, known.1);
        }
    }
    for method in THREADS_ONLY {
        let known = answer(&desk, &format!("--rhs b.csv {method} --threads 1"));
        for work in ["", "--threads 3", "--backend auto --threads 2"] {
            let found = answer(&desk, &format!("--rhs b.csv {method} {work}"));
            assert!(found == known, "{method} {work}: {} for {}", found.1, known.1);
        }
    }
}

/// Among others a right-hand side has the answer that it has alone, in its own column.
#[test]
fn each_is_solved_as_if_it_were_the_only_one() {
    let desk = desk();
    for method in LANES.iter().chain(&THREADS_ONLY).filter(|method| !method.contains("x0.csv")) {
        let backend = if LANES.contains(method) { "simd" } else { "scalar" };
        let words = format!("--rhs b.csv {method} --backend {backend} --threads 2");
        let (_, json, x) = answer(&desk, &words);
        let columns = |x: &str, k: usize| -> Vec<String> {
            x.lines().map(|line| line.split(',').nth(k).expect("a column").to_owned()).collect()
        };
        for k in [0, 5, SIDES - 1] {
            desk.put("one.csv", table(&[side(k)]).as_bytes());
            let (_, alone, own) = answer(&desk, &format!("--rhs one.csv {method}"));
            assert_eq!(columns(&x, k), columns(&own, 0), "{method}, column {k}");
            for key in ["status", "iterations", "residual", "omega"] {
                assert_eq!(json["reports"][k][key], alone[key], "{method}, column {k}: {key}");
            }
        }
    }
}

#[test]
fn shifted_matrices_take_threads_where_nothing_is_learned() {
    let shifts: String = (0..9).map(|t| format!("{}\n", 0.1 * f64::from(t))).collect();
    let desk = desk().and("c.txt", shifts);
    for method in ["--omega 1.4", "--omega young", "--omega adaptive", "--method direct"] {
        let known = answer(&desk, &format!("--shifts c.txt {method} --threads 1"));
        let found = answer(&desk, &format!("--shifts c.txt {method} --threads 3"));
        assert!(found == known, "{method}: {} for {}", found.1, known.1);
        assert_eq!(known.1["reports"].as_array().map(Vec::len), Some(9));
    }
    let words = ["backend simd is not available", "a sequence of --shifts", "lanes"];
    desk.refuses("--shifts c.txt --omega 1.4 --backend simd", &words);
}

/// What one system teaches the next is not to be had at once.
#[test]
fn systems_that_learn_from_each_other_refuse_what_is_not_in_turn() {
    let desk = desk().and("c.txt", "0\n0.1\n0.2\n");
    let (omega, name) = ("give a number, young or adaptive as --omega", "name a method");
    let learners = [
        ("--rhs b.csv", "--omega auto, the default,", omega),
        ("--rhs b.csv --omega auto", "--omega auto", omega),
        ("--rhs b.csv --method auto", "--method auto", name),
        ("--shifts c.txt --omega tsallis", "--omega tsallis", omega),
        ("--shifts c.txt --omega cheb", "--omega cheb", omega),
    ];
    for (options, learner, instead) in learners {
        let why = format!("{learner} learns from each system for the next");
        for (work, option) in [
            ("--threads 2", "error: --threads: "),
            ("--backend simd", "error: --backend: "),
            ("--backend gpu --threads 1", "error: --backend: "),
            ("--backend cuda", "error: --backend: "),
        ] {
            desk.refuses(&format!("{options} {work}"), &[option, &why, instead]);
        }
        // One after the other is what they do.
        let known = answer(&desk, options);
        for work in ["--threads 1", "--backend scalar", "--backend auto --threads 1"] {
            assert!(answer(&desk, &format!("{options} {work}")) == known, "{options} {work}");
        }
    }
}

#[test]
fn what_is_not_written_for_lanes_is_named() {
    let desk = desk();
    for (method, name) in [
        ("--omega adaptive", "--omega adaptive"),
        ("--omega 1.5 --order backward", "--order backward"),
        ("--omega 1.5 --order multicolor", "--order multicolor"),
        ("--method psor --lower 0", "--method psor"),
        ("--method ssor-cg", "--method ssor-cg"),
        ("--method cg", "--method cg"),
        ("--method bcd", "--method bcd"),
        ("--method direct", "--method direct"),
    ] {
        let words = ["backend simd is not available", name, "not written for lanes"];
        desk.refuses(&format!("--rhs b.csv {method} --backend simd"), &words);
        // One system too: nobody is told that lanes did what they did not.
        desk.refuses(&format!("{method} --backend simd"), &words);
    }
}

/// Without a device, without a build for one, and without a kernel: nothing is there in any case.
#[test]
fn a_device_that_is_missing_is_named() {
    let desk = desk();
    for method in ["--omega 1.5", "--method cg"] {
        for backend in ["gpu", "cuda"] {
            let missing = format!("backend {backend} is not available");
            desk.refuses(&format!("--rhs b.csv {method} --backend {backend}"), &[&missing]);
        }
    }
}

#[test]
fn threads_that_are_none() {
    let desk = desk();
    for options in ["", "--rhs b.csv", "--rhs b.csv --omega 1.5 --backend simd"] {
        desk.refuses(&format!("{options} --threads 0"), &["--threads: ", "at least one thread"]);
    }
    desk.refuses("--threads -1", &["--threads", "invalid"]);
    desk.refuses("--backend best", &["--backend", "possible values: auto, scalar, simd"]);
}

/// The first one that was refused is told, whoever was solved before it.
#[test]
fn a_matrix_that_is_refused_is_named_by_every_backend() {
    let matrix = format!("{GENERAL}2 2 3\n1 1 4\n1 2 -1\n2 1 -1\n");
    let desk = Desk::with(&[("a.mtx", &matrix), ("b.csv", "3,1,4\n3,2,4\n")]);
    for work in ["--threads 1", "--threads 2", "--backend simd"] {
        let words = ["a.mtx: the diagonal entry of row 2 is zero"];
        desk.refuses(&format!("--rhs b.csv --omega 1.2 {work}"), &words);
    }
}

/// Some end and some do not: all are told.
#[test]
fn who_does_not_converge_is_told_beside_those_who_do() {
    let desk = desk();
    for work in ["--threads 1", "--threads 2", "--backend simd"] {
        let words = format!("--rhs b.csv --omega 1.9 --max-iterations 7 {work}");
        let (code, json, _) = answer(&desk, &words);
        assert_eq!((code, &json["status"]), (Some(1), &"iteration_limit".into()), "{work}");
        let reports = json["reports"].as_array().expect("a report each");
        assert_eq!(reports.len(), SIDES);
        assert_eq!(reports[SIDES - 1]["status"], "converged", "b = 0 is solved by zero");
        assert!(reports[..SIDES - 1].iter().all(|one| one["iterations"] == 7), "{work}");
    }
}
