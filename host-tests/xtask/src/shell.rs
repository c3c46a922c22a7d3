//! Child processes and the repository's paths.

use anyhow::{Context, Result, bail};
use std::{
    env,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Instant,
};

/// The repository's root.
pub(crate) fn root() -> &'static Path {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.ancestors().nth(2).unwrap_or(package)
}

/// The firmware workspace.
pub(crate) fn firmware() -> PathBuf {
    root().join("firmware-examples")
}

/// Where the chores keep what they make: `target/xtask`.
pub(crate) fn scratch() -> Result<PathBuf> {
    let folder = root().join("target/xtask");
    std::fs::create_dir_all(&folder)
        .with_context(|| format!("cannot make the folder {}", folder.display()))?;
    Ok(folder)
}

/// `cargo` in the repository's root.
pub(crate) fn cargo() -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root());
    command
}

/// `cargo` in the firmware workspace, for a target.
///
/// Flags from the environment would replace those that name the linker script,
/// and a target folder from the environment would move the images.
pub(crate) fn firmware_cargo(verb: &str, target: &str) -> Command {
    firmware_cargo_into(verb, target, &firmware().join("target"))
}

/// The same into a folder of its own, for who builds beside others.
pub(crate) fn firmware_cargo_into(verb: &str, target: &str, folder: &Path) -> Command {
    let mut command = cargo();
    command
        .current_dir(firmware())
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .env_remove("CARGO_BUILD_TARGET")
        .args([verb, "--release", "--locked", "--target", target, "--target-dir"])
        .arg(folder);
    command
}

/// A command as one would type it.
pub(crate) fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let mut text = program.file_name().unwrap_or_default().display().to_string();
    for argument in command.get_args() {
        text.push(' ');
        text += &argument.to_string_lossy();
    }
    text
}

/// Runs a command with its output on the terminal; an error unless it succeeds.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let text = shown(command);
    println!("$ {text}");
    let begun = Instant::now();
    let status =
        command.stdin(Stdio::null()).status().with_context(|| format!("cannot start `{text}`"))?;
    tell_time(begun);
    if !status.success() {
        bail!("`{text}`: {status}");
    }
    Ok(())
}

/// How long a command took, where that is worth a thought.
fn tell_time(begun: Instant) {
    let seconds = begun.elapsed().as_secs();
    if seconds >= 10 {
        println!("({seconds} s)");
    }
}

/// What a quiet command left behind.
pub(crate) struct Quiet {
    /// Whether it exited with 0.
    pub(crate) success: bool,
    /// Its standard output.
    pub(crate) stdout: String,
    /// Its standard error.
    pub(crate) stderr: String,
}

/// Runs a command with its output kept, whatever its exit status.
pub(crate) fn quiet(command: &mut Command) -> Result<Quiet> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("cannot start `{}`", shown(command)))?;
    Ok(Quiet {
        success: output.status.success(),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    })
}

/// Runs a command and returns its output; on failure the error carries what it
/// wrote on standard error.
pub(crate) fn read(command: &mut Command) -> Result<String> {
    let done = quiet(command)?;
    if !done.success {
        bail!("`{}` failed\n{}", shown(command), done.stderr.trim_end());
    }
    Ok(done.stdout)
}

/// Runs a command with its output on the terminal and hands each line of its
/// standard output to `line`; an error unless it succeeds.
pub(crate) fn tee(command: &mut Command, mut line: impl FnMut(&str)) -> Result<()> {
    let text = shown(command);
    println!("$ {text}");
    let begun = Instant::now();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start `{text}`"))?;
    if let Some(stdout) = child.stdout.take() {
        for each in BufReader::new(stdout).lines() {
            let each = each.with_context(|| format!("cannot read from `{text}`"))?;
            println!("{each}");
            line(&each);
        }
    }
    let status = child.wait().with_context(|| format!("lost `{text}`"))?;
    tell_time(begun);
    if !status.success() {
        bail!("`{text}`: {status}");
    }
    Ok(())
}

/// Whether a program can be started.
pub(crate) fn has(program: &str) -> bool {
    Command::new(program)
        .arg("--version")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}
