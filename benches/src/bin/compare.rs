//! One interleaved run over all cases: times, ratios to the peer, exact sweeps and instructions.
#![allow(clippy::print_stdout, reason = "a program that reports to a terminal")]
#![forbid(unsafe_code)]

use anyhow::{Context, Result, bail};
use clap::{Parser, Subcommand};
use solvekit_benches::cases::{ALL, Entry as Named};
use solvekit_benches::count::{self, COUNTED, calls_collected_by_callgrind};
use solvekit_benches::interleave::{Patience, measure};
use solvekit_benches::machine::{Machine, date, today};
use solvekit_benches::record::{Entry, HEAD, Record};
use std::path::PathBuf;

/// Compares solvekit with independent peers in one interleaved run.
#[derive(Parser)]
#[command(args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(subcommand)]
    inner: Option<Inner>,
    /// Only cases whose name contains this
    filter: Option<String>,
    /// Rounds of each case
    #[arg(long, default_value_t = Patience::default().rounds)]
    rounds: u32,
    /// Also count instructions under callgrind; skipped where valgrind is missing
    #[arg(long)]
    count: bool,
    /// Write DATE-host.md and DATE-host.json into this folder
    #[arg(long, value_name = "FOLDER", conflicts_with = "filter")]
    record: Option<PathBuf>,
    /// The record's date [default: today, in UTC]
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = date)]
    date: Option<String>,
}

#[derive(Subcommand)]
enum Inner {
    /// Calls one contender; what runs under callgrind
    #[command(hide = true)]
    Call {
        /// Name of the case
        case: String,
        /// Which contender
        contender: usize,
        /// How often
        calls: u32,
    },
}

fn main() -> Result<()> {
    let cli = Cli::parse();
    match &cli.inner {
        Some(Inner::Call { case, contender, calls }) => call(case, *contender, *calls),
        None => compare(&cli),
    }
}

fn call(case: &str, contender: usize, calls: u32) -> Result<()> {
    let (_, make) = ALL.iter().find(|(name, _)| *name == case).context("no such case")?;
    let mut case = make();
    let contender = case.contenders.get_mut(contender).context("no such contender")?;
    calls_collected_by_callgrind(contender, calls);
    Ok(())
}

fn compare(cli: &Cli) -> Result<()> {
    let wanted = |(name, _): &&Named| cli.filter.as_ref().is_none_or(|part| name.contains(part));
    let chosen: Vec<&Named> = ALL.iter().filter(wanted).collect();
    if chosen.is_empty() {
        bail!("no case has a name like that");
    }
    let valgrind = if cli.count { count::valgrind() } else { None };
    if cli.count && valgrind.is_none() {
        println!("SKIPPED: instruction counts, because valgrind is not installed");
    }
    let patience = Patience { rounds: cli.rounds, ..Patience::default() };
    let mut cases = Vec::new();
    print!("{HEAD}");
    for (name, make) in chosen {
        let mut case = make();
        let measured = measure(&mut case, patience);
        let entry =
            Entry { case: (*name).into(), job: case.job.into(), measured, counted: Vec::new() };
        print!("{}", entry.rows());
        cases.push((entry, case));
    }
    if valgrind.is_some() {
        println!();
        for (entry, case) in cases.iter_mut().filter(|(entry, _)| COUNTED.contains(&&*entry.case)) {
            entry.counted = count::count(&entry.case, case)?;
            for one in &entry.counted {
                println!("{}: {}: {} instructions", entry.case, one.contender, one.instructions);
            }
        }
    }
    if let Some(folder) = &cli.record {
        let date = cli.date.clone().map_or_else(today, Ok)?;
        let cases = cases.into_iter().map(|(entry, _)| entry).collect();
        println!("\nrecord: {date}-host.md, {date}-host.json");
        Record { date, machine: Machine::here(), valgrind, cases }.write(folder)?;
    }
    Ok(())
}
