//! `solvekit solve`: A x = b, or a sequence (A + cₜ·I) xₜ = bₜ across which ω is learned.

mod apart;
mod bcd;
mod chooser;
mod error;
mod in_turn;
mod jacobi;
mod learner;
mod omega;
mod one;
mod options;
mod outcome;
mod relax;
mod right_hand_side;
mod systems;
mod young;

pub use bcd::BlockRule;
pub use chooser::{Choice, GivenUp};
pub use error::SolveError;
pub use omega::Omega;
pub use options::{AFTER_HELP, Bound, Method, Number, Options, Order};
pub use outcome::{Outcome, SystemOutcome, TunerOutcome};

use super::{Ending, tell};
use crate::file::{Output, Staged};
use crate::precision::Precision;
use std::io::{Write, stderr};
use std::time::Instant;
use systems::Systems;

/// Solves, writes the solution, and tells the outcome: as JSON on stdout, or in words on stderr.
///
/// The solution's file is filled first, the outcome told next, and the file gets its name last: when
/// stdout or the disk is full there is no new file, and whatever stood under the name stays as it
/// was. (An `--output` that is a device or a pipe has received the solution by then.)
///
/// # Errors
/// Bad input, or an output that cannot be written; no file has been written then.
pub fn run(options: &Options) -> anyhow::Result<Ending> {
    options.check()?;
    let (outcome, solution) = match options.precision {
        Number::F32 => solve::<f32>(options)?,
        Number::F64 => solve::<f64>(options)?,
    };
    if options.json {
        tell(&serde_json::to_string_pretty(&outcome)?)?;
    } else {
        // Nobody is there to be told when stderr is closed.
        let _ = write!(stderr(), "{outcome}");
    }
    solution.map_or(Ok(()), Staged::publish)?;
    if outcome.converged() {
        return Ok(Ending::Done);
    }
    let _ = writeln!(stderr(), "not converged: {}", outcome.advice(options));
    Ok(Ending::NotConverged)
}

/// Reads the systems, solves each, and fills the file of the solutions, which has no name yet.
fn solve<T: Precision>(options: &Options) -> Result<(Outcome, Option<Staged>), SolveError> {
    let stop = options.stop()?;
    let output = options.output.as_deref().map(Output::prepare).transpose()?;
    let systems = Systems::<T>::read(options)?;
    let started = Instant::now();
    let solved = relax::all(options, stop, &systems)?;
    let seconds = started.elapsed().as_secs_f64();
    let columns: Vec<&[T]> = solved.solutions.iter().map(|x| &**x).collect();
    let solution = output.map(|output| output.stage(&columns)).transpose()?;
    Ok((Outcome::new(options, &systems, solved.outcomes, solved.tuner, seconds), solution))
}
