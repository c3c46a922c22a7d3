//! The comparison's table, from what `benches/peers/package.py` measured.

use crate::machine::Machine;
use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt::Write;

/// What was measured.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Measured {
    /// Versions of the package, of Python and of the peers.
    pub versions: BTreeMap<String, String>,
    /// Programs that wanted a core in the minute before the run.
    pub load_before: f64,
    /// A call of `solve` with a 4 × 4 matrix.
    pub call: Call,
    /// Many devices in one call.
    pub batch: Part,
    /// The whole job: from a Parquet file to a file of results.
    pub fleet: Part,
}

/// Microseconds of one call.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Call {
    /// From Python: the median over rounds.
    pub python: f64,
    /// The same from Rust.
    pub rust: f64,
    /// The median of what Python's takes longer, round by round.
    pub more: f64,
    /// Rounds of the interleaved run.
    pub rounds: u32,
}

/// Contenders for one job.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Part {
    /// What the job is.
    pub job: String,
    /// Rounds of the interleaved run.
    pub rounds: u32,
    /// Medians in seconds, by contender.
    pub seconds: BTreeMap<String, f64>,
    /// The least times.
    pub least: BTreeMap<String, f64>,
    /// Largest distances of gains from those that were planted.
    pub errors: BTreeMap<String, f64>,
    /// What is asked of pairs: medians over the rounds of one time over another of the same round.
    pub ratios: Vec<Ratio>,
}

/// One time over another.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Ratio {
    /// Whose time.
    pub of: String,
    /// Over whose.
    pub over: String,
    /// The median over the rounds.
    pub median: f64,
    /// Of the least times.
    pub least: f64,
    /// What was asked for.
    pub goal: String,
}

/// The table as Markdown.
///
/// # Errors
/// If a part lacks a time.
pub fn markdown(measured: &Measured, machine: &Machine, date: &str) -> Result<String> {
    let Machine { cpu, cores, rustc, target, .. } = machine;
    let mut text = format!(
        "# The Python package, {date}\n\n\
         Written by `cargo xtask bench python --record`. {cpu}, {cores} cores; {rustc}, {target}.\n\n"
    );
    let versions: Vec<_> = measured.versions.iter().map(|(n, v)| format!("{n} {v}")).collect();
    writeln!(text, "{}. Load before the run: {:.1}.\n", versions.join(", "), measured.load_before)?;
    let Call { python, rust, more, rounds } = &measured.call;
    writeln!(
        text,
        "`solvekit.solve` of a 4 × 4 system, one interleaved run of {rounds} rounds: {python:.1} µs a call, \
         the same from Rust {rust:.1} µs, {more:.1} µs more (goal: ≤ 10).\n"
    )?;
    for part in [&measured.batch, &measured.fleet] {
        writeln!(text, "{}. One interleaved run of {} rounds.\n", part.job, part.rounds)?;
        writeln!(text, "| contender | median s | least s | gains off by at most |")?;
        writeln!(text, "|---|---:|---:|---:|")?;
        for (name, seconds) in &part.seconds {
            let least = part.least.get(name).with_context(|| format!("nothing of {name}"))?;
            let error = part.errors.get(name).map(|error| format!("{error:.1e}"));
            let error = error.unwrap_or_default();
            writeln!(text, "| {name} | {seconds:.4} | {least:.4} | {error} |")?;
        }
        writeln!(text, "\n| time of | over that of | median of rounds | of least times | goal |")?;
        writeln!(text, "|---|---|---:|---:|---:|")?;
        for Ratio { of, over, median, least, goal } in &part.ratios {
            writeln!(text, "| {of} | {over} | {median:.3} | {least:.3} | {goal} |")?;
        }
        writeln!(text)?;
    }
    Ok(text)
}
