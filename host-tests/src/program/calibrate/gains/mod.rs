//! `solvekit calibrate gains`.

mod data;
mod found;
mod options;
mod residual;
mod together;

pub use found::GainsFound;
pub(super) use options::AFTER_HELP;
pub use options::{Method, Options};

use super::group::Group;
use super::{CalibrateError, Outcome, every};
use crate::matrix::DenseMatrix;
use crate::program::Interrupt;
use crate::vector::Vector;
use data::Data;
use found::Judged;
use residual::Residual;
use solvekit::Stop;
use solvekit::calibration::{
    Auto, CalibrationError, GaussNewton, Order, ProjectedGradient, Sensor, Snapshots,
    SparseProjectedGradient, Steps, search,
};
use solvekit::direct::packed;
use solvekit::recovery::Largest;
use together::{Together, one_by_one};

/// Steps of a descent between two looks for a wish to end early.
const SLICE: u32 = 32;

/// Reads the files and calibrates every device.
///
/// # Errors
/// [`CalibrateError`].
pub(super) fn calibrate(
    options: &Options,
    interrupt: &Interrupt<'_>,
) -> Result<Outcome<GainsFound>, CalibrateError> {
    options.check()?;
    options.common.prepare()?;
    let data = Data::read(options)?;
    let groups = Group::all(&data.observations, &options.common);
    let one = |group: &Group| {
        let (rows, y) = data.of(group)?;
        in_memory(options, data.observations.names(), &rows, &y, interrupt)
    };
    match Together::calibrate(options, &data, &groups, interrupt)? {
        Some(together) => together.with_the_others(options, &data, &groups, interrupt, one),
        None => every(&one_by_one(options), &groups, interrupt, one),
    }
}

type Seen<'a> = Snapshots<'a, f64, DenseMatrix<f64>, Vector<f64>>;

/// What the program does for one device, to the same bits: sensors of these names saw `y` through `rows`,
/// whose columns are the rows of A, snapshot after snapshot.
///
/// # Errors
/// Why the device is not calibrated.
pub fn in_memory(
    options: &Options,
    names: &[String],
    rows: &DenseMatrix<f64>,
    y: &Vector<f64>,
    interrupt: &Interrupt<'_>,
) -> Result<GainsFound, String> {
    options.check().map_err(|error| error.to_string())?;
    let refused = |error: CalibrationError| error.to_string();
    let snapshots = Snapshots::new(rows, y, zeros(names.len()), Order::BySnapshot);
    let snapshots = snapshots.map_err(refused)?;
    let found = match options.method {
        Method::Auto => auto(options, snapshots, names)?,
        Method::GaussNewton => gauss_newton(options, snapshots, interrupt).map_err(refused)?,
        Method::Gradient if options.sparsity.is_some() => {
            sparse(options, snapshots, interrupt).map_err(refused)?
        }
        Method::Gradient => gradient(options, snapshots, interrupt).map_err(refused)?,
    };
    let residuals = Residual::new(rows).of(y, &found);
    Ok(found.named(names, residuals))
}

fn zeros(length: usize) -> Vector<f64> {
    Vector::filled(length, 0.0)
}

fn auto(options: &Options, snapshots: Seen<'_>, names: &[String]) -> Result<GainsFound, String> {
    let auto = prepared(options, snapshots).map_err(|error| error.to_string())?;
    let counts = auto.counts();
    let (n, m) = (counts.unknowns, counts.sensors);
    let room = zeros(search(n, counts.snapshots));
    let state = auto.start(zeros(packed(n)), room, vec![Sensor::Sound; m]);
    let mut state = state.map_err(|error| error.to_string())?;
    let mut iterations = 1;
    let verdict = loop {
        match auto.advance(&mut state, 1) {
            Some(verdict) => break verdict,
            None => iterations += 1,
        }
    };
    let mut offsets = zeros(m);
    auto.offsets(&state, &mut offsets);
    let judged = Judged {
        gains: state.gains(),
        signal: state.x(),
        gain_errors: state.gain_errors(),
        signal_errors: state.signal_errors(),
        sensors: state.sensors(),
    };
    let found = GainsFound::judged(counts, iterations, judged, verdict, names)?;
    Ok(found.with_offsets(&offsets))
}

type Chooser<'a> = Auto<'a, f64, DenseMatrix<f64>, Vector<f64>, Vector<f64>>;

fn prepared<'a>(options: &Options, snapshots: Seen<'a>) -> Result<Chooser<'a>, CalibrationError> {
    let auto = Auto::new(snapshots)?;
    let auto = if options.offsets { auto.with_offsets()? } else { auto };
    match options.noise {
        Some(sigma) => auto.with_noise(sigma),
        None => Ok(auto),
    }
}

fn gauss_newton(
    options: &Options,
    snapshots: Seen<'_>,
    interrupt: &Interrupt<'_>,
) -> Result<GainsFound, CalibrationError> {
    let fit = GaussNewton::new(snapshots)?;
    let fit = if options.offsets { fit.with_offsets()? } else { fit };
    let counts = fit.counts();
    let (n, m) = (counts.unknowns, counts.sensors);
    let mut state = fit.start(zeros(packed(n)))?;
    let report = interrupt.run(&fit, &mut state, stop(options)?, 1);
    let (mut of_gains, mut of_signal, mut offsets) = (zeros(m), zeros(n), zeros(m));
    let sigma = fit.errors(&mut state, &mut of_gains, &mut of_signal);
    fit.offsets(&state, &mut offsets);
    let found = GainsFound::reported(counts, &report, state.gains(), state.x());
    let found = found.with_errors(sigma, &of_gains, &of_signal, state.conditioning());
    Ok(found.with_offsets(&offsets))
}

fn gradient(
    options: &Options,
    snapshots: Seen<'_>,
    interrupt: &Interrupt<'_>,
) -> Result<GainsFound, CalibrationError> {
    let counts = snapshots.counts();
    counts.check()?;
    let descent = ProjectedGradient::new(snapshots, Steps::Joint)?;
    let descent = match options.radius {
        Some(radius) => descent.within(radius)?,
        None => descent,
    };
    let mut state = descent.start();
    let report = interrupt.run(&descent, &mut state, stop(options)?, SLICE);
    Ok(GainsFound::reported(counts, &report, &state.gains, &state.x))
}

fn sparse(
    options: &Options,
    snapshots: Seen<'_>,
    interrupt: &Interrupt<'_>,
) -> Result<GainsFound, CalibrationError> {
    let counts = snapshots.counts();
    let sparsity = options.sparsity.unwrap_or(counts.unknowns);
    if sparsity > counts.unknowns {
        return Err(CalibrationError::Sparsity { asked: sparsity, most: counts.unknowns });
    }
    let room = Largest::new(vec![0; sparsity], zeros(sparsity));
    let descent = SparseProjectedGradient::new(snapshots, room)?;
    let mut state = descent.start();
    let report = interrupt.run(&descent, &mut state, stop(options)?, SLICE);
    Ok(GainsFound::reported(counts, &report, &state.gains, &state.x))
}

fn stop(options: &Options) -> Result<Stop<f64>, CalibrationError> {
    // The options have been checked.
    let stop = Stop::relative(options.tolerance()).map_err(|_| CalibrationError::Step)?;
    Ok(stop.max_iterations(options.cap()))
}
