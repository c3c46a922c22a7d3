//! The figures: learning curves, and the ω that was chosen as the diffusivity rose and fell.

use super::table::{Row, best_fixed};
use super::{Policy, Trial};
use crate::figure::{BLUE, Figure, GREEN, GREY, Legend, ORANGE, PURPLE, RED};
use plotters::style::RGBColor;
use std::path::Path;

/// Points of one learning curve.
const POINTS: usize = 400;
/// Steps behind one point of the chosen ω.
const WINDOW: usize = 25;

const fn color(policy: Policy) -> RGBColor {
    match policy {
        Policy::Cg => ORANGE,
        Policy::Fixed(_) => GREY,
        Policy::Tsallis => RED,
        Policy::TsallisBins => PURPLE,
        Policy::ChebCb => BLUE,
        Policy::Oracle => GREEN,
    }
}

/// Iterations spent so far against steps taken, mean over trials. Plain CG, three times as many,
/// would press the others together.
pub(super) fn learning(rows: &[Row], nx: usize, path: &Path) -> anyhow::Result<()> {
    let mut figure =
        Figure::new("steps", "iterations in all (mean over trials)").legend(Legend::TopLeft);
    let own = || rows.iter().filter(|row| row.nx == nx);
    if let Some(row) = own().find(|row| row.policy == Policy::Fixed(1.0)) {
        figure.line("omega 1", &cumulative(&row.trials), ORANGE);
    }
    if let Some(row) = best_fixed(rows, nx) {
        figure.line(&format!("best fixed {}", row.policy), &cumulative(&row.trials), GREY);
    }
    for row in own().filter(|row| row.policy.learns() || row.policy == Policy::Oracle) {
        figure.line(&row.policy.to_string(), &cumulative(&row.trials), color(row.policy));
    }
    figure.write(path)
}

fn cumulative(trials: &[Trial]) -> Vec<(f64, f64)> {
    let steps = trials.first().map_or(0, |trial| trial.iterations.len());
    let stride = steps.div_ceil(POINTS).max(1);
    let mut sum = 0.0;
    let mut points = vec![(0.0, 0.0)];
    for k in 0..steps {
        sum += trials.iter().map(|trial| f64::from(trial.iterations[k])).sum::<f64>();
        if (k + 1) % stride == 0 || k + 1 == steps {
            points.push(((k + 1) as f64, sum / trials.len() as f64));
        }
    }
    points
}

/// ω of the first trial, mean over 25 steps, of the learners that play alike in the long run, the
/// oracle, and the best fixed one.
pub(super) fn omega(rows: &[Row], nx: usize, path: &Path) -> anyhow::Result<()> {
    let mut figure =
        Figure::new("steps", "omega (mean over 25 steps)").between(1.0, 2.0).legend(Legend::Top);
    for policy in [Policy::Tsallis, Policy::Oracle, Policy::ChebCb] {
        let Some(row) = rows.iter().find(|row| row.nx == nx && row.policy == policy) else {
            continue;
        };
        if let Some(trial) = row.trials.first() {
            let points: Vec<_> = trial.omegas.chunks(WINDOW).enumerate().map(mean).collect();
            figure.line(&policy.to_string(), &points, color(policy));
        }
    }
    if let Some(Policy::Fixed(omega)) = best_fixed(rows, nx).map(|row| row.policy) {
        figure.level("best fixed omega", omega, GREY);
    }
    figure.write(path)
}

/// The middle of a window and its mean.
fn mean((index, window): (usize, &[f64])) -> (f64, f64) {
    let middle = (index * WINDOW) as f64 + 0.5 * window.len() as f64;
    (middle, window.iter().sum::<f64>() / window.len() as f64)
}
