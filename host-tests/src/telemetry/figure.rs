//! How the newest solves came down.

use super::History;
use crate::figure::{BLUE, BROWN, Figure, GREEN, Legend, ORANGE, PURPLE, RED, SKY, YELLOW};

/// A plot of the certificate over the iterations of the newest solves, at most eight.
pub fn figure(history: &History) -> Figure {
    let colors = [BLUE, ORANGE, GREEN, PURPLE, SKY, BROWN, YELLOW, RED];
    let mut figure = Figure::new("iteration", "residual").logarithmic().legend(Legend::TopRight);
    let first = history.kept().len().saturating_sub(colors.len());
    for (solve, color) in history.kept().skip(first).zip(colors) {
        let points: Vec<_> = solve
            .looks
            .iter()
            .filter(|look| look.residual.is_finite())
            .map(|look| (f64::from(look.iteration), f64::from(look.residual)))
            .collect();
        let parameter = solve.last.parameter.map_or_else(String::new, |p| format!(", ω {p:.3}"));
        let label = format!("solve {}: {}{parameter}", solve.number, solve.last.status);
        figure.line(&label, &points, color);
    }
    figure
}
