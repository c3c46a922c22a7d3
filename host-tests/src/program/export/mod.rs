//! `solvekit export`: a network as a Rust module for firmware.

mod options;

pub use options::{AFTER_HELP, Options};

use super::budget::Needs;
use super::recover::read_dictionary;
use super::{Ending, tell};
use crate::export::export;
use crate::file::{Cause, try_name, write_whole};
use crate::network::{Kind, read};
use crate::plan::{Demand, Estimate, Target, estimate};
use anyhow::{Context, anyhow, bail};
use serde::Serialize;
use std::io::{Write, stderr};

/// The JSON object of `export`.
#[derive(Clone, Debug, Serialize)]
pub struct Outcome {
    /// Which network.
    pub network: Kind,
    /// The core.
    pub target: Target,
    /// Tables and code.
    pub flash_bytes: u64,
    /// State, measurements and stack.
    pub ram_bytes: u64,
    /// For one signal.
    pub instructions: u64,
    /// What the bytes are made of.
    pub parts: Estimate,
    /// CRC-32 of the tables.
    pub checksum: u32,
    /// What 8-bit codes change of the signals; null for `f32`.
    pub quantisation_db: Option<f64>,
}

/// Checks, foretells, and writes the module, whole or not at all.
///
/// # Errors
/// Bad input, a budget that is too small, or an output that cannot be written.
pub fn run(options: &Options) -> anyhow::Result<Ending> {
    let name = name(options)?;
    // Before anything is told.
    try_name(&options.output)?;
    let model = read(&options.network)?;
    let dictionary = read_dictionary(&options.dictionary)?;
    let of_file = || options.network.display().to_string();
    model.check(&dictionary).with_context(of_file)?;
    let demand = Demand::of(&model, options.weights);
    let found = estimate(&demand, options.target).map_err(|error| anyhow!(error))?;
    if let Some(excess) = options.budget.excess(Needs::from(&found)) {
        bail!("over budget: {excess}");
    }
    let remark = [
        format!("matrices stored as {}", options.weights),
        format!(
            "{}: {} bytes of flash ({} of tables), {} of RAM ({} of state)",
            options.target,
            found.flash_bytes,
            found.table_bytes,
            found.ram_bytes,
            found.state_bytes
        ),
    ];
    let module =
        export(&model, &dictionary, options.weights, (&name, &remark)).with_context(of_file)?;
    let outcome = Outcome {
        network: model.kind(),
        target: options.target,
        flash_bytes: found.flash_bytes,
        ram_bytes: found.ram_bytes,
        instructions: found.instructions,
        parts: found,
        checksum: module.checksum,
        quantisation_db: module.quantisation_db.filter(|lost| lost.is_finite()),
    };
    if options.json {
        tell(&serde_json::to_string_pretty(&outcome)?)?;
    } else {
        let _ = writeln!(
            stderr(),
            "{}: flash {} bytes, RAM {} bytes, checksum {:#010x}",
            options.output.display(),
            found.flash_bytes,
            found.ram_bytes,
            module.checksum
        );
        if let Some(lost) = module.quantisation_db {
            let _ = writeln!(stderr(), "8-bit codes change the signals by {lost:.1} dB of them");
        }
    }
    write_whole(&options.output, module.text.as_bytes())?;
    Ok(Ending::Done)
}

/// The module's name, which has to be one that Rust knows.
fn name(options: &Options) -> anyhow::Result<String> {
    let ending = options.output.extension().and_then(|ending| ending.to_str());
    if ending != Some("rs") {
        return Err(Cause::Ending { known: ".rs" }.at(&options.output).into());
    }
    let stem = options.output.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    let (option, name) = match &options.name {
        Some(name) => ("--name", name.as_str()),
        None => ("--output", stem),
    };
    let is_word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if name.is_empty()
        || name.starts_with(|c: char| c.is_ascii_digit())
        || !name.chars().all(is_word)
    {
        bail!("{option}: `{name}` is no name of a module; give --name, of a-z, 0-9 and _");
    }
    Ok(name.to_owned())
}
