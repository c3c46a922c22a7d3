//! An image seen by sensors of unknown gains.

use super::method::Method;
use super::problem::{At, Problem, Shape};
use super::reference;
use super::row::{Part, Row};
use crate::draws::Draws;
use crate::experiment::Options;
use crate::figure::{BLUE, Figure, GREEN, Legend, Map, ORANGE};
use anyhow::Result;
use rayon::prelude::*;

/// Steps after which the gradient's image is looked at.
const LOOKS: [u32; 8] = [0, 30, 100, 200, 300, 500, 700, 1000];
/// Side of the image.
const SIDE: f64 = 32.0;

/// A picture with flat parts, edges, a ramp and a texture, of numbers from 0 to 1.
fn picture(side: usize) -> Vec<f64> {
    let pixel = |i: usize, j: usize| {
        let (y, x) = (i as f64 / side as f64, j as f64 / side as f64);
        let disc = (x - 0.35).hypot(y - 0.4) < 0.22;
        let square = (0.55..0.85).contains(&x) && (0.15..0.45).contains(&y);
        let stripes = y > 0.7 && (j / 2).is_multiple_of(2);
        if disc {
            0.95
        } else if square {
            0.2 + 0.6 * (x - 0.55) / 0.3
        } else if stripes {
            0.75
        } else {
            0.1 + 0.25 * y
        }
    };
    (0..side * side).map(|k| pixel(k / side, k % side)).collect()
}

/// dB over steps for each ρ, `imaging.svg`, and pictures before and after for ρ = .9.
pub(super) fn rows(options: &Options) -> Result<Vec<Row>> {
    let side = ((SIDE * options.scale.min(1.0).powf(0.25)).round() as usize).max(8);
    let shape = Shape { n: side * side, m: side * side / 4, p: 10 };
    let mut rows = Vec::new();
    let mut figure = Figure::new("steps of the projected gradient", "signal over error in dB")
        .between(0.0, 330.0)
        .legend(Legend::BottomRight);
    for ((rho, uncalibrated, after), color) in
        reference::IMAGING.into_iter().zip([GREEN, BLUE, ORANGE])
    {
        let mut draws = Draws::new(options.seed, 0x1336);
        let entries = (0..shape.n * shape.m * shape.p).map(|_| draws.normal()).collect();
        let truth = picture(side);
        let problem =
            Problem::measured(shape, entries, truth, rho, (f64::INFINITY, At::Output), &mut draws);
        let decibels = |x: &[f64]| -20.0 * problem.errors(x, &problem.gains).0.log10();
        let row = |method: Method, steps: Option<u32>, x: &[f64], reference: Option<f64>| Row {
            part: Part::Imaging,
            method: method.name(),
            shape,
            nonzeros: shape.n,
            rho,
            snr: f64::INFINITY,
            trials: 1,
            measured: decibels(x),
            iterations: steps.map(f64::from),
            reference: reference.filter(|_| options.scale == 1.0),
            agrees: None,
        };
        let methods = [Method::Uncalibrated, Method::GaussNewton(2)];
        let solved: Vec<_> = methods.par_iter().map(|method| method.solve(&problem)).collect();
        for (method, solved) in methods.into_iter().zip(&solved) {
            let Some(solved) = solved else { continue };
            let reference = (method == Method::Uncalibrated).then_some(uncalibrated);
            rows.push(row(method, None, &solved.x, reference));
        }
        let curve: Vec<(u32, Vec<f64>)> = super::method::curve(&problem, &LOOKS);
        for (steps, x) in &curve {
            let place = [100, 300, 1000].iter().position(|look| look == steps);
            let reference = place.map(|place| after[place]);
            rows.push(row(Method::Gradient(*steps), Some(*steps), x, reference));
        }
        let points: Vec<_> =
            curve.iter().map(|(steps, x)| (f64::from(*steps), decibels(x))).collect();
        figure.line(&format!("gains within {rho} of 1"), &points, color);
        figure.points("", &points, color);
        if let (Some(Some(before)), true, Some((_, last))) =
            (solved.first(), rho == 0.9, curve.last())
        {
            for (what, x) in [("truth", &problem.x), ("before", &before.x), ("after", last)] {
                show(x, side, &options.output.join(format!("image-{what}.svg")))?;
            }
        }
    }
    figure.write(&options.output.join("imaging.svg"))?;
    Ok(rows)
}

/// An image, clipped to its range.
fn show(x: &[f64], side: usize, path: &std::path::Path) -> Result<()> {
    let labels: Vec<String> = (0..side).map(|_| String::new()).collect();
    let values = x.chunks(side).rev().map(<[f64]>::to_vec).collect();
    Map { x: "", y: "", columns: labels.clone(), rows: labels, values, label: "" }.write(path)
}
