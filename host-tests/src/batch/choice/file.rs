//! [`Stored`]: crossovers in a file.

use super::Crossover;
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::Path;

/// What is in the file.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Stored {
    machine: String,
    version: String,
    crossovers: Vec<Crossover>,
}

impl Stored {
    /// What is in a file of this machine; nothing where there is none, or another's, or one that is
    /// broken: all of it can be measured again.
    pub(super) fn read(file: &Path) -> Option<Vec<Crossover>> {
        let stored: Self = serde_json::from_str(&fs::read_to_string(file).ok()?).ok()?;
        let is_ours = stored.machine == machine() && stored.version == version();
        is_ours.then_some(stored.crossovers)
    }

    /// Replaces the file. Where that cannot be done, it is measured again next time.
    pub(super) fn write(file: &Path, crossovers: &[Crossover]) {
        let stored =
            Self { machine: machine(), version: version(), crossovers: crossovers.to_vec() };
        let Some(folder) = file.parent() else { return };
        let Ok(text) = serde_json::to_string(&stored) else { return };
        let write = || -> std::io::Result<()> {
            fs::create_dir_all(folder)?;
            // All of it or nothing, also where two programs write at once.
            let new = tempfile::NamedTempFile::new_in(folder)?;
            fs::write(new.path(), text)?;
            new.persist(file)?;
            Ok(())
        };
        _ = write();
    }
}

/// The processor's name for itself, and how many threads it runs.
fn machine() -> String {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    format!("{}, {threads} threads", name())
}

#[cfg(target_arch = "x86_64")]
fn name() -> String {
    let brand = raw_cpuid::CpuId::new().get_processor_brand_string();
    brand.map_or_else(|| "x86_64".to_owned(), |brand| brand.as_str().trim().to_owned())
}

#[cfg(not(target_arch = "x86_64"))]
fn name() -> String {
    std::env::consts::ARCH.to_owned()
}

/// Of the program; what is built without optimisation keeps figures of its own.
fn version() -> String {
    let build = if cfg!(debug_assertions) { ", not optimised" } else { "" };
    format!("{}{build}", env!("CARGO_PKG_VERSION"))
}
