//! The README's table of instruction counts: that of the newest record, never typed by hand.

use crate::shell;
use anyhow::{Context, Result, bail, ensure};
use std::fs;

const BEGIN: &str = "<!-- firmware-record: written by `cargo xtask emulate record` -->\n";
const END: &str = "<!-- /firmware-record -->";

/// Puts the newest record's table into the README.
pub(crate) fn write() -> Result<()> {
    let path = shell::root().join("README.md");
    let readme = fs::read_to_string(&path).context("README.md")?;
    let renewed = with_table(&readme, &newest()?)?;
    fs::write(&path, renewed).context("README.md")?;
    println!("renewed the table in README.md");
    Ok(())
}

/// An error if the README shows anything but the newest record.
pub(crate) fn check() -> Result<()> {
    let readme = fs::read_to_string(shell::root().join("README.md")).context("README.md")?;
    ensure!(
        with_table(&readme, &newest()?)? == readme,
        "README.md does not show the newest firmware record: run `cargo xtask emulate record`"
    );
    Ok(())
}

/// The README with this record's table between its marks.
fn with_table(readme: &str, record: &str) -> Result<String> {
    let table = instructions(record).context("the record has no table of instructions")?;
    let marks =
        readme.split_once(BEGIN).and_then(|(head, rest)| Some((head, rest.split_once(END)?)));
    let Some((head, (_, tail))) = marks else {
        bail!("README.md has no place marked for the firmware record");
    };
    Ok(format!("{head}{BEGIN}{table}{END}{tail}"))
}

/// The table under the record's heading of instructions.
fn instructions(record: &str) -> Option<String> {
    let (_, section) = record.split_once("## Instructions\n")?;
    let (_, table) = section.split_once("\n|")?;
    let lines = table.lines().take_while(|line| !line.is_empty());
    let table: Vec<_> = lines.collect();
    Some(format!("|{}\n", table.join("\n")))
}

/// The newest record's page; the names begin with their date.
fn newest() -> Result<String> {
    let folder = shell::root().join("benches/records");
    let entries = fs::read_dir(&folder).context("benches/records")?;
    let pages = entries.flatten().map(|entry| entry.path());
    let newest = pages.filter(|path| path.to_string_lossy().ends_with("-firmware.md")).max();
    let path = newest.context("benches/records holds no firmware record")?;
    fs::read_to_string(&path).with_context(|| path.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECORD: &str = "# R\n\n## Instructions\n\nwords\n\n| a | b |\n|---|---:|\n| x | 1 |\n\n## Stack\n\n| c |\n";

    #[test]
    fn the_table_is_put_between_the_marks() {
        let readme = format!("head\n{BEGIN}old\n{END}\ntail\n");
        let renewed = with_table(&readme, RECORD).unwrap();
        assert_eq!(
            renewed,
            format!("head\n{BEGIN}| a | b |\n|---|---:|\n| x | 1 |\n{END}\ntail\n")
        );
        assert_eq!(with_table(&renewed, RECORD).unwrap(), renewed);
    }

    #[test]
    fn a_readme_without_marks_is_refused() {
        assert!(with_table("head\n", RECORD).is_err());
        assert!(with_table(&format!("{BEGIN}{END}"), "no table").is_err());
    }
}
