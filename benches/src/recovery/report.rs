//! The comparison's table, from what `benches/peers/recovery.py` measured.

use crate::machine::Machine;
use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt::Write;

/// What was measured.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Measured {
    /// Versions of the peers.
    pub versions: BTreeMap<String, String>,
    /// Rounds of the interleaved run.
    pub rounds: u32,
    /// Programs that wanted a core in the minute before the run.
    pub load_before: f64,
    /// M, N, signals and iterations.
    pub shape: [u64; 4],
    /// Medians by contender and number of threads, as in `solvekit 2`; `peak` is the case's number of
    /// fused multiply-adds in registers.
    pub nanoseconds: BTreeMap<String, f64>,
    /// The least times: what others on the machine disturb least.
    pub least: BTreeMap<String, f64>,
    /// Medians over the rounds of a time over solvekit's, in the same round and on as many threads.
    pub ratios: BTreeMap<String, f64>,
    /// Processor time over wall time, of the peers.
    pub cores: BTreeMap<String, f64>,
    /// Largest distance from the answers in double precision, relative to the largest entry.
    pub errors: BTreeMap<String, f64>,
    /// Peers that are not there, and why.
    pub skipped: BTreeMap<String, String>,
}

/// The table as Markdown.
///
/// # Errors
/// If a contender lacks a time.
pub fn markdown(measured: &Measured, machine: &Machine, date: &str) -> Result<String> {
    let Machine { cpu, cores, rustc, target, features, .. } = machine;
    let [rows, columns, signals, iterations] = measured.shape;
    let operations = (4 * rows * columns * signals * iterations) as f64;
    let mut text = format!(
        "# A batch of ISTA beside the processor's peak, NumPy and JAX, {date}\n\n\
         Written by `cargo xtask bench recovery --record`. {cpu}, {cores} cores; {rustc}, {target}, \
         target features {features} (the widest vectors there are, found when running).\n\n"
    );
    let versions: Vec<_> = measured.versions.iter().map(|(n, v)| format!("{n} {v}")).collect();
    writeln!(text, "Peers: {}.", versions.join(", "))?;
    writeln!(
        text,
        "X ← soft(X − g Aᵀ(A X − Y), t) from X = 0, A {rows} × {columns}, {signals} signals, {iterations} \
         iterations, f32: {:.2} GFLOP. One interleaved run of {} rounds. The peak is as many fused \
         multiply-adds in registers, in the same run; a ratio is the median over the rounds of a time over \
         solvekit's in the same round. solvekit: from measurements to answers and reports, layout of the \
         dictionary included; `layers` is the same as a network with tied steps. NumPy: every product and sum into memory that is there. JAX: one jitted \
         function. Load before the run: {:.1}.\n",
        operations / 1e9,
        measured.rounds,
        measured.load_before
    )?;
    writeln!(
        text,
        "| contender | threads | median ms | GFLOP/s | least ms | GFLOP/s | over solvekit's | of least times |"
    )?;
    writeln!(text, "|---|---:|---:|---:|---:|---:|---:|---:|")?;
    for (name, nanoseconds) in &measured.nanoseconds {
        let least = measured.least.get(name).with_context(|| format!("{name}: no least time"))?;
        let (who, threads) = name.rsplit_once(' ').context("a contender without threads")?;
        let own = format!("solvekit {threads}");
        let own = measured.least.get(&own).with_context(|| format!("no time of {own}"))?;
        let ratio = measured.ratios.get(name).copied().unwrap_or(1.0);
        writeln!(
            text,
            "| {who} | {threads} | {:.2} | {:.1} | {:.2} | {:.1} | {ratio:.3} | {:.3} |",
            nanoseconds / 1e6,
            operations / nanoseconds,
            least / 1e6,
            operations / least,
            least / own
        )?;
    }
    for (who, reason) in &measured.skipped {
        writeln!(text, "| {who} | | skipped: {reason} | | | | | |")?;
    }
    writeln!(
        text,
        "\nThe ratio of `peak` is the fraction of the peak that solvekit reaches.\n\n\
         Largest distance from the answers in f64, relative to the largest entry, checked before anything \
         was timed: {}.",
        list(&measured.errors, |error| format!("{error:.1e}"))
    )?;
    writeln!(text, "Cores that the peers used: {}.", list(&measured.cores, |c| format!("{c:.2}")))?;
    Ok(text)
}

fn list(all: &BTreeMap<String, f64>, told: impl Fn(&f64) -> String) -> String {
    let all: Vec<_> = all.iter().map(|(name, value)| format!("{name} {}", told(value))).collect();
    all.join(", ")
}
