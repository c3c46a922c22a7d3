//! `solvekit train`, from the outside.

mod refused;
mod runs;

use crate::desk::Desk;
use crate::recover::{Planted, csv};

/// A dictionary `a.csv` of 20 × 32, with signals `x.csv` and measurements `y.csv`.
pub(crate) fn desk() -> Desk {
    let planted = Planted::draw(3);
    let a: Vec<Vec<f64>> = planted.a[..32].iter().map(|column| column[..20].to_vec()).collect();
    let x: Vec<Vec<f64>> = (0..15)
        .map(|k| {
            (0..32).map(move |j| if (j * 5 + k) % 13 == 0 { 1.0 + 0.1 * k as f64 } else { 0.0 })
        })
        .map(Iterator::collect)
        .collect();
    let y: Vec<Vec<f64>> = x.iter().map(|x| crate::recover::product(&a, x)).collect();
    Desk::with(&[("a.csv", &csv(&a)), ("x.csv", &csv(&x)), ("y.csv", &csv(&y))])
}

/// Small, for every kind.
pub(crate) const SMALL: &str =
    "--dictionary a.csv --layers 3 --steps 20 --batch 16 --validation 40";
