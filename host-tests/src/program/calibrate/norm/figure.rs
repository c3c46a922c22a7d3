//! Figures of a norm calibration: what it leaves over, and where the readings lie on the sphere.

use crate::figure::{BLUE, Figure, GREY, Legend, ORANGE};
use crate::program::calibrate::outcome::figure_file;
use std::f64::consts::{SQRT_2, TAU};
use std::path::Path;

/// `STEM-residual.svg`: ‖y‖ over its mean and ‖v‖ over the norm, in percent, reading after reading.
pub(super) fn residuals(
    before: &[[f64; 3]],
    after: &[[f64; 3]],
    norm: f64,
    stem: &Path,
) -> anyhow::Result<()> {
    let mean = before.iter().map(length).sum::<f64>() / before.len().max(1) as f64;
    let percent = |all: &[[f64; 3]], norm: f64| -> Vec<(f64, f64)> {
        let deviation = |y: &[f64; 3]| 100.0 * (length(y) / norm - 1.0);
        all.iter().enumerate().map(|(k, y)| (k as f64, deviation(y))).collect()
    };
    let (before, after) = (percent(before, mean), percent(after, norm));
    let most = before.iter().chain(&after).map(|(_, y)| y.abs()).fold(0.0, f64::max).max(1e-9);
    let mut figure = Figure::new("reading", "deviation of the norm in percent")
        .between(-1.15 * most, 1.15 * most)
        .legend(Legend::TopRight);
    figure.level("", 0.0, GREY);
    figure.points("before", &before, ORANGE);
    figure.points("after", &after, BLUE);
    figure.write(&figure_file(stem, "residual"))
}

/// `STEM-coverage.svg`: the directions on two half spheres, seen from above and from below, each area as
/// large as it is on the sphere (Lambert's projection).
pub(super) fn coverage(after: &[[f64; 3]], stem: &Path) -> anyhow::Result<()> {
    // Half the width of the plot over half its height, so that circles are round.
    const ASPECT: f64 = 1.6;
    let place = |v: &[f64; 3]| {
        let [x, y, z] = v.map(|c| c / length(v));
        let stretch = (1.0 / (1.0 + z.abs())).sqrt();
        let centre = if z >= 0.0 { -1.1 } else { 1.1 };
        (centre + x * stretch, y * stretch)
    };
    let circle = |centre: f64, radius: f64| -> Vec<(f64, f64)> {
        let angle = |k: u32| f64::from(k) * TAU / 120.0;
        (0..=120).map(|k| (centre + radius * angle(k).cos(), radius * angle(k).sin())).collect()
    };
    let mut figure = Figure::new("x, from above (z > 0) and from below (z < 0)", "y")
        .between(-2.3 / ASPECT, 2.3 / ASPECT);
    for centre in [-1.1, 1.1] {
        figure.line("", &circle(centre, 1.0), GREY);
        // 45° from the pole.
        figure.line("", &circle(centre, (1.0 - 0.5 * SQRT_2).sqrt()), GREY);
    }
    figure.line("", &[(-2.3, 0.0), (2.3, 0.0)], GREY);
    let points: Vec<(f64, f64)> = after.iter().filter(|v| length(v) > 0.0).map(place).collect();
    figure.points("readings", &points, BLUE);
    figure.write(&figure_file(stem, "coverage"))
}

fn length(v: &[f64; 3]) -> f64 {
    v.iter().map(|c| c * c).sum::<f64>().sqrt()
}
