//! The Rust contenders of the lasso comparison, asked line by line by `benches/peers/lasso.py`.
//!
//! | line | answer |
//! |---|---|
//! | `contenders` | their names |
//! | `case FOLDER M N LAMBDA` | `ready`; FOLDER holds design.f64 (columns one after the other) and response.f64 |
//! | `time NAME` | nanoseconds of one solve, everything from the raw data on included |
//! | `answer NAME` | the N weights |
//! | `objective FOLDER M N LAMBDA` | the least ½‖y − Xw − c‖² + λ‖w‖₁, c a constant |
#![allow(clippy::print_stdout, reason = "its answers, and the table")]
#![forbid(unsafe_code)]

use anyhow::{Context, Result, bail};
use clap::Parser;
use solvekit_benches::lasso::report::{self, Measured};
use solvekit_benches::lasso::{CONTENDERS, Contender, Problem, least_objective};
use solvekit_benches::machine::{Machine, date, today};
use std::fs;
use std::io::{BufRead, Write, stdin, stdout};
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Answers the comparison's questions, or turns what it measured into a table.
#[derive(Parser)]
struct Cli {
    /// What `benches/peers/lasso.py` measured; prints the table
    measured: Option<PathBuf>,
    /// Write DATE-lasso.md and DATE-lasso.json into this folder
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
        fs::write(folder.join(format!("{day}-lasso.md")), &page)?;
        let json = serde_json::to_string_pretty(&measured)? + "\n";
        fs::write(folder.join(format!("{day}-lasso.json")), json)?;
    }
    Ok(())
}

fn serve() -> Result<()> {
    let mut problem = None;
    for line in stdin().lock().lines() {
        let line = line?;
        let words: Vec<_> = line.split_whitespace().collect();
        let answer = match words.as_slice() {
            ["contenders"] => CONTENDERS.map(|(name, _)| name).join(" "),
            ["case", folder, rows, columns, lambda] => {
                let shape = (rows.parse()?, columns.parse()?);
                problem = Some(Problem::read(folder.as_ref(), shape, lambda.parse()?)?);
                "ready".to_string()
            }
            ["time", name] => {
                let problem = problem.as_ref().context("no case was given")?;
                let solve = contender(name)?;
                let start = Instant::now();
                let weights = solve(problem)?;
                let elapsed = start.elapsed();
                drop(weights);
                elapsed.as_nanos().to_string()
            }
            ["answer", name] => {
                let weights = contender(name)?(problem.as_ref().context("no case was given")?)?;
                let words: Vec<_> = weights.iter().map(|w| format!("{w:e}")).collect();
                words.join(" ")
            }
            ["objective", folder, rows, columns, lambda] => {
                let shape = (rows.parse()?, columns.parse()?);
                let least = least_objective(folder.as_ref(), shape, lambda.parse()?)?;
                format!("{least:e}")
            }
            _ => bail!("not understood: {line}"),
        };
        println!("{answer}");
        stdout().flush()?;
    }
    Ok(())
}

fn contender(name: &str) -> Result<Contender> {
    let found = CONTENDERS.iter().find(|(known, _)| *known == name);
    found.map(|(_, solve)| *solve).with_context(|| format!("no contender is called {name}"))
}
