//! solvekit's part of the comparison with JAX, asked line by line by `benches/peers/training.py`.
//!
//! | line | answer |
//! |---|---|
//! | `case FOLDER KIND LOSS M N T BATCH LAMBDA` | `ready`; FOLDER holds the numbers, in f32 |
//! | `step` | nanoseconds of one gradient and one update, from the same numbers each time |
//! | `loss` | the loss of the batch |
//! | `gradient FOLDER` | `written`; gradient-NAME.f32 lies there for everything that is learned |
#![forbid(unsafe_code)]

use anyhow::{Context, Result, bail};
use solvekit_benches::contender;
use solvekit_benches::training::report::markdown;
use solvekit_benches::training::{Problem, Shape};

fn main() -> Result<()> {
    let mut problem = None;
    contender::run("training", markdown, |words| answer(&mut problem, words))
}

fn answer(problem: &mut Option<Problem>, words: &[&str]) -> Result<String> {
    Ok(match words {
        ["case", folder, kind, loss, rows, columns, layers, batch, lambda] => {
            let shape = Shape {
                kind,
                loss,
                rows: rows.parse()?,
                columns: columns.parse()?,
                layers: layers.parse()?,
                batch: batch.parse()?,
                lambda: lambda.parse()?,
            };
            *problem = Some(Problem::read(folder.as_ref(), &shape)?);
            "ready".to_owned()
        }
        ["step"] => given(problem)?.step().as_nanos().to_string(),
        ["loss"] => format!("{:e}", given(problem)?.loss()),
        ["gradient", folder] => {
            given(problem)?.write_gradient(folder.as_ref())?;
            "written".to_owned()
        }
        _ => bail!("not understood"),
    })
}

fn given(problem: &mut Option<Problem>) -> Result<&mut Problem> {
    problem.as_mut().context("no case was given")
}
