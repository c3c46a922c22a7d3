//! The comparison's table, from what `benches/peers/calibration.py` measured.

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
    /// Case by case.
    pub cases: Vec<Case>,
}

/// One shape.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Case {
    /// Unknowns, sensors, snapshots.
    pub name: String,
    /// Medians by contender.
    pub nanoseconds: BTreeMap<String, f64>,
    /// The least times by contender: what others on the machine disturb least.
    pub least: BTreeMap<String, f64>,
    /// The larger relative error of signal and gains, by contender.
    pub errors: BTreeMap<String, f64>,
}

/// The table as Markdown.
///
/// # Errors
/// If a case lacks a time.
pub fn markdown(measured: &Measured, machine: &Machine, date: &str) -> Result<String> {
    let Machine { cpu, cores, rustc, target, features, .. } = machine;
    let mut text = format!(
        "# Blind gain calibration beside NumPy, {date}\n\n\
         Written by `cargo xtask bench calibration --record`. {cpu}, {cores} cores; {rustc}, {target}, \
         target features {features}.\n\n"
    );
    let versions: Vec<_> = measured.versions.iter().map(|(n, v)| format!("{n} {v}")).collect();
    writeln!(text, "Peers: {}.", versions.join(", "))?;
    writeln!(
        text,
        "One core, f64, one interleaved run of {} rounds, noiseless snapshots. solvekit: the weighted \
         linear start and two Gauss–Newton steps, checks and memory included. NumPy: the linear \
         problem in the signal and the reciprocal gains alone, by normal equations with `solve` and by \
         `lstsq`, their matrices put together included. Load before the run: {:.1}.\n",
        measured.rounds, measured.load_before
    )?;
    writeln!(
        text,
        "| case | solvekit µs | solve µs | lstsq µs | ratio to the faster | of least times | errors |"
    )?;
    writeln!(text, "|---|---:|---:|---:|---:|---:|---|")?;
    for case in &measured.cases {
        let time = |times: &BTreeMap<String, f64>, name: &str| {
            times.get(name).copied().with_context(|| format!("{}: no time of {name}", case.name))
        };
        let ratio = |times| -> Result<f64> {
            Ok(time(times, "solvekit")? / time(times, "solve")?.min(time(times, "lstsq")?))
        };
        let errors: Vec<_> = case.errors.iter().map(|(n, e)| format!("{n} {e:.0e}")).collect();
        writeln!(
            text,
            "| {} | {:.1} | {:.1} | {:.1} | {:.3} | {:.3} | {} |",
            case.name,
            time(&case.nanoseconds, "solvekit")? / 1e3,
            time(&case.nanoseconds, "solve")? / 1e3,
            time(&case.nanoseconds, "lstsq")? / 1e3,
            ratio(&case.nanoseconds)?,
            ratio(&case.least)?,
            errors.join(", ")
        )?;
    }
    Ok(text)
}
