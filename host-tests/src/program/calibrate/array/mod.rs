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
    // A name that is none is refused before anything is calibrated.
    options.reference(table.names())?;
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
    every(&options.common, &groups, interrupt, |group| {
        let frame = |row: &usize| table.numbers().iter().map(|column| column[*row]).collect();
        let frames: Vec<Vec<f64>> = group.rows.iter().map(frame).collect();
        let place = |k: usize| table.place(group.rows[k]);
        in_memory(options, table.names(), (&frames, &place), basis.as_ref())
    })
}

/// What the program does for one device, to the same bits: frames of sensors with these names, which are
/// called by their places where one is refused; signals in the span of `basis`, or the same for all.
///
/// # Errors
/// Why the device is not calibrated.
pub fn in_memory(
    options: &Options,
    names: &[String],
    frames: Frames<'_>,
    basis: Option<&DenseMatrix<f64>>,
) -> Result<ArrayFound, String> {
    let told = |error: CalibrateError| error.to_string();
    options.check().map_err(told)?;
    match basis {
        Some(basis) => in_subspace(options, names, frames, basis),
        None => sharing(options, names, frames, options.reference(names).map_err(told)?),
    }
}

/// Frames, each a number a sensor, and what the k-th is called.
pub type Frames<'a> = (&'a [Vec<f64>], &'a dyn Fn(usize) -> String);

type Sums = Moments<f64, Vector<f64>, Vector<f64>>;

fn zeros(length: usize) -> Vector<f64> {
    Vector::filled(length, 0.0)
}

/// The moments of a device's frames.
fn moments(sensors: usize, (frames, place): Frames<'_>, centred: bool) -> Result<Sums, String> {
    let sums = Moments::new(zeros(sensors), zeros(packed(sensors)));
    let mut sums = sums.map_err(|error| error.to_string())?;
    if centred {
        sums = sums.centred();
    }
    for (k, frame) in frames.iter().enumerate() {
        sums.add(frame).map_err(|error| format!("{}: {error}", place(k)))?;
    }
    Ok(sums)
}

/// Signals in a known subspace.
fn in_subspace(
    options: &Options,
    names: &[String],
    frames: Frames<'_>,
    basis: &DenseMatrix<f64>,
) -> Result<ArrayFound, String> {
    let sums = moments(names.len(), frames, options.offsets)?;
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
        (counts, names),
        (iterations, verdict),
        (state.gains(), state.gain_errors(), state.sensors()),
    )?;
    Ok(if options.offsets { found.with_offsets(&offsets, None) } else { found })
}

/// One signal for all sensors.
fn sharing(
    options: &Options,
    names: &[String],
    frames: Frames<'_>,
    reference: Option<usize>,
) -> Result<ArrayFound, String> {
    let sums = moments(names.len(), frames, true)?;
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
        frames: frames.0.len(),
        offsets: true,
    };
    let found = ArrayFound::judged(
        (counts, names),
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
