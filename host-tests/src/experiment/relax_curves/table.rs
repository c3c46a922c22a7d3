//! Columns of numbers under their names.

use crate::experiment::table::finish;
use std::path::Path;

/// Writes a CSV file, whole or not at all.
pub(super) fn write(
    path: &Path,
    names: &[&str],
    rows: impl Iterator<Item = Vec<f64>>,
) -> anyhow::Result<()> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record(names)?;
    for row in rows {
        // Six digits: counts and ω are exact, the rest is beyond what a figure shows.
        csv.write_record(row.iter().map(|value| format!("{}", (value * 1e6).round() / 1e6)))?;
    }
    finish(csv, path)
}
