//! Lays out memory for the chosen board, adds defmt's linker script, and puts the demo's matrix
//! where its image finds it.

mod memory;

use std::path::PathBuf;
use std::{env, fs};

/// Stands in where no matrix was given, so that every program always builds.
const SMALL: &str = "\
const N: usize = 2;
const ROW_ENDS: [u16; 2] = [2, 4];
static COLUMNS: [u16; 4] = [0, 1, 0, 1];
static VALUES: [f32; 4] = [4.0, -1.0, -1.0, 4.0];
const RIGHT_HAND_SIDE: [f32; 2] = [3.0, 3.0];
";

fn main() {
    println!("cargo:rerun-if-changed=memory.rs");
    memory::write(None, None, "");
    println!("cargo:rustc-link-arg-bins=-Tdefmt.x");
    println!("cargo:rerun-if-env-changed=SOLVEKIT_MATRIX");
    let table = match env::var_os("SOLVEKIT_MATRIX").map(PathBuf::from) {
        Some(path) => {
            println!("cargo:rerun-if-changed={}", path.display());
            fs::read_to_string(path).expect("SOLVEKIT_MATRIX names a readable table")
        }
        None => SMALL.to_owned(),
    };
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    fs::write(out.join("matrix.rs"), table).expect("OUT_DIR is writable");
}
