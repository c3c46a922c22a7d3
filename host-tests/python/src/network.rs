//! `solvekit.Network`.

use crate::arrays::{Lent, handed, turned};
use crate::asked;
use crate::errors::{bad, refused};
use crate::recover::by_columns;
use crate::report::Report;
use crate::system::Lending;
use crate::words::{choice, work};
use pyo3::prelude::*;
use pythonize::pythonize;
use solvekit_host::matrix::DenseMatrix;
use solvekit_host::network::{Kind, Model, read, write};
use solvekit_host::program::Threads;
use solvekit_host::program::recover::{Given, Method, Options, through_network};
use solvekit_host::program::train::{self, Lambda};
use solvekit_host::training::{Source, Stored};
use std::path::PathBuf;

/// An unrolled network for one dictionary. See `solvekit.Network`.
#[pyclass(frozen, module = "solvekit")]
pub(crate) struct Network {
    model: Model,
}

#[pymethods]
impl Network {
    /// Reads a file that the program or `save` wrote.
    #[staticmethod]
    fn load(path: PathBuf) -> PyResult<Self> {
        Ok(Self { model: read(&path).map_err(refused)? })
    }

    /// Writes a file, whole or not at all, that `load`, the program and `solvekit export` read.
    fn save(&self, path: PathBuf) -> PyResult<()> {
        write(&self.model, &path).map_err(refused)
    }

    /// Signals out of measurements, through the layers.
    #[pyo3(signature = (
        a, y, *, layers=None, safeguard=false, lam=None, lambda_fraction=None, tol=None,
        max_iterations=None, backend=None, threads=1
    ))]
    #[allow(clippy::too_many_arguments, reason = "they are a call's keywords")]
    fn apply<'py>(
        &self,
        py: Python<'py>,
        a: &Bound<'py, PyAny>,
        y: &Bound<'py, PyAny>,
        layers: Option<u32>,
        safeguard: bool,
        lam: Option<f64>,
        lambda_fraction: Option<f64>,
        tol: Option<f64>,
        max_iterations: Option<u32>,
        backend: Option<&str>,
        threads: Option<usize>,
    ) -> PyResult<(Bound<'py, PyAny>, Report)> {
        let dictionary = by_columns::<f32>("A", a)?;
        let (measurements, way) = Lent::take("y", y)?.columns::<f32>("y")?;
        let options = Options {
            network: Some("network".into()),
            layers,
            safeguard,
            lambda: lam,
            lambda_fraction,
            tol,
            max_iterations,
            work: work(backend, threads)?,
            ..Options::new("A", "y", Method::Network)
        };
        let measurements = measurements.into_iter().map(Into::into).collect();
        let given = Given { dictionary, measurements, truths: None };
        let model = &self.model;
        let applied = asked::by(py, &options.work, |interrupt| {
            through_network(&options, model, given, interrupt)
        })?;
        let (outcome, signals) = applied.map_err(refused)?;
        Ok((handed(py, signals.into_iter().map(Vec::from).collect(), way)?, outcome.into()))
    }

    /// Trains a network for A.
    #[staticmethod]
    #[pyo3(signature = (
        a, kind, *, signals=None, measurements=None, sparsity=None, amplitude=None, snr=None, layers=16,
        loss="supervised", lam=None, shrinkage=None, vary=None, anytime=false, batch=None, steps=400, rate=None,
        weight_rate=None, fine_steps=None, passing=None, most_passing=None, longest_step=None,
        validation=1000, seed=1, threads=None
    ))]
    #[allow(clippy::too_many_arguments, reason = "they are a call's keywords")]
    fn train<'py>(
        py: Python<'py>,
        a: &Bound<'py, PyAny>,
        kind: &str,
        signals: Option<&Bound<'py, PyAny>>,
        measurements: Option<&Bound<'py, PyAny>>,
        sparsity: Option<f64>,
        amplitude: Option<f64>,
        snr: Option<f64>,
        layers: usize,
        loss: &str,
        lam: Option<Weight>,
        shrinkage: Option<&str>,
        vary: Option<&str>,
        anytime: bool,
        batch: Option<usize>,
        steps: u64,
        rate: Option<f64>,
        weight_rate: Option<f64>,
        fine_steps: Option<u64>,
        passing: Option<f32>,
        most_passing: Option<f32>,
        longest_step: Option<f64>,
        validation: usize,
        seed: u64,
        threads: Option<usize>,
    ) -> PyResult<(Self, Report)> {
        let dictionary = dictionary("A", a)?;
        let word = |argument: &'static str, word: Option<&str>| (argument, word.map(str::to_owned));
        let named = |given: bool, name: &str| given.then(|| name.into());
        let options = train::Options {
            loss: choice("loss", loss)?,
            layers,
            seed,
            lambda: lam.map(Weight::parse).transpose()?,
            sparsity,
            amplitude,
            signals: named(signals.is_some(), "signals"),
            measurements: named(measurements.is_some(), "measurements"),
            snr,
            vary: parsed(word("vary", vary))?,
            batch,
            steps,
            rate,
            weight_rate,
            fine_steps,
            passing,
            most_passing,
            shrinkage: parsed(word("shrinkage", shrinkage))?,
            longest_step,
            anytime,
            validation,
            threads: Threads { count: threads },
            ..train::Options::new("A", choice::<Kind>("kind", kind)?)
        };
        let source = match options.drawn() {
            Some(drawn) => Source::Drawn(drawn),
            None => Source::Stored(Stored {
                signals: table("signals", signals)?,
                measurements: table("measurements", measurements)?,
                snr_db: snr,
            }),
        };
        let trained = asked::beside(py, |interrupt| {
            options.threads.run(|| train::in_memory(&options, &dictionary, &source, interrupt))
        })?;
        let (outcome, model) =
            trained.map_err(|error| refused(format!("{error:#}")))?.map_err(refused)?;
        Ok((Self { model }, outcome.into()))
    }

    /// Which network.
    #[getter]
    fn kind(&self) -> String {
        self.model.kind().to_string()
    }

    /// How many layers.
    #[getter]
    const fn layers(&self) -> usize {
        self.model.layers
    }

    /// M and N of its dictionary.
    #[getter]
    const fn shape(&self) -> (usize, usize) {
        (self.model.rows, self.model.columns)
    }

    /// How its numbers were found, as a dict.
    #[getter]
    fn provenance<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(pythonize(py, &self.model.provenance)?)
    }

    fn __repr__(&self) -> String {
        let Model { rows, columns, layers, .. } = &self.model;
        format!("<Network: {}, {layers} layers for {rows} x {columns}>", self.model.kind())
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, (Vec<u8>,))> {
        let bytes = solvekit_host::network::to_bytes(&self.model).map_err(refused)?;
        Ok((py.import("solvekit._arrays")?.getattr("restored_network")?, (bytes,)))
    }
}

/// λ as Python says it.
#[derive(FromPyObject)]
enum Weight {
    #[pyo3(transparent)]
    Number(f64),
    #[pyo3(transparent)]
    Word(String),
}

impl Weight {
    fn parse(self) -> PyResult<Lambda> {
        match self {
            Self::Number(number) => Ok(Lambda::Is(number)),
            Self::Word(word) => word.parse().map_err(|cause: String| bad("lam", cause)),
        }
    }
}

fn parsed<T: std::str::FromStr<Err = String>>(
    (argument, word): (&str, Option<String>),
) -> PyResult<Option<T>> {
    word.map(|word| word.parse().map_err(|cause| bad(argument, cause))).transpose()
}

/// A dictionary in the precision that networks compute in.
fn dictionary(argument: &str, object: &Bound<'_, PyAny>) -> PyResult<DenseMatrix<f32>> {
    let Lending::Full(lent) = Lending::by_columns(argument, object)? else {
        return Err(bad(argument, "a sparse matrix; networks have their dictionary in full"));
    };
    let (rows, columns) = lent.matrix(argument)?;
    let numbers = lent.numbers::<f32>();
    if let Some(place) = numbers.iter().position(|number| !number.is_finite()) {
        let (i, j) = (place / columns.max(1), place % columns.max(1));
        return Err(bad(argument, format!("entry [{i}, {j}] is beyond float32")));
    }
    DenseMatrix::from_columns(rows, turned(&numbers, columns)).map_err(|e| bad(argument, e))
}

/// Columns of signals or measurements.
fn table(argument: &str, object: Option<&Bound<'_, PyAny>>) -> PyResult<Option<Vec<Vec<f32>>>> {
    let columns =
        object.map(|object| Ok(Lent::take(argument, object)?.columns::<f32>(argument)?.0));
    columns.transpose()
}
