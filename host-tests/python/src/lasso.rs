//! The lasso and its kin, for the estimators of `solvekit.linear_model`.

use crate::arrays::{Columns, Lent, handed};
use crate::asked;
use crate::errors::refused;
use crate::recover::by_columns;
use crate::report::Report;
use crate::words::optional;
use pyo3::prelude::*;
use solvekit_host::program::lasso::{Given, Options, in_memory};

/// Fits ½‖y − X w‖² + λ (α‖w‖₁ + ½ (1 − α)‖w‖²). See `solvekit.lasso`.
#[pyfunction]
#[pyo3(signature = (
    x, y, *, lam=None, lambda_fraction=None, path=None, l1_ratio=1.0, nonnegative=false, concomitant=false,
    intercept=false, standardize=false, gap=1e-6, max_iterations=10_000, rule=None, block=None
))]
#[allow(clippy::too_many_arguments, reason = "they are a call's keywords")]
pub(crate) fn lasso<'py>(
    py: Python<'py>,
    x: &Bound<'py, PyAny>,
    y: &Bound<'py, PyAny>,
    lam: Option<f64>,
    lambda_fraction: Option<f64>,
    path: Option<u32>,
    l1_ratio: f64,
    nonnegative: bool,
    concomitant: bool,
    intercept: bool,
    standardize: bool,
    gap: f64,
    max_iterations: u32,
    rule: Option<&str>,
    block: Option<usize>,
) -> PyResult<(Bound<'py, PyAny>, Report)> {
    let design = by_columns("X", x)?;
    let response = Lent::take("y", y)?.column("y")?.into();
    let options = Options {
        lambda: lam,
        lambda_fraction,
        path,
        l1_ratio,
        nonnegative,
        concomitant,
        intercept,
        standardize,
        gap,
        max_iterations,
        rule: optional("rule", rule)?,
        block,
        ..Options::new("X", "y")
    };
    let given = Given { design, response };
    let fitted = asked::here(py, |interrupt| in_memory(&options, given, interrupt))?;
    let (outcome, coefficients) = fitted.map_err(refused)?;
    let way = if path.is_some() { Columns::Several } else { Columns::One };
    let coefficients = coefficients.into_iter().map(Vec::from).collect();
    Ok((handed(py, coefficients, way)?, outcome.into()))
}
