//! Lays out memory for the board, adds defmt's linker script, and tells how fast the board's SysTick
//! counts.

#[path = "../memory.rs"]
mod memory;

/// Boards, and the clock of their SysTick in Hz.
const CLOCKS: &[(&str, &str)] = &[("mps2-an386", "25000000"), ("mps2-an500", "25000000")];

fn main() {
    println!("cargo:rerun-if-changed=../memory.rs");
    memory::write(None, None, "");
    println!("cargo:rustc-link-arg-bins=-Tdefmt.x");
    let board = std::env::var("SOLVEKIT_BOARD").unwrap_or_else(|_| CLOCKS[0].0.to_owned());
    let clock = CLOCKS.iter().find(|(name, _)| *name == board);
    // Others are linted, and never run.
    println!("cargo:rustc-env=SYSTICK_HZ={}", clock.map_or("1000000", |(_, hz)| hz));
}
