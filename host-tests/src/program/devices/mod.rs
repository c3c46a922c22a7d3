//! `solvekit devices`: what batches can run on here.

mod crossings;
mod options;
mod outcome;

pub use crossings::{Crossing, From};
pub use options::{AFTER_HELP, Options};
pub use outcome::{Found, Outcome};

use super::{Ending, tell};
use std::io::{Write, stderr};

/// Looks around and tells what was found.
///
/// # Errors
/// An output that cannot be written, or threads that do not start.
pub fn run(options: &Options) -> anyhow::Result<Ending> {
    if options.measure {
        crossings::measure()?;
    }
    let outcome = Outcome::here();
    if options.json {
        tell(&serde_json::to_string_pretty(&outcome)?)?;
    } else {
        // Nobody is there to be told when stderr is closed.
        let _ = write!(stderr(), "{outcome}");
    }
    Ok(Ending::Done)
}
