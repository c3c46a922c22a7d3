//! The tables as CSV.

use super::check::Check;
use super::row::{Learned, Row};
use crate::experiment::table::finish;
use std::path::Path;

/// A line for each recovery, condition and dictionary.
pub(super) fn write(rows: &[Row], path: &Path) -> anyhow::Result<()> {
    let header = ["problem", "recovery", "signals", "seed", "objective", "mean_squared_error"];
    let records = rows.iter().map(|row| {
        let Row { problem, recovery, condition, seed, score } = row;
        vec![
            problem.to_string(),
            recovery.to_string(),
            condition.name.to_string(),
            seed.to_string(),
            format!("{:.6e}", score.objective),
            format!("{:.6e}", score.error),
        ]
    });
    listed(&header, records, path)
}

/// A line for each layer of each network.
pub(super) fn write_steps(learned: &[Learned], path: &Path) -> anyhow::Result<()> {
    let header = ["problem", "loss", "seed", "layer", "step_times_curvature"];
    let records = learned.iter().flat_map(|network| {
        let Learned { problem, recovery, seed, steps } = network;
        steps.iter().enumerate().map(move |(layer, step)| {
            vec![
                problem.to_string(),
                recovery.to_string(),
                seed.to_string(),
                (layer + 1).to_string(),
                format!("{step:.6}"),
            ]
        })
    });
    listed(&header, records, path)
}

/// A line for each claim.
pub(super) fn write_checks(checks: &[Check], path: &Path) -> anyhow::Result<()> {
    let header = ["claim", "signals", "measured", "holds_with", "dictionaries"];
    let records = checks.iter().map(|check| {
        vec![
            check.claim.to_string(),
            check.condition.to_string(),
            check.measured.clone(),
            check.holds.to_string(),
            check.of.to_string(),
        ]
    });
    listed(&header, records, path)
}

fn listed(
    header: &[&str],
    records: impl Iterator<Item = Vec<String>>,
    path: &Path,
) -> anyhow::Result<()> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record(header)?;
    for record in records {
        csv.write_record(record)?;
    }
    finish(csv, path)
}
