//! Lays out memory for the board, and adds defmt's linker script.

#[path = "../memory.rs"]
mod memory;

fn main() {
    println!("cargo:rerun-if-changed=../memory.rs");
    memory::write(None, None, "");
    println!("cargo:rustc-link-arg-bins=-Tdefmt.x");
}
