//! One run as a table on the terminal and as dated files.

use crate::count::Counted;
use crate::interleave::Measured;
use crate::machine::Machine;
use anyhow::{Context, Result};
use serde::Serialize;
use std::fmt::Write;
use std::fs;
use std::path::Path;

/// Everything one run measured.
#[derive(Clone, Debug, Serialize)]
pub struct Record {
    /// As in 2026-01-31.
    pub date: String,
    /// Where.
    pub machine: Machine,
    /// valgrind's version, where instructions were counted.
    pub valgrind: Option<String>,
    /// Case by case.
    pub cases: Vec<Entry>,
}

/// One case.
#[derive(Clone, Debug, Serialize)]
pub struct Entry {
    /// Its name.
    pub case: String,
    /// What one job is.
    pub job: String,
    /// Contenders; ratios refer to the first.
    pub measured: Vec<Measured>,
    /// Instructions, where they were counted.
    pub counted: Vec<Counted>,
}

impl Entry {
    /// The lines of a Markdown table.
    #[must_use]
    pub fn rows(&self) -> String {
        let mut rows = String::new();
        for (k, one) in self.measured.iter().enumerate() {
            let case = if k == 0 { self.case.as_str() } else { "" };
            let sweeps = one.sweeps.map_or(String::new(), |sweeps| trimmed(sweeps, 1));
            let (low, high) = one.quartiles;
            let _ = writeln!(
                rows,
                "| {case} | {} | {} | {:.2} | {low:.2}–{high:.2} | {sweeps} |",
                one.contender,
                duration(one.nanoseconds),
                one.ratio,
            );
        }
        rows
    }

    fn counts(&self) -> String {
        let mut rows = String::new();
        for (k, one) in self.counted.iter().enumerate() {
            let case = if k == 0 { self.case.as_str() } else { "" };
            let own = trimmed(one.instructions, 2);
            let ratio = one.instructions / self.counted[0].instructions;
            let _ = writeln!(rows, "| {case} | {} | {own} | {ratio:.2} |", one.contender);
        }
        rows
    }
}

/// The head of the table of times.
pub const HEAD: &str = "\
| case | contender | time | ratio | middle half | sweeps |
|---|---|---:|---:|---:|---:|
";

impl Record {
    /// Writes `DATE-host.json` and `DATE-host.md` into a folder.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn write(&self, folder: &Path) -> Result<()> {
        let json = serde_json::to_string_pretty(self)? + "\n";
        for (ending, text) in [("json", json), ("md", self.page())] {
            let path = folder.join(format!("{}-host.{ending}", self.date));
            fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
        }
        Ok(())
    }

    fn page(&self) -> String {
        let Machine { cpu, cores, rustc, target, features, opt_level, rustflags } = &self.machine;
        let flags = if rustflags.is_empty() { "none" } else { rustflags };
        let mut page = format!(
            "# Host, {}\n\n\
             Written by `cargo xtask bench --record`. {cpu}, {cores} cores; {rustc}, {target}, \
             opt-level {opt_level}, target features {features}, flags: {flags}.\n\n\
             ## Times\n\n\
             Medians of one interleaved run. A ratio is a contender's time over that of the first \
             one in its case, below 1 is faster; only ratios carry over to another day. Each answer \
             was asserted against the peer's before the clock ran. Sweeps are exact, a mean per \
             solve. A solve includes the checks of its input.\n\n{HEAD}",
            self.date,
        );
        self.cases.iter().for_each(|entry| page += &entry.rows());
        if let Some(valgrind) = &self.valgrind {
            let _ = write!(
                page,
                "\n## Instructions\n\n\
                 Executed per job, counted by callgrind ({valgrind}): exact for this build, a mean \
                 for the tuner.\n\n\
                 | case | contender | instructions | ratio |\n|---|---|---:|---:|\n"
            );
            self.cases.iter().for_each(|entry| page += &entry.counts());
        }
        page
    }
}

/// Nanoseconds with a fitting unit.
fn duration(nanoseconds: f64) -> String {
    match nanoseconds {
        small if small < 1e4 => format!("{small:.0} ns"),
        middle if middle < 1e7 => format!("{:.1} µs", middle / 1e3),
        large => format!("{:.1} ms", large / 1e6),
    }
}

/// Decimals only where they say something.
fn trimmed(number: f64, decimals: usize) -> String {
    if number.fract() == 0.0 { format!("{number}") } else { format!("{number:.decimals$}") }
}
