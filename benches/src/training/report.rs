//! The comparison's table, from what `benches/peers/training.py` measured.

use crate::machine::Machine;
use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt::Write;

/// What was measured.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Measured {
    /// Versions of the peer.
    pub versions: BTreeMap<String, String>,
    /// Rounds of the interleaved run.
    pub rounds: u32,
    /// Programs that wanted a core in the minute before the run.
    pub load_before: f64,
    /// Case by case.
    pub cases: Vec<Case>,
}

/// One network and batch.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Case {
    /// Network, loss, shape, layers and batch.
    pub name: String,
    /// Medians by contender.
    pub nanoseconds: BTreeMap<String, f64>,
    /// The least times by contender: what others on the machine disturb least.
    pub least: BTreeMap<String, f64>,
    /// How JAX selects a support, where the network spares one.
    pub selection: Option<Selection>,
    /// Processor time of JAX over its wall time.
    pub jax_cores: f64,
    /// Distances from JAX in double precision, by contender: relative, of the loss and of the
    /// gradient's worst table.
    pub errors: BTreeMap<String, BTreeMap<String, f64>>,
}

/// The faster of two ways to select a support in JAX.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Selection {
    /// Which one.
    pub chosen: String,
    /// Medians of short runs beforehand.
    pub nanoseconds: BTreeMap<String, f64>,
}

/// The table as Markdown.
///
/// # Errors
/// If a case lacks a time.
pub fn markdown(measured: &Measured, machine: &Machine, date: &str) -> Result<String> {
    let Machine { cpu, cores, rustc, target, features, .. } = machine;
    let mut text = format!(
        "# A training step beside JAX, {date}\n\n\
         Written by `cargo xtask bench training --record`. {cpu}, {cores} cores; {rustc}, {target}, \
         target features {features}.\n\n"
    );
    let versions: Vec<_> = measured.versions.iter().map(|(n, v)| format!("{n} {v}")).collect();
    writeln!(text, "Peer: {}.", versions.join(", "))?;
    writeln!(
        text,
        "All cores, f32, one interleaved run of {} rounds: one step is the gradient of one batch by \
         everything that is learned, and Adam's update, from the same numbers each time. JAX: one \
         jitted function with its state donated, on the CPU. Load before the run: {:.1}.\n",
        measured.rounds, measured.load_before
    )?;
    writeln!(
        text,
        "| case | solvekit µs | JAX µs | ratio of medians | ratio of least times | cores JAX used |"
    )?;
    writeln!(text, "|---|---:|---:|---:|---:|---:|")?;
    for case in &measured.cases {
        let time = |times: &BTreeMap<String, f64>, name: &str| {
            times.get(name).copied().with_context(|| format!("{}: no time of {name}", case.name))
        };
        let (ours, peer) = (time(&case.nanoseconds, "solvekit")?, time(&case.nanoseconds, "jax")?);
        let least = time(&case.least, "solvekit")? / time(&case.least, "jax")?;
        writeln!(
            text,
            "| {} | {:.0} | {:.0} | {:.3} | {least:.3} | {:.1} |",
            case.name,
            ours / 1e3,
            peer / 1e3,
            ours / peer,
            case.jax_cores
        )?;
    }
    writeln!(
        text,
        "\nHow JAX selects the entries that pass unshrunk: both ways were timed before, the faster \
         one was taken.\n\n| case | taken | µs |\n|---|---|---|"
    )?;
    for case in &measured.cases {
        let Some(Selection { chosen, nanoseconds }) = &case.selection else { continue };
        let times: Vec<_> =
            nanoseconds.iter().map(|(name, ns)| format!("{name} {:.0}", ns / 1e3)).collect();
        writeln!(text, "| {} | {chosen} | {} |", case.name, times.join(", "))?;
    }
    writeln!(
        text,
        "\nDistance from JAX in f64 on the same numbers, relative, checked before anything was \
         timed.\n\n| case | loss, solvekit | loss, JAX | gradient, solvekit | gradient, JAX |\n\
         |---|---:|---:|---:|---:|"
    )?;
    for case in &measured.cases {
        let error = |who: &str, what: &str| {
            case.errors.get(who).and_then(|errors| errors.get(what)).copied().unwrap_or(f64::NAN)
        };
        writeln!(
            text,
            "| {} | {:.1e} | {:.1e} | {:.1e} | {:.1e} |",
            case.name,
            error("solvekit", "loss"),
            error("jax", "loss"),
            error("solvekit", "gradient"),
            error("jax", "gradient")
        )?;
    }
    Ok(text)
}
