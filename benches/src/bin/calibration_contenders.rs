//! solvekit's part of the comparison with NumPy, asked line by line by `benches/peers/calibration.py`.
//!
//! | line | answer |
//! |---|---|
//! | `case FOLDER N M P` | `ready`; FOLDER holds the numbers, in f64 |
//! | `fit` | nanoseconds, and the larger relative error of signal and gains |
#![forbid(unsafe_code)]

use anyhow::{Context, Result, bail};
use solvekit_benches::calibration::Problem;
use solvekit_benches::calibration::report::markdown;
use solvekit_benches::contender;

fn main() -> Result<()> {
    let mut problem = None;
    contender::run("calibration", markdown, |words| answer(&mut problem, words))
}

fn answer(problem: &mut Option<Problem>, words: &[&str]) -> Result<String> {
    Ok(match words {
        ["case", folder, n, m, p] => {
            *problem = Some(Problem::read(folder.as_ref(), n.parse()?, m.parse()?, p.parse()?)?);
            "ready".to_owned()
        }
        ["fit"] => {
            let (took, error) = problem.as_ref().context("no case was given")?.fit()?;
            format!("{} {error:e}", took.as_nanos())
        }
        _ => bail!("not understood"),
    })
}
