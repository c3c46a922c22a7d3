//! The figures: learning curves, and the cost of every ω with the place where the tuner settled.

use super::{ARMS, Policy, Row};
use crate::figure::{BLUE, Figure, GREEN, GREY, ORANGE, PURPLE, RED};
use std::path::Path;

/// Points of one learning curve.
const POINTS: usize = 200;

/// Sweeps spent so far against systems solved so far, mean over trials, one curve per policy.
pub(super) fn learning(rows: &[&Row], path: &Path) -> anyhow::Result<()> {
    // The whole grid of fixed ω would bury the rest.
    let shown = rows.iter().filter(|row| match row.policy {
        Policy::Fixed(omega) => [1.0, 1.5, 1.65, 1.8].contains(&omega),
        Policy::Variant(_) => false,
        _ => true,
    });
    let curves: Vec<_> = shown.map(|row| (row.policy.to_string(), cumulative(row))).collect();
    let mut figure = Figure::new("systems solved", "sweeps in all (mean over trials)");
    for ((label, points), color) in
        curves.iter().zip([GREY, GREY, GREY, RED, ORANGE, PURPLE, BLUE, GREY, GREEN].iter().cycle())
    {
        figure.line(label, points, *color);
    }
    figure.write(path)
}

fn cumulative(row: &Row) -> Vec<(f64, f64)> {
    let systems = row.trials.first().map_or(0, |trial| trial.sweeps.len());
    let stride = systems.div_ceil(POINTS).max(1);
    let mut sum = 0.0;
    let mut points = vec![(0.0, 0.0)];
    for k in 0..systems {
        sum += row.trials.iter().map(|trial| f64::from(trial.sweeps[k])).sum::<f64>();
        if (k + 1) % stride == 0 || k + 1 == systems {
            points.push(((k + 1) as f64, sum / row.trials.len() as f64));
        }
    }
    points
}

/// Mean sweeps of one solve against ω (fixed rows), and bars for how often the tuner played each
/// ω in the second half.
pub(super) fn omega(rows: &[&Row], path: &Path) -> anyhow::Result<()> {
    let fixed: Vec<_> = rows
        .iter()
        .filter_map(|row| match row.policy {
            Policy::Fixed(omega) => Some((omega, row.per_system())),
            _ => None,
        })
        .collect();
    let mut figure = Figure::new("omega", "sweeps of one solve (mean)");
    figure.line("fixed omega", &fixed, GREY);
    figure.points("", &fixed, GREY);
    let level =
        |policy: Policy| rows.iter().find(|row| row.policy == policy).map(|row| row.per_system());
    for (policy, color) in [
        (Policy::Tsallis, RED),
        (Policy::ChebCb, PURPLE),
        (Policy::Adaptive, BLUE),
        (Policy::Young, GREEN),
    ] {
        if let Some(level) = level(policy) {
            figure.level(&policy.to_string(), level, color);
        }
    }
    if let Some(row) = rows.iter().find(|row| row.policy == Policy::Tsallis) {
        figure.shares("share of plays in the second half", &shares(row), RED);
    }
    figure.write(path)
}

/// (ω, share of the second half's plays).
fn shares(row: &Row) -> Vec<(f64, f64)> {
    let mut plays = [0.0; ARMS];
    for trial in &row.trials {
        plays.iter_mut().zip(trial.late_plays).for_each(|(sum, n)| *sum += f64::from(n));
    }
    let all = plays.iter().sum::<f64>().max(1.0);
    plays.iter().enumerate().map(|(k, n)| (1.0 + 0.05 * k as f64, n / all)).collect()
}
