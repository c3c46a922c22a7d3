//! `solvekit recover --backend`: the same signals, by whatever finds them.

use super::network::{Trained, name};
use super::{METHODS, Planted};
use serde_json::Value;
use solvekit_host::file::Columns;
use solvekit_host::vector::Vector;

fn json(desk: &crate::desk::Desk, options: &str) -> Value {
    let told = desk.run(&format!("recover {options} --json --output found.npy"));
    assert_eq!(told.code, Some(0), "{told:?}");
    serde_json::from_str(&told.stdout).expect("JSON")
}

fn found(desk: &crate::desk::Desk) -> Vec<Vec<f64>> {
    let columns = Columns::<f64>::read(&desk.path("found.npy")).expect("signals");
    columns.as_slice().iter().map(|x: &Vector<f64>| x.to_vec()).collect()
}

/// Each is as near to the solution as its tolerance of 1e-6 says, which leaves x ten times as free.
#[test]
fn side_by_side_finds_the_same() {
    let desk = Planted::draw(40).desk();
    for (method, needs) in METHODS {
        let files = "--dictionary a.csv --measurements y.csv --truth x.csv";
        let options = format!("{files} --method {method} {needs}");
        let known = json(&desk, &options);
        let signals = found(&desk);
        for threads in [1, 3] {
            let told = json(&desk, &format!("{options} --backend simd --threads {threads}"));
            for key in ["status", "columns", "nonzeros", "method", "sparsity"] {
                assert_eq!(told[key], known[key], "{key} of {method}");
            }
            let lambda = |value: &Value| value["reports"][7]["lambda"].as_f64().unwrap_or(0.0);
            assert!((lambda(&told) - lambda(&known)).abs() <= 1e-13 * lambda(&known));
            for (x, known) in found(&desk).iter().zip(&signals) {
                let apart = x.iter().zip(known).map(|(x, known)| (x - known).abs());
                assert!(apart.fold(0.0, f64::max) < 1e-5, "{method}");
            }
        }
    }
}

#[test]
fn networks_side_by_side_find_the_same() {
    let trained = Trained::new(40);
    for model in &trained.models {
        for safeguard in ["", "--safeguard"] {
            let files = "--dictionary a.csv --measurements y.csv --method network";
            let options = format!("{files} --network {} {safeguard}", name(model));
            let known = json(&trained.desk, &options);
            let signals = found(&trained.desk);
            let told = json(&trained.desk, &format!("{options} --backend simd --threads 2"));
            for key in ["status", "columns", "iterations", "nonzeros", "network", "layers"] {
                assert_eq!(told[key], known[key], "{key} of {}", name(model));
            }
            // In f32; with the safeguard to the bit, since it goes by scalar.
            let bound = if safeguard.is_empty() { 1e-5 } else { 0.0 };
            for (x, known) in found(&trained.desk).iter().zip(&signals) {
                let apart = x.iter().zip(known).map(|(x, known)| (x - known).abs());
                assert!(apart.fold(0.0, f64::max) <= bound, "{}", name(model));
            }
        }
    }
}
