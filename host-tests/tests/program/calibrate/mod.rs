//! `solvekit calibrate`.

mod array;
mod ferraris;
mod gains;
mod logs;
mod norm;

use serde_json::Value;

/// Numbers as told, within a tolerance.
#[track_caller]
fn check(found: &Value, meant: &[f64], tolerance: f64) {
    let found = found.as_array().expect("an array");
    assert_eq!(found.len(), meant.len());
    for (found, meant) in found.iter().zip(meant) {
        let found = found.as_f64().expect("a number");
        assert!((found - meant).abs() < tolerance, "{found} {meant}");
    }
}
