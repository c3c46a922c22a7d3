//! `solvekit.recover`.

use crate::arrays::{Lent, handed};
use crate::asked;
use crate::errors::refused;
use crate::report::Report;
use crate::system::Lending;
use crate::words::{choice, work};
use pyo3::prelude::*;
use solvekit_host::precision::Precision;
use solvekit_host::program::Stored;
use solvekit_host::program::recover::{Given, Method, Options, in_memory};

/// Recovers sparse signals. See `solvekit.recover`.
#[pyfunction]
#[pyo3(signature = (
    a, y, method="omp", *, lam=None, lambda_fraction=None, sparsity=None, tol=None, max_iterations=None,
    backend=None, threads=1
))]
#[allow(clippy::too_many_arguments, reason = "they are a call's keywords")]
pub(crate) fn recover<'py>(
    py: Python<'py>,
    a: &Bound<'py, PyAny>,
    y: &Bound<'py, PyAny>,
    method: &str,
    lam: Option<f64>,
    lambda_fraction: Option<f64>,
    sparsity: Option<usize>,
    tol: Option<f64>,
    max_iterations: Option<u32>,
    backend: Option<&str>,
    threads: Option<usize>,
) -> PyResult<(Bound<'py, PyAny>, Report)> {
    let dictionary = by_columns("A", a)?;
    let (measurements, way) = Lent::take("y", y)?.columns::<f64>("y")?;
    let options = Options {
        lambda: lam,
        lambda_fraction,
        sparsity,
        tol,
        max_iterations,
        work: work(backend, threads)?,
        ..Options::new("A", "y", choice::<Method>("method", method)?)
    };
    let measurements = measurements.into_iter().map(Into::into).collect();
    let given = Given { dictionary, measurements, truths: None };
    let recovered =
        asked::by(py, &options.work, |interrupt| in_memory(&options, given, interrupt))?;
    let (outcome, signals) = recovered.map_err(refused)?;
    Ok((handed(py, signals.into_iter().map(Vec::from).collect(), way)?, outcome.into()))
}

/// A matrix as methods that go by columns have it.
pub(crate) fn by_columns<T: crate::arrays::Number + Precision>(
    argument: &str,
    object: &Bound<'_, PyAny>,
) -> PyResult<Stored<T>> {
    Ok(match Lending::by_columns(argument, object)? {
        Lending::Full(lent) => {
            lent.matrix(argument)?;
            let (columns, _) = lent.columns(argument)?;
            Stored::Dense(columns.into_iter().map(Into::into).collect())
        }
        sparse => Stored::Sparse(sparse.to_csr(argument)?),
    })
}
