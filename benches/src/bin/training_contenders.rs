//! solvekit's part of the comparison with JAX, asked line by line by `benches/peers/training.py`.
//!
//! | line | answer |
//! |---|---|
//! | `case FOLDER KIND LOSS M N T BATCH LAMBDA` | `ready`; FOLDER holds the numbers, in f32 |
//! | `step` | nanoseconds of one gradient and one update, from the same numbers each time |
//! | `loss` | the loss of the batch |
//! | `gradient FOLDER` | `written`; gradient-NAME.f32 lies there for everything that is learned |
#![allow(clippy::print_stdout, reason = "its answers, and the table")]
#![forbid(unsafe_code)]

use anyhow::{Context, Result, bail};
use clap::Parser;
use solvekit_benches::machine::{Machine, date, today};
use solvekit_benches::training::report::{self, Measured};
use solvekit_benches::training::{Problem, Shape};
use std::fs;
use std::io::{BufRead, Write, stdin, stdout};
use std::path::{Path, PathBuf};

/// Answers the comparison's questions, or turns what it measured into a table.
#[derive(Parser)]
struct Cli {
    /// What `benches/peers/training.py` measured; prints the table
    measured: Option<PathBuf>,
    /// Write DATE-training.md and DATE-training.json into this folder
    #[arg(long, value_name = "FOLDER", requires = "measured")]
    record: Option<PathBuf>,
    /// The record's date [default: today, in UTC]
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = date)]
    date: Option<String>,
}

fn main() -> Result<()> {
    let cli = Cli::parse();
    match &cli.measured {
        Some(measured) => table(&cli, measured),
        None => serve(),
    }
}

fn table(cli: &Cli, path: &Path) -> Result<()> {
    let text =
        fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let measured: Measured = serde_json::from_str(&text)?;
    let day = cli.date.clone().map_or_else(today, Ok)?;
    let page = report::markdown(&measured, &Machine::here(), &day)?;
    print!("{page}");
    if let Some(folder) = &cli.record {
        fs::write(folder.join(format!("{day}-training.md")), &page)?;
        let json = serde_json::to_string_pretty(&measured)? + "\n";
        fs::write(folder.join(format!("{day}-training.json")), json)?;
    }
    Ok(())
}

fn serve() -> Result<()> {
    let mut problem: Option<Problem> = None;
    for line in stdin().lock().lines() {
        let line = line?;
        let words: Vec<_> = line.split_whitespace().collect();
        let answer = match words.as_slice() {
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
                problem = Some(Problem::read(folder.as_ref(), &shape)?);
                "ready".to_owned()
            }
            ["step"] => given(&mut problem)?.step().as_nanos().to_string(),
            ["loss"] => format!("{:e}", given(&mut problem)?.loss()),
            ["gradient", folder] => {
                given(&mut problem)?.write_gradient(folder.as_ref())?;
                "written".to_owned()
            }
            _ => bail!("not understood: {line}"),
        };
        println!("{answer}");
        stdout().flush()?;
    }
    Ok(())
}

fn given(problem: &mut Option<Problem>) -> Result<&mut Problem> {
    problem.as_mut().context("no case was given")
}
