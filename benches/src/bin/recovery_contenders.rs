//! solvekit's part of the comparison with NumPy and JAX, asked line by line by
//! `benches/peers/recovery.py`.
//!
//! | line | answer |
//! |---|---|
//! | `case FOLDER M N SIGNALS ITERATIONS STEP THRESHOLD` | `ready`; FOLDER holds a.f32 and y.f32 |
//! | `peak THREADS` | nanoseconds of as many fused multiply-adds in registers as the case has |
//! | `ista THREADS` | nanoseconds of the whole batch |
//! | `layers THREADS` | the same as a network with tied steps |
//! | `answers FOLDER` | `written`; x.f32 and layers.f32 lie there, a signal after the other |
#![forbid(unsafe_code)]

use anyhow::{Context, Result, bail};
use solvekit_benches::contender;
use solvekit_benches::recovery::report::markdown;
use solvekit_benches::recovery::{Problem, Shape};

fn main() -> Result<()> {
    let mut problem = None;
    contender::run("recovery", markdown, |words| answer(&mut problem, words))
}

fn answer(problem: &mut Option<Problem>, words: &[&str]) -> Result<String> {
    let given = |problem: &mut Option<Problem>| problem.take().context("no case was given");
    Ok(match words {
        ["case", folder, rows, columns, signals, iterations, step, threshold] => {
            let shape = Shape {
                rows: rows.parse()?,
                columns: columns.parse()?,
                signals: signals.parse()?,
                iterations: iterations.parse()?,
                step: step.parse()?,
                threshold: threshold.parse()?,
            };
            *problem = Some(Problem::read(folder.as_ref(), shape)?);
            "ready".to_owned()
        }
        ["peak", threads] => {
            let own = given(problem)?;
            let time = own.peak(threads.parse()?);
            *problem = Some(own);
            time.as_nanos().to_string()
        }
        ["ista", threads] => {
            let own = given(problem)?;
            let (_, time) = own.recover(threads.parse()?)?;
            *problem = Some(own);
            time.as_nanos().to_string()
        }
        ["layers", threads] => {
            let own = given(problem)?;
            let (_, time) = own.infer(threads.parse()?)?;
            *problem = Some(own);
            time.as_nanos().to_string()
        }
        ["answers", folder] => {
            let own = given(problem)?;
            own.write_answers(folder.as_ref())?;
            *problem = Some(own);
            "written".to_owned()
        }
        _ => bail!("not understood"),
    })
}
