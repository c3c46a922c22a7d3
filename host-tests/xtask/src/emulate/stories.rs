//! Runs every story on every board and compares with its expected output.

use super::{
    Choice,
    board::Board,
    image::{Kind, Program},
    log::{self, Level},
    sweep::{self, Cell},
    table::Table,
    verdict::{Verdict, judge},
};
use crate::failures::Failures;
use anyhow::{Context, Result, bail};
use std::fs;

/// Runs, judges, shows the table of stories and boards; an error names every failure.
pub(crate) fn run(choice: &Choice, bless: bool, measured: bool) -> Result<()> {
    let mut programs = sweep::chosen(choice, &[Kind::Story, Kind::Count, Kind::Integration])?;
    let boards = choice.every_board();
    programs.retain(|program| boards.iter().any(|board| program.package.runs_on(board)));
    let cells = sweep::sweep(choice, &programs, choice.limit(), None, |cell| {
        let word = if bless { ending(cell) } else { verdict(cell).to_string() };
        let log = cell.run.as_ref().ok().filter(|_| measured).map(|run| run.log.as_slice());
        let lines = log::lines(log.unwrap_or_default(), Level::Measure);
        lines.fold(word, |word, line| format!("{word}\n  {line}"))
    });
    if cells.is_empty() {
        bail!("none of the chosen stories runs on a chosen board");
    }
    let mut failures = Failures::default();
    if bless {
        for program in &programs {
            failures.note(&program.name, write(program, &cells));
        }
    }
    let mut ok = 0;
    for cell in &cells {
        match verdict(cell).complaint() {
            None => ok += 1,
            Some(complaint) => failures.add(format!("{}: {complaint}", cell.name())),
        }
    }
    println!("\n{}", overview(&boards, &programs, &cells));
    println!("{ok} of {} runs ended with exit 0 and the expected output", cells.len());
    failures.finish()
}

/// Judges a cell against the output expected now.
fn verdict(cell: &Cell) -> Verdict {
    match &cell.run {
        Ok(run) => judge(run, fs::read_to_string(cell.program.expected()).ok().as_deref()),
        Err(why) => Verdict::NotRun(why.clone()),
    }
}

fn ending(cell: &Cell) -> String {
    cell.run.as_ref().map_or("not run".to_owned(), |run| run.end.to_string())
}

fn output(cell: &Cell) -> Result<String> {
    let run = cell.run.as_ref().map_err(|why| anyhow::anyhow!("{}: {why}", cell.name()))?;
    // Judged against its own output, only a bad end is left to complain about.
    let said: String = log::lines(&run.log, Level::Story).map(|line| format!("{line}\n")).collect();
    match judge(run, Some(&said)).complaint() {
        None => Ok(said),
        Some(complaint) => bail!("{}: {complaint}", cell.name()),
    }
}

/// Writes the expected output, if every board that ran says the same.
fn write(program: &Program, cells: &[Cell]) -> Result<()> {
    let mut blessed: Option<(String, String)> = None;
    for cell in cells.iter().filter(|cell| cell.program == *program) {
        let said = output(cell).context("not blessed")?;
        match &blessed {
            None => blessed = Some((cell.name(), said)),
            Some((_, first)) if *first == said => {}
            Some((name, _)) => bail!("not blessed: {name} and {} differ", cell.name()),
        }
    }
    let (_, text) = blessed.context("not blessed: it ran nowhere")?;
    let path = program.expected();
    fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))
}

fn overview(boards: &[Board], programs: &[Program], cells: &[Cell]) -> String {
    let has_cells = |board: &&Board| cells.iter().any(|cell| cell.board == **board);
    let boards: Vec<_> = boards.iter().filter(has_cells).collect();
    let heading = ["story"].into_iter().chain(boards.iter().map(|board| board.core));
    let mut table = Table::new(heading);
    for program in programs {
        let word = |board: &&Board| {
            let is_it = |cell: &&Cell| cell.program == *program && cell.board == **board;
            cells.iter().find(is_it).map_or("–".to_owned(), |cell| verdict(cell).to_string())
        };
        let words = boards.iter().map(word);
        table.row([program.name.clone()].into_iter().chain(words));
    }
    table.text()
}
