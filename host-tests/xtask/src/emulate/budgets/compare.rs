//! What was measured against what was promised, and against the newest record.

use super::{Measured, STACK};
use crate::{
    emulate::{readme::newest, record::rustc},
    failures::Failures,
};
use anyhow::{Context, Result};
use serde_json::Value;

/// More than so many percent above the record is a failure. The same compiler makes the same image of
/// the same source: this leaves room for changes that are not worth a record.
const TOLERANCE: u64 = 3;
/// Bytes of stack, in whose small numbers a percentage says little.
const STACK_TOLERANCE: u64 = 32;

/// No function for double precision, no panic; the stack is reported.
pub(super) fn promises(all: &[Measured]) -> Failures {
    let mut failures = Failures::default();
    for measured in all {
        let Measured { title, core, optimisation, doubles, panics, stack, .. } = measured;
        let place = format!("{title} on {core} at opt-level {optimisation}");
        if *doubles + *panics > 0 {
            failures.add(format!("{place}: {doubles} f64 and {panics} panic functions"));
        }
        if *stack > STACK {
            println!("above {STACK} bytes of stack beyond its state: {place}: {stack}");
        }
    }
    failures
}

/// Against the newest record, if it is of this compiler.
pub(super) fn with_newest(all: &[Measured]) -> Result<Failures> {
    let record: Value =
        serde_json::from_str(&newest("budget", "json")?).context("the newest budget")?;
    let compiler = rustc()?;
    if record["rustc"].as_str() != Some(&compiler) {
        println!("budgets SKIPPED: the newest record is not of {compiler}");
        return Ok(Failures::default());
    }
    let rows = record["solvers"].as_array().context("the newest budget has no solvers")?;
    let mut failures = Failures::default();
    for measured in all {
        let of_it = |row: &&Value| {
            row["solver"] == measured.solver
                && row["core"] == measured.core
                && row["opt"] == measured.optimisation
        };
        let Some(row) = rows.iter().find(of_it) else {
            failures.add(format!("{} has no budget: write a record", measured.title));
            continue;
        };
        failures.append(one(measured, row));
    }
    if failures.is_empty() {
        println!("{} budgets are kept, within {TOLERANCE} %", all.len());
    }
    Ok(failures)
}

fn one(measured: &Measured, row: &Value) -> Failures {
    let mut failures = Failures::default();
    let mut hold = |what: &str, found: u64, room: u64| {
        let budget = row[what].as_u64().unwrap_or(0);
        if found > budget + room.max(budget * TOLERANCE / 100) {
            let Measured { title, core, optimisation, .. } = measured;
            failures.add(format!(
                "{title} on {core} at opt-level {optimisation}: {what} {found}, recorded {budget}"
            ));
        }
    };
    hold("flash_bytes", measured.flash, 16);
    hold("static_bytes", measured.statics, 0);
    hold("state_bytes", measured.state, 0);
    hold("stack_bytes", measured.stack, STACK_TOLERANCE);
    hold("step_instructions", measured.step.unwrap_or(0), 0);
    hold("solve_instructions", measured.solve, 0);
    failures
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn measured() -> Measured {
        Measured {
            solver: "sor".into(),
            title: "Sor".into(),
            core: "M4F".into(),
            optimisation: "3".into(),
            flash: 1_000,
            functions: Vec::new(),
            statics: 0,
            state: 400,
            stack: 100,
            step: Some(2_000),
            first: None,
            solve: 60_000,
            steps: 30,
            doubles: 0,
            panics: 0,
        }
    }

    #[test]
    fn a_budget_that_is_exceeded_is_named() {
        let row = json!({ "flash_bytes": 1_000, "static_bytes": 0, "state_bytes": 400,
            "stack_bytes": 100, "step_instructions": 2_000, "solve_instructions": 60_000 });
        assert!(one(&measured(), &row).is_empty());
        let within = Measured { solve: 61_800, stack: 132, flash: 1_030, ..measured() };
        assert!(one(&within, &row).is_empty());
        for (what, exceeding) in [
            ("solve_instructions 61801", Measured { solve: 61_801, ..measured() }),
            ("stack_bytes 133", Measured { stack: 133, ..measured() }),
            ("state_bytes 413", Measured { state: 413, ..measured() }),
            ("static_bytes 4", Measured { statics: 4, ..measured() }),
        ] {
            let told = one(&exceeding, &row).finish().unwrap_err().to_string();
            assert!(told.contains(what), "{told}");
        }
    }

    #[test]
    fn a_panic_or_a_double_breaks_a_promise() {
        assert!(promises(&[measured()]).is_empty());
        assert!(!promises(&[Measured { doubles: 1, ..measured() }]).is_empty());
        assert!(!promises(&[Measured { panics: 1, ..measured() }]).is_empty());
    }
}
