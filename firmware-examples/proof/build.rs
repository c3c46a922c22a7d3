//! Lays out memory for the chosen board.

#[path = "../memory.rs"]
mod memory;

fn main() {
    println!("cargo:rerun-if-changed=../memory.rs");
    // Every solver at once, which no small board could hold; it only has to link.
    memory::write(None, Some("16M"), "");
}
