//! The proof that no panic is reachable: an image whose panic handler calls a
//! function that does not exist links only if every panic path is gone.

use super::{
    Choice, blame,
    board::Board,
    flash::{demangled, images, symbols},
    image,
};
use crate::{failures::Failures, shell};
use anyhow::{Result, bail};
use std::process::Command;

/// The function that exists nowhere (firmware-examples/proof/src/main.rs).
const MISSING: &str = "solvekit_panic_is_reachable";

/// Parts of Rust that must not be in the image.
const FORBIDDEN: &[&str] = &[
    "core::panicking",
    "core::fmt",
    "rust_begin_unwind",
    "panic_fmt",
    "alloc::",
    "__rust_alloc",
    "__rg_",
    "malloc",
];

/// Entries that must be in the image, or what links proves nothing about them.
const ENTRIES: &[&str] = &[
    "sor",
    "bcd",
    "tree",
    "rows",
    "lasso",
    "krylov",
    "direct",
    "fit",
    "fixed",
    "choice",
    "tuner",
    "storage",
    "telemetry",
    "recovery",
    "network",
    "calibration",
];

/// Proves it for the target of every chosen board.
pub(crate) fn run(choice: &Choice) -> Result<()> {
    let mut failures = Failures::default();
    let boards = images(choice.boards());
    println!("proof: linking every entry for {} targets without a panic handler", boards.len());
    build_all(&boards)?;
    for board in boards {
        if let Some(checked) = failures.note(board.target, links(&board)) {
            println!("proof for {}: it links; {checked}", board.target);
        }
        if failures.note(board.target, refuses(&board)).is_some() {
            println!(
                "proof for {}: with a panic put in it does not link, as it must",
                board.target
            );
        }
    }
    failures.finish()
}

/// The image is never run, so every target takes its usual board's memory.
fn build(board: &Board) -> Command {
    let mut cargo = shell::firmware_cargo("build", board.target);
    cargo.args(image::BARE).args(["--quiet", "--package", "proof"]);
    cargo
}

/// Builds for all targets at once, on every core of the host. What fails here fails again alone,
/// and is judged there; what is built is not built again.
fn build_all(boards: &[Board]) -> Result<()> {
    let Some((first, others)) = boards.split_first() else { return Ok(()) };
    let mut cargo = build(first);
    cargo.arg("--keep-going");
    for board in others {
        cargo.args(["--target", board.target]);
    }
    shell::quiet(&mut cargo).map(drop)
}

fn links(board: &Board) -> Result<String> {
    let done = shell::quiet(&mut build(board))?;
    if !done.success {
        if done.stderr.contains(MISSING) {
            bail!("a panic is reachable\n  {}", blame::places(board)?.join("\n  "));
        }
        bail!("the proof does not build\n{}", done.stderr.trim_end());
    }
    let image = shell::firmware().join("target").join(board.target).join("release/proof");
    let names = symbols(&image)?;
    if !names.iter().any(|name| name == "main") {
        bail!("{} has no `main`: was it stripped?", image.display());
    }
    let plain: Vec<_> = names.iter().map(|name| demangled(name)).collect();
    let absent = |entry: &&&str| {
        let path = format!("proof::entries::{entry}::");
        !plain.iter().any(|name| name.contains(&path))
    };
    if let Some(entry) = ENTRIES.iter().find(absent) {
        bail!("{} holds nothing of the entries of {entry}", image.display());
    }
    let wrong: Vec<_> = names.iter().filter_map(|name| objection(name)).collect();
    if !wrong.is_empty() {
        bail!("symbols that must not be there: {}", wrong.join(", "));
    }
    Ok(format!("no panic, format, allocation or f64 symbol among {}", names.len()))
}

/// The proof must be able to fail.
fn refuses(board: &Board) -> Result<()> {
    let done = shell::quiet(build(board).args(["--features", "panicking"]))?;
    if done.success {
        bail!("with a panic put in it links all the same: the proof proves nothing");
    }
    if !done.stderr.contains(MISSING) {
        bail!("with a panic put in it fails for another reason\n{}", done.stderr.trim_end());
    }
    Ok(())
}

/// Why a symbol must not be in the image, if so.
pub(super) fn objection(name: &str) -> Option<String> {
    let plain = demangled(name);
    let panics = FORBIDDEN.iter().any(|part| plain.contains(part));
    // Arm's run-time names for f64 begin with __aeabi_d; gcc's have `df` in them.
    let double = name.starts_with("__aeabi_d") && !name.starts_with("__aeabi_div")
        || name.starts_with("__") && name.contains("df");
    (panics || double).then_some(plain)
}

#[cfg(test)]
mod tests {
    use super::objection;

    #[test]
    fn bad_symbols_are_recognised() {
        for bad in [
            "__aeabi_dmul",
            "__adddf3",
            "__extendsfdf2",
            "_ZN4core9panicking5panic17h0123456789abcdefE",
            "_ZN4core3fmt9Formatter3pad17h0123456789abcdefE",
            "rust_begin_unwind",
        ] {
            assert!(objection(bad).is_some(), "{bad}");
        }
        for good in ["main", "__aeabi_fmul", "__mulsf3", "__sheap", "__ebss", "memcpy"] {
            assert!(objection(good).is_none(), "{good}");
        }
    }
}
