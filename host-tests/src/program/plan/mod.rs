//! `solvekit plan`: what a network takes of a board, before it is there.

mod options;
mod outcome;
mod solver;
mod subject;

pub use options::{AFTER_HELP, Options};
pub use outcome::Outcome;
pub use subject::Subject;

use super::budget::Needs;
use super::{Ending, tell};
use crate::export::Weights;
use crate::plan::solvers::Optimisation;
use crate::plan::{Demand, estimate};
use anyhow::{anyhow, bail};
use serde::Serialize;
use std::fmt::Display;
use std::io::{Write, stderr};

/// Foretells, tells the outcome, and says what does not fit.
///
/// # Errors
/// Bad input.
pub fn run(options: &Options) -> anyhow::Result<Ending> {
    if let Some(Subject::Solver(solver)) = options.solver
        && options.network.is_none()
    {
        let outcome = solver::Outcome::of(solver, options)?;
        return told(&outcome, options.json, outcome.excess.as_deref());
    }
    let demand = demand(options)?;
    let found = estimate(&demand, options.target).map_err(|error| anyhow!(error))?;
    let outcome = Outcome::new(demand, found, options);
    told(&outcome, options.json, outcome.excess.as_deref())
}

fn told(
    outcome: &(impl Serialize + Display),
    json: bool,
    excess: Option<&str>,
) -> anyhow::Result<Ending> {
    if json {
        tell(&serde_json::to_string_pretty(outcome)?)?;
    } else {
        // Nobody is there to be told when stderr is closed.
        let _ = write!(stderr(), "{outcome}");
    }
    match excess {
        None => Ok(Ending::Done),
        Some(excess) => {
            let _ = writeln!(stderr(), "over budget: {excess}");
            Ok(Ending::NotConverged)
        }
    }
}

/// What does not fit of a board, and by how much.
fn excess(needs: Needs, instructions: Option<u64>, options: &Options) -> Option<String> {
    let over = instructions.zip(options.instructions).filter(|(needed, given)| needed > given);
    let instructions = over.map(|(needed, given)| {
        let over = needed - given;
        format!("instructions: {needed} are needed, {over} more than the {given} there are")
    });
    let all: Vec<_> = options.budget.excess(needs).into_iter().chain(instructions).collect();
    (!all.is_empty()).then(|| all.join("; "))
}

fn demand(options: &Options) -> anyhow::Result<Demand> {
    for (option, given) in
        [("--snapshots", options.snapshots.is_some()), ("--steps", options.steps.is_some())]
    {
        if given {
            bail!("{option}: a network has none");
        }
    }
    if options.opt == Optimisation::Size {
        bail!("--opt: networks were measured at opt-level 3 alone");
    }
    let weights = options.weights.unwrap_or(Weights::F32);
    if let Some(path) = &options.network {
        for (option, given) in [
            ("--solver", options.solver.is_some()),
            ("--rows", options.rows.is_some()),
            ("--columns", options.columns.is_some()),
            ("--shrinkage", options.shrinkage.is_some()),
        ] {
            if given {
                return Err(anyhow!("{option}: --network says it already"));
            }
        }
        let model = crate::network::read(path)?;
        let mut demand = Demand::of(&model, weights);
        if let Some(layers) = options.layers {
            let has_end = !matches!(model.kind(), crate::network::Kind::HyperLista);
            if has_end && layers > demand.layers {
                let most = demand.layers;
                return Err(anyhow!("--layers: {layers} layers of a network of {most}"));
            }
            demand.layers = layers;
        }
        return Ok(demand);
    }
    let needed = |option: &str| anyhow!("{option}: it is needed where there is no --network");
    let kind = match options.solver {
        Some(Subject::Network(kind)) => kind,
        _ => return Err(needed("--solver")),
    };
    if options.shrinkage.is_some() && !kind.learned_shrinkage() {
        return Err(anyhow!("--shrinkage: {kind} has a shrinkage of its own"));
    }
    Ok(Demand {
        kind,
        rows: options.rows.ok_or_else(|| needed("--rows"))?,
        columns: options.columns.ok_or_else(|| needed("--columns"))?,
        layers: options.layers.unwrap_or(16),
        knots: options.shrinkage.unwrap_or_default().count() as u64,
        weights,
    })
}
