//! The Rust contenders of the lasso comparison, asked line by line by `benches/peers/lasso.py`.
//!
//! | line | answer |
//! |---|---|
//! | `contenders` | their names |
//! | `case FOLDER M N LAMBDA` | `ready`; FOLDER holds design.f64 (columns one after the other) and response.f64 |
//! | `time NAME` | nanoseconds of one solve, everything from the raw data on included |
//! | `answer NAME` | the N weights |
//! | `objective FOLDER M N LAMBDA` | the least ½‖y − Xw − c‖² + λ‖w‖₁, c a constant |
#![forbid(unsafe_code)]

use anyhow::{Context, Result, bail};
use solvekit_benches::lasso::report::markdown;
use solvekit_benches::lasso::{CONTENDERS, Contender, Problem, least_objective};
use std::time::Instant;

fn main() -> Result<()> {
    let mut problem = None;
    solvekit_benches::contender::run("lasso", markdown, |words| answer(&mut problem, words))
}

fn answer(problem: &mut Option<Problem>, words: &[&str]) -> Result<String> {
    Ok(match words {
        ["contenders"] => CONTENDERS.map(|(name, _)| name).join(" "),
        ["case", folder, rows, columns, lambda] => {
            let shape = (rows.parse()?, columns.parse()?);
            *problem = Some(Problem::read(folder.as_ref(), shape, lambda.parse()?)?);
            "ready".to_string()
        }
        ["time", name] => {
            let (problem, solve) = (given(problem)?, contender(name)?);
            let start = Instant::now();
            let weights = solve(problem)?;
            let elapsed = start.elapsed();
            drop(weights);
            elapsed.as_nanos().to_string()
        }
        ["answer", name] => {
            let weights = contender(name)?(given(problem)?)?;
            let words: Vec<_> = weights.iter().map(|w| format!("{w:e}")).collect();
            words.join(" ")
        }
        ["objective", folder, rows, columns, lambda] => {
            let shape = (rows.parse()?, columns.parse()?);
            let least = least_objective(folder.as_ref(), shape, lambda.parse()?)?;
            format!("{least:e}")
        }
        _ => bail!("not understood"),
    })
}

fn contender(name: &str) -> Result<Contender> {
    let found = CONTENDERS.iter().find(|(known, _)| *known == name);
    found.map(|(_, solve)| *solve).with_context(|| format!("no contender is called {name}"))
}

fn given(problem: &Option<Problem>) -> Result<&Problem> {
    problem.as_ref().context("no case was given")
}
