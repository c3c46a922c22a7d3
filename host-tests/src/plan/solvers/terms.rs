//! What a solver's state and work grow with.

use super::{Shape, Size};
use solvekit::calibration::{search, shared_room};
use solvekit::direct::packed;

/// Of bytes of state: what the states have room for, so that they are foretold to the byte.
pub(super) fn memory(solver: &str, shape: Shape, size: Size) -> Vec<f64> {
    let [r, c, p] = size.numbers();
    match shape {
        Shape::Grid => vec![1.0, r * c],
        Shape::Square => vec![1.0, c, c * c],
        Shape::Design => vec![1.0, r, c],
        Shape::Arms => vec![1.0, c],
        Shape::Sensors => {
            let [rows, columns, snapshots] = [r, c, p].map(|number| number as usize);
            let mut terms = vec![1.0, r, c, r * p];
            match solver {
                "shared-gains" => terms.push(shared_room(columns, rows) as f64),
                "auto-calibration" => {
                    terms.push((packed(columns) + search(columns, snapshots)) as f64);
                }
                _ => terms.push(packed(columns) as f64),
            }
            terms
        }
        Shape::Readings => vec![1.0, r],
        Shape::Fixed => vec![1.0],
    }
}

/// Of the instructions of a step, or of a whole call.
pub(super) fn work(shape: Shape, size: Size, is_call: bool) -> Vec<f64> {
    let [r, c, p] = size.numbers();
    match shape {
        Shape::Grid => vec![1.0, c, r * c],
        Shape::Square if is_call => vec![c, c * c, c * c * c],
        Shape::Square => vec![1.0, c, c * c],
        Shape::Design => vec![1.0, r, c, r * c],
        Shape::Arms => vec![1.0, c],
        // Sums over rows of all snapshots, a matrix of N² for each sensor, a factorisation.
        Shape::Sensors => vec![p * r * c, r * c * c, c * c * c],
        Shape::Readings => vec![1.0, r],
        Shape::Fixed => vec![1.0],
    }
}
