//! `solvekit solve`: A x = b, or a sequence (A + cₜ·I) xₜ = bₜ across which ω is learned.

mod apart;
mod bcd;
mod chooser;
mod error;
mod given;
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
pub use given::Given;
pub use in_turn::Sequence;
pub use omega::Omega;
pub use options::{AFTER_HELP, Bound, Method, Number, Options, Order};
pub use outcome::{Outcome, SystemOutcome, TunerOutcome};

use super::{Ending, Interrupt, tell};
use crate::file::{Output, Staged};
use crate::precision::Precision;
use crate::vector::Vector;
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
pub fn run(options: &Options, interrupt: &Interrupt<'_>) -> anyhow::Result<Ending> {
    options.check()?;
    let (outcome, solution) = match options.precision {
        Number::F32 => solve::<f32>(options, interrupt)?,
        Number::F64 => solve::<f64>(options, interrupt)?,
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
    if interrupt.is_asked() {
        let _ = writeln!(stderr(), "interrupted: {}", outcome.left(options));
        return Ok(Ending::Interrupted);
    }
    let _ = writeln!(stderr(), "not converged: {}", outcome.advice(options));
    Ok(Ending::NotConverged)
}

/// Reads the systems, solves each, and fills the file of the solutions, which has no name yet.
fn solve<T: Precision>(
    options: &Options,
    interrupt: &Interrupt<'_>,
) -> Result<(Outcome, Option<Staged>), SolveError> {
    // Before anything is read.
    options.stop::<T>()?;
    let output = options.output.as_deref().map(Output::prepare).transpose()?;
    let given = Given::<T>::read(options)?;
    let (outcome, solutions) = in_memory(options, given, interrupt)?;
    let columns: Vec<&[T]> = solutions.iter().map(|x| &**x).collect();
    let solution = output.map(|output| output.stage(&columns)).transpose()?;
    Ok((outcome, solution))
}

/// What [`run`] does between reading and writing, to the same bits: solves what is given, of which the
/// paths in `options` are the names that refusals call it by. Solutions are one a system.
///
/// Where `interrupt` ends it early the system that was in work is left at its last iterate, and the
/// outcome tells it as [`Running`](solvekit::Status::Running); so are those that were not begun, which are left
/// where they were to start. Of systems that are solved in turn, the ones behind it are missing.
///
/// ```
/// use solvekit_host::matrix::Triplets;
/// use solvekit_host::program::{Interrupt, solve::{Given, Options, in_memory}};
/// let mut a = Triplets::<f64>::new(2, 2)?;
/// [(0, 0, 4.0), (0, 1, 1.0), (1, 0, 1.0), (1, 1, 3.0)].map(|(i, j, entry)| a.push(i, j, entry));
/// let given = Given { right_hand_sides: Some(vec![vec![1.0, 2.0].into()]), ..Given::new(a.into_csr()?) };
/// let (outcome, x) = in_memory(&Options::new("A"), given, &Interrupt::new())?;
/// assert!(outcome.converged() && (x[0][0] - 1.0 / 11.0).abs() < 1e-8);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// What is wrong with the options or with what is given.
pub fn in_memory<T: Precision>(
    options: &Options,
    given: Given<T>,
    interrupt: &Interrupt<'_>,
) -> Result<(Outcome, Vec<Vector<T>>), SolveError> {
    options.check()?;
    let stop = options.stop()?;
    let systems = Systems::new(options, given)?;
    let started = Instant::now();
    let solved = relax::all(options, stop, &systems, interrupt)?;
    let seconds = started.elapsed().as_secs_f64();
    let outcome = Outcome::new(options, &systems, solved.outcomes, solved.tuner, seconds);
    Ok((outcome, solved.solutions))
}
