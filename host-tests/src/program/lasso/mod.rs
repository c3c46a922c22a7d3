//! `solvekit lasso`: the lasso and the elastic net, for one λ or down a path of them.

mod by_rule;
mod centred;
mod data;
mod descent;
mod error;
mod options;
mod outcome;
mod path;

pub use data::Given;
pub use descent::ColumnRule;
pub use error::LassoCommandError;
pub use options::{AFTER_HELP, Options};
pub use outcome::{Outcome, PointOutcome};

use super::{Ending, Interrupt, tell};
use crate::file::{Output, Staged};
use crate::vector::Vector;
use data::{Data, Design};
use path::Solved;
use std::io::{Write, stderr};
use std::time::Instant;

/// Fits, writes the coefficients, and tells the outcome: as JSON on stdout, or in words on stderr.
/// The order is that of `solve`, so that there is a whole file or none.
///
/// # Errors
/// Bad input, or an output that cannot be written; no file has been written then.
pub fn run(options: &Options, interrupt: &Interrupt<'_>) -> anyhow::Result<Ending> {
    let (outcome, coefficients) = fit(options, interrupt)?;
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
    if interrupt.is_asked() {
        let _ = writeln!(stderr(), "interrupted: {}", outcome.left(options));
        return Ok(Ending::Interrupted);
    }
    let _ = writeln!(stderr(), "not converged: {}", outcome.advice());
    Ok(Ending::NotConverged)
}

/// Reads the data, fits, and fills the file of the coefficients, which has no name yet.
fn fit(
    options: &Options,
    interrupt: &Interrupt<'_>,
) -> Result<(Outcome, Option<Staged>), LassoCommandError> {
    // Before anything is read.
    options.check()?;
    options.stop()?;
    let output = options.output.as_deref().map(Output::prepare).transpose()?;
    let (outcome, coefficients) = in_memory(options, Given::read(options)?, interrupt)?;
    let columns: Vec<&[f64]> = coefficients.iter().map(|w| &**w).collect();
    let staged = output.map(|output| output.stage(&columns)).transpose()?;
    Ok((outcome, staged))
}

/// What [`run`] does between reading and writing, to the same bits: fits what is given, of which the
/// paths in `options` are the names that refusals call it by. Coefficients are one vector a λ.
///
/// Where `interrupt` ends it early the λ that was in work is the last that is told, as
/// [`Running`](solvekit::Status::Running), with the coefficients it had.
///
/// ```
/// use solvekit_host::program::{Interrupt, Stored, lasso::{Given, Options, in_memory}};
/// let design = Stored::Dense(vec![vec![1.0, 0.0, 1.0].into(), vec![0.0, 1.0, 1.0].into()]);
/// let given = Given { design, response: vec![1.0, 0.1, 1.1].into() };
/// let options = Options { lambda_fraction: Some(0.5), ..Options::new("X", "y") };
/// let (outcome, w) = in_memory(&options, given, &Interrupt::new())?;
/// assert!(outcome.converged() && w[0][0] > 0.0 && w[0][1] == 0.0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// What is wrong with the options or with what is given.
pub fn in_memory(
    options: &Options,
    given: Given,
    interrupt: &Interrupt<'_>,
) -> Result<(Outcome, Vec<Vector<f64>>), LassoCommandError> {
    options.check()?;
    let stop = options.stop()?;
    let data = Data::new(options, given)?;
    let run = (stop, interrupt);
    let started = Instant::now();
    let Solved { points, coefficients, largest_lambda } = match &data.design {
        Design::Dense(design) => path::solve(options, run, &data, design),
        Design::Sparse(by_columns) => {
            path::solve(options, run, &data, &solvekit::Transposed(by_columns))
        }
        Design::Centred(design) => path::solve(options, run, &data, design),
    }?;
    let seconds = started.elapsed().as_secs_f64();
    Ok((Outcome::new(options, &data, points, largest_lambda, seconds), coefficients))
}
