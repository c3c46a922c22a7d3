//! Shared by the build scripts: writes `memory.x` for the board named by
//! `SOLVEKIT_BOARD`, or for the usual board of the target.

use std::{env, fs, path::PathBuf};

/// Board, flash origin and size, RAM origin and size.
const BOARDS: &[(&str, &str, &str, &str, &str)] = &[
    ("microbit", "0x00000000", "256K", "0x20000000", "16K"),
    ("lm3s6965evb", "0x00000000", "256K", "0x20000000", "64K"),
    ("mps2-an386", "0x00000000", "4M", "0x20000000", "4M"),
    ("mps2-an500", "0x00000000", "4M", "0x20000000", "4M"),
    ("mps2-an505", "0x10000000", "4M", "0x38000000", "4M"),
    ("netduinoplus2", "0x08000000", "1M", "0x20000000", "128K"),
    ("pico2", "0x10000000", "4M", "0x20000000", "512K"),
    ("virt", "0x80000000", "4M", "0x80400000", "4M"),
];

/// Names riscv-rt wants for its regions, and where they lie.
const ALIASES: &[(&str, &str)] = &[
    ("REGION_TEXT", "FLASH"),
    ("REGION_RODATA", "FLASH"),
    ("REGION_DATA", "RAM"),
    ("REGION_BSS", "RAM"),
    ("REGION_HEAP", "RAM"),
    ("REGION_STACK", "RAM"),
];

fn usual_board(target: &str) -> Option<&'static str> {
    Some(match target {
        "thumbv6m-none-eabi" => "microbit",
        "thumbv7m-none-eabi" => "lm3s6965evb",
        "thumbv7em-none-eabihf" => "mps2-an386",
        "thumbv8m.main-none-eabihf" => "mps2-an505",
        "riscv32imac-unknown-none-elf" | "riscv32imafc-unknown-none-elf" => "virt",
        _ => return None,
    })
}

/// Writes `memory.x` where the linker looks for it; nothing on a host target. Of `board`, or where a
/// package knows none, of `SOLVEKIT_BOARD` or the target's usual board; `flash` replaces its size, for
/// an image that is linked but never run; `more` is what the linker script needs besides.
pub(crate) fn write(board: Option<&str>, flash: Option<&str>, more: &str) {
    println!("cargo:rerun-if-env-changed=SOLVEKIT_BOARD");
    println!("cargo:rerun-if-changed=build.rs");
    let target = env::var("TARGET").expect("cargo sets TARGET");
    let Some(usual) = usual_board(&target) else {
        return;
    };
    let chosen = || env::var("SOLVEKIT_BOARD").unwrap_or_else(|_| usual.to_owned());
    let board = board.map_or_else(chosen, str::to_owned);
    let &(_, origin, flash_size, ram, ram_size) = BOARDS
        .iter()
        .find(|row| row.0 == board)
        .unwrap_or_else(|| panic!("SOLVEKIT_BOARD={board}: no such board in memory.rs"));

    let flash_size = flash.unwrap_or(flash_size);
    let mut text = format!(
        "MEMORY\n{{\n  FLASH : ORIGIN = {origin}, LENGTH = {flash_size}\n  \
         RAM : ORIGIN = {ram}, LENGTH = {ram_size}\n}}\n"
    );
    if target.starts_with("riscv") {
        for (alias, region) in ALIASES {
            text += &format!("REGION_ALIAS(\"{alias}\", {region});\n");
        }
    }
    text += more;
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    fs::write(out.join("memory.x"), text).expect("OUT_DIR is writable");
    println!("cargo:rustc-link-search={}", out.display());
}
