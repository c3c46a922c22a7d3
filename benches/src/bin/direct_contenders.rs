//! solvekit's part of the comparison with NumPy, asked line by line by `benches/peers/direct.py`.
//!
//! | line | answer |
//! |---|---|
//! | `case FOLDER N COUNT` | `ready`; FOLDER holds a.f32 and b.f32 |
//! | `simd`, `scalar` | nanoseconds of the whole batch |
//! | `lanes` | nanoseconds of factors and solutions in lanes |
//! | `answers FOLDER` | `written`; simd.f32, scalar.f32 and lanes.f32 lie there |
#![forbid(unsafe_code)]

use anyhow::{Context, Result, bail};
use solvekit_benches::direct::Problem;
use solvekit_benches::direct::report::markdown;
use solvekit_benches::{contender, singles};
use solvekit_host::batch::Backend;
use std::time::Duration;

fn main() -> Result<()> {
    let mut problem = None;
    contender::run("direct", markdown, |words| answer(&mut problem, words))
}

fn answer(problem: &mut Option<Problem>, words: &[&str]) -> Result<String> {
    if let ["case", folder, order, count] = words {
        *problem = Some(Problem::read(folder.as_ref(), order.parse()?, count.parse()?)?);
        return Ok("ready".to_owned());
    }
    let problem = problem.as_ref().context("no case was given")?;
    match words {
        ["answers", folder] => {
            for way in ["simd", "scalar", "lanes"] {
                singles::write(folder.as_ref(), way, &solved(problem, way)?.0)?;
            }
            Ok("written".to_owned())
        }
        [way] => Ok(solved(problem, way)?.1.as_nanos().to_string()),
        _ => bail!("not understood"),
    }
}

fn solved(problem: &Problem, way: &str) -> Result<(Vec<f32>, Duration)> {
    match way {
        "simd" => problem.solve(Backend::Simd),
        "scalar" => problem.solve(Backend::Scalar),
        "lanes" => Ok(problem.in_lanes()),
        _ => bail!("not understood"),
    }
}
