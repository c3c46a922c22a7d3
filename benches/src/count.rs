//! Exact instruction counts of single calls under callgrind.
//!
//! A contender runs in a process of its own under valgrind, which collects inside of
//! [`calls_collected_by_callgrind`] only; two runs of different length are subtracted, so that
//! what surrounds a call does not count. The same build gives the same number every time.

use crate::case::{Case, Contender};
use anyhow::{Context, Result, bail};
use serde::Serialize;
use std::{env, process::Command};

/// The cases that are counted.
pub const COUNTED: &[&str] = &[
    "dense 16 sweep f32",
    "dense 16 sweep f64",
    "dense 16 residual f32",
    "grid 10x10 sweep f32",
    "grid 10x10 sweep f64",
    "grid 24x24 sweep f32",
    "grid 10x10 residual f32",
    "lanes dense 16 sweep f32",
    "lanes grid 10x10 sweep f32",
    "tuner 20 arms f32",
];

/// Calls in the longer run beyond those in the shorter one.
const CALLS: u32 = 64;

/// Instructions of one contender.
#[derive(Clone, Debug, Serialize)]
pub struct Counted {
    /// Its name.
    pub contender: String,
    /// Instructions of one job: exact for a sweep, a mean where calls differ.
    pub instructions: f64,
}

/// valgrind's version, where there is one.
#[must_use]
pub fn valgrind() -> Option<String> {
    let output = Command::new("valgrind").arg("--version").output().ok()?;
    Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Counts every contender of a case.
///
/// # Errors
/// When valgrind fails or its report cannot be read.
pub fn count(name: &str, case: &Case) -> Result<Vec<Counted>> {
    let counted = |(k, contender): (usize, &Contender)| {
        let calls = collected(name, k, 1 + CALLS)? - collected(name, k, 1)?;
        let instructions = calls as f64 / f64::from(CALLS) / f64::from(contender.jobs);
        Ok(Counted { contender: contender.label.clone(), instructions })
    };
    case.contenders.iter().enumerate().map(counted).collect()
}

/// Instructions of `calls` calls, by `compare call CASE CONTENDER CALLS` under callgrind.
fn collected(name: &str, contender: usize, calls: u32) -> Result<i64> {
    let program = env::current_exe().context("cannot find this program")?;
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg("--toggle-collect=*calls_collected_by_callgrind*")
        .arg(program)
        .args(["call", name, &contender.to_string(), &calls.to_string()])
        .output()
        .context("cannot start valgrind")?;
    let report = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        bail!("valgrind failed on `{name}`:\n{report}");
    }
    let count = report.lines().find_map(|line| line.split_once("Collected :"));
    let count = count.and_then(|(_, count)| count.trim().parse().ok()).unwrap_or(0);
    if count == 0 {
        bail!("callgrind collected nothing of `{name}`:\n{report}");
    }
    Ok(count)
}

/// What callgrind collects; its name is matched above.
#[inline(never)]
pub fn calls_collected_by_callgrind(contender: &mut Contender, calls: u32) {
    contender.run(calls);
}
