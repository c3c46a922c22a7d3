//! Lays out memory for the usual board.

#[path = "../memory.rs"]
mod memory;

fn main() {
    println!("cargo:rerun-if-changed=../memory.rs");
    memory::write(None, None, "");
}
