//! The README's tables of what firmware takes: those of the newest records, never typed by hand.

use crate::shell;
use anyhow::{Context, Result, bail, ensure};
use std::fs;

/// A table, and where it comes from.
struct Shown {
    /// What follows the date in the record's name.
    record: &'static str,
    /// The heading above the table there.
    heading: &'static str,
    begin: &'static str,
    end: &'static str,
}

const TABLES: [Shown; 3] = [
    Shown {
        record: "firmware",
        heading: "## Instructions\n",
        begin: "<!-- firmware-record: written by `cargo xtask emulate record` -->\n",
        end: "<!-- /firmware-record -->",
    },
    Shown {
        record: "budget",
        heading: "## M4F, opt-level 3\n",
        begin: "<!-- budget-record: written by `cargo xtask budget --record` -->\n",
        end: "<!-- /budget-record -->",
    },
    Shown {
        record: "kernels",
        heading: "## Instructions\n",
        begin: "<!-- kernels-record: written by `cargo xtask bench kernels --record` -->\n",
        end: "<!-- /kernels-record -->",
    },
];

/// Puts the newest records' tables into the README.
pub(crate) fn write() -> Result<()> {
    let path = shell::root().join("README.md");
    let readme = fs::read_to_string(&path).context("README.md")?;
    fs::write(&path, renewed(&readme)?).context("README.md")?;
    println!("renewed the tables in README.md");
    Ok(())
}

/// An error if the README shows anything but the newest records.
pub(crate) fn check() -> Result<()> {
    let readme = fs::read_to_string(shell::root().join("README.md")).context("README.md")?;
    ensure!(
        renewed(&readme)? == readme,
        "README.md does not show the newest records: run `cargo xtask emulate record`, \
         `cargo xtask budget --record` or `cargo xtask bench kernels --record`"
    );
    Ok(())
}

fn renewed(readme: &str) -> Result<String> {
    let mut readme = readme.to_owned();
    for shown in &TABLES {
        readme = shown.within(&readme, &newest(shown.record, "md")?)?;
    }
    Ok(readme)
}

impl Shown {
    /// The README with this record's table between its marks.
    fn within(&self, readme: &str, record: &str) -> Result<String> {
        let table = self
            .table(record)
            .with_context(|| format!("no table in the {} record", self.record))?;
        let marks = readme
            .split_once(self.begin)
            .and_then(|(head, rest)| Some((head, rest.split_once(self.end)?)));
        let Some((head, (_, tail))) = marks else {
            bail!("README.md has no place marked for the {} record", self.record);
        };
        Ok(format!("{head}{}{table}{}{tail}", self.begin, self.end))
    }

    /// The table under the record's heading.
    fn table(&self, record: &str) -> Option<String> {
        let (_, section) = record.split_once(self.heading)?;
        let (_, table) = section.split_once("\n|")?;
        let lines = table.lines().take_while(|line| !line.is_empty());
        let table: Vec<_> = lines.collect();
        Some(format!("|{}\n", table.join("\n")))
    }
}

/// The newest record of a kind, with this ending; the names begin with their date.
pub(super) fn newest(kind: &str, ending: &str) -> Result<String> {
    let folder = shell::root().join("benches/records");
    let entries = fs::read_dir(&folder).context("benches/records")?;
    let paths = entries.flatten().map(|entry| entry.path());
    let ending = format!("-{kind}.{ending}");
    let newest = paths.filter(|path| path.to_string_lossy().ends_with(&ending)).max();
    let path = newest.with_context(|| format!("benches/records holds no {kind} record"))?;
    fs::read_to_string(&path).with_context(|| path.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECORD: &str = "# R\n\n## Instructions\n\nwords\n\n| a | b |\n|---|---:|\n| x | 1 |\n\n## Stack\n\n| c |\n";

    #[test]
    fn the_table_is_put_between_the_marks() {
        let [shown, ..] = TABLES;
        let Shown { begin, end, .. } = shown;
        let readme = format!("head\n{begin}old\n{end}\ntail\n");
        let renewed = shown.within(&readme, RECORD).unwrap();
        assert_eq!(
            renewed,
            format!("head\n{begin}| a | b |\n|---|---:|\n| x | 1 |\n{end}\ntail\n")
        );
        assert_eq!(shown.within(&renewed, RECORD).unwrap(), renewed);
    }

    #[test]
    fn a_readme_without_marks_is_refused() {
        let [shown, ..] = TABLES;
        assert!(shown.within("head\n", RECORD).is_err());
        assert!(shown.within(&format!("{}{}", shown.begin, shown.end), "no table").is_err());
    }
}
