//! Tells the benchmarks how they were built: a record without that cannot be compared.

use std::{env, process::Command};

fn main() {
    let variable = |name: &str| env::var(name).unwrap_or_default();
    let version = Command::new(variable("RUSTC")).arg("--version").output();
    let version = version.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    println!("cargo::rustc-env=BUILD_RUSTC={}", version.unwrap_or_default());
    for (ours, cargos) in [
        ("BUILD_TARGET", "TARGET"),
        ("BUILD_OPT_LEVEL", "OPT_LEVEL"),
        ("BUILD_TARGET_FEATURES", "CARGO_CFG_TARGET_FEATURE"),
    ] {
        println!("cargo::rustc-env={ours}={}", variable(cargos));
    }
    // Flags arrive separated by an unprintable character.
    let flags = variable("CARGO_ENCODED_RUSTFLAGS").replace('\u{1f}', " ");
    println!("cargo::rustc-env=BUILD_RUSTFLAGS={flags}");
    println!("cargo::rerun-if-changed=build.rs");
}
