//! Budgets as a dated record, and as tables.

use super::{CORES, Measured, Optimisation};
use crate::{
    emulate::{
        counts::CAUTION,
        readme::newest,
        record::{Versions, rustc, today},
        table::{Table, thousands},
    },
    shell,
};
use anyhow::{Context, Result, ensure};
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

/// What the newest record says, with what was measured anew in its place.
pub(super) fn renewed(anew: Vec<Measured>) -> Result<(Vec<Measured>, Vec<String>)> {
    let record: Value =
        serde_json::from_str(&newest("budget", "json")?).context("the newest budget")?;
    ensure!(
        record["rustc"].as_str() == Some(&rustc()?),
        "the newest record is of another compiler: measure all"
    );
    let missing = record["not_measured"].as_array().into_iter().flatten();
    let missing = missing.filter_map(Value::as_str).map(str::to_owned).collect();
    let rows = record["solvers"].as_array().context("the newest budget has no solvers")?;
    let mut all: Vec<_> =
        rows.iter().map(row).collect::<Option<_>>().context("a row of the newest budget")?;
    let key = |of: &Measured| [&of.solver, &of.core, &of.optimisation].map(String::clone);
    for one in anew {
        match all.iter_mut().find(|old| key(old) == key(&one)) {
            Some(old) => *old = one,
            None => all.push(one),
        }
    }
    Ok((all, missing))
}

/// A row of a record, without its first step, which is not in it.
fn row(of: &Value) -> Option<Measured> {
    let text = |key: &str| of[key].as_str().map(str::to_owned);
    let number = |key: &str| of[key].as_u64();
    let function = |of: &Value| Some((of["name"].as_str()?.to_owned(), of["bytes"].as_u64()?));
    Some(Measured {
        solver: text("solver")?,
        title: text("title")?,
        core: text("core")?,
        optimisation: text("opt")?,
        flash: number("flash_bytes")?,
        functions: of["functions"].as_array()?.iter().map(function).collect::<Option<_>>()?,
        statics: number("static_bytes")?,
        state: number("state_bytes")?,
        stack: number("stack_bytes")?,
        step: number("step_instructions"),
        first: None,
        solve: number("solve_instructions")?,
        steps: number("steps")?,
        doubles: number("f64_functions")?,
        panics: number("panic_functions")?,
    })
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

#[cfg(test)]
mod tests {
    use super::*;

    /// What is written is read back, or a renewed record would lose something.
    #[test]
    fn a_row_is_read_as_it_was_written() {
        let one = Measured {
            solver: "cg".to_owned(),
            title: "Cg, five-point 10 x 10".to_owned(),
            core: "M4F".to_owned(),
            optimisation: "s".to_owned(),
            flash: 1,
            functions: vec![("step".to_owned(), 2)],
            statics: 3,
            state: 4,
            stack: 5,
            step: Some(6),
            first: None,
            solve: 7,
            steps: 8,
            doubles: 9,
            panics: 10,
        };
        let versions = Versions { rustc: String::new(), qemu: String::new() };
        for one in [one.clone(), Measured { step: None, ..one }] {
            let data = data("today", &versions, std::slice::from_ref(&one), &[]);
            assert_eq!(row(&data["solvers"][0]), Some(one));
        }
    }
}
