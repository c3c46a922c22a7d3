//! Command lines and files that are refused: exit 2, with the place and the cause, and no file.

use super::{Planted, csv};
use crate::desk::Desk;

#[track_caller]
fn refuses(desk: &Desk, options: &str, words: &[&str]) {
    let before = desk.names();
    let told = desk.run(&format!("recover {options} --json --output refused.npy"));
    assert_eq!((told.code, told.stdout.as_str()), (Some(2), ""), "{told:?}");
    for word in words {
        assert!(told.stderr.contains(word), "`{word}` is not in: {}", told.stderr);
    }
    assert_eq!(desk.names(), before, "nothing is written");
}

#[test]
fn bad_options() {
    let desk = Planted::draw(1).desk();
    let refuses = |options: &str, word: &str| {
        let files = "--dictionary a.csv --measurements y.csv";
        refuses(&desk, &format!("{files} {options}"), &[word]);
    };
    refuses("", "--method");
    refuses("--method lasso", "possible values: ista, fista, iht, niht, htp, omp");
    for method in ["ista", "fista"] {
        let refuses = |options: &str, word: &str| {
            refuses(&format!("--method {method} {options}"), word);
        };
        refuses("--sparsity 4", &format!("--sparsity: {method} has none: give --lambda"));
        refuses("--lambda 1 --lambda-fraction 0.1", "--lambda-fraction: --lambda is given too");
        refuses("--lambda -1", "--lambda: -1 is not a finite number above 0");
        refuses("--lambda 0", "--lambda: 0 is not a finite number above 0");
        refuses("--lambda nan", "--lambda: NaN is not");
        refuses("--lambda inf", "--lambda: inf is not");
        for fraction in ["0", "-0.5", "1.5", "nan"] {
            let options = format!("--lambda-fraction {fraction}");
            refuses(&options, "does not lie in (0, 1]");
        }
        refuses("--lambda many", "--lambda");
    }
    for method in ["iht", "niht", "htp", "omp"] {
        let refuses = |options: &str, word: &str| {
            refuses(&format!("--method {method} {options}"), word);
        };
        refuses("", &format!("--sparsity: {method} needs it"));
        refuses("--sparsity 4 --lambda 1", &format!("--lambda: {method} has no λ"));
        refuses("--sparsity 4 --lambda-fraction 0.1", "--lambda-fraction: ");
        refuses("--sparsity 0", "--sparsity: 1 or more is needed");
        refuses("--sparsity -3", "--sparsity");
        refuses("--sparsity 2.5", "--sparsity");
    }
    for method in ["iht", "niht"] {
        let options = format!("--method {method} --sparsity 81");
        refuses(&options, "--sparsity: 81 is more than the 80 columns of a.csv");
    }
    for method in ["htp", "omp"] {
        // Far more than there is room for, too.
        for k in [61, 81, usize::MAX] {
            let options = format!("--method {method} --sparsity {k}");
            refuses(&options, &format!("--sparsity: {k} is more than the 60 rows of a.csv"));
        }
    }
    refuses("--method ista --tol -1", "--tol: ");
    refuses("--method ista --tol nan", "--tol: ");
    refuses("--method ista --tol 1", "--tol: 1 accepts x = 0 unsolved");
    refuses("--method ista --max-iterations -1", "--max-iterations");
    refuses("--method ista --threads 0", "at least one thread is needed");
    refuses("--method ista --threads -1", "--threads");
    refuses("--method ista --backend cuda", "backend cuda is not available: ");
    refuses("--method ista --workers 2", "--workers");
}

/// All of K = N is allowed where nothing is solved, and K = M where least squares is.
#[test]
fn the_largest_sparsity_is_not_refused() {
    let desk = Planted::draw(1).desk();
    for (method, k) in [("iht", 80), ("niht", 80), ("htp", 60), ("omp", 60)] {
        let told = super::recover(&desk, &format!("--method {method} --sparsity {k} --json"));
        assert_eq!(told.code, Some(0), "{method}: {told:?}");
    }
}

#[test]
fn bad_files() {
    let planted = Planted::draw(2);
    let with_nan = |columns: &[Vec<f64>]| csv(columns).replacen('\n', "\nnan,", 1);
    let desk = planted
        .desk()
        .and("short.csv", csv(&[vec![1.0; 59]]))
        .and("one.csv", csv(&planted.x[..1]))
        .and("empty.csv", "")
        .and("nan.csv", with_nan(&planted.y[..1]))
        .and("word.csv", csv(&planted.y).replacen(',', ",two", 1))
        .and("huge.csv", csv(&[vec![1.0; 60], vec![1e308; 60]]))
        .and("zero.csv", csv(&vec![vec![0.0; 60]; 80]))
        .and("large.csv", csv(&vec![vec![1e200; 60]; 80]))
        .and("bad.mtx", "%%MatrixMarket matrix coordinate real general\n40 80 2\n1 1 1\n");
    let mut bytes = Vec::from(*b"\x93NUMPY\x01\x00\x76\x00");
    let header = "{'descr': '<f8', 'fortran_order': False, 'shape': (60,), }";
    bytes.extend(format!("{header:117}\n").bytes());
    bytes.extend((0..60).flat_map(|i| if i == 7 { f64::NAN } else { 1.0 }.to_le_bytes()));
    desk.put("nan.npy", &bytes);
    let with = |a: &str, y: &str, method: &str, words: &[&str]| {
        let files = format!("--dictionary {a} --measurements {y}");
        refuses(&desk, &format!("{files} --method {method}"), words);
    };
    let fits = |truth: &str, word: &str| {
        with("a.csv", "y.csv", &format!("ista --truth {truth}"), &[word]);
    };
    with("a.csv", "short.csv", "ista", &["short.csv: 59 rows for 60 rows of the dictionary"]);
    fits("y.csv", "y.csv: 60 rows for 80 columns of the dictionary");
    fits("one.csv", "one.csv: 1 columns for 2 columns of measurements");
    fits("nan.csv", "nan.csv, line 2: ");
    fits("missing.csv", "missing.csv: No such file");
    with("a.csv", "empty.csv", "ista", &["empty.csv: the file is empty"]);
    with("empty.csv", "y.csv", "ista", &["empty.csv: the file is empty"]);
    with("a.csv", "nan.csv", "ista", &["nan.csv, line 2: ", "nan"]);
    with("nan.csv", "y.csv", "ista", &["nan.csv, line 2: ", "nan"]);
    with("a.csv", "nan.npy", "ista", &["nan.npy: number 7 of the array, NaN, is not a finite"]);
    with("a.csv", "word.csv", "ista", &["word.csv, line 1: `two", "is not a number"]);
    with("bad.mtx", "y.csv", "ista", &["bad.mtx, line 3: the file ends after 1 of 2"]);
    with("missing.csv", "y.csv", "ista", &["missing.csv: No such file"]);
    with("a.wav", "y.csv", "ista", &["a.wav: the name must end in"]);
    with(
        "a.csv",
        "huge.csv",
        "niht --sparsity 4",
        &["huge.csv, column 2: the measurements are too"],
    );
    with("zero.csv", "y.csv", "fista", &["zero.csv: the dictionary is zero, or its squares"]);
    with("large.csv", "y.csv", "omp --sparsity 4", &["large.csv: the dictionary is zero, or its"]);
}

#[test]
fn an_output_that_cannot_be_written() {
    let desk = Planted::draw(1).desk();
    for (name, words) in [("found.txt", "must end in .npy or .csv"), ("no/found.npy", "No such")] {
        let before = desk.names();
        let options = format!("--method omp --sparsity 4 --json --output {name}");
        let told = super::recover(&desk, &options);
        assert_eq!((told.code, told.stdout.as_str()), (Some(2), ""), "{told:?}");
        assert!(told.stderr.contains(words) && told.stderr.contains(name), "{told:?}");
        assert_eq!(desk.names(), before);
    }
}
