//! Runs programs on boards, one after the other, with a line for each.

use super::{
    Choice,
    board::Board,
    image::{self, Kind, Program},
    log::{self, Level},
    machine::{self, Run},
    plugin::Plugin,
};
use anyhow::{Context, Result, bail};
use std::{path::Path, time::Duration};

/// One program on one board.
pub(crate) struct Cell {
    /// The board.
    pub(crate) board: Board,
    /// The program.
    pub(crate) program: Program,
    /// What it left behind, or why it never ran.
    pub(crate) run: Result<Run, String>,
    /// Its counted regions, when they were asked for.
    pub(crate) regions: Vec<Region>,
}

/// A counted region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Region {
    /// Its name, as the image logged it.
    pub(crate) name: String,
    /// Instructions executed inside.
    pub(crate) instructions: u64,
    /// Bytes of stack used inside.
    pub(crate) stack: u32,
}

impl Cell {
    /// Bytes of stack the whole story used, if it ran and painted.
    pub(crate) fn stack(&self) -> Option<u32> {
        let run = self.run.as_ref().ok()?;
        log::lines(&run.log, Level::Measure)
            .find_map(|line| line.strip_prefix("stack: "))
            .and_then(|bytes| bytes.parse().ok())
    }

    /// What to call it in a message.
    pub(crate) fn name(&self) -> String {
        format!("{} on {}", self.program.name, self.board.core)
    }
}

/// The programs of the wanted kinds that were chosen.
pub(crate) fn chosen(choice: &Choice, kinds: &[Kind]) -> Result<Vec<Program>> {
    let all = image::programs()?;
    let known: Vec<_> = all.iter().filter(|program| kinds.contains(&program.kind)).collect();
    for story in &choice.stories {
        if !known.iter().any(|program| program.name == *story) {
            let names: Vec<_> = known.iter().map(|program| program.name.as_str()).collect();
            bail!("no story `{story}` here; there are {}", names.join(", "));
        }
    }
    let wanted =
        |program: &&&Program| choice.stories.is_empty() || choice.stories.contains(&program.name);
    Ok(known.iter().filter(wanted).map(|&program| program.clone()).collect())
}

/// Builds and runs the programs on every chosen board; counted with a plugin, else for their
/// output alone. What cannot be built or run becomes a cell that says so. `said` is told of each
/// cell as it comes and returns the word to show.
pub(crate) fn sweep(
    choice: &Choice,
    programs: &[Program],
    limit: Duration,
    plugin: Option<&Plugin>,
    mut said: impl FnMut(&Cell) -> String,
) -> Vec<Cell> {
    let mut cells = Vec::new();
    for board in &choice.every_board() {
        let runs = |program: &&Program| program.package.runs_on(board);
        let programs: Vec<_> = programs.iter().filter(runs).collect();
        if programs.is_empty() {
            continue;
        }
        println!("{}: building {} programs for {}", board.core, programs.len(), board.target);
        let build = if plugin.is_some() { image::build } else { image::build_bare };
        let built = build(board, &programs).map_err(|error| format!("{error:#}"));
        for program in programs {
            let ran = match &built {
                Ok(()) => run(board, program, limit, plugin).map_err(|error| format!("{error:#}")),
                Err(error) => Err(error.clone()),
            };
            let (run, regions) = match ran {
                Ok((run, regions)) => (Ok(run), regions),
                Err(error) => (Err(error), Vec::new()),
            };
            let cell = Cell { board: *board, program: program.clone(), run, regions };
            println!("{}: {}: {}", board.core, program.name, said(&cell));
            cells.push(cell);
        }
    }
    cells
}

/// Builds and runs one program on one board, counting its regions; for the demo, whose matrix goes
/// into the image.
pub(crate) fn run_one(
    board: &Board,
    name: &str,
    matrix: Option<&Path>,
    limit: Duration,
) -> Result<Cell> {
    let program = image::programs()?
        .into_iter()
        .find(|program| program.name == name)
        .with_context(|| format!("no program `{name}`"))?;
    image::build_for(board, &program, matrix)?;
    let plugin = Plugin::build()?;
    let (run, regions) = run(board, &program, limit, Some(&plugin))?;
    Ok(Cell { board: *board, program, run: Ok(run), regions })
}

fn run(
    board: &Board,
    program: &Program,
    limit: Duration,
    plugin: Option<&Plugin>,
) -> Result<(Run, Vec<Region>)> {
    let image = image::path(board, &program.name);
    let mut extra: Vec<_> =
        program.package.emulator.iter().map(|argument| (*argument).to_owned()).collect();
    let Some(plugin) = plugin else {
        return Ok((machine::run(board, &image, limit, &extra)?, Vec::new()));
    };
    extra.extend(plugin.arguments());
    let run = machine::run(board, &image, limit, &extra)?;
    let counts = plugin.counts()?;
    let regions = named(&run, &counts).with_context(|| format!("regions of {}", program.name))?;
    Ok((run, regions))
}

/// Puts the names an image logged to the counts of the plugin, both in order.
/// A region that ran several times counts by its mean, its stack by the deepest.
fn named(run: &Run, counts: &[u64]) -> Result<Vec<Region>> {
    let named: Vec<_> = log::lines(&run.log, Level::Measure)
        .filter_map(|line| line.strip_prefix("region: ")?.rsplit_once(": stack: "))
        .collect();
    if named.len() != counts.len() {
        bail!("{} were logged, {} were counted ({})", named.len(), counts.len(), run.end);
    }
    let mut regions: Vec<(Region, u64)> = Vec::new();
    for ((name, stack), instructions) in named.into_iter().zip(counts) {
        let stack = stack.parse().with_context(|| format!("region {name}: stack `{stack}`"))?;
        match regions.iter_mut().find(|(region, _)| region.name == name) {
            Some((region, times)) => {
                region.instructions += instructions;
                region.stack = region.stack.max(stack);
                *times += 1;
            }
            None => {
                let name = name.to_owned();
                regions.push((Region { name, instructions: *instructions, stack }, 1));
            }
        }
    }
    let mean = |(region, times): (Region, u64)| Region {
        instructions: (region.instructions + times / 2) / times,
        ..region
    };
    Ok(regions.into_iter().map(mean).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emulate::{log::Entry, machine::End};

    fn run(lines: &[&str]) -> Run {
        let entry = |line: &&str| Entry { level: Level::Measure, text: (*line).to_owned() };
        let log = lines.iter().map(entry).collect();
        Run { end: End::Exit(0), log, stderr: String::new() }
    }

    #[test]
    fn a_repeated_region_counts_by_its_mean() {
        let run =
            run(&["region: a: b: stack: 8", "region: c: stack: 4", "region: a: b: stack: 12"]);
        let regions = named(&run, &[10, 7, 13]).unwrap();
        let region =
            |name: &str, instructions, stack| Region { name: name.into(), instructions, stack };
        assert_eq!(regions, [region("a: b", 12, 12), region("c", 7, 4)]);
    }

    #[test]
    fn a_count_without_a_name_is_refused() {
        assert!(named(&run(&["region: a: stack: 8"]), &[10, 7]).is_err());
    }
}
