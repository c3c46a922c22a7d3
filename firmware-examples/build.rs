//! Lays out memory for the chosen board and adds defmt's linker script.

mod memory;

fn main() {
    println!("cargo:rerun-if-changed=memory.rs");
    memory::write();
    println!("cargo:rustc-link-arg-bins=-Tdefmt.x");
}
