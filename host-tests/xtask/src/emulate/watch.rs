//! `solvekit watch` at work: a firmware that is watched, in emulation, and the program at the other
//! end of its serial port, or of its log.

use super::{board::Board, image, machine};
use crate::shell;
use anyhow::{Context, Result, bail};
use std::{
    path::Path,
    process::{Child, Stdio},
};

/// The board whose serial port the firmware knows.
const BOARD: &str = "M4F";

/// 256 ns an instruction, held to the clock on the wall: slow enough to look on.
const PACE: &str = "shift=8,align=on,sleep=on";

/// Builds the firmware, lets it run, and watches it with these options of `solvekit watch`.
pub(crate) fn run(defmt: bool, paced: bool, options: &[String]) -> Result<()> {
    let board = Board::named(BOARD)?;
    let name = if defmt { "demo_logged" } else { "demo_watched" };
    println!("building {name} for the {BOARD}, and the program");
    let program = image::programs()?.into_iter().find(|program| program.name == name);
    let firmware = program.with_context(|| format!("no program `{name}`"))?;
    image::build(&board, &[&firmware])?;
    let program = ["--release", "--locked", "--package", "solvekit-host", "--bin", "solvekit"];
    shell::run(shell::cargo().args(["build", "--quiet"]).args(program))?;

    let image = image::path(&board, name);
    let (mut emulator, stream) = start(&board, &image, defmt, paced)?;
    let mut watch = shell::cargo();
    watch.args(["run", "--quiet"]).args(program).args(["--", "watch"]).args(options).stdin(stream);
    if defmt {
        watch.arg("--defmt").arg(&image);
    }
    let watched = watch.status().context("cargo")?;
    // One that was left before its end goes on otherwise.
    let _ = emulator.kill();
    emulator.wait()?;
    if watched.success() { Ok(()) } else { bail!("`solvekit watch` ended with {watched}") }
}

/// The emulator, and what comes out of the port or the log.
fn start(board: &Board, image: &Path, defmt: bool, paced: bool) -> Result<(Child, Stdio)> {
    let mut command = machine::emulator(board, image);
    if defmt {
        command.args(["-serial", "none"]).stdout(Stdio::piped());
    } else {
        // The log has standard output; the port takes the other one.
        let port = "file,id=port,path=/dev/fd/2";
        command.args(["-chardev", port, "-serial", "chardev:port"]);
        command.stdout(Stdio::null()).stderr(Stdio::piped());
    }
    if paced {
        command.args(["-icount", PACE]);
    }
    let mut emulator = machine::start(board, &mut command)?;
    let log = emulator.stdout.take().map(Stdio::from);
    let port = emulator.stderr.take().map(Stdio::from);
    let stream = if defmt { log } else { port };
    Ok((emulator, stream.context("the emulator's output")?))
}
