//! `solvekit plan`: what a network takes of a board, before it is there.

mod options;
mod outcome;

pub use options::{AFTER_HELP, Options};
pub use outcome::Outcome;

use super::{Ending, tell};
use crate::plan::{Demand, estimate};
use anyhow::anyhow;
use std::io::{Write, stderr};

/// Foretells, tells the outcome, and says what does not fit.
///
/// # Errors
/// Bad input.
pub fn run(options: &Options) -> anyhow::Result<Ending> {
    let demand = demand(options)?;
    let found = estimate(&demand, options.target).map_err(|error| anyhow!(error))?;
    let outcome = Outcome::new(demand, options.target, found, options.budget);
    if options.json {
        tell(&serde_json::to_string_pretty(&outcome)?)?;
    } else {
        // Nobody is there to be told when stderr is closed.
        let _ = write!(stderr(), "{outcome}");
    }
    match options.budget.excess(&found) {
        None => Ok(Ending::Done),
        Some(excess) => {
            let _ = writeln!(stderr(), "over budget: {excess}");
            Ok(Ending::NotConverged)
        }
    }
}

fn demand(options: &Options) -> anyhow::Result<Demand> {
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
        let mut demand = Demand::of(&model, options.weights);
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
    let kind = options.solver.ok_or_else(|| needed("--solver"))?;
    if options.shrinkage.is_some() && !kind.learned_shrinkage() {
        return Err(anyhow!("--shrinkage: {kind} has a shrinkage of its own"));
    }
    Ok(Demand {
        kind,
        rows: options.rows.ok_or_else(|| needed("--rows"))?,
        columns: options.columns.ok_or_else(|| needed("--columns"))?,
        layers: options.layers.unwrap_or(16),
        knots: options.shrinkage.unwrap_or_default().count() as u64,
        weights: options.weights,
    })
}
