//! [`Report`]: how work ended.

use pyo3::prelude::*;
use pyo3::types::PyDict;
use pythonize::pythonize;
use solvekit_host::program::{lasso, recover, solve, train};

/// How work ended.
///
/// status: 'converged', or why not. converged: is all well? iterations: steps of all parts together.
/// residual: the certificate that was looked at last, relative; None where there is none. tolerance: what
/// it was to reach. certificate: what it is. seconds: time spent. details: all that is known, as the program
/// `solvekit` tells it in JSON.
#[pyclass(frozen, module = "solvekit")]
pub(crate) struct Report {
    #[pyo3(get)]
    status: &'static str,
    #[pyo3(get)]
    converged: bool,
    #[pyo3(get)]
    iterations: u64,
    #[pyo3(get)]
    residual: Option<f64>,
    #[pyo3(get)]
    tolerance: Option<f64>,
    #[pyo3(get)]
    certificate: &'static str,
    #[pyo3(get)]
    seconds: Option<f64>,
    told: Told,
}

/// What the host crate tells.
enum Told {
    Solve(solve::Outcome),
    System(solve::SystemOutcome),
    Lasso(lasso::Outcome),
    Recover(recover::Outcome),
    Train(train::Outcome),
}

#[pymethods]
impl Report {
    #[getter]
    fn details<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(match &self.told {
            Told::Solve(outcome) => pythonize(py, outcome)?,
            Told::System(outcome) => pythonize(py, outcome)?,
            Told::Lasso(outcome) => pythonize(py, outcome)?,
            Told::Recover(outcome) => pythonize(py, outcome)?,
            Told::Train(outcome) => pythonize(py, outcome)?,
        })
    }

    fn __repr__(&self) -> String {
        let residual = self
            .residual
            .map_or(String::new(), |residual| format!(", {} {residual:.2e}", self.certificate));
        format!("<Report: {} after {} steps{residual}>", self.status, self.iterations)
    }

    fn __reduce__<'py>(
        &self,
        py: Python<'py>,
    ) -> PyResult<(Bound<'py, PyAny>, (Bound<'py, PyDict>,))> {
        let all = PyDict::new(py);
        all.set_item("status", self.status)?;
        all.set_item("converged", self.converged)?;
        all.set_item("iterations", self.iterations)?;
        all.set_item("residual", self.residual)?;
        all.set_item("tolerance", self.tolerance)?;
        all.set_item("certificate", self.certificate)?;
        all.set_item("seconds", self.seconds)?;
        all.set_item("details", self.details(py)?)?;
        Ok((py.import("solvekit._arrays")?.getattr("restored")?, (all,)))
    }
}

const RESIDUAL: &str = "relative residual";

impl From<solve::Outcome> for Report {
    fn from(outcome: solve::Outcome) -> Self {
        Self {
            status: outcome.status.name(),
            converged: outcome.converged(),
            iterations: outcome.iterations,
            residual: outcome.residual,
            tolerance: Some(outcome.tolerance),
            certificate: RESIDUAL,
            seconds: Some(outcome.seconds),
            told: Told::Solve(outcome),
        }
    }
}

impl Report {
    pub(crate) fn of_system(outcome: solve::SystemOutcome, tolerance: f64) -> Self {
        Self {
            status: outcome.status.name(),
            converged: outcome.status == solvekit::Status::Converged,
            iterations: outcome.iterations.into(),
            residual: outcome.residual,
            tolerance: Some(tolerance),
            certificate: RESIDUAL,
            seconds: None,
            told: Told::System(outcome),
        }
    }
}

impl From<lasso::Outcome> for Report {
    fn from(outcome: lasso::Outcome) -> Self {
        Self {
            status: outcome.status.name(),
            converged: outcome.converged(),
            iterations: outcome.iterations,
            residual: outcome.relative_gap,
            tolerance: Some(outcome.tolerance),
            certificate: "relative duality gap",
            seconds: Some(outcome.seconds),
            told: Told::Lasso(outcome),
        }
    }
}

impl From<recover::Outcome> for Report {
    fn from(outcome: recover::Outcome) -> Self {
        Self {
            status: outcome.status.name(),
            converged: outcome.is_success(),
            iterations: outcome.iterations,
            residual: outcome.residual,
            tolerance: outcome.tolerance,
            certificate: if outcome.tolerance.is_some() {
                "relative residual or step"
            } else {
                "residual relative to y, of layers alone"
            },
            seconds: Some(outcome.seconds),
            told: Told::Recover(outcome),
        }
    }
}

impl From<train::Outcome> for Report {
    fn from(outcome: train::Outcome) -> Self {
        Self {
            status: outcome.status.name(),
            converged: outcome.status == train::End::Done,
            iterations: outcome.steps,
            residual: outcome.loss,
            tolerance: None,
            certificate: "mean loss on signals that training did not see",
            seconds: Some(outcome.seconds),
            told: Told::Train(outcome),
        }
    }
}
