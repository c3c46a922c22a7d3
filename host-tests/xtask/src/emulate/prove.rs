//! The proof that no panic is reachable: an image whose panic handler calls a
//! function that does not exist links only if every panic path is gone.

use super::{
    Choice, blame,
    board::Board,
    flash::{demangled, images, symbols},
};
use crate::{failures::Failures, shell};
use anyhow::{Result, bail};

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

/// Proves it for the target of every chosen board.
pub(crate) fn run(choice: &Choice) -> Result<()> {
    let mut failures = Failures::default();
    for board in images(choice.boards()) {
        println!("proof for {}: linking without a panic handler", board.target);
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

fn build(board: &Board) -> std::process::Command {
    let mut cargo = shell::firmware_cargo("build", board.target);
    cargo.env("SOLVEKIT_BOARD", board.memory).args(["--quiet", "--package", "proof"]);
    cargo
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
fn objection(name: &str) -> Option<String> {
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
