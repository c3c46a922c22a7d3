//! Command lines that are refused: exit 2, with the option and what would do.

use crate::desk::Desk;

/// Refuses the words on a good matrix.
#[track_caller]
fn refused(options: &str, words: &[&str]) {
    Desk::with_pair().refuses(options, words);
}

#[test]
fn omega_outside_its_interval() {
    for omega in ["0", "2", "-0.5", "2.5", "inf", "NaN", "1e-400"] {
        refused(&format!("--omega {omega}"), &["--omega", "strictly between 0 and 2"]);
    }
}

#[test]
fn omega_that_rounds_to_its_interval_s_end() {
    refused("--precision f32 --omega 1.99999999", &["--omega", "strictly between 0 and 2"]);
}

#[test]
fn omega_that_is_no_number() {
    refused("--omega best", &["--omega", "`young`, `adaptive`, `tsallis` or `cheb`"]);
}

#[test]
fn method_that_does_not_exist() {
    refused("--method gmres", &["--method", "possible values: auto, sor"]);
}

#[test]
fn precision_that_does_not_exist() {
    refused("--precision f16", &["--precision", "possible values: f32, f64"]);
}

#[test]
fn a_learner_without_a_sequence() {
    for omega in ["--omega tsallis", "--omega cheb"] {
        refused(omega, &[&format!("{omega}: one solve cannot learn"), "--shifts"]);
    }
}

#[test]
fn jacobi_radius_of_one_or_more() {
    for radius in ["1", "1.5", "-0.1", "nan", "inf"] {
        refused(
            &format!("--omega young --jacobi-radius {radius}"),
            &["--jacobi-radius: ", "does not lie in [0, 1)"],
        );
    }
}

#[test]
fn jacobi_radius_whose_omega_rounds_to_two() {
    let radius = "0.99999999999999989";
    refused(
        &format!("--precision f32 --omega young --jacobi-radius {radius}"),
        &["error: --jacobi-radius: 0.9999999999999999 rounds to 1 in f32", "--precision f64"],
    );
    // It also rounds to 1, but its ω, 1.9997, is no 2.
    let near = "--precision f32 --omega young --jacobi-radius 0.99999999 --max-iterations 1 --json";
    let told = Desk::with_pair().solve(near);
    assert_eq!(told.code, Some(1), "{told:?}");
    assert!(told.json()["omega"].as_f64().is_some_and(|omega| omega > 1.999 && omega < 2.0));
}

#[test]
fn jacobi_radius_without_young() {
    refused("--jacobi-radius 0.5", &["--jacobi-radius: it is for --omega young"]);
}

#[test]
fn estimated_jacobi_radius_of_one_or_more() {
    // [1 2; 2 1]: its Jacobi radius is 2.
    let matrix = "%%MatrixMarket matrix array real general\n2 2\n1\n2\n2\n1\n";
    let desk = Desk::with(&[("a.mtx", matrix)]);
    desk.refuses("--omega young", &["a.mtx: its Jacobi radius is 2.0", "--omega adaptive"]);
}

#[test]
fn jacobi_radius_that_does_not_settle() {
    // The Jacobi matrix permutes and scales three unknowns: complex eigenvalues of one modulus.
    let entries = "3 3 6\n1 1 1\n2 2 1\n3 3 1\n1 2 0.5\n2 3 0.1\n3 1 0.9\n";
    let matrix = format!("{}{entries}", crate::desk::GENERAL);
    let desk = Desk::with(&[("a.mtx", &matrix)]);
    desk.refuses("--omega young", &["a.mtx: the estimate", "--jacobi-radius"]);
    assert_eq!(desk.solve("--omega young --jacobi-radius 0.36").code, Some(0));
}

#[test]
fn tolerance_that_is_none() {
    for tolerance in ["-1e-8", "nan", "inf"] {
        refused(&format!("--tol {tolerance}"), &["--tol: the tolerance must be a finite number"]);
    }
    refused("--tol tight", &["--tol", "invalid"]);
}

#[test]
fn tolerance_that_rounds_to_zero() {
    let zero = ["--tol: 1e-50 is zero in f32", "--precision f64"];
    refused("--tol 1e-50 --precision f32", &zero);
    for text in ["1e-400", "0.5E-400", ".1e-330"] {
        refused(&format!("--tol {text}"), &["--tol", "zero in f64"]);
    }
}

#[test]
fn tolerance_of_zero_asks_for_all_there_is() {
    // 4 x = 4 is solved exactly; a digit of the exponent does not make 0.0e-9 positive.
    let matrix = "%%MatrixMarket matrix array real general\n1 1\n4\n";
    let desk = Desk::with(&[("a.mtx", matrix)]);
    for text in ["0", "0.0e-9", "1e-300"] {
        let told = desk.solve(&format!("--tol {text} --omega 1 --json"));
        assert_eq!(told.code, Some(0), "{told:?}");
        assert_eq!(told.json()["residual"], 0.0);
    }
}

#[test]
fn tolerance_that_x_0_meets_already() {
    for tolerance in ["1", "1.5", "1e6", "1 --precision f32", "0.99999999 --precision f32"] {
        refused(&format!("--tol {tolerance}"), &["--tol: ", "accepts x = 0", "must be below 1"]);
    }
    assert_eq!(Desk::with_pair().solve("--tol 0.999").code, Some(0));
}

#[test]
fn cap_that_is_none() {
    refused("--max-iterations -1", &["--max-iterations", "-1"]);
    refused("--max-iterations 1e4", &["--max-iterations", "invalid"]);
}

#[test]
fn workspace_or_seed_below_zero() {
    refused("--method auto --workspace -1", &["--workspace", "-1"]);
    refused("--seed -1", &["--seed", "-1"]);
}

#[test]
fn option_that_does_not_exist() {
    refused("--fast", &["--fast"]);
}

#[test]
fn no_matrix() {
    let told = Desk::with(&[]).run("solve");
    assert_eq!(told.code, Some(2));
    assert!(told.stderr.contains("--matrix"), "{}", told.stderr);
}

#[test]
fn command_that_does_not_exist() {
    let told = Desk::with(&[]).run("guess");
    assert_eq!(told.code, Some(2));
    assert!(told.stderr.contains("guess"), "{}", told.stderr);
}

#[test]
fn output_of_an_unknown_format() {
    let told = Desk::with_pair().solve("--output x.doc");
    assert_eq!(told.code, Some(2));
    assert!(told.stderr.contains("x.doc: the name must end in .npy or .csv"), "{}", told.stderr);
}

#[test]
fn output_into_a_folder_that_does_not_exist() {
    let told = Desk::with_pair().solve("--output nowhere/x.npy");
    assert_eq!(told.code, Some(2));
    assert!(told.stderr.contains("nowhere/x.npy: No such file"), "{}", told.stderr);
    assert!(!told.stderr.contains(".solvekit-"), "a temporary file is named: {}", told.stderr);
}

#[test]
fn output_over_a_folder() {
    let desk = Desk::with_pair();
    std::fs::create_dir(desk.path("x.npy")).expect("a writable folder");
    let told = desk.solve("--output x.npy");
    assert_eq!(told.code, Some(2));
    assert!(told.stderr.contains("x.npy: is a directory"), "{}", told.stderr);
}
