//! Errors under noise, with many equations and near the counting bound.

use super::method::Method;
use super::problem::{At, Draw, Problem, Shape};
use super::reference;
use super::row::{Part, Row, median};
use super::success::trials;
use crate::experiment::Options;
use crate::figure::{BLUE, Figure, GREEN, GREY, Legend, ORANGE, PURPLE, RED};
use anyhow::Result;
use rayon::prelude::*;

/// More trials than the reference medians have, so that only their spread is left.
const MORE: u32 = 10;

const METHODS: [Method; 6] = [
    Method::Uncalibrated,
    Method::Gradient(100),
    Method::Start,
    Method::GaussNewton(2),
    Method::Auto,
    Method::Oracle,
];

/// The median errors, and `noise.svg`.
pub(super) fn rows(options: &Options) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    let shape = Shape { n: 64, m: 64, p: 6 }.scaled(options);
    for (snr, [uncalibrated, gradient, oracle]) in reference::NOISE {
        for method in METHODS {
            let reference = match method {
                Method::Uncalibrated => Some(uncalibrated),
                Method::Gradient(_) => Some(gradient),
                Method::Oracle => Some(oracle),
                _ => None,
            };
            let draw = Draw { shape, nonzeros: shape.n, rho: 0.5, snr, at: At::Field };
            let row = cell(Part::Noise, method, draw, options);
            let reference = reference.filter(|_| options.scale == 1.0);
            // 5 % are asked; the reference medians of 30 have a spread of some 4 % themselves.
            let agrees = reference.map(|reference| (row.measured / reference - 1.0).abs() < 0.05);
            rows.push(Row { reference, agrees, ..row });
        }
    }
    draw(&rows, options)?;
    let shape = Shape { n: 32, m: 32, p: 2 }.scaled(options);
    for snr in [40.0, 30.0, 20.0, 10.0] {
        for method in [Method::Uncalibrated, Method::GaussNewton(20), Method::Auto] {
            let draw = Draw { shape, nonzeros: shape.n, rho: 0.5, snr, at: At::Output };
            rows.push(cell(Part::Bound, method, draw, options));
        }
    }
    Ok(rows)
}

/// The median error of the signal; a refusal counts as all of it.
fn cell(part: Part, method: Method, draw: Draw, options: &Options) -> Row {
    let trials = trials(MORE * reference::NOISE_TRIALS, options);
    let one = |trial: u32| {
        let problem = Problem::draw(options.seed.wrapping_add(u64::from(trial) << 8), draw);
        let solved = method.solve(&problem);
        solved.map_or(1.0, |solved| problem.errors(&solved.x, &solved.gains).0)
    };
    let errors: Vec<f64> = (0..trials).into_par_iter().map(one).collect();
    Row {
        part,
        method: method.name(),
        shape: draw.shape,
        nonzeros: draw.nonzeros,
        rho: draw.rho,
        snr: draw.snr,
        trials,
        measured: median(errors),
        iterations: None,
        reference: None,
        agrees: None,
    }
}

fn draw(rows: &[Row], options: &Options) -> Result<()> {
    let mut figure = Figure::new("signal over noise in dB", "median error of the signal")
        .logarithmic()
        .legend(Legend::BottomLeft);
    for (method, color) in METHODS.into_iter().zip([GREY, ORANGE, PURPLE, BLUE, RED, GREEN]) {
        let name = method.name();
        let own = rows.iter().filter(|row| row.method == name);
        let points: Vec<(f64, f64)> = own.map(|row| (row.snr, row.measured)).collect();
        figure.line(&name, &points, color);
        figure.points("", &points, color);
    }
    figure.write(&options.output.join("noise.svg"))
}
