//! `solvekit calibrate`: sensors from their own readings, one device or many in one call.

pub mod array;
mod common;
mod error;
mod ferraris;
pub mod gains;
mod group;
pub mod norm;
mod outcome;
mod verdict;

pub use array::{ArrayFound, Options as ArrayOptions};
pub use common::{Common, Missing};
pub use error::CalibrateError;
pub use ferraris::{FerrarisFound, Options as FerrarisOptions};
pub use gains::{GainsFound, Method, Options as GainsOptions};
pub use norm::{NormFound, Options as NormOptions};
pub use outcome::{DeviceOutcome, Found, Outcome};

use super::{Ending, Interrupt, kept, tell};
use crate::batch::Tasks;
use clap::Subcommand;
use group::Group;
use std::io::{Write, stderr};
use std::time::Instant;

/// What `--help` says below the options.
pub const AFTER_HELP: &str = "\
Logs are .csv, .txt, .log, .tsv or .dat (fields between commas, semicolons, tabs or blanks; a header or \
none), .npy or .parquet. Columns are picked by name, or by place, counted from 0. An empty field, NaN or \
infinity is a missing number.
With --device each device is calibrated by itself, on all cores; a bad one is told, and the others go \
on. JSON then holds `devices`, one object each; without --device it is that object.
Exit codes: 0 every device is calibrated, 1 not every, 2 bad input or an output that cannot be written.
Ctrl-C ends it early and keeps what there is, with exit code 130; a second one does not wait.";

/// The kinds of calibration.
#[derive(Clone, Debug, Subcommand)]
pub enum Kind {
    /// Gains of sensors that see one unknown signal through known matrices, from the snapshots alone
    #[command(after_help = gains::AFTER_HELP)]
    Gains(GainsOptions),
    /// Gains of sensors that see another signal in every frame, in a known subspace or all the same
    #[command(after_help = array::AFTER_HELP)]
    Array(ArrayOptions),
    /// Offset, scales and cross terms of a three-axis sensor that sees a vector of constant length
    #[command(after_help = norm::AFTER_HELP)]
    Norm(NormOptions),
    /// Accelerometer and gyroscope by six poses and three turns, with the rotation between them
    #[command(after_help = ferraris::AFTER_HELP)]
    Ferraris(FerrarisOptions),
}

/// Calibrates, writes what is to be written, and tells the outcome.
///
/// # Errors
/// Bad input, or an output that cannot be written.
pub fn run(kind: &Kind, interrupt: &Interrupt<'_>) -> anyhow::Result<Ending> {
    match kind {
        Kind::Gains(options) => {
            finish(&options.common, &gains::calibrate(options, interrupt)?, interrupt)
        }
        Kind::Array(options) => {
            finish(&options.common, &array::calibrate(options, interrupt)?, interrupt)
        }
        Kind::Norm(options) => {
            finish(&options.common, &norm::calibrate(options, interrupt)?, interrupt)
        }
        Kind::Ferraris(options) => {
            finish(&options.common, &ferraris::calibrate(options, interrupt)?, interrupt)
        }
    }
}

/// Each device by itself, on all cores, in the order in which the log names them.
fn every<F: Found>(
    common: &Common,
    groups: &[Group],
    interrupt: &Interrupt<'_>,
    one: impl Fn(&Group) -> Result<F, String> + Sync,
) -> Result<Outcome<F>, CalibrateError> {
    let started = Instant::now();
    let devices = Tasks::new("calibration", groups.len(), |k| {
        let group = &groups[k];
        DeviceOutcome::new(group, group.refusal.clone().map_or_else(|| one(group), Err))
    });
    let outcomes = common.work.run(&devices, interrupt)?.outcomes.into_iter().zip(groups);
    let devices = outcomes
        .map(|(outcome, group)| outcome.unwrap_or_else(|| DeviceOutcome::not_begun(group)))
        .collect();
    Ok(Outcome::new(devices, common.device.is_some(), started.elapsed().as_secs_f64()))
}

/// Files first, each whole or not at all; then JSON on stdout, or words on stderr.
fn finish<F: Found>(
    common: &Common,
    outcome: &Outcome<F>,
    interrupt: &Interrupt<'_>,
) -> anyhow::Result<Ending> {
    common.write(outcome)?;
    if common.json {
        tell(&serde_json::to_string_pretty(outcome)?)?;
    } else {
        // Nobody is there to be told when stderr is closed.
        let _ = write!(stderr(), "{outcome}");
    }
    if outcome.is_success() {
        return Ok(Ending::Done);
    }
    if interrupt.is_asked() {
        let (kept, done) = (kept(common.output.as_deref()), outcome.successes());
        let all = outcome.devices.len();
        let _ = writeln!(stderr(), "interrupted: {kept} what there is, {done} of {all} devices");
        return Ok(Ending::Interrupted);
    }
    Ok(Ending::NotConverged)
}
