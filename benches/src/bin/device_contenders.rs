//! Batches that stay in a graphics processor's memory, beside PyTorch on the same one: one command, one file.
//! PyTorch's part is a script that comes along; what is missing is skipped, and named.
#![forbid(unsafe_code)]
#![allow(clippy::print_stdout, reason = "its table")]

use anyhow::{Context, Result, ensure};
use clap::Parser;
use solvekit_benches::device::own::Devices;
use solvekit_benches::device::peer::{Peer, library_folders};
use solvekit_benches::device::report::{Record, median};
use solvekit_benches::device::{Case, ista, measure, spd};
use solvekit_benches::machine::{Machine, date, today};
use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

/// Measures wgpu, CUDA and PyTorch on the machine's graphics processor.
#[derive(Debug, Parser)]
struct Cli {
    /// Of 65,536 signals and 1,000,000 systems
    #[arg(long, default_value_t = 1.0)]
    scale: f64,
    /// Rounds of each interleaved run
    #[arg(long, default_value_t = 21)]
    rounds: u32,
    /// Write DATE-device.md and DATE-device.json into this folder
    #[arg(long, value_name = "FOLDER")]
    record: Option<PathBuf>,
    /// The record's date [default: today, in UTC]
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = date)]
    date: Option<String>,
}

/// Said to the program itself, when it was told where libraries are.
const TOLD: &str = "SOLVEKIT_DEVICE_LIBRARIES_TOLD";

fn main() -> Result<ExitCode> {
    let cli = Cli::parse();
    ensure!(cli.scale > 0.0 && cli.scale <= 1.0, "--scale: {} is not in (0, 1]", cli.scale);
    ensure!(cli.rounds > 0, "--rounds: at least one");
    let folder = env::temp_dir().join(format!("solvekit-device-{}", std::process::id()));
    fs::create_dir_all(&folder)?;
    let done = inside(&cli, &folder);
    // What is left in a folder for such things does no harm.
    let _ = fs::remove_dir_all(&folder);
    done
}

fn inside(cli: &Cli, folder: &Path) -> Result<ExitCode> {
    if env::var_os(TOLD).is_none() {
        let folders = library_folders(folder);
        if !folders.is_empty() {
            // Where libraries are looked for is settled before a program begins.
            let before = env::var("LD_LIBRARY_PATH").unwrap_or_default();
            let both = if before.is_empty() { folders } else { format!("{before}:{folders}") };
            let mut again = Command::new(env::current_exe()?);
            again.args(env::args_os().skip(1)).env("LD_LIBRARY_PATH", both).env(TOLD, "yes");
            let status = again.status().context("cannot start again")?;
            let code = status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1);
            return Ok(ExitCode::from(code));
        }
    }
    let record = run(cli, folder)?;
    let page = record.page();
    print!("{page}");
    if let Some(records) = &cli.record {
        let json = serde_json::to_string_pretty(&record)? + "\n";
        for (ending, text) in [("md", page), ("json", json)] {
            let path = records.join(format!("{}-device.{ending}", record.date));
            fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
        }
    }
    let all = record.cases.iter().all(|case| case.failed.is_empty());
    Ok(if all { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn run(cli: &Cli, folder: &Path) -> Result<Record> {
    let mut devices = Devices::find();
    let mut skipped = std::mem::take(&mut devices.skipped);
    let mut peer = Peer::start(folder)
        .map_err(|error| skipped.push(("PyTorch".to_owned(), format!("{error:#}"))))
        .ok();
    let versions = peer.as_ref().map_or(serde_json::Value::Null, |peer| peer.versions.clone());
    let of = |count: f64| ((count * cli.scale) as usize).max(1);
    let mut cases = Vec::new();
    if devices.gpu.is_some() || !devices.cuda.is_empty() {
        let (case, numbers) = ista(of(65_536.0))?;
        let brought = devices.ista(&case, &numbers)?;
        cases.push(measure(&case, &numbers, brought, &mut peer, folder, cli.rounds)?);
        let (case, numbers) = spd(of(1e6));
        let brought = devices.spd(&case, &numbers);
        cases.push(measure(&case, &numbers, brought, &mut peer, folder, cli.rounds)?);
    }
    let peaks = peer.as_mut().map(|peer| peaks(peer, cli, folder)).transpose();
    let peaks = peaks.unwrap_or_else(|error| {
        skipped.push(("measured peaks".to_owned(), format!("{error:#}")));
        None
    });
    Ok(Record {
        date: cli.date.clone().map_or_else(today, Ok)?,
        machine: Machine::here(),
        devices: devices.found,
        versions,
        peaks: peaks.unwrap_or_default(),
        skipped,
        cases,
    })
}

/// What copies and large products reach.
fn peaks(peer: &mut Peer, cli: &Cli, folder: &Path) -> Result<BTreeMap<String, f64>> {
    let (order, size) = (if cli.scale < 1.0 { 512 } else { 8_192 }, (2.7e8 * cli.scale) as usize);
    let case = Case {
        kind: "peaks",
        rows: order,
        columns: size,
        count: 0,
        iterations: 0,
        step: 0.0,
        threshold: 0.0,
    };
    peer.bring(&case, folder)?;
    let mut peaks = BTreeMap::new();
    let cubes = 2.0 * (order as f64).powi(3);
    for (name, what, amount) in [
        ("copy", "bytes read and written by copies", 8.0 * size as f64),
        ("product", "operations of f32 products", cubes),
    ] {
        let times = (0..12).map(|_| peer.run(name)).collect::<Result<Vec<_>>>()?;
        let seconds: Vec<f64> = times[2..].iter().map(|time| time.as_secs_f64()).collect();
        peaks.insert(what.to_owned(), amount / median(&seconds));
    }
    Ok(peaks)
}
