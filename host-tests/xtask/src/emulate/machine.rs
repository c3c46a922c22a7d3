//! Runs an image on an emulated board, under a time limit.

use super::{
    board::Board,
    log::{self, Entry},
};
use anyhow::{Context, Result, bail};
use std::{
    fmt, fs,
    io::Read,
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// The image left with this code.
    Exit(i32),
    /// It was stopped at its time limit.
    TimedOut,
    /// The emulator died without a code.
    Killed,
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exit(code) => write!(f, "exit {code}"),
            Self::TimedOut => f.write_str("time-out"),
            Self::Killed => f.write_str("killed"),
        }
    }
}

/// What a run left behind.
pub(crate) struct Run {
    /// How it ended.
    pub(crate) end: End,
    /// What it logged.
    pub(crate) log: Vec<Entry>,
    /// What the emulator wrote on standard error.
    pub(crate) stderr: String,
}

/// Runs the image; `extra` arguments go to the emulator.
pub(crate) fn run(board: &Board, image: &Path, limit: Duration, extra: &[String]) -> Result<Run> {
    let elf = fs::read(image).with_context(|| format!("cannot read {}", image.display()))?;
    let (end, stdout, stderr) = ended(board, image, limit, extra)?;
    Ok(Run {
        end,
        log: log::decode(&elf, &stdout)?,
        stderr: String::from_utf8_lossy(&stderr).into_owned(),
    })
}

/// What an image that has no log wrote on standard output, if it ended well.
pub(crate) fn output(
    board: &Board,
    image: &Path,
    limit: Duration,
    extra: &[String],
) -> Result<String> {
    let (end, stdout, stderr) = ended(board, image, limit, extra)?;
    if end != End::Exit(0) {
        bail!("{end}: {}", String::from_utf8_lossy(&stderr).trim_end());
    }
    Ok(String::from_utf8_lossy(&stdout).into_owned())
}

/// How it ended, and what it wrote on both ways.
fn ended(
    board: &Board,
    image: &Path,
    limit: Duration,
    extra: &[String],
) -> Result<(End, Vec<u8>, Vec<u8>)> {
    let mut command = emulator(board, image);
    command.args(["-serial", "none"]).args(extra).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = start(board, &mut command)?;

    let stdout = collect(child.stdout.take());
    let stderr = collect(child.stderr.take());
    let end = wait(&mut child, limit)?;
    let stdout = stdout.join().unwrap_or_default();
    let stderr = stderr.join().unwrap_or_default();
    Ok((end, stdout, stderr))
}

/// The emulator with an image, and nothing decided of its serial port and its output.
pub(super) fn emulator(board: &Board, image: &Path) -> Command {
    let mut command = Command::new(board.emulator());
    command.args(["-M", board.machine]);
    if board.is_riscv() {
        command.args(["-bios", "none"]);
    }
    command
        .args(["-nographic", "-monitor", "none"])
        .args(["-semihosting-config", "enable=on,target=native"])
        .arg("-kernel")
        .arg(image)
        .stdin(Stdio::null());
    command
}

/// Starts it.
pub(super) fn start(board: &Board, command: &mut Command) -> Result<Child> {
    command.spawn().with_context(|| {
        format!("cannot start {}: `cargo xtask setup` installs it", board.emulator())
    })
}

fn collect(pipe: Option<impl Read + Send + 'static>) -> thread::JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            // An emulator that dies closes its pipe; what came before counts.
            let _ = pipe.read_to_end(&mut bytes);
        }
        bytes
    })
}

fn wait(child: &mut Child, limit: Duration) -> Result<End> {
    let deadline = Instant::now() + limit;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status.code().map_or(End::Killed, End::Exit));
        }
        if Instant::now() >= deadline {
            child.kill()?;
            child.wait()?;
            return Ok(End::TimedOut);
        }
        thread::sleep(Duration::from_millis(5));
    }
}
