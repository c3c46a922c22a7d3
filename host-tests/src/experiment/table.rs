//! The end of every experiment's table.

use anyhow::Context;
use std::path::Path;

/// Writes a table; a run that is cut off leaves the previous one.
pub(super) fn finish(csv: csv::Writer<Vec<u8>>, path: &Path) -> anyhow::Result<()> {
    let bytes = csv.into_inner().context("the table did not fit in memory")?;
    crate::file::write_whole(path, &bytes)
        .with_context(|| format!("cannot write {}", path.display()))
}
