//! The figures: learning curves, and the cost of every ω with the place where the tuner settled.

use super::{ARMS, Policy, Row, Told};
use crate::figure::{BLACK_INK, BLUE, Figure, GREEN, GREY, Legend, ORANGE, PURPLE, RED, SKY};
use plotters::style::RGBColor;
use std::path::Path;

/// Points of one learning curve.
const POINTS: usize = 200;

/// Sweeps spent so far against systems solved so far, mean over trials, one curve per policy.
pub(super) fn learning(rows: &[&Row], path: &Path) -> anyhow::Result<()> {
    let shown: Vec<_> = rows.iter().filter(|row| color(row.policy).is_some()).collect();
    // Gauss–Seidel leaves the picture early: at its scale the others would be one line.
    let highest = shown.iter().filter(|row| row.policy != Policy::Fixed(1.0));
    let highest = highest.map(|row| row.mean).fold(0.0, f64::max);
    let mut figure = Figure::new("systems solved", "sweeps in all (mean over trials)")
        .between(0.0, 1.05 * highest)
        .legend(Legend::TopLeft);
    for row in shown {
        let points: Vec<_> =
            cumulative(row).into_iter().filter(|(_, sweeps)| *sweeps <= 1.05 * highest).collect();
        figure.line(&row.policy.to_string(), &points, color(row.policy).unwrap_or(GREY));
    }
    figure.write(path)
}

/// The colour of a learning curve; none for what would bury the rest.
fn color(policy: Policy) -> Option<RGBColor> {
    Some(match policy {
        Policy::Fixed(omega) if [1.0, 1.5, 1.65, 1.8].contains(&omega) => GREY,
        Policy::Tsallis => RED,
        Policy::TsallisBins => ORANGE,
        Policy::ChebCb => PURPLE,
        Policy::Auto(Told::Nothing) => BLUE,
        Policy::Auto(Told::RedBlack) => SKY,
        Policy::Adaptive => GREEN,
        Policy::Young => BLACK_INK,
        _ => return None,
    })
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
