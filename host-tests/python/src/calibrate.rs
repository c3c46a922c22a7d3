//! `solvekit.calibrate_gains`, `calibrate_array` and `calibrate_norm`.

use crate::arrays::{Lent, Number, turned};
use crate::asked;
use crate::errors::{bad, refused};
use crate::words::choice;
use numpy::{IntoPyArray, PyArrayMethods};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use pythonize::pythonize;
use solvekit::calibration::CalibrationError;
use solvekit::calibration::Sensor;
use solvekit_host::batch::{Answers, Backend, Calibrated, CalibrationBatch, Runner};
use solvekit_host::matrix::DenseMatrix;
use solvekit_host::program::calibrate::{
    ArrayOptions, GainsOptions, NormOptions, array, gains, norm,
};

/// Names of m sensors, where nobody gave any: their places.
fn places(sensors: usize) -> Vec<String> {
    (0..sensors).map(|place| place.to_string()).collect()
}

/// A in snapshots: p × m × n, or p m × n; as a matrix whose columns are the rows of A.
fn sensing<T: Number>(lent: &Lent<'_>, sensors: usize) -> PyResult<DenseMatrix<T>> {
    let (rows, unknowns) = match *lent.shape() {
        [p, m, n] if m == sensors => (p * m, n),
        [_, m, _] => return Err(bad("A", format!("{m} sensors, and Y has {sensors} columns"))),
        [rows, n] => (rows, n),
        ref shape => {
            let count = shape.len();
            return Err(bad("A", format!("an array of {count} dimensions; 2 or 3 are expected")));
        }
    };
    if sensors == 0 || rows % sensors != 0 {
        return Err(bad("A", format!("{rows} rows are no whole snapshots of {sensors} sensors")));
    }
    DenseMatrix::from_columns(unknowns, lent.numbers().into_owned()).map_err(|e| bad("A", e))
}

/// Of one device: what the program tells, as a dict, with `warnings` beside it.
#[pyfunction]
#[pyo3(signature = (
    a, y, *, method="auto", offsets=false, noise=None, radius=None, sparsity=None, tol=None,
    max_iterations=None
))]
#[allow(clippy::too_many_arguments, reason = "they are a call's keywords")]
pub(crate) fn gains_of_one<'py>(
    py: Python<'py>,
    a: &Bound<'py, PyAny>,
    y: &Bound<'py, PyAny>,
    method: &str,
    offsets: bool,
    noise: Option<f64>,
    radius: Option<f64>,
    sparsity: Option<usize>,
    tol: Option<f64>,
    max_iterations: Option<u32>,
) -> PyResult<Bound<'py, PyDict>> {
    let (a, y) = (Lent::take("A", a)?, Lent::take("Y", y)?);
    let (snapshots, sensors) = y.matrix("Y")?;
    let rows = sensing::<f64>(&a, sensors)?;
    check_snapshots(&rows, snapshots, sensors)?;
    let options = GainsOptions {
        method: choice("method", method)?,
        offsets,
        noise,
        radius,
        sparsity,
        tol,
        max_iterations,
        ..GainsOptions::new("A", "Y")
    };
    let (names, y) = (places(sensors), y.numbers::<f64>().into_owned().into());
    let found =
        asked::here(py, |interrupt| gains::in_memory(&options, &names, &rows, &y, interrupt))?;
    told(py, &found.map_err(refused)?)
}

fn check_snapshots<T: Number>(
    rows: &DenseMatrix<T>,
    snapshots: usize,
    sensors: usize,
) -> PyResult<()> {
    let given = solvekit::LinearOperator::columns(rows) / sensors.max(1);
    if given == snapshots {
        return Ok(());
    }
    Err(bad("Y", format!("{snapshots} rows for {given} snapshots in A")))
}

/// Of many devices, `Y` being d × p × m and A that of all, or d × p × m × n: gains, signals, their errors and σ as arrays, the
/// sensors' states by their numbers, the answers' names, and why there is none.
#[pyfunction]
#[pyo3(signature = (a, y, *, noise=None, threads=None))]
pub(crate) fn gains_of_many<'py>(
    py: Python<'py>,
    a: &Bound<'py, PyAny>,
    y: &Bound<'py, PyAny>,
    noise: Option<f64>,
    threads: Option<usize>,
) -> PyResult<Bound<'py, PyDict>> {
    // A bad device is one row of the answer, whatever its numbers.
    let (a, y) = (Lent::any("A", a)?, Lent::any("Y", y)?);
    if a.shape().len() != 4 {
        a.check_finite("A")?;
    }
    if a.is_single() && y.is_single() {
        many::<f32>(py, &a, &y, noise.map(|sigma| sigma as f32), threads)
    } else {
        many::<f64>(py, &a, &y, noise, threads)
    }
}

fn many<'py, T: Number>(
    py: Python<'py>,
    a: &Lent<'py>,
    y: &Lent<'py>,
    noise: Option<T>,
    threads: Option<usize>,
) -> PyResult<Bound<'py, PyDict>> {
    let &[devices, snapshots, sensors] = y.shape() else {
        let count = y.shape().len();
        return Err(bad("Y", format!("an array of {count} dimensions; 3 are expected")));
    };
    let observations = y.numbers::<T>();
    if let &[own, p, m, unknowns] = a.shape() {
        if (own, p, m) != (devices, snapshots, sensors) {
            let shape = format!("{own} x {p} x {m} x {unknowns}");
            let expected = format!("{devices} x {snapshots} x {sensors} x n is expected");
            return Err(bad("A", format!("of shape {shape}; {expected}")));
        }
        let sizes = (unknowns, sensors, snapshots);
        let entries = a.numbers::<T>();
        let batch = CalibrationBatch::own(&entries, sizes, &observations).map_err(refused)?;
        // Not written for lanes.
        let answers = answers(py, &with(batch, noise), Backend::Scalar, threads)?;
        return arrays(py, answers, (devices, sensors, unknowns));
    }
    let rows = sensing::<T>(a, sensors)?;
    check_snapshots(&rows, snapshots, sensors)?;
    let unknowns = solvekit::LinearOperator::rows(&rows);
    let batch = CalibrationBatch::new(&rows, sensors, &observations).map_err(refused)?;
    // It has the bits of one device after the other.
    let answers = answers(py, &with(batch, noise), Backend::Simd, threads)?;
    arrays(py, answers, (devices, sensors, unknowns))
}

fn with<T: Number>(batch: CalibrationBatch<'_, T>, noise: Option<T>) -> CalibrationBatch<'_, T> {
    match noise {
        Some(sigma) => batch.noise(sigma),
        None => batch,
    }
}

type Found<T> = Answers<T, Result<Calibrated<T>, CalibrationError>>;

fn answers<T: Number>(
    py: Python<'_>,
    batch: &CalibrationBatch<'_, T>,
    backend: Backend,
    threads: Option<usize>,
) -> PyResult<Found<T>> {
    let all = || std::thread::available_parallelism().map_or(1, usize::from);
    let threads = threads.unwrap_or_else(all);
    let found = asked::beside(py, |interrupt| {
        Runner::new(backend).threads(threads).cancel(interrupt.flag()).run(batch)
    })?;
    found.map_err(refused)
}

/// One array of all answers, of which gains and the others are views; and one for σ.
fn arrays<'py, T: Number>(
    py: Python<'py>,
    answers: Found<T>,
    (devices, sensors, unknowns): (usize, usize, usize),
) -> PyResult<Bound<'py, PyDict>> {
    let nan = T::from_f64(f64::NAN);
    let width = 2 * (sensors + unknowns);
    let Answers { mut numbers, outcomes, .. } = answers;
    let (mut sigma, mut states) =
        (Vec::with_capacity(devices), Vec::with_capacity(devices * sensors));
    let (mut status, mut reasons) = (Vec::with_capacity(devices), Vec::with_capacity(devices));
    for (own, outcome) in numbers.chunks_exact_mut(width.max(1)).zip(&outcomes) {
        let answer = match outcome {
            Some(Ok(found)) => {
                states.extend(found.sensors.iter().map(|sensor| number_of(*sensor)));
                sigma.push(found.verdict.sigma);
                status.push(found.verdict.answer.name());
                reasons.push(why_not(found.verdict.answer));
                found.verdict.answer.is_given()
            }
            Some(Err(error)) => {
                states.extend(std::iter::repeat_n(number_of(Sensor::Sound), sensors));
                sigma.push(nan);
                status.push("refused");
                reasons.push(Some(error.to_string()));
                false
            }
            None => false,
        };
        if !answer {
            own.fill(nan);
        }
    }
    let all = PyDict::new(py);
    all.set_item("numbers", numbers.into_pyarray(py).reshape([devices, width])?)?;
    all.set_item("sigma", sigma.into_pyarray(py))?;
    all.set_item("sensors", states.into_pyarray(py).reshape([devices, sensors])?)?;
    all.set_item("status", status)?;
    all.set_item("reasons", reasons)?;
    Ok(all)
}

const fn number_of(sensor: Sensor) -> u8 {
    match sensor {
        Sensor::Sound => 0,
        Sensor::Dead => 1,
        Sensor::Stuck => 2,
        Sensor::Clipped => 3,
        Sensor::Erratic => 4,
        Sensor::Weak => 5,
        Sensor::Flipped => 6,
        _ => 7,
    }
}

fn why_not(answer: solvekit::calibration::Answer) -> Option<String> {
    use solvekit::calibration::Answer;
    let reason = match answer {
        Answer::Singular => {
            "the measurements are too much alike: they cannot tell the signal from the gains"
        }
        Answer::Uncertain => {
            "the gains would be too uncertain: more measurements, more different ones, or less noise are needed"
        }
        Answer::TooFew => "without the faulty sensors there are too few equations",
        _ => return None,
    };
    Some(reason.to_owned())
}

/// Of one device whose sensors see another signal in every frame.
#[pyfunction]
#[pyo3(signature = (y, *, subspace=None, offsets=false, equal_noise=false, reference=None))]
pub(crate) fn array_of_one<'py>(
    py: Python<'py>,
    y: &Bound<'py, PyAny>,
    subspace: Option<&Bound<'py, PyAny>>,
    offsets: bool,
    equal_noise: bool,
    reference: Option<usize>,
) -> PyResult<Bound<'py, PyDict>> {
    let y = Lent::take("Y", y)?;
    let (_, sensors) = y.matrix("Y")?;
    let basis = subspace.map(|basis| {
        let lent = Lent::take("subspace", basis)?;
        let (rows, columns) = lent.matrix("subspace")?;
        if rows != sensors {
            return Err(bad("subspace", format!("{rows} rows for {sensors} columns of Y")));
        }
        DenseMatrix::from_columns(rows, turned(&lent.numbers::<f64>(), columns))
            .map_err(|e| bad("subspace", e))
    });
    let basis = basis.transpose()?;
    let numbers = y.numbers::<f64>();
    let frames: Vec<Vec<f64>> = numbers.chunks_exact(sensors.max(1)).map(<[f64]>::to_vec).collect();
    let options = ArrayOptions {
        offsets,
        equal_noise,
        reference: reference.map(|place| place.to_string()),
        ..ArrayOptions::new("Y")
    };
    if basis.is_some() && (equal_noise || reference.is_some()) {
        return Err(bad("subspace", "equal_noise and reference are for sensors that see the same"));
    }
    if basis.is_none() && offsets {
        return Err(bad("offsets", "it is for a subspace: without one there always are offsets"));
    }
    let place = |k: usize| format!("Y[{k}]");
    let names = places(sensors);
    let found =
        asked::here(py, |_| array::in_memory(&options, &names, (&frames, &place), basis.as_ref()))?;
    told(py, &found.map_err(refused)?)
}

/// Of one device that sees a vector of constant length.
#[pyfunction]
#[pyo3(signature = (samples, *, norm=None, highest="full", rest=None, window=100))]
pub(crate) fn norm_of_one<'py>(
    py: Python<'py>,
    samples: &Bound<'py, PyAny>,
    norm: Option<f64>,
    highest: &str,
    rest: Option<f64>,
    window: usize,
) -> PyResult<Bound<'py, PyDict>> {
    let lent = Lent::take("samples", samples)?;
    let (_, axes) = lent.matrix("samples")?;
    if axes != 3 {
        return Err(bad("samples", format!("{axes} columns; 3 axes are expected")));
    }
    let numbers = lent.numbers::<f64>();
    let readings = numbers.chunks_exact(3).map(|row| [row[0], row[1], row[2]]).collect();
    let options = NormOptions {
        norm,
        highest: choice("highest", highest)?,
        rest,
        window,
        ..NormOptions::new("samples")
    };
    let found = asked::here(py, |_| norm::in_memory(&options, readings))?;
    told(py, &found.map_err(refused)?)
}

/// What the program tells of a device.
fn told<'py, F>(py: Python<'py>, found: &F) -> PyResult<Bound<'py, PyDict>>
where
    F: solvekit_host::program::calibrate::Found,
{
    let all = pythonize(py, found)?.cast_into::<PyDict>()?;
    all.set_item("status", found.status())?;
    all.set_item("warnings", found.warnings())?;
    Ok(all)
}
