//! `solvekit calibrate norm`.

mod figure;
mod found;
mod options;

pub use found::NormFound;
pub(super) use options::AFTER_HELP;
pub use options::Options;

use super::group::Group;
use super::{CalibrateError, Outcome, every};
use crate::file::{Numbers, Table};
use crate::program::Interrupt;
use solvekit::calibration::norm::{NormCalibration, Samples};

/// Reads the log and calibrates every device.
///
/// # Errors
/// [`CalibrateError`].
pub(super) fn calibrate(
    options: &Options,
    interrupt: &Interrupt<'_>,
) -> Result<Outcome<NormFound>, CalibrateError> {
    options.check()?;
    options.common.prepare()?;
    let words: Vec<String> = options.common.device.iter().cloned().collect();
    let table = Table::read(&options.log, Numbers::Named(&options.columns), &words)?;
    let groups = Group::all(&table, &options.common);
    every(&options.common, &groups, interrupt, |group| {
        let reading = |row: &usize| [0, 1, 2].map(|k| table.numbers()[k][*row]);
        in_memory(options, group.rows.iter().map(reading).collect())
    })
}

/// What the program does for one device, to the same bits.
///
/// # Errors
/// Why the device is not calibrated.
pub fn in_memory(options: &Options, all: Vec<[f64; 3]>) -> Result<NormFound, String> {
    options.check().map_err(|error| error.to_string())?;
    let readings = match options.rest {
        None => all,
        Some(deviation) => at_rest(&all, options.window, deviation).ok_or_else(|| {
            let window = options.window;
            format!("in no window of {window} rows every deviation is below {deviation}")
        })?,
    };
    let samples = Samples::new(&readings).map_err(|error| error.to_string())?;
    let found =
        NormCalibration::of(&samples, &options.solver()).map_err(|error| error.to_string())?;
    Ok(NormFound::new(options, &found, readings))
}

/// Means of the windows, one after the other, in which every axis has less than this deviation.
fn at_rest(rows: &[[f64; 3]], window: usize, deviation: f64) -> Option<Vec<[f64; 3]>> {
    let mean_at_rest = |rows: &[[f64; 3]]| {
        let count = rows.len() as f64;
        let mean = [0, 1, 2].map(|k| rows.iter().map(|row| row[k]).sum::<f64>() / count);
        let quiet = (0..3).all(|k| {
            let squares: f64 = rows.iter().map(|row| (row[k] - mean[k]).powi(2)).sum();
            (squares / count).sqrt() < deviation
        });
        quiet.then_some(mean)
    };
    let means: Vec<_> = rows.chunks_exact(window).filter_map(mean_at_rest).collect();
    (!means.is_empty()).then_some(means)
}
