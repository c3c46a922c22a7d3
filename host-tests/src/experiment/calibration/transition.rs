//! The phase transition: success over the number of equations and the deviation of the gains.

use super::method::Method;
use super::problem::{At, Draw, Shape};
use super::row::{Part, Row};
use super::success::cell;
use crate::experiment::Options;
use crate::figure::Map;
use anyhow::Result;

/// Sensors, for 64 unknowns and 4 snapshots: from .7 to 2.4 equations for each number to find.
const SENSORS: [usize; 10] = [14, 18, 22, 26, 30, 36, 44, 54, 70, 96];
const RADII: [f64; 8] = [0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9, 0.99];

/// Maps of the projected gradient and of `auto`.
pub(super) fn rows(options: &Options) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for (method, file) in
        [(Method::Gradient(1500), "transition-gradient.svg"), (Method::Auto, "transition-auto.svg")]
    {
        let shapes = SENSORS.map(|m| Shape { n: 64, m, p: 4 }.scaled(options));
        let of_radius = |rho: f64| {
            shapes.map(|shape| {
                let draw =
                    Draw { shape, nonzeros: shape.n, rho, snr: f64::INFINITY, at: At::Output };
                cell(Part::Transition, method, draw, options)
            })
        };
        let cells = RADII.map(of_radius);
        let shares: Vec<Vec<f64>> = cells
            .iter()
            .map(|row| row.iter().map(|row| row.measured / f64::from(row.trials)).collect())
            .collect();
        Map {
            x: "equations for each number to find, m p / (n + m - 1)",
            y: "largest deviation of a gain from 1",
            columns: shapes.iter().map(|shape| format!("{:.2}", shape.ratio())).collect(),
            rows: RADII.iter().map(f64::to_string).collect(),
            values: shares,
            label: "share of successes",
        }
        .write(&options.output.join(file))?;
        rows.extend(cells.into_iter().flatten());
    }
    Ok(rows)
}
