//! Rust's part of the comparison of the Python package, asked line by line by `benches/peers/package.py`.
//!
//! | line | answer |
//! |---|---|
//! | `case FOLDER N M P D` | `ready`; FOLDER holds a.f64 and y.f64 |
//! | `calibrate THREADS` | nanoseconds of all devices |
//! | `answers FOLDER` | `written`; answers.f64 lies there |
//! | `solve ROUNDS` | nanoseconds of one solve of four unknowns |
#![forbid(unsafe_code)]

use anyhow::{Context, Result, bail};
use solvekit_benches::python::report::markdown;
use solvekit_benches::python::{Fleet, solve};
use solvekit_benches::{contender, singles};

fn main() -> Result<()> {
    let mut fleet = None;
    contender::run("python", markdown, |words| answer(&mut fleet, words))
}

fn answer(fleet: &mut Option<Fleet>, words: &[&str]) -> Result<String> {
    if let ["case", folder, n, m, p, devices] = words {
        let sizes = [n.parse()?, m.parse()?, p.parse()?, devices.parse()?];
        *fleet = Some(Fleet::read(folder.as_ref(), sizes)?);
        return Ok("ready".to_owned());
    }
    if let ["solve", rounds] = words {
        return Ok(solve(rounds.parse()?)?.as_nanos().to_string());
    }
    let fleet = fleet.as_ref().context("no case was given")?;
    match words {
        ["calibrate", threads] => Ok(fleet.calibrate(threads.parse()?)?.0.as_nanos().to_string()),
        ["answers", folder] => {
            let (_, numbers) = fleet.calibrate(1)?;
            singles::write_doubles(folder.as_ref(), "answers", &numbers)?;
            Ok("written".to_owned())
        }
        _ => bail!("not understood"),
    }
}
