//! The comparison's table, from what `benches/peers/direct.py` measured.

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
    /// Size by size.
    pub cases: Vec<Case>,
}

/// Systems of one size.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Case {
    /// Unknowns.
    pub order: usize,
    /// Systems.
    pub count: usize,
    /// Medians for one system, by contender.
    pub nanoseconds: BTreeMap<String, f64>,
    /// The least times for one system.
    pub least: BTreeMap<String, f64>,
    /// Medians over the rounds of a time over NumPy's in the same round.
    pub ratios: BTreeMap<String, f64>,
    /// Largest distance from the answers in f64, relative to the largest entry.
    pub errors: BTreeMap<String, f64>,
}

/// The table as Markdown.
///
/// # Errors
/// If a case lacks a time.
pub fn markdown(measured: &Measured, machine: &Machine, date: &str) -> Result<String> {
    let Machine { cpu, cores, rustc, target, features, .. } = machine;
    let mut text = format!(
        "# Many small systems beside NumPy, {date}\n\n\
         Written by `cargo xtask bench direct --record`. {cpu}, {cores} cores; {rustc}, {target}, \
         target features {features} (the widest vectors there are, found when running).\n\n"
    );
    let versions: Vec<_> = measured.versions.iter().map(|(n, v)| format!("{n} {v}")).collect();
    writeln!(text, "Peers: {}.", versions.join(", "))?;
    writeln!(
        text,
        "Symmetric positive definite systems, f32, one thread, one interleaved run of {} rounds; ns for \
         one system. `simd` and `scalar`: a whole `CholeskyBatch`, from matrices row by row to answers, \
         residuals and reports. `lanes`: factors and solutions of systems that are in lanes already. \
         NumPy: `linalg.solve` on the whole batch. Ratios are medians over the rounds of a time over \
         NumPy's in the same round. Load before the run: {:.1}.\n",
        measured.rounds, measured.load_before
    )?;
    writeln!(text, "| n | systems | contender | median | least | of NumPy's | error |")?;
    writeln!(text, "|---:|---:|---|---:|---:|---:|---:|")?;
    for case in &measured.cases {
        let Case { order, count, nanoseconds, least, ratios, errors } = case;
        for (name, median) in nanoseconds {
            let of = |all: &BTreeMap<String, f64>| {
                all.get(name).copied().with_context(|| format!("n {order}: nothing of {name}"))
            };
            writeln!(
                text,
                "| {order} | {count} | {name} | {median:.1} | {:.1} | {:.3} | {:.0e} |",
                of(least)?,
                of(ratios)?,
                of(errors)?
            )?;
        }
    }
    Ok(text)
}
