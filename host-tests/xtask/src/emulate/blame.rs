//! Who can panic: for a proof that does not link, the calls behind it.
//!
//! The image is linked once more with a harmless panic handler and with its
//! relocations kept; a relocation to a part of `core::panicking` is a call of
//! it, and the debug information names the source lines inlined there.

use super::{board::Board, flash::demangled};
use crate::shell;
use anyhow::{Context, Result};
use object::{Object, ObjectSection, ObjectSymbol, RelocationTarget};
use std::{collections::BTreeSet, fs, path::Path, process::Command};

/// One line for each place that can panic.
pub(crate) fn places(board: &Board) -> Result<Vec<String>> {
    let mut cargo = shell::firmware_cargo("rustc", board.target);
    cargo
        .args(["--quiet", "--package", "proof", "--features", "diagnose"])
        .args(["--config", "profile.release.debug=2"])
        .args(["--", "-C", "link-arg=--emit-relocs"]);
    shell::read(&mut cargo)?;
    let image = shell::firmware().join("target").join(board.target).join("release/proof");
    let mut places = BTreeSet::new();
    for (address, callee) in calls(&image)? {
        places.insert(format!("{callee} from {}", source(&image, address)?));
    }
    Ok(places.into_iter().collect())
}

/// Addresses that refer to a panic function from outside of `core::panicking`.
fn calls(image: &Path) -> Result<Vec<(u64, String)>> {
    let bytes = fs::read(image).with_context(|| format!("cannot read {}", image.display()))?;
    let elf = object::File::parse(&*bytes).with_context(|| image.display().to_string())?;
    let panics = |name: &str| name.contains("core::panicking") || name.contains("_failed");
    let functions: Vec<_> = elf
        .symbols()
        .filter(|symbol| symbol.size() > 0)
        .map(|symbol| {
            (symbol.address() & !1, symbol.size(), demangled(symbol.name().unwrap_or("")))
        })
        .collect();
    let mut calls = Vec::new();
    for section in elf.sections() {
        for (address, relocation) in section.relocations() {
            let RelocationTarget::Symbol(target) = relocation.target() else { continue };
            let callee = demangled(elf.symbol_by_index(target)?.name().unwrap_or(""));
            let inside = |f: &&(u64, u64, String)| (f.0..f.0 + f.1).contains(&address);
            let Some((_, _, caller)) = functions.iter().find(inside) else { continue };
            if panics(&callee) && !panics(caller) {
                calls.push((address, callee));
            }
        }
    }
    Ok(calls)
}

/// The source lines of an address that lie in this repository, innermost first.
fn source(image: &Path, address: u64) -> Result<String> {
    let mut command = Command::new("addr2line");
    command.arg("-i").arg("-e").arg(image).arg(format!("{address:#x}"));
    let text = shell::read(&mut command).context("addr2line, of Debian's binutils")?;
    let root = shell::root().canonicalize()?;
    let ours = text.lines().filter_map(|line| Path::new(line).strip_prefix(&root).ok());
    let ours: Vec<_> = ours.map(|path| path.display().to_string()).collect();
    Ok(if ours.is_empty() { format!("{address:#x}") } else { ours.join(" < ") })
}
