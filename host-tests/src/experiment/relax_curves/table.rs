//! Columns of numbers under their names.

use anyhow::Context;
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
    let bytes = csv.into_inner().context("the table did not fit in memory")?;
    crate::file::write_whole(path, &bytes)
        .with_context(|| format!("cannot write {}", path.display()))
}
