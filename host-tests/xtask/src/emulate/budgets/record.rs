//! Budgets as a dated record, and as tables.

use super::{CORES, Measured, Optimisation};
use crate::{
    emulate::{
        counts::CAUTION,
        record::{Versions, today},
        table::{Table, thousands},
    },
    shell,
};
use anyhow::{Context, Result};
use serde_json::{Value, json};
use std::fs;

/// Writes `benches/records/DATE-budget.{json,md}`.
pub(super) fn write(all: &[Measured], missing: &[String]) -> Result<()> {
    let (date, versions) = (today(), Versions::read()?);
    let folder = shell::root().join("benches/records");
    let json = serde_json::to_string_pretty(&data(&date, &versions, all, missing))? + "\n";
    for (ending, text) in [("json", json), ("md", page(&date, &versions, all, missing))] {
        let path = folder.join(format!("{date}-budget.{ending}"));
        fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
        println!("wrote benches/records/{date}-budget.{ending}");
    }
    Ok(())
}

fn data(date: &str, versions: &Versions, all: &[Measured], missing: &[String]) -> Value {
    let row = |of: &Measured| {
        let function = |(name, bytes): &(String, u64)| json!({ "name": name, "bytes": bytes });
        json!({
            "solver": of.solver,
            "title": of.title,
            "core": of.core,
            "opt": of.optimisation,
            "flash_bytes": of.flash,
            "functions": of.functions.iter().map(function).collect::<Vec<_>>(),
            "static_bytes": of.statics,
            "state_bytes": of.state,
            "stack_bytes": of.stack,
            "step_instructions": of.step,
            "solve_instructions": of.solve,
            "steps": of.steps,
            "f64_functions": of.doubles,
            "panic_functions": of.panics,
        })
    };
    json!({
        "date": date,
        "rustc": versions.rustc,
        "qemu": versions.qemu,
        "note": CAUTION,
        "not_measured": missing,
        "solvers": all.iter().map(row).collect::<Vec<_>>(),
    })
}

fn page(date: &str, versions: &Versions, all: &[Measured], missing: &[String]) -> String {
    let mut page = format!(
        "# What each solver takes, {date}\n\n\
         Written by `cargo xtask budget --record`. {}; {}; fat LTO. {CAUTION} A baseline belongs to \
         this compiler version.\n\n\
         Flash: what an image with the solver, its problem checked and a run to the report has more \
         than one with f32 arithmetic and the problem alone; parts that solvers share count for each. \
         State: what the caller keeps. Stack: beyond the state, by painting. A step is counted with \
         its look at the certificate; tuners play ten rounds. By function in the JSON file beside \
         this one. Functions for double precision and for panics in all {} images: {} and {}.\n",
        versions.rustc,
        versions.qemu,
        all.len(),
        all.iter().map(|of| of.doubles).sum::<u64>(),
        all.iter().map(|of| of.panics).sum::<u64>(),
    );
    if !missing.is_empty() {
        page += "\nNot measured, for want of memory where nothing else is said:\n\n";
        missing.iter().for_each(|line| page += &format!("- {line}\n"));
    }
    for core in CORES {
        for optimisation in Optimisation::BOTH {
            let name = optimisation.name();
            let of = |m: &&Measured| m.core == *core && m.optimisation == name;
            let rows: Vec<_> = all.iter().filter(of).cloned().collect();
            if rows.is_empty() {
                continue;
            }
            page += &format!("\n## {core}, opt-level {name}\n\n{}", columns(&rows).markdown());
        }
    }
    page
}

/// All figures of the solvers of one core.
fn columns(rows: &[Measured]) -> Table {
    let mut table =
        Table::new(["solver", "flash", "statics", "state", "stack", "step", "solve", "steps"]);
    for of in rows {
        let numbers = [of.flash, of.statics, of.state, of.stack].map(thousands);
        let step = of.step.map_or("–".to_owned(), thousands);
        let steps = if of.steps == 0 { "–".to_owned() } else { thousands(of.steps) };
        let counts = [step, thousands(of.solve), steps];
        table.row([of.title.clone()].into_iter().chain(numbers).chain(counts));
    }
    table
}

/// Every row of what was measured, its core and its optimisation in front.
pub(super) fn table(all: &[Measured]) -> Table {
    let named = |of: &Measured| Measured {
        title: format!("{} {} {}", of.core, of.optimisation, of.title),
        ..of.clone()
    };
    columns(&all.iter().map(named).collect::<Vec<_>>())
}
