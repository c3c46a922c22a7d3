//! The record from which `solvekit plan` foretells solvers: each at several sizes.

use super::{
    Optimisation,
    measure::{Measured, Measuring},
    sizes::shape,
    solvers::SOLVERS,
};
use crate::{
    emulate::{board::Board, footprint::Size, plugin::Plugin, record},
    failures::Failures,
    shell,
};
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use std::{fs, sync::Mutex};

/// Where the program looks for it.
const RECORD: &str = "host-tests/src/plan/solvers.json";

/// The numbers of a size, in their order.
const NUMBERS: [&str; 10] = [
    "rows",
    "columns",
    "snapshots",
    "flash_bytes",
    "state_bytes",
    "stack_bytes",
    "first_instructions",
    "step_instructions",
    "run_instructions",
    "steps",
];

/// Measures every wanted solver at all its sizes, and puts them into the record beside what was there.
pub(super) fn run(
    boards: &[Board],
    optimisations: &[Optimisation],
    wanted: impl Fn(&str) -> bool + Sync,
) -> Result<()> {
    let plugin = Plugin::build()?;
    let writing = Mutex::new(());
    let of_one = |optimisation: Optimisation| {
        let (mut failures, mut written) = (Failures::default(), Vec::new());
        for board in boards {
            let mut measuring = Measuring::new(board, optimisation, &plugin);
            for (feature, title) in SOLVERS.iter().filter(|(feature, _)| wanted(feature)) {
                let Some(entry) = entry(&mut measuring, feature, title, &mut failures)? else {
                    continue;
                };
                // Each at once: all of them take an hour.
                let guard = writing.lock();
                write(entry)?;
                drop(guard);
                written.push(());
            }
        }
        Ok((written, failures))
    };
    let (written, failures) = super::beside_each_other(optimisations, of_one)?;
    println!("wrote {} entries of {RECORD}", written.len());
    // A board has no memory for the largest: the record has the others.
    failures.lines().for_each(|line| println!("not measured: {line}"));
    Ok(())
}

/// A solver at all its sizes; `None` of a network.
fn entry(
    measuring: &mut Measuring<'_>,
    feature: &str,
    title: &str,
    failures: &mut Failures,
) -> Result<Option<Value>> {
    let Some((shape, run)) = shape(feature) else { return Ok(None) };
    let (core, optimisation) = (measuring.core(), measuring.optimisation().name());
    println!("{feature} on {core} at opt-level {optimisation}");
    let mut sizes = Vec::new();
    for size in shape.sizes() {
        let what = format!("{feature} of {size:?} on {core} at opt-level {optimisation}");
        // An image that cannot be built is a mistake.
        let image = measuring.image(feature, size)?;
        let measured = measuring.of(&image, (feature, title), size);
        sizes.extend(failures.note(&what, measured).map(|found| numbers(size, &found)));
    }
    Ok(Some(json!({
        "solver": feature.replace('_', "-"),
        "shape": shape.name(),
        "run": run,
        "core": core,
        "opt": optimisation,
        "sizes": sizes,
    })))
}

/// A count that there is none of is null: a whole call has no steps.
fn numbers(size: Size, found: &Measured) -> Value {
    let first = found.step.and(found.first);
    json!([
        size.rows,
        size.columns,
        size.snapshots,
        found.flash,
        found.state,
        found.stack,
        first,
        found.step,
        found.solve,
        found.steps,
    ])
}

/// One line for each solver, core and optimisation; those of before in the place of none newer.
fn write(entry: Value) -> Result<()> {
    let path = shell::root().join(RECORD);
    let rustc = record::rustc()?;
    let key = |entry: &Value| ["core", "opt", "solver"].map(|name| entry[name].to_string());
    let mut all = vec![entry];
    if let Ok(kept) = fs::read_to_string(&path) {
        let kept: Value = serde_json::from_str(&kept)?;
        ensure!(
            kept["rustc"] == rustc.as_str(),
            "{RECORD} is of another compiler: delete it and measure all"
        );
        let kept = kept["solvers"].as_array().context("the record has no solvers")?.clone();
        let known: Vec<_> = all.iter().map(key).collect();
        all.extend(kept.into_iter().filter(|old| !known.contains(&key(old))));
    }
    all.sort_by_key(key);
    let lines: Vec<_> = all.iter().map(Value::to_string).collect();
    let text = format!(
        "{{\n\"note\": \"written by `cargo xtask budget --sizes`; executed instructions, not cycles\",\n\
         \"rustc\": {},\n\"numbers\": {},\n\"solvers\": [\n{}\n]\n}}\n",
        json!(rustc),
        json!(NUMBERS),
        lines.join(",\n")
    );
    fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(())
}
