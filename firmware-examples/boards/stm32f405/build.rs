//! Lays out memory for the chip, and adds the linker scripts of defmt and of the tests.

#[path = "../../memory.rs"]
mod memory;

fn main() {
    println!("cargo:rerun-if-changed=../../memory.rs");
    memory::write(Some("netduinoplus2"), None, "");
    println!("cargo:rustc-link-arg-bins=-Tdefmt.x");
    println!("cargo:rustc-link-arg-tests=-Tdefmt.x");
    println!("cargo:rustc-link-arg-tests=-Tembedded-test.x");
}
