//! `solvekit lasso`: the lasso and the elastic net, for one λ or down a path of them.

mod by_rule;
mod centred;
mod data;
mod descent;
mod error;
mod options;
mod outcome;
mod path;

pub use descent::ColumnRule;
pub use error::LassoCommandError;
pub use options::{AFTER_HELP, Options};
pub use outcome::{Outcome, PointOutcome};

use super::{Ending, tell};
use crate::file::{Output, Staged};
use data::{Data, Design};
use path::Solved;
use std::io::{Write, stderr};
use std::time::Instant;

/// Fits, writes the coefficients, and tells the outcome: as JSON on stdout, or in words on stderr.
/// The order is that of `solve`, so that there is a whole file or none.
///
/// # Errors
/// Bad input, or an output that cannot be written; no file has been written then.
pub fn run(options: &Options) -> anyhow::Result<Ending> {
    let (outcome, coefficients) = fit(options)?;
    if options.json {
        tell(&serde_json::to_string_pretty(&outcome)?)?;
    } else {
        // Nobody is there to be told when stderr is closed.
        let _ = write!(stderr(), "{outcome}");
    }
    coefficients.map_or(Ok(()), Staged::publish)?;
    if outcome.converged() {
        return Ok(Ending::Done);
    }
    let _ = writeln!(stderr(), "not converged: {}", outcome.advice());
    Ok(Ending::NotConverged)
}

/// Reads the data, fits, and fills the file of the coefficients, which has no name yet.
fn fit(options: &Options) -> Result<(Outcome, Option<Staged>), LassoCommandError> {
    options.check()?;
    let stop = options.stop()?;
    let output = options.output.as_deref().map(Output::prepare).transpose()?;
    let data = Data::read(options)?;
    let started = Instant::now();
    let Solved { points, coefficients, largest_lambda } = match &data.design {
        Design::Dense(design) => path::solve(options, stop, &data, design),
        Design::Sparse(by_columns) => {
            path::solve(options, stop, &data, &solvekit::Transposed(by_columns))
        }
        Design::Centred(design) => path::solve(options, stop, &data, design),
    }?;
    let seconds = started.elapsed().as_secs_f64();
    let columns: Vec<&[f64]> = coefficients.iter().map(|w| &**w).collect();
    let staged = output.map(|output| output.stage(&columns)).transpose()?;
    Ok((Outcome::new(options, &data, points, largest_lambda, seconds), staged))
}
