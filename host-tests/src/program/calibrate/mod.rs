//! `solvekit calibrate`: sensors from their own readings, one device or many in one call.

mod array;
mod common;
mod error;
mod ferraris;
mod gains;
mod group;
mod norm;
mod outcome;
mod verdict;

pub use array::{ArrayFound, Options as ArrayOptions};
pub use common::{Common, Missing};
pub use error::CalibrateError;
pub use ferraris::{FerrarisFound, Options as FerrarisOptions};
pub use gains::{GainsFound, Method, Options as GainsOptions};
pub use norm::{NormFound, Options as NormOptions};
pub use outcome::{DeviceOutcome, Found, Outcome};

use super::{Ending, tell};
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
Exit codes: 0 every device is calibrated, 1 not every, 2 bad input or an output that cannot be written.";

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
pub fn run(kind: &Kind) -> anyhow::Result<Ending> {
    match kind {
        Kind::Gains(options) => finish(&options.common, &gains::calibrate(options)?),
        Kind::Array(options) => finish(&options.common, &array::calibrate(options)?),
        Kind::Norm(options) => finish(&options.common, &norm::calibrate(options)?),
        Kind::Ferraris(options) => finish(&options.common, &ferraris::calibrate(options)?),
    }
}

/// Each device by itself, on all cores, in the order in which the log names them.
fn every<F: Found>(
    common: &Common,
    groups: &[Group],
    one: impl Fn(&Group) -> Result<F, String> + Sync,
) -> Result<Outcome<F>, CalibrateError> {
    let started = Instant::now();
    let devices = Tasks::new("calibration", groups.len(), |k| {
        let group = &groups[k];
        DeviceOutcome::new(group, group.refusal.clone().map_or_else(|| one(group), Err))
    });
    // Nobody stops it: each has an outcome.
    let devices = common.work.run(&devices)?.outcomes.into_iter().flatten().collect();
    Ok(Outcome::new(devices, common.device.is_some(), started.elapsed().as_secs_f64()))
}

/// Files first, each whole or not at all; then JSON on stdout, or words on stderr.
fn finish<F: Found>(common: &Common, outcome: &Outcome<F>) -> anyhow::Result<Ending> {
    common.write(outcome)?;
    if common.json {
        tell(&serde_json::to_string_pretty(outcome)?)?;
    } else {
        // Nobody is there to be told when stderr is closed.
        let _ = write!(stderr(), "{outcome}");
    }
    Ok(if outcome.is_success() { Ending::Done } else { Ending::NotConverged })
}
