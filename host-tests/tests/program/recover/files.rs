//! Every kind of file, in and out; threads.

use super::{METHODS, Planted, recovered};
use crate::desk::Desk;
use solvekit_host::file::{Columns, Output};
use std::process::{Command, Stdio};

fn npy(desk: &Desk, name: &str, columns: &[Vec<f64>]) {
    let slices: Vec<&[f64]> = columns.iter().map(|column| &**column).collect();
    Output::prepare(&desk.path(name)).and_then(|output| output.write(&slices)).expect("a file");
}

/// Matrix Market with every entry, or with those that are not zero.
fn market(columns: &[Vec<f64>], sparse: bool) -> String {
    let (rows, kind) = (columns[0].len(), if sparse { "coordinate" } else { "array" });
    let mut lines = Vec::new();
    for (j, column) in columns.iter().enumerate() {
        for (i, entry) in column.iter().enumerate() {
            match sparse {
                true if *entry == 0.0 => {}
                true => lines.push(format!("{} {} {entry}", i + 1, j + 1)),
                false => lines.push(entry.to_string()),
            }
        }
    }
    let count = if sparse { format!(" {}", lines.len()) } else { String::new() };
    let size = format!("{rows} {}{count}", columns.len());
    format!("%%MatrixMarket matrix {kind} real general\n{size}\n{}\n", lines.join("\n"))
}

#[test]
fn every_kind_of_file_is_read_and_written() {
    let planted = Planted::draw(2);
    let desk = planted.desk().and("a.mtx", market(&planted.a, false));
    npy(&desk, "a.npy", &planted.a);
    npy(&desk, "y.npy", &planted.y);
    npy(&desk, "x.npy", &planted.x);
    desk.put("y.mtx", market(&planted.y, false).as_bytes());
    let options = "--method htp --sparsity 4";
    let (_, _, expected) = recovered(&desk, options);
    for (a, y, x) in [("a.npy", "y.npy", "x.npy"), ("a.mtx", "y.mtx", "x.csv")] {
        let files = format!("--dictionary {a} --measurements {y} --truth {x}");
        let told = desk.run(&format!("recover {files} {options} --json --output found.npy"));
        assert_eq!(told.code, Some(0), "{told:?}");
        let found = Columns::<f64>::read(&desk.path("found.npy")).expect("a good file").into_vec();
        let found: Vec<Vec<f64>> = found.iter().map(|x| x.to_vec()).collect();
        assert_eq!(found, expected, "{a}");
    }
}

/// A dictionary with few entries stays so, and gives what the same one in full gives.
#[test]
fn a_sparse_dictionary_gives_the_same_signals() {
    let mut planted = Planted::draw(2);
    for (j, column) in planted.a.iter_mut().enumerate() {
        for (i, entry) in column.iter_mut().enumerate() {
            if (i * 7 + j * 3) % 2 == 0 {
                *entry = 0.0;
            }
        }
    }
    planted.y = planted.x.iter().map(|x| super::product(&planted.a, x)).collect();
    let desk = planted.desk().and("a.mtx", market(&planted.a, true));
    for (method, needed) in METHODS {
        let options = format!("--method {method} {needed} --tol 1e-10");
        let (code, json, full) = recovered(&desk, &options);
        assert_eq!((code, &json["entries"]), (Some(0), &4800.into()), "{json}");
        let files = "--dictionary a.mtx --measurements y.csv";
        let told = desk.run(&format!("recover {files} {options} --json --output found.csv"));
        let json = told.json();
        assert_eq!((told.code, &json["entries"]), (Some(0), &2400.into()), "{json}");
        let found = super::columns(&desk, "found.csv");
        for (x, y) in found.iter().flatten().zip(full.iter().flatten()) {
            // Sums in another order; what the tolerance leaves is magnified a little.
            assert!((x - y).abs() < 1e-7, "{method}: {x} and {y}");
        }
    }
}

#[test]
fn threads_change_nothing() {
    let planted = Planted::draw(9);
    let desk = planted.desk();
    for (method, needed) in METHODS {
        let run = |threads: &str| {
            let words = format!(
                "recover --dictionary a.csv --measurements y.csv --truth x.csv --method {method} \
                 {needed} --json --output {threads}.npy"
            );
            let output = Command::new(env!("CARGO_BIN_EXE_solvekit"))
                .args(words.split_whitespace())
                .env("RAYON_NUM_THREADS", threads)
                .current_dir(desk.path("."))
                .stdin(Stdio::null())
                .output()
                .expect("the program starts");
            let mut json: serde_json::Value =
                serde_json::from_slice(&output.stdout).expect("a JSON object");
            json["seconds"] = 0.into();
            let bytes = std::fs::read(desk.path(&format!("{threads}.npy"))).expect("signals");
            (json, bytes)
        };
        let one = run("1");
        assert_eq!(one.0["columns"], 9);
        for threads in ["2", "5"] {
            assert!(run(threads) == one, "{method} with {threads} threads");
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn what_cannot_be_told_leaves_the_old_file() {
    let planted = Planted::draw(1);
    let desk = planted.desk().and("found.csv", "old\n");
    let full = std::fs::File::options().write(true).open("/dev/full").expect("a device");
    let words = "recover --dictionary a.csv --measurements y.csv --method omp --sparsity 4 --json \
                 --output found.csv";
    let names = desk.names();
    let told = desk.run_into(full, words);
    assert_eq!(told.code, Some(2), "{told:?}");
    assert_eq!(std::fs::read_to_string(desk.path("found.csv")).expect("a file"), "old\n");
    assert_eq!(desk.names(), names, "nothing is left behind");
}

#[test]
fn help_lists_it() {
    let desk = Desk::with(&[]);
    let told = desk.run("--help");
    assert!(told.code == Some(0) && told.stdout.contains("  recover "), "{told:?}");
    let told = desk.run("recover --help");
    for words in ["--dictionary <FILE>", "- omp:", "--lambda-fraction", "Exit codes: 0 all"] {
        assert!(told.stdout.contains(words), "`{words}` is not in {}", told.stdout);
    }
}

#[test]
fn a_single_signal_is_a_line_for_each_entry() {
    let desk = Planted::draw(1).desk();
    recovered(&desk, "--method omp --sparsity 4");
    let text = std::fs::read_to_string(desk.path("found.csv")).expect("signals");
    assert_eq!(text.lines().count(), 80);
    assert!(!text.contains(','), "{text}");
}
