//! Instructions executed in each counted region, on each board.

use super::{
    Choice,
    image::Kind,
    limits,
    log::{self, Level},
    machine::Run,
    plugin::Plugin,
    sweep::{self, Cell},
    table::{Table, thousands},
    verdict::judge,
};
use crate::failures::Failures;
use anyhow::Result;

/// Printed with every figure.
pub(crate) const CAUTION: &str =
    "Executed instructions, not cycles: what a cycle count would be depends on the chip.";

/// Counts and shows the table.
pub(crate) fn run(choice: &Choice) -> Result<()> {
    let (cells, mut failures) = measure(choice, &[Kind::Count])?;
    println!("\n{}\n{CAUTION}", overview(choice, &cells).text());
    failures.append(limits::check(&cells));
    failures.finish()
}

/// Runs the chosen programs under the plugin. A figure of a run that went wrong
/// is no figure: it fails.
pub(crate) fn measure(choice: &Choice, kinds: &[Kind]) -> Result<(Vec<Cell>, Failures)> {
    let programs = sweep::chosen(choice, kinds)?;
    let plugin = Plugin::build()?;
    let mut failures = Failures::default();
    let mut cells =
        sweep::sweep(choice, &programs, choice.limit(), Some(&plugin), |cell| {
            match cell.run.as_ref().map_err(Clone::clone).map(bad_end) {
                Ok(None) => "measured".to_owned(),
                Ok(Some(why)) | Err(why) => {
                    failures.add(format!("{}: {why}", cell.name()));
                    "FAILED".to_owned()
                }
            }
        });
    cells.retain(|cell| cell.run.as_ref().is_ok_and(|run| bad_end(run).is_none()));
    Ok((cells, failures))
}

fn bad_end(run: &Run) -> Option<String> {
    let own: String = log::lines(&run.log, Level::Story).map(|line| format!("{line}\n")).collect();
    judge(run, Some(&own)).complaint()
}

/// Regions by boards.
pub(crate) fn overview(choice: &Choice, cells: &[Cell]) -> Table {
    by_board(choice, cells, "instructions", |cell| {
        let region = |region: &sweep::Region| (region.name.clone(), region.instructions);
        cell.regions.iter().map(region).collect()
    })
}

/// A table of named figures, a column for each board.
pub(crate) fn by_board(
    choice: &Choice,
    cells: &[Cell],
    title: &str,
    figures: impl Fn(&Cell) -> Vec<(String, u64)>,
) -> Table {
    let mut names: Vec<String> = Vec::new();
    let all: Vec<_> = cells.iter().map(|cell| (cell.board, figures(cell))).collect();
    for (name, _) in all.iter().flat_map(|(_, figures)| figures) {
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    let boards = choice.boards();
    let heading = [title].into_iter().chain(boards.iter().map(|board| board.core));
    let mut table = Table::new(heading);
    for name in names {
        let figure = |core: &str| {
            let of_board = all.iter().filter(|(board, _)| board.core == core);
            let figure = of_board.flat_map(|(_, figures)| figures).find(|(n, _)| *n == name);
            figure.map_or("–".to_owned(), |(_, figure)| thousands(*figure))
        };
        let row: Vec<_> = boards.iter().map(|board| figure(board.core)).collect();
        table.row([name].into_iter().chain(row));
    }
    table
}
