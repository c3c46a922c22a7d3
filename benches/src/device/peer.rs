//! [`Peer`]: PyTorch in a process of its own, asked line by line.

use super::Case;
use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

/// It comes along, so that the program is one file.
const SCRIPT: &str = include_str!("../../peers/device.py");

/// PyTorch, where it is.
#[derive(Debug)]
pub struct Peer {
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    /// What it says of itself.
    pub versions: Value,
}

/// Folders of CUDA's libraries that came with Python's packages; empty where there are none.
#[must_use]
pub fn library_folders(folder: &Path) -> String {
    let Ok(script) = script(folder) else { return String::new() };
    let asked = Command::new("python3").arg(script).arg("--folders").output();
    asked.map_or_else(|_| String::new(), |told| String::from_utf8_lossy(&told.stdout).trim().into())
}

fn script(folder: &Path) -> Result<std::path::PathBuf> {
    let script = folder.join("device.py");
    fs::write(&script, SCRIPT)?;
    Ok(script)
}

impl Peer {
    /// Starts it.
    ///
    /// # Errors
    /// What is missing.
    pub fn start(folder: &Path) -> Result<Self> {
        let mut python = Command::new("python3");
        python.arg(script(folder)?).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = python.spawn().context("python3 does not start")?;
        let input = process.stdin.take().context("no pipe")?;
        let output = BufReader::new(process.stdout.take().context("no pipe")?);
        let mut peer = Self { process, input, output, versions: Value::Null };
        peer.versions = peer.answer()?;
        Ok(peer)
    }

    fn answer(&mut self) -> Result<Value> {
        let mut line = String::new();
        self.output.read_line(&mut line)?;
        let answer: Value = serde_json::from_str(&line).context("it ended")?;
        for trouble in ["missing", "failed"] {
            if let Some(reason) = answer[trouble].as_str() {
                bail!("{reason}");
            }
        }
        Ok(answer)
    }

    fn ask(&mut self, question: &Value) -> Result<Value> {
        writeln!(self.input, "{question}")?;
        self.input.flush()?;
        self.answer()
    }

    /// Brings a case to the device. Who can do it.
    ///
    /// # Errors
    /// What PyTorch says.
    pub fn bring(&mut self, case: &Case, folder: &Path) -> Result<Vec<String>> {
        let Case { kind, rows, columns, count, iterations, step, threshold } = case;
        let told = self.ask(&json!({
            "case": kind, "rows": rows, "columns": columns, "count": count, "iterations": iterations,
            "step": step, "threshold": threshold, "folder": folder,
        }))?;
        let names = told["contenders"].as_array().context("no contenders")?;
        Ok(names.iter().filter_map(Value::as_str).map(ToOwned::to_owned).collect())
    }

    /// Runs a contender once.
    ///
    /// # Errors
    /// What PyTorch says.
    pub fn run(&mut self, contender: &str) -> Result<Duration> {
        time(&self.ask(&json!({ "contender": contender }))?)
    }

    /// Runs it once, and brings back the answers to some of the problems.
    ///
    /// # Errors
    /// What PyTorch says, or a file that cannot be read.
    pub fn sample(&mut self, contender: &str, sample: &[usize], folder: &Path) -> Result<Vec<f32>> {
        let file = folder.join("sample.f32");
        time(&self.ask(&json!({ "contender": contender, "sample": sample, "file": file }))?)?;
        let bytes = fs::read(&file)?;
        Ok(bytes.as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect())
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // Compiled code may take its time to end.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn time(answer: &Value) -> Result<Duration> {
    answer["nanoseconds"].as_u64().map(Duration::from_nanos).context("no time")
}
