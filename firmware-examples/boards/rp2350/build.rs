//! Lays out memory for the chip, and adds defmt's linker script.

#[path = "../../memory.rs"]
mod memory;

/// The boot ROM looks for the description of the image in its first 4 KiB.
const START_BLOCK: &str = "
SECTIONS {
  .start_block : ALIGN(4) { KEEP(*(.start_block)); } > FLASH
} INSERT AFTER .vector_table;
_stext = ADDR(.start_block) + SIZEOF(.start_block);
";

fn main() {
    println!("cargo:rerun-if-changed=../../memory.rs");
    memory::write(Some("pico2"), None, START_BLOCK);
    println!("cargo:rustc-link-arg-bins=-Tdefmt.x");
}
