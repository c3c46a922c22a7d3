//! The other host: Linux on aarch64, built here and run under QEMU.

use super::setup;
use crate::{failures::Failures, shell};
use anyhow::Result;
use std::process::Command;

const TARGET: &str = "aarch64-unknown-linux-gnu";

/// What is tested there, and how: the vocabulary and the solvers, and the stories, whose every line has to be what
/// this machine and the boards print.
const TESTED: &[(&str, &[&str])] = &[
    ("core and solvers", &["--package", "solvekit-core", "--package", "solvekit", "--lib"]),
    ("stories", &["--package", "solvekit-host", "--test", "scenarios"]),
];

/// Builds the program, and runs the tests that tell whether bits are the same.
pub(crate) fn run() -> Result<()> {
    setup::aarch64(TARGET)?;
    let mut failures = Failures::default();
    for (step, what) in TESTED {
        let mut tests = cargo("test");
        failures.note(step, shell::run(tests.args(*what)));
    }
    let mut program = cargo("build");
    program.args(["--package", "solvekit-host", "--bin", "solvekit"]);
    failures.note("the program", shell::run(&mut program));
    failures.finish()
}

fn cargo(verb: &str) -> Command {
    let mut cargo = shell::cargo();
    cargo.args([verb, "--locked", "--target", TARGET]);
    // Debian's cross compiler, which also says where its libraries are.
    cargo.env("CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER", "aarch64-linux-gnu-gcc");
    let runner = "qemu-aarch64 -L /usr/aarch64-linux-gnu";
    cargo.env("CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUNNER", runner);
    cargo
}
