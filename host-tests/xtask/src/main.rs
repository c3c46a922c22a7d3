//! Every chore of the repository: `cargo xtask …`. Continuous integration calls
//! these commands and adds nothing of its own.
#![allow(clippy::print_stdout, reason = "a program that reports to a terminal")]

mod chores;
mod emulate;
mod failures;
mod shell;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Every chore of the repository.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Bring what the other chores need: rustup targets, QEMU, gcc
    Setup,
    /// Formatting, clippy, documentation, feature combinations, licences, the packages
    Check,
    /// Host tests, every story on every emulated board, the emulation's self-tests
    Test,
    /// What `check` and `test` do of the firmware, alone
    Firmware,
    /// Build, RUN and judge the firmware stories under QEMU
    Emulate(emulate::Emulate),
    /// What each solver takes of a target: flash, stack, state, instructions; the record, and the
    /// comparison with it
    Budget(emulate::budgets::Budgets),
    /// The benchmarks: criterion, then every contender against its peer in one interleaved run
    Bench(chores::bench::Bench),
    /// The main job, on the host and on an emulated microcontroller
    Demo(chores::demo::Demo),
    /// The Python package: its wheel, the wheel's tests, and a tour of it as a page
    Python(chores::python::Python),
    /// Linux on aarch64: the program built, and what tells of the bits tested under QEMU
    Aarch64,
    /// Whether the packages are ready to release: packaged, built from that, compared with the latest
    /// release
    Release(chores::release::Release),
    /// Train the networks of the stories anew, and export them
    Networks,
    /// check + test + the benchmarks as tests; all failures together at the end
    Ci,
}

fn main() -> ExitCode {
    let done = match Cli::parse().chore {
        Chore::Setup => chores::setup::everything(),
        Chore::Check => chores::check::run(),
        Chore::Test => chores::test::run(),
        Chore::Firmware => chores::firmware::run(),
        Chore::Emulate(emulate) => emulate.run(),
        Chore::Budget(budgets) => budgets.run(),
        Chore::Bench(bench) => bench.run(),
        Chore::Demo(demo) => demo.run(),
        Chore::Python(python) => python.run(),
        Chore::Aarch64 => chores::aarch64::run(),
        Chore::Release(release) => release.run(),
        Chore::Networks => chores::networks::run(),
        Chore::Ci => return chores::ci::run(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}
