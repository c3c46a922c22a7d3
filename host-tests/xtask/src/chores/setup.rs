//! Brings what the chores need; quick when everything is there already.

use crate::{emulate::board::BOARDS, shell};
use anyhow::{Context, Result, bail};
use std::{path::PathBuf, process::Command};

/// Debian's packages: the emulators, and the compiler of the counting plugin.
const PACKAGES: &[&str] = &["qemu-system-arm", "qemu-system-misc", "gcc", "libc6-dev"];

/// Programs those packages bring.
const PROGRAMS: &[&str] = &["qemu-system-arm", "qemu-system-riscv32", "gcc"];

/// Debian's packages: a compiler of C for microcontrollers with its headers, and what fetches source.
const CROSS: &[&str] = &["gcc-arm-none-eabi", "libnewlib-arm-none-eabi", "python3-pip"];

/// Programs those packages bring.
const CROSS_PROGRAMS: &[&str] = &["arm-none-eabi-gcc", "arm-none-eabi-ar", "python3"];

/// Debian's packages: Python, and what makes its virtual environments.
const PYTHON: &[&str] = &["python3", "python3-venv"];

/// Debian's packages: a compiler and libraries of C for the other host, and what runs its programs here.
const AARCH64: &[&str] = &["gcc-aarch64-linux-gnu", "libc6-dev-arm64-cross", "qemu-user"];

/// Programs those packages bring.
const AARCH64_PROGRAMS: &[&str] = &["aarch64-linux-gnu-gcc", "qemu-aarch64"];

/// Debian's packages: Vulkan's loader, and lavapipe, Mesa's driver for it in software.
const VULKAN: &[&str] = &["libvulkan1", "mesa-vulkan-drivers"];

/// Where drivers for Vulkan tell of themselves.
const DRIVERS: &str = "/usr/share/vulkan/icd.d";

/// rustup's components the checks use.
const COMPONENTS: &[&str] = &["rustfmt", "clippy", "llvm-tools"];

/// The release of cargo-deny that deny.toml is written for.
const DENY: &str = "0.20.2";

/// The release of cargo-semver-checks that reads what this toolchain says of an interface.
const SEMVER_CHECKS: &str = "0.51.0";

/// All of it.
pub(crate) fn everything() -> Result<()> {
    emulation()?;
    components()?;
    vulkan()?;
    println!("set-up complete: targets, components, QEMU, gcc, lavapipe");
    Ok(())
}

/// What building and running firmware needs.
pub(crate) fn emulation() -> Result<()> {
    targets()?;
    packages()
}

/// What compiling C for microcontrollers needs, for the comparison with a library in C alone.
pub(crate) fn microcontroller_c() -> Result<()> {
    let mut missing: Vec<_> =
        CROSS_PROGRAMS.iter().copied().filter(|program| !shell::has(program)).collect();
    if missing.is_empty() && !has_newlib()? {
        missing.push("newlib's headers");
    }
    if missing.is_empty() { Ok(()) } else { install(&missing, CROSS) }
}

/// Whether the compiler has a C library: it names the file alone where it does not find it.
fn has_newlib() -> Result<bool> {
    let mut gcc = Command::new("arm-none-eabi-gcc");
    Ok(shell::read(gcc.arg("-print-file-name=libc.a"))?.trim() != "libc.a")
}

/// What building for the other host and running that needs.
pub(crate) fn aarch64(target: &str) -> Result<()> {
    add_targets(vec![target])?;
    let programs = AARCH64_PROGRAMS.iter().copied();
    let missing: Vec<_> = programs.filter(|program| !shell::has(program)).collect();
    if missing.is_empty() { Ok(()) } else { install(&missing, AARCH64) }
}

/// An interpreter of Python that makes virtual environments.
pub(crate) fn python() -> Result<()> {
    let mut venv = Command::new("python3");
    if shell::has("python3") && shell::quiet(venv.args(["-c", "import ensurepip"]))?.success {
        return Ok(());
    }
    install(&["python3 with venv"], PYTHON)
}

/// A graphics processor in software, for the tests of those: the file that tells Vulkan of it. `None` on
/// systems that have something else than Vulkan.
pub(crate) fn vulkan() -> Result<Option<PathBuf>> {
    if !cfg!(target_os = "linux") {
        return Ok(None);
    }
    if let Some(found) = lavapipe() {
        return Ok(Some(found));
    }
    install(&["lavapipe"], VULKAN)?;
    let found = lavapipe();
    found.map(Some).with_context(|| format!("lavapipe is installed, and not in {DRIVERS}"))
}

fn lavapipe() -> Option<PathBuf> {
    let files = std::fs::read_dir(DRIVERS).ok()?.flatten();
    let is_it = |file: &PathBuf| {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with("lvp_icd.") && name.ends_with(".json")
    };
    files.map(|file| file.path()).find(is_it)
}

/// The Rust targets of every board.
pub(crate) fn targets() -> Result<()> {
    add_targets(BOARDS.iter().map(|board| board.target).collect())
}

fn add_targets(mut missing: Vec<&str>) -> Result<()> {
    let libraries = sysroot()?.join("lib/rustlib");
    missing.retain(|target| !libraries.join(target).join("lib").is_dir());
    missing.dedup();
    if missing.is_empty() {
        return Ok(());
    }
    shell::run(rustup("target").arg("add").args(&missing))
        .with_context(|| format!("to install them: rustup target add {}", missing.join(" ")))
}

/// rustfmt, clippy and the LLVM tools.
pub(crate) fn components() -> Result<()> {
    let installed = shell::read(rustup("component").args(["list", "--installed"]))?;
    let there = |name: &&str| installed.lines().any(|line| line.starts_with(*name));
    let missing: Vec<_> = COMPONENTS.iter().filter(|name| !there(name)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    shell::run(rustup("component").arg("add").args(&missing))
}

/// cargo-deny, built from source once.
pub(crate) fn deny() -> Result<()> {
    subcommand("deny", DENY)
}

/// cargo-semver-checks, built from source once.
pub(crate) fn semver_checks() -> Result<()> {
    subcommand("semver-checks", SEMVER_CHECKS)
}

fn subcommand(name: &str, version: &str) -> Result<()> {
    if shell::quiet(shell::cargo().args([name, "--version"]))?.success {
        return Ok(());
    }
    let package = format!("cargo-{name}");
    println!("building {package} from source: some minutes, once");
    let mut install = shell::cargo();
    install.args(["install", "--locked", "--quiet", &package, "--version", version]);
    shell::run(&mut install)
}

fn rustup(what: &str) -> Command {
    let mut rustup = Command::new("rustup");
    rustup.current_dir(shell::root()).arg(what);
    rustup
}

fn sysroot() -> Result<PathBuf> {
    let mut rustc = Command::new("rustc");
    let text = shell::read(rustc.current_dir(shell::root()).args(["--print", "sysroot"]))?;
    Ok(PathBuf::from(text.trim_end()))
}

/// Emulators and gcc.
fn packages() -> Result<()> {
    let missing: Vec<_> = PROGRAMS.iter().copied().filter(|program| !shell::has(program)).collect();
    if missing.is_empty() { Ok(()) } else { install(&missing, PACKAGES) }
}

/// Packages that bring what is missing: by apt where it may, else the command to type.
fn install(missing: &[&str], packages: &[&str]) -> Result<()> {
    let install = format!("apt-get install -y --no-install-recommends {}", packages.join(" "));
    let names = missing.join(", ");
    let advice = || format!("not found: {names}; on Debian type: sudo {install}");
    if !shell::has("apt-get") {
        bail!("{}", advice());
    }
    let prefix: &[&str] = if is_root()? {
        &[]
    } else if sudo_without_password() {
        &["sudo", "-n"]
    } else {
        bail!("{}", advice());
    };
    for words in ["apt-get update", &install] {
        let mut words = prefix.iter().copied().chain(words.split(' '));
        let mut command = Command::new(words.next().unwrap_or("apt-get"));
        shell::run(command.args(words).env("DEBIAN_FRONTEND", "noninteractive"))
            .with_context(advice)?;
    }
    Ok(())
}

fn is_root() -> Result<bool> {
    Ok(shell::read(Command::new("id").arg("-u"))?.trim() == "0")
}

fn sudo_without_password() -> bool {
    shell::quiet(Command::new("sudo").args(["-n", "true"])).is_ok_and(|done| done.success)
}
