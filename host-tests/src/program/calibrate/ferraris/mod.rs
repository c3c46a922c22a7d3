//! `solvekit calibrate ferraris`.

mod found;
mod options;

pub use found::FerrarisFound;
pub(super) use options::AFTER_HELP;
pub use options::Options;

use super::group::Group;
use super::{CalibrateError, Outcome, every};
use crate::file::{Numbers, Table};
use crate::program::Interrupt;
use solvekit::calibration::ferraris::{FerrarisCalibration, Part, Session};

/// Reads the log and calibrates every device.
///
/// # Errors
/// [`CalibrateError`].
pub(super) fn calibrate(
    options: &Options,
    interrupt: &Interrupt<'_>,
) -> Result<Outcome<FerrarisFound>, CalibrateError> {
    options.check()?;
    options.common.prepare()?;
    let words: Vec<String> =
        [&options.part].into_iter().chain(&options.common.device).cloned().collect();
    let turning: &[String] = if options.has_gyroscope() { &options.turning } else { &[] };
    let columns: Vec<String> = options.acceleration.iter().chain(turning).cloned().collect();
    let table = Table::read(&options.log, Numbers::Named(&columns), &words)?;
    let groups = Group::all(&table, &options.common);
    every(&options.common, &groups, interrupt, |group| one(options, &table, group))
}

fn one(options: &Options, table: &Table, group: &Group) -> Result<FerrarisFound, String> {
    let columns = table.numbers();
    let mut session = Session::new();
    let mut unknown = 0;
    for row in &group.rows {
        // Rows between the parts are common: the device is put into the next pose.
        let Some(part) = Part::named(&table.words()[0][*row]) else {
            unknown += 1;
            continue;
        };
        if !part.is_rest() && !options.has_gyroscope() {
            continue;
        }
        let of = |first: usize| [0, 1, 2].map(|k| columns.get(first + k).map_or(0.0, |c| c[*row]));
        session.add(part, of(0), of(3)).map_err(|error| error.to_string())?;
    }
    let found = FerrarisCalibration::of(&session, &options.solver());
    let found = found.map_err(|error| match unknown {
        0 => error.to_string(),
        unknown => format!("{error} ({unknown} rows have other names of parts)"),
    })?;
    Ok(FerrarisFound::new(&found, &session, options, unknown))
}
