//! The frame of a program that a peer in Python asks line by line, and that turns what was measured
//! into a table.
#![allow(clippy::print_stdout, reason = "its answers, and the table")]

use crate::machine::{Machine, date, today};
use anyhow::{Context, Result};
use clap::Parser;
use serde::{Serialize, de::DeserializeOwned};
use std::fs;
use std::io::{BufRead, Write, stdin, stdout};
use std::path::{Path, PathBuf};

/// Answers a comparison's questions, or turns what it measured into a table.
#[derive(Debug, Parser)]
struct Cli {
    /// What the comparison measured; prints the table
    measured: Option<PathBuf>,
    /// Write DATE-NAME.md and DATE-NAME.json into this folder
    #[arg(long, value_name = "FOLDER", requires = "measured")]
    record: Option<PathBuf>,
    /// The record's date [default: today, in UTC]
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = date)]
    date: Option<String>,
}

/// Runs the program of the comparison `name`: `answer` gives the answer to the words of one line,
/// `markdown` the table of what was measured.
///
/// # Errors
/// A question that is not understood, or a file that cannot be read or written.
pub fn run<M: Serialize + DeserializeOwned>(
    name: &str,
    markdown: impl Fn(&M, &Machine, &str) -> Result<String>,
    answer: impl FnMut(&[&str]) -> Result<String>,
) -> Result<()> {
    let cli = Cli::parse();
    match &cli.measured {
        Some(measured) => table(&cli, measured, name, markdown),
        None => serve(answer),
    }
}

fn table<M: Serialize + DeserializeOwned>(
    cli: &Cli,
    path: &Path,
    name: &str,
    markdown: impl Fn(&M, &Machine, &str) -> Result<String>,
) -> Result<()> {
    let text =
        fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let measured: M = serde_json::from_str(&text)?;
    let day = cli.date.clone().map_or_else(today, Ok)?;
    let page = markdown(&measured, &Machine::here(), &day)?;
    print!("{page}");
    if let Some(folder) = &cli.record {
        fs::write(folder.join(format!("{day}-{name}.md")), &page)?;
        let json = serde_json::to_string_pretty(&measured)? + "\n";
        fs::write(folder.join(format!("{day}-{name}.json")), json)?;
    }
    Ok(())
}

fn serve(mut answer: impl FnMut(&[&str]) -> Result<String>) -> Result<()> {
    for line in stdin().lock().lines() {
        let line = line?;
        let words: Vec<_> = line.split_whitespace().collect();
        let answer = answer(&words).with_context(|| format!("asked: {line}"))?;
        println!("{answer}");
        stdout().flush()?;
    }
    Ok(())
}
