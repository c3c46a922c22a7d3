//! `recover` on the dictionary and the test signals that came with ALISTA: 250 × 500, 200 signals.

use crate::data::{run, trial_in};
use libtest_mimic::Trial;
use solvekit::LinearOperator;
use solvekit_host::file::{Columns, Output};
use solvekit_host::matrix::DenseMatrix;
use solvekit_host::vector::Vector;
use std::path::Path;
use tempfile::TempDir;

const DICTIONARY: &str = "alista_D_250x500.npy";
const SIGNALS: &str = "alista_xtest_500x200.npy";

/// A method, and the NMSE in decibels that it must get below.
const METHODS: [(&str, f64); 4] = [
    // All places found: least squares on them, to rounding.
    ("omp", -280.0),
    ("htp", -280.0),
    // Linear convergence to a tolerance of 1e-6, which is -120 dB, less what A magnifies.
    ("niht", -90.0),
    // λ shrinks every entry by about a thousandth of the largest correlation, which is -60 dB beside the
    // largest entry and more beside the others.
    ("fista", -40.0),
];

pub(crate) fn trials() -> Vec<Trial> {
    METHODS
        .map(|(method, bound)| {
            let name = format!("dictionary::{DICTIONARY}::{method}_finds_the_stored_signals");
            trial_in("sparse", name, DICTIONARY, move |path| finds(path, method, bound))
        })
        .into()
}

/// Without noise, the first signals, K being the non-zeros of the fullest.
#[allow(clippy::print_stdout, reason = "a figure for whoever runs this by hand")]
fn finds(dictionary: &Path, method: &str, bound: f64) {
    let mut truths =
        Columns::<f64>::read(&dictionary.with_file_name(SIGNALS)).expect("a good file").into_vec();
    truths.truncate(20);
    let columns = Columns::<f64>::read(dictionary).expect("a good file").into_vec();
    let rows = columns[0].len();
    let values = columns.iter().flat_map(|column| column.to_vec()).collect();
    let a = DenseMatrix::from_columns(rows, values).expect("whole columns");
    let measured: Vec<Vector<f64>> = truths
        .iter()
        .map(|x| {
            let mut y = a.zero_range();
            a.apply(x, &mut y);
            y
        })
        .collect();
    let nonzeros = |x: &Vector<f64>| x.iter().filter(|x| **x != 0.0).count();
    let most = truths.iter().map(nonzeros).max().expect("signals");
    let folder = TempDir::new().expect("a temporary folder");
    let file = |name: &str, columns: &[Vector<f64>]| {
        let path = folder.path().join(name);
        let slices: Vec<&[f64]> = columns.iter().map(|column| &**column).collect();
        Output::prepare(&path).and_then(|output| output.write(&slices)).expect("a writable folder");
        path.to_str().expect("text").to_owned()
    };
    let (y, x) = (file("y.npy", &measured), file("x.npy", &truths));
    let sparsity = most.to_string();
    let told = match method {
        "fista" => ["--lambda-fraction", "0.001"],
        _ => ["--sparsity", &sparsity],
    };
    let options = ["--measurements", &y, "--truth", &x, "--method", method, told[0], told[1]];
    let told = run("recover", "--dictionary", dictionary, &options);
    let json = told.json();
    let decibels = json["nmse_db"].as_f64().expect("a number");
    println!("{method}, K = {most}: {}, NMSE {decibels:.1} dB", json["status"]);
    assert!(decibels < bound, "{json}");
    let converged = json["status"] == "converged";
    assert_eq!(told.code, Some(if converged { 0 } else { 1 }), "{told:?}");
    // NIHT with more places than a signal has non-zeros may go round among the needless ones, just above
    // the tolerance; that it stalls then is true.
    assert!(converged || method == "niht" && json["status"] == "stalled", "{json}");
}
