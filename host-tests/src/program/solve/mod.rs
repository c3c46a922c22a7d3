//! `solvekit solve`: A x = b, or a sequence (A + cₜ·I) xₜ = bₜ across which ω is learned.

mod error;
mod jacobi;
mod options;
mod outcome;
mod relax;
mod right_hand_side;
mod systems;

pub use error::SolveError;
pub use options::{AFTER_HELP, Method, Number, Omega, Options};
pub use outcome::{Outcome, SystemOutcome, TunerOutcome};

use super::Ending;
use crate::file::Output;
use crate::precision::Precision;
use anyhow::Context;
use std::io::{ErrorKind, Write, stderr, stdout};
use std::time::Instant;
use systems::Systems;

/// Solves, writes the solution, and tells the outcome: as JSON on stdout, or in words on stderr.
///
/// # Errors
/// Bad input; nothing has been written then.
pub fn run(options: &Options) -> anyhow::Result<Ending> {
    options.check()?;
    let outcome = match options.precision {
        Number::F32 => solve::<f32>(options)?,
        Number::F64 => solve::<f64>(options)?,
    };
    if options.json {
        match writeln!(stdout(), "{}", serde_json::to_string_pretty(&outcome)?) {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => {}
            written => written.context("stdout")?,
        }
    } else {
        // Nobody is there to be told when stderr is closed.
        let _ = write!(stderr(), "{outcome}");
    }
    if outcome.converged() {
        return Ok(Ending::Done);
    }
    let _ = writeln!(stderr(), "not converged: {}", outcome.advice(options));
    Ok(Ending::NotConverged)
}

/// Reads the systems, solves each and writes the solutions.
///
/// # Errors
/// [`SolveError`], before anything is written.
pub fn solve<T: Precision>(options: &Options) -> Result<Outcome, SolveError> {
    let output = options.output.as_deref().map(Output::prepare).transpose()?;
    let systems = Systems::<T>::read(options)?;
    let started = Instant::now();
    let solved = relax::all(options, &systems)?;
    let seconds = started.elapsed().as_secs_f64();
    if let Some(output) = output {
        let columns: Vec<&[T]> = solved.solutions.iter().map(|x| &**x).collect();
        output.write(&columns)?;
    }
    Ok(Outcome::new(options, &systems, solved.outcomes, solved.tuner, seconds))
}
