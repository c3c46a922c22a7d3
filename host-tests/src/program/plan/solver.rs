//! What `plan` foretells of a solver.

use super::{Options, excess};
use crate::plan::Target;
use crate::plan::solvers::{Forecast, Foretold, Optimisation, Size, Solver, Source, forecast, of};
use crate::program::budget::{Budget, Needs};
use anyhow::{anyhow, bail};
use serde::Serialize;
use std::fmt;

/// The JSON object of `plan` of a solver.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Outcome {
    /// Which solver.
    solver: &'static str,
    /// What its size is made of.
    #[serde(flatten)]
    size: Size,
    /// The core.
    target: Target,
    /// How the image is optimised.
    opt: Optimisation,
    /// Code; the problem's own numbers come on top.
    flash_bytes: u64,
    /// State and stack.
    ram_bytes: u64,
    /// Of the steps asked for, or of the whole call; null where neither is known.
    instructions: Option<u64>,
    /// Steps asked for.
    steps: Option<u64>,
    /// What the counted call does, of a solver that does not go in steps.
    call: Option<&'static str>,
    /// The most steps within the instructions that there are.
    steps_within: Option<u64>,
    /// Figures and their errors.
    parts: Forecast,
    /// What the board has to give.
    budget: Budget,
    /// Instructions that there are.
    instructions_given: Option<u64>,
    /// Does it fit?
    fits: bool,
    /// What does not, in words.
    #[serde(skip)]
    pub(super) excess: Option<String>,
}

impl Outcome {
    /// # Errors
    /// Options that a solver has no use for, and what cannot be foretold.
    pub(super) fn of(solver: Solver, options: &Options) -> anyhow::Result<Self> {
        let name = solver.name;
        for (option, given) in [
            ("--layers", options.layers.is_some()),
            ("--shrinkage", options.shrinkage.is_some()),
            ("--weights", options.weights.is_some()),
        ] {
            if given {
                bail!("{option}: {name} is no network");
            }
        }
        let Options { rows, columns, snapshots, steps, target, .. } = *options;
        let (size, opt) = (Size { rows, columns, snapshots }, options.opt);
        let parts = forecast(name, size, target, opt).map_err(|error| anyhow!(error))?;
        if parts.run.is_some() && steps.is_some() {
            bail!("--steps: {name} does not go in steps");
        }
        if steps == Some(0) {
            bail!("--steps: at least one is needed");
        }
        let (flash_bytes, stack) = (parts.code_bytes, parts.stack_bytes);
        let given = options.instructions;
        let instructions = parts.instructions(steps);
        let ram_bytes = parts.state_bytes.value + stack;
        // Without a number of steps, one has to fit.
        let needed = instructions.or_else(|| parts.instructions(Some(1)));
        let excess = excess(Needs { flash: flash_bytes, ram: ram_bytes }, needed, options);
        Ok(Self {
            solver: name,
            size,
            target,
            opt,
            flash_bytes,
            ram_bytes,
            instructions,
            steps,
            call: parts.run.and_then(|_| of(name, target, opt)).map(|one| one.run.as_str()),
            steps_within: given.and_then(|given| parts.steps_within(given)),
            parts,
            budget: options.budget,
            instructions_given: given,
            fits: excess.is_none(),
            excess,
        })
    }
}

/// Four lines or five.
impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { solver, size, target, opt, parts, .. } = self;
        let size = size.to_string();
        let (size, comma) = (size.as_str(), if size.is_empty() { "" } else { ", " });
        writeln!(
            f,
            "{solver}{comma}{size} on {target} at opt-level {opt}: {}",
            parts.source.told()
        )?;
        writeln!(f, "flash {} bytes of code, without the problem's numbers", self.flash_bytes)?;
        let state = told(parts.state_bytes);
        writeln!(f, "RAM {} bytes: {state} state, {} stack", self.ram_bytes, parts.stack_bytes)?;
        if let Some((first, step)) = parts.first.zip(parts.step) {
            write!(f, "{} instructions for the first step and its looks", told(first))?;
            writeln!(f, ", {} for each other", told(step))?;
        }
        if let Some(instructions) = self.instructions {
            let of = match (self.call, self.steps) {
                (Some(call), _) => call.to_owned(),
                (None, steps) => format!("{} steps", steps.unwrap_or_default()),
            };
            let error = self.parts.run.map_or(String::new(), error);
            writeln!(f, "{instructions}{error} instructions for {of}")?;
        }
        if let Some((given, within)) = self.instructions_given.zip(self.steps_within) {
            writeln!(f, "{within} steps are within {given} instructions")?;
        }
        Ok(())
    }
}

impl Source {
    const fn told(self) -> &'static str {
        match self {
            Self::Measured => "measured",
            Self::Foretold => "foretold from other sizes",
            Self::BeyondMeasured => "beyond the sizes measured: a guess",
        }
    }
}

fn told(of: Foretold) -> String {
    format!("{}{}", of.value, error(of))
}

/// Of what is exact nothing is said.
fn error(of: Foretold) -> String {
    if of.error == 0.0 {
        String::new()
    } else {
        format!(" (± {:.0} %)", (100.0 * of.error).ceil())
    }
}
