//! `solvekit devices`: what batches can run on here.

mod options;
mod outcome;

pub use options::{AFTER_HELP, Options};
pub use outcome::{Found, Outcome};

use super::{Ending, tell};
use std::io::{Write, stderr};

/// Looks around and tells what was found.
///
/// # Errors
/// An output that cannot be written.
pub fn run(options: &Options) -> anyhow::Result<Ending> {
    let outcome = Outcome::here();
    if options.json {
        tell(&serde_json::to_string_pretty(&outcome)?)?;
    } else {
        // Nobody is there to be told when stderr is closed.
        let _ = write!(stderr(), "{outcome}");
    }
    Ok(Ending::Done)
}
