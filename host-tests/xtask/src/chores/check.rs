//! What can be said without running anything: formatting, lints, documentation,
//! feature combinations, licences, the packages.

use super::{release, setup};
use crate::emulate::{self, readme};
use crate::{failures::Failures, shell};
use anyhow::{Result, bail};

/// Always on: exact square roots, which the stopping rule needs.
const ALWAYS: &str = "libm";

/// Optional features of core and solvers; combinations of them must build.
const FEATURES: &[&str] = &["micromath", "defmt", "serde", "storage", "telemetry", "fixed"];

/// Targets without an operating system on which they must: without and with
/// floating point in hardware, and another architecture.
const BARE: &[&str] =
    &["thumbv6m-none-eabi", "thumbv7em-none-eabihf", "riscv32imac-unknown-none-elf"];

/// Targets on which the firmware itself is linted, one for each runtime, without the packages that
/// are not for it.
const FIRMWARE: &[(&str, &[&str])] = &[
    ("thumbv7em-none-eabihf", &["rp2350"]),
    ("riscv32imac-unknown-none-elf", &["embassy-example", "rp2350", "rtic-example", "stm32f405"]),
];

/// A package with tests that run on a board, and they. Linted with the rest: to build them alone would
/// build their dependencies anew.
const BOARD_TESTS: (&str, &str) = ("stm32f405", "on_board");

/// Packages for boards that are built as one would flash them: their targets, and what of them. As
/// warnings count only in their own source, their many dependencies need no checking besides.
const ON_BOARDS: &[(&str, &str, &[&str])] = &[
    ("rp2350", "thumbv8m.main-none-eabihf", &["--bin", "rp2350"]),
    ("stm32f405", "thumbv7em-none-eabihf", &["--bin", "superloop_stm32f405"]),
];

/// Checks everything; an error names every failure.
pub(crate) fn run() -> Result<()> {
    failures()?.finish()
}

/// The failures of all checks.
fn failures() -> Result<Failures> {
    let mut failures = host()?;
    failures.append(firmware());
    Ok(failures)
}

/// The failures of all checks but those of the firmware.
pub(crate) fn host() -> Result<Failures> {
    setup::targets()?;
    setup::components()?;
    let mut failures = Failures::default();
    failures.append(source());
    for target in BARE {
        failures.append(combinations(target));
    }
    failures.append(licences());
    failures.note("README", readme::check());
    // What they depend on is there by now.
    failures.note("packages", release::packages(&[]));
    Ok(failures)
}

fn source() -> Failures {
    let mut failures = Failures::default();
    let mut step = |name: &str, arguments: &str| {
        let mut cargo = shell::cargo();
        cargo.args(arguments.split(' ')).env("RUSTDOCFLAGS", "-D warnings");
        failures.note(name, shell::run(&mut cargo));
    };
    step("formatting", "fmt --all --check");
    step(
        "clippy",
        "clippy --locked --keep-going --workspace --all-targets --all-features -- -D warnings",
    );
    // The others are built with all features.
    step("the host without its features", "check --locked --package solvekit-host");
    step("documentation", "doc --locked --keep-going --workspace --no-deps --all-features");
    failures
}

/// The failures of the firmware's formatting, lints and documentation.
pub(crate) fn firmware() -> Failures {
    let mut failures = Failures::default();
    let mut fmt = shell::cargo();
    fmt.current_dir(shell::firmware()).args(["fmt", "--all", "--check"]);
    failures.note("formatting of the firmware", shell::run(&mut fmt));
    for (target, without) in FIRMWARE {
        let mut clippy = shell::firmware_cargo("clippy", target);
        clippy.args(["--workspace", "--lib", "--bins"]);
        for package in *without {
            clippy.args(["--exclude", package]);
        }
        if !without.contains(&BOARD_TESTS.0) {
            clippy.args(["--test", BOARD_TESTS.1]);
        }
        clippy.args(["--", "-D", "warnings"]);
        failures.note("clippy of the firmware", shell::run(&mut clippy));
    }
    for (package, target, what) in ON_BOARDS {
        let mut build = shell::firmware_cargo("rustc", target);
        build
            .args(emulate::BARE)
            .args(["--package", package])
            .args(*what)
            .args(["--", "-D", "warnings"]);
        failures.note(&format!("{package} for its board"), shell::run(&mut build));
    }
    let mut doc = shell::firmware_cargo("doc", FIRMWARE[0].0);
    doc.args(["--no-deps", "--lib"]).env("RUSTDOCFLAGS", "-D warnings");
    for package in ["firmware-examples", "embassy-example", "rtic-example"] {
        doc.args(["--package", package]);
    }
    failures.note("documentation of the firmware", shell::run(&mut doc));
    failures
}

/// Combinations of features on a target: none and all of them, and on the first target each alone and every
/// pair as well (of more at once, all together show what pairs do not; no feature knows of a target). The
/// solvers' features turn on the core's, so one build checks both packages.
fn combinations(target: &str) -> Failures {
    let mut failures = Failures::default();
    let (at_once, which) =
        if target == BARE[0] { (2, "none, each, every pair and all") } else { (0, "none and all") };
    println!("{ALWAYS} with {which} of {} for {target}", FEATURES.join(", "));
    let all = (1_u32 << FEATURES.len()) - 1;
    let chosen = |set: &u32| set.count_ones() <= at_once || *set == all;
    for combination in (0..=all).filter(chosen) {
        let chosen = FEATURES.iter().enumerate().filter(|(bit, _)| combination >> bit & 1 == 1);
        let chosen: Vec<_> =
            [ALWAYS].into_iter().chain(chosen.map(|(_, feature)| *feature)).collect();
        let mut cargo = shell::cargo();
        cargo
            .args(["check", "--quiet", "--locked", "--package", "solvekit"])
            .args(["--package", "solvekit-core", "--no-default-features", "--target", target])
            .args(["--features", &chosen.join(",")])
            .env("RUSTFLAGS", "-D warnings");
        let step = format!("features [{}] for {target}", chosen.join(", "));
        failures.note(&step, shell::read(&mut cargo).map(drop));
    }
    failures
}

/// Licences, doubled dependencies and sources of both workspaces; security
/// advisories where their database can be reached.
fn licences() -> Failures {
    let mut failures = Failures::default();
    if failures.note("cargo-deny", setup::deny()).is_none() {
        return failures;
    }
    for manifest in ["Cargo.toml", "firmware-examples/Cargo.toml"] {
        let deny = |checks: &[&str]| {
            let mut cargo = shell::cargo();
            cargo
                .args([
                    "deny",
                    "--manifest-path",
                    manifest,
                    "--config",
                    "deny.toml",
                    "--all-features",
                ])
                .args(["check", "--hide-inclusion-graph"])
                .args(checks);
            cargo
        };
        let step = format!("licences and sources of {manifest}");
        failures.note(&step, shell::run(&mut deny(&["licenses", "bans", "sources"])));
        let step = format!("advisories for {manifest}");
        failures.note(&step, advisories(&mut deny(&["advisories"])));
    }
    failures
}

fn advisories(deny: &mut std::process::Command) -> Result<()> {
    let done = shell::quiet(deny)?;
    if done.success {
        println!("`{}`: ok", shell::shown(deny));
    } else if done.stderr.contains("failed to fetch") {
        println!("advisories SKIPPED: their database could not be reached");
    } else {
        bail!("{}{}", done.stdout, done.stderr);
    }
    Ok(())
}
