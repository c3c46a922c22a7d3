//! A dated record of what was measured, kept in the repository.

use super::{
    Choice,
    board::Board,
    counts::{self, CAUTION},
    flash,
    image::{self, Kind},
    stack,
    sweep::Cell,
    table::{Table, thousands},
};
use crate::{failures::Failures, shell};
use anyhow::{Context, Result};
use serde_json::{Value, json};
use std::{
    fs,
    process::Command,
    time::{SystemTime, UNIX_EPOCH},
};

/// Functions of an image worth a line of their own.
const OURS: &str = "solvekit";

/// Measures everything chosen and writes `benches/records/DATE-firmware.{json,md}`.
pub(crate) fn run(choice: &Choice) -> Result<()> {
    let (cells, mut failures) = counts::measure(choice, &[Kind::Story, Kind::Count])?;
    let sizes = sizes(choice, &cells, &mut failures);
    // A record with holes would be compared with whole ones later.
    failures.finish()?;

    let date = today();
    let versions = Versions::read()?;
    let folder = shell::root().join("benches/records");
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    for (ending, text) in [
        ("json", serde_json::to_string_pretty(&data(&date, &versions, &cells, &sizes))? + "\n"),
        ("md", page(&date, &versions, choice, &cells, &sizes)),
    ] {
        let path = folder.join(format!("{date}-firmware.{ending}"));
        fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
        println!("wrote benches/records/{date}-firmware.{ending}");
    }
    super::readme::write()
}

/// Flash of one image.
struct Size {
    board: Board,
    program: String,
    flash: flash::Flash,
}

fn sizes(choice: &Choice, cells: &[Cell], failures: &mut Failures) -> Vec<Size> {
    let own = flash::images(choice.boards());
    let mut sizes = Vec::new();
    for cell in cells.iter().filter(|cell| own.contains(&cell.board)) {
        let read = flash::read(&image::path(&cell.board, &cell.program.name));
        if let Some(mut flash) = failures.note(&cell.name(), read) {
            flash.functions.retain(|(name, _)| name.contains(OURS) || name.contains("count_"));
            sizes.push(Size { board: cell.board, program: cell.program.name.clone(), flash });
        }
    }
    sizes
}

/// Of what measures.
pub(super) struct Versions {
    pub(super) rustc: String,
    pub(super) qemu: String,
}

impl Versions {
    pub(super) fn read() -> Result<Self> {
        Ok(Self { rustc: rustc()?, qemu: version("qemu-system-arm")? })
    }
}

/// The compiler's version.
pub(super) fn rustc() -> Result<String> {
    version("rustc")
}

fn version(program: &str) -> Result<String> {
    let mut command = Command::new(program);
    let text = shell::read(command.current_dir(shell::root()).arg("--version"))?;
    Ok(text.lines().next().unwrap_or_default().to_owned())
}

fn data(date: &str, versions: &Versions, cells: &[Cell], sizes: &[Size]) -> Value {
    let runs: Vec<_> = cells
        .iter()
        .map(|cell| {
            let region = |region: &super::sweep::Region| {
                json!({ "name": region.name, "instructions": region.instructions, "stack_bytes": region.stack })
            };
            json!({
                "program": cell.program.name,
                "core": cell.board.core,
                "machine": cell.board.machine,
                "target": cell.board.target,
                "stack_bytes": cell.stack(),
                "regions": cell.regions.iter().map(region).collect::<Vec<_>>(),
            })
        })
        .collect();
    let flash: Vec<_> = sizes
        .iter()
        .map(|size| {
            let function = |(name, bytes): &(String, u64)| json!({ "name": name, "bytes": bytes });
            json!({
                "program": size.program,
                "target": size.board.target,
                "flash_bytes": size.flash.total,
                "functions": size.flash.functions.iter().map(function).collect::<Vec<_>>(),
            })
        })
        .collect();
    json!({
        "date": date,
        "rustc": versions.rustc,
        "qemu": versions.qemu,
        "profile": "opt-level 3, fat LTO, one codegen unit, panic = abort",
        "note": CAUTION,
        "runs": runs,
        "flash": flash,
    })
}

fn page(
    date: &str,
    versions: &Versions,
    choice: &Choice,
    cells: &[Cell],
    sizes: &[Size],
) -> String {
    let flash = flash_table(choice, sizes);
    format!(
        "# Firmware under emulation, {date}\n\n\
         Written by `cargo xtask emulate record`. {}; {}; opt-level 3, fat LTO.\n\n\
         ## Instructions\n\n{CAUTION} A baseline belongs to this compiler version.\n\n{}\n\
         ## Stack\n\nHigh-water mark by painting; stories with their logging.\n\n{}\n\
         ## Flash\n\nWhole images, the log's transport and the vector table included; \
         by function in the JSON file beside this one. What each solver takes: the budgets.\n\n{}",
        versions.rustc,
        versions.qemu,
        counts::overview(choice, cells).markdown(),
        stack::overview(choice, cells).markdown(),
        flash.markdown(),
    )
}

/// Images by boards; a board that runs another's image has no column.
fn flash_table(choice: &Choice, sizes: &[Size]) -> Table {
    let boards = flash::images(choice.boards());
    let heading = ["flash, bytes"].into_iter().chain(boards.iter().map(|board| board.core));
    let mut table = Table::new(heading);
    let mut programs: Vec<&str> = Vec::new();
    for size in sizes {
        if !programs.contains(&size.program.as_str()) {
            programs.push(&size.program);
        }
    }
    for program in programs {
        let of_board = |board: &Board| {
            let size = sizes.iter().find(|size| size.program == program && size.board == *board);
            size.map_or("–".to_owned(), |size| thousands(size.flash.total))
        };
        table.row([program.to_owned()].into_iter().chain(boards.iter().map(of_board)));
    }
    table
}

/// Today in UTC, as in 2026-01-31.
pub(super) fn today() -> String {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs());
    date(seconds / 86_400)
}

/// The civil date of a day counted from 1970-01-01.
fn date(day: u64) -> String {
    // Years that begin in March put the leap day last; 400 of them are an era.
    let day = day + 719_468;
    let (era, in_era) = (day / 146_097, day % 146_097);
    let year_of_era = (in_era - in_era / 1_460 + in_era / 36_524 - in_era / 146_096) / 365;
    let in_year = in_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * in_year + 2) / 153;
    let day_of_month = in_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    format!("{year:04}-{month:02}-{day_of_month:02}")
}

#[cfg(test)]
mod tests {
    use super::date;

    #[test]
    fn days_become_dates() {
        assert_eq!(date(0), "1970-01-01");
        assert_eq!(date(11_016), "2000-02-29");
        assert_eq!(date(20_454), "2026-01-01");
    }
}
