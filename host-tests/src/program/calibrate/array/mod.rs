//! `solvekit calibrate array`.

mod found;
mod options;

pub use found::ArrayFound;
pub(super) use options::AFTER_HELP;
pub use options::Options;

use super::group::Group;
use super::{CalibrateError, Outcome, every};
use crate::file::{Columns, Numbers, Table};
use crate::matrix::DenseMatrix;
use crate::program::Interrupt;
use crate::vector::Vector;
use solvekit::calibration::Sensor;
use solvekit::calibration::array::{
    FactorCalibration, Moments, Origin, SensorNoise, SubspaceCalibration, room,
};
use solvekit::direct::packed;

/// Reads the files and calibrates every device.
///
/// # Errors
/// [`CalibrateError`].
pub(super) fn calibrate(
    options: &Options,
    interrupt: &Interrupt<'_>,
) -> Result<Outcome<ArrayFound>, CalibrateError> {
    options.check()?;
    options.common.prepare()?;
    let words: Vec<String> = options.common.device.iter().cloned().collect();
    let numbers = match &options.sensors[..] {
        [] => Numbers::Others,
        names => Numbers::Named(names),
    };
    let table = Table::read(&options.observations, numbers, &words)?;
    let reference = options.reference(table.names())?;
    let basis = options.subspace.as_deref().map(|path| {
        let columns = Columns::<f64>::read(path)?;
        let (rows, sensors) = (columns.length(), table.names().len());
        if rows != sensors {
            let cause = format!("{rows} rows for {sensors} columns of observations");
            return Err(CalibrateError::Shape { path: path.to_owned(), cause });
        }
        let entries = columns.as_slice().iter().flat_map(|c| c.iter().copied()).collect();
        DenseMatrix::from_columns(rows, entries).map_err(|error| CalibrateError::Shape {
            path: path.to_owned(),
            cause: error.to_string(),
        })
    });
    let basis = basis.transpose()?;
    let groups = Group::all(&table, &options.common);
    every(&options.common, &groups, interrupt, |group| match &basis {
        Some(basis) => in_subspace(options, basis, &table, group),
        None => sharing(options, reference, &table, group),
    })
}

type Sums = Moments<f64, Vector<f64>, Vector<f64>>;

fn zeros(length: usize) -> Vector<f64> {
    Vector::filled(length, 0.0)
}

/// The moments of a device's frames.
fn moments(table: &Table, group: &Group, centred: bool) -> Result<Sums, String> {
    let sensors = table.numbers().len();
    let sums = Moments::new(zeros(sensors), zeros(packed(sensors)));
    let mut sums = sums.map_err(|error| error.to_string())?;
    if centred {
        sums = sums.centred();
    }
    for row in &group.rows {
        let frame: Vec<f64> = table.numbers().iter().map(|column| column[*row]).collect();
        sums.add(&frame).map_err(|error| format!("{}: {error}", table.place(*row)))?;
    }
    Ok(sums)
}

/// Signals in a known subspace.
fn in_subspace(
    options: &Options,
    basis: &DenseMatrix<f64>,
    table: &Table,
    group: &Group,
) -> Result<ArrayFound, String> {
    let sums = moments(table, group, options.offsets)?;
    let calibration = SubspaceCalibration::new(&sums, basis).map_err(|error| error.to_string())?;
    let counts = calibration.counts();
    let sensors = counts.sensors;
    let space = zeros(room(sensors, counts.signals));
    let state = calibration.start(zeros(packed(sensors)), space, vec![Sensor::Sound; sensors]);
    let mut state = state.map_err(|error| error.to_string())?;
    let mut iterations = 1;
    let verdict = loop {
        match calibration.advance(&mut state, 1) {
            Some(verdict) => break verdict,
            None => iterations += 1,
        }
    };
    let mut offsets = zeros(sensors);
    calibration.offsets(&mut state, &mut offsets);
    let found = ArrayFound::judged(
        (counts, table.names()),
        (iterations, verdict),
        (state.gains(), state.gain_errors(), state.sensors()),
    )?;
    Ok(if options.offsets { found.with_offsets(&offsets, None) } else { found })
}

/// One signal for all sensors.
fn sharing(
    options: &Options,
    reference: Option<usize>,
    table: &Table,
    group: &Group,
) -> Result<ArrayFound, String> {
    let sums = moments(table, group, true)?;
    let noise = if options.equal_noise { SensorNoise::Equal } else { SensorNoise::Own };
    let calibration = FactorCalibration::new(&sums, noise).map_err(|error| error.to_string())?;
    let sensors = sums.sensors();
    let state = calibration.start(vec![Sensor::Sound; sensors]);
    let mut state = state.map_err(|error| error.to_string())?;
    let mut iterations = 1;
    let verdict = loop {
        match calibration.advance(&mut state, 1) {
            Some(verdict) => break verdict,
            None => iterations += 1,
        }
    };
    let counts = solvekit::calibration::array::ArrayCounts {
        sensors,
        signals: 1,
        frames: group.rows.len(),
        offsets: true,
    };
    let found = ArrayFound::judged(
        (counts, table.names()),
        (iterations, verdict),
        (state.gains(), state.gain_errors(), state.sensors()),
    )?;
    let origin = reference.map_or(Origin::Balanced, Origin::Sensor);
    let (mut offsets, mut errors) = (zeros(sensors), zeros(sensors));
    calibration
        .offsets(&state, origin, &mut offsets, &mut errors)
        .map_err(|error| error.to_string())?;
    Ok(found.with_noise(state.variances()).with_offsets(&offsets, Some(&errors)))
}
