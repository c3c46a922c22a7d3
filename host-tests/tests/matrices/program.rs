//! The program on real matrices that are easy, singular, or not for SOR at all.

use crate::data::{solve, trial};
use libtest_mimic::Trial;
use solvekit::LinearOperator;
use solvekit_host::file::{Columns, Output, read_matrix};
use solvekit_host::vector::Vector;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

pub(crate) fn trials() -> Vec<Trial> {
    let mut trials = vec![
        trial("program::west0067.mtx::zero_diagonal", "west0067.mtx", zero_diagonal),
        trial("program::fs_183_1.mtx::diverges_finitely", "fs_183_1.mtx", diverges_finitely),
        trial("program::fs_183_1.mtx::omega_1_converges", "fs_183_1.mtx", |path| {
            converges(path, &["--omega", "1"]);
        }),
        trial("program::recirc_flow.mtx::omega_1_converges", "recirc_flow.mtx", |path| {
            converges(path, &["--omega", "1"]);
        }),
        trial("program::recirc_flow.mtx::young_does_not_settle", "recirc_flow.mtx", |path| {
            refused(path, &["--omega", "young"], "does not settle");
        }),
        trial("program::unit_square.mtx::default_refused", "unit_square.mtx", noise),
        trial("program::unit_square.mtx::consistent", "unit_square.mtx", consistent),
        trial("program::unit_square.mtx::inconsistent", "unit_square.mtx", inconsistent),
    ];
    for file in ["bcsstk01.mtx", "nos4.mtx", "gr_30_30.mtx", "mesh1e1.mtx", "airfoil.mtx"] {
        let name = format!("program::{file}::adaptive_converges_in_both_precisions");
        trials.push(trial(name, file, |path| {
            converges(path, &[]);
            converges(path, &["--precision", "f32", "--tol", "2e-5"]);
        }));
    }
    // Positive definite, indefinite, unsymmetric, with a zero diagonal, and singular: the choice
    // finds a way for each.
    let definite = ["bcsstk01.mtx", "nos4.mtx", "gr_30_30.mtx", "mesh1e1.mtx", "airfoil.mtx"];
    for file in definite.into_iter().chain(["fs_183_1.mtx", "west0067.mtx"]) {
        let name = format!("program::{file}::method_auto");
        trials.push(trial(name, file, |path| {
            converges(path, &["--method", "auto"]);
            converges(path, &["--method", "auto", "--precision", "f32", "--tol", "2e-5"]);
        }));
    }
    let radii = [("gr_30_30.mtx", 0.99232), ("mesh1e1.mtx", 0.77793), ("fs_183_1.mtx", 0.84797)];
    for (file, radius) in radii {
        let name = format!("program::{file}::young_from_the_estimated_radius");
        trials.push(trial(name, file, move |path| young(path, radius)));
    }
    for (file, radius) in [("bcsstk01.mtx", "is 1.1014"), ("nos4.mtx", "is 1.026")] {
        let name = format!("program::{file}::young_refused_above_1");
        trials.push(trial(name, file, move |path| refused(path, &["--omega", "young"], radius)));
    }
    trials
}

#[track_caller]
fn refused(matrix: &Path, options: &[&str], words: &str) {
    let told = solve(matrix, options);
    assert_eq!(told.code, Some(2), "{told:?}");
    let file = matrix.file_name().expect("a name").to_string_lossy();
    assert!(told.stderr.contains(&*file), "{} names the file", told.stderr);
    assert!(told.stderr.contains(words), "`{words}` is not in: {}", told.stderr);
    assert_eq!(told.stdout, "");
}

#[track_caller]
fn converges(matrix: &Path, options: &[&str]) {
    let told = solve(matrix, options);
    assert_eq!(told.code, Some(0), "{told:?}");
    let json = told.json();
    assert_eq!(json["status"], "converged");
    assert!(json["residual"].as_f64() <= json["tolerance"].as_f64(), "{json}");
}

fn zero_diagonal(matrix: &Path) {
    refused(matrix, &[], "the diagonal entry of row 1 is zero");
}

fn diverges_finitely(matrix: &Path) {
    let folder = TempDir::new().expect("a temporary folder");
    let output = folder.path().join("x.npy");
    let told = solve(matrix, &["--omega", "1.5", "--output", text(&output)]);
    assert_eq!(told.code, Some(1), "{told:?}");
    let json = told.json();
    // Each sweep multiplies the residual by a little: it meets the limit long before infinity.
    assert_eq!(json["status"], "diverged");
    assert!(told.stderr.contains("try --omega 1"), "{}", told.stderr);
    // The reader refuses what is not finite.
    let x = Columns::<f64>::read(&output).expect("a finite x");
    assert_eq!(x.length(), 183);
    // The default starts at the same ω and falls back to Gauss–Seidel.
    converges(matrix, &[]);
}

/// ω of the table's Jacobi radius, whose five digits leave a few 1e-4.
fn young(matrix: &Path, radius: f64) {
    let told = solve(matrix, &["--omega", "young"]);
    let omega = told.json()["omega"].as_f64().expect("a number");
    let known = 2.0 / (1.0 + (1.0 - radius * radius).sqrt());
    assert!((omega - known).abs() < 5e-4, "{omega} for {known}");
}

fn noise(matrix: &Path) {
    for precision in ["f64", "f32"] {
        refused(matrix, &["--precision", precision], "is rounding noise");
    }
    let told = solve(matrix, &[]);
    assert!(told.stderr.contains("--rhs"), "{}", told.stderr);
}

/// The right-hand side as a file.
fn side(folder: &TempDir, b: &[f64]) -> PathBuf {
    let path = folder.path().join("b.npy");
    Output::prepare(&path).and_then(|output| output.write(&[b])).expect("a writable folder");
    path
}

/// b = A v has a solution although A has none for every b.
fn consistent(matrix: &Path) {
    let a = read_matrix::<f64>(matrix).expect("a good file");
    let v: Vector<f64> = (0..a.columns()).map(|i| (i as f64).sin()).collect();
    let mut b = a.zero_range();
    a.apply(&v, &mut b);
    let folder = TempDir::new().expect("a temporary folder");
    let b = side(&folder, &b);
    for omega in ["1", "1.5", "adaptive"] {
        converges(matrix, &["--rhs", text(&b), "--omega", omega]);
    }
    for method in ["auto", "cg", "ssor-cg"] {
        converges(matrix, &["--rhs", text(&b), "--method", method]);
    }
}

/// b = 1 is orthogonal to the range of A: no x leaves less than all of it.
fn inconsistent(matrix: &Path) {
    let folder = TempDir::new().expect("a temporary folder");
    let b = side(&folder, &[1.0; 191]);
    for omega in ["1", "1.5", "adaptive"] {
        let told = solve(matrix, &["--rhs", text(&b), "--omega", omega]);
        assert_eq!(told.code, Some(1), "{told:?}");
        let json = told.json();
        assert_eq!(json["status"], "stalled", "omega {omega}");
        assert!(json["residual"].as_f64().is_some_and(|residual| residual > 0.99), "{json}");
    }
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a temporary folder's name is text")
}
