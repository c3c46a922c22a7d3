//! Lays out memory for the usual board, and links CMSIS-DSP where it is asked for.

#[path = "../memory.rs"]
mod memory;

use std::env;

fn main() {
    println!("cargo:rerun-if-changed=../memory.rs");
    memory::write(None, None, "");
    println!("cargo:rerun-if-env-changed=SOLVEKIT_CMSIS");
    if env::var_os("CARGO_FEATURE_CMSIS").is_some() {
        let folder = env::var("SOLVEKIT_CMSIS")
            .expect("SOLVEKIT_CMSIS names the folder of libcmsis.a: `cargo xtask bench kernels`");
        println!("cargo:rerun-if-changed={folder}/libcmsis.a");
        println!("cargo:rustc-link-search=native={folder}");
        println!("cargo:rustc-link-lib=static=cmsis");
    }
}
