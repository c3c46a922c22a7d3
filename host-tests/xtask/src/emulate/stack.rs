//! How deep the stack goes, by painting: whole stories (their logging
//! included) and counted regions.

use super::{
    Choice,
    counts::{by_board, measure},
    image::Kind,
    sweep::Cell,
    table::Table,
};
use anyhow::Result;

/// Measures and shows the table.
pub(crate) fn run(choice: &Choice) -> Result<()> {
    let (cells, failures) = measure(choice, &[Kind::Story, Kind::Count])?;
    println!("\n{}", overview(choice, &cells).text());
    failures.finish()
}

/// Stories and regions by boards.
pub(crate) fn overview(choice: &Choice, cells: &[Cell]) -> Table {
    by_board(choice, cells, "stack, bytes", |cell| {
        let whole = cell.stack().map(|bytes| (cell.program.name.clone(), u64::from(bytes)));
        let region = cell.regions.iter().map(|region| (region.name.clone(), region.stack.into()));
        whole.into_iter().chain(region).collect()
    })
}
