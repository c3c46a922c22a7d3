//! `solvekit.SorSequence`.

use crate::arrays::{Columns, Lent, Number, handed};
use crate::asked;
use crate::errors::{bad, refused};
use crate::report::Report;
use crate::solve::OmegaWord;
use crate::system::Lending;
use crate::words::choice;
use pyo3::prelude::*;
use pyo3::sync::MutexExt;
use pythonize::pythonize;
use solvekit_host::program::solve::{Given, Number as Precision, Options, Sequence};
use std::sync::Mutex;

/// Systems that come one by one, each of which teaches the next. See `solvekit.SorSequence`.
#[pyclass(frozen, module = "solvekit")]
pub(crate) struct SorSequence {
    tolerance: f64,
    // One solve at a time, from whatever thread.
    known: Mutex<Known>,
}

enum Known {
    F32(Box<Sequence<f32>>),
    F64(Box<Sequence<f64>>),
}

#[pymethods]
impl SorSequence {
    #[new]
    #[pyo3(signature = (
        omega=None, *, method="sor", order="forward", contexts=None, dtype="float64", workspace=None, seed=0,
        tol=None, max_iterations=10_000
    ))]
    #[allow(clippy::too_many_arguments, reason = "they are a call's keywords")]
    fn new(
        omega: Option<OmegaWord>,
        method: &str,
        order: &str,
        contexts: Option<(f64, f64)>,
        dtype: &str,
        workspace: Option<usize>,
        seed: u64,
        tol: Option<f64>,
        max_iterations: u32,
    ) -> PyResult<Self> {
        let precision = match dtype {
            "float32" => Precision::F32,
            "float64" => Precision::F64,
            other => {
                return Err(bad("dtype", format!("'{other}' is none of 'float32', 'float64'")));
            }
        };
        let options = Options {
            omega: omega.map(OmegaWord::parse).transpose()?,
            method: choice("method", method)?,
            order: choice("order", order)?,
            workspace,
            seed,
            tol,
            max_iterations,
            precision,
            ..Options::new("A")
        };
        let tolerance = options.tolerance();
        let known = match precision {
            Precision::F32 => {
                let contexts = contexts.map(|(low, high)| (low as f32, high as f32));
                Known::F32(Sequence::new(options, contexts).map_err(refused)?.into())
            }
            Precision::F64 => Known::F64(Sequence::new(options, contexts).map_err(refused)?.into()),
        };
        Ok(Self { tolerance, known: Mutex::new(known) })
    }

    /// Solves A x = b, and learns from it: (x, Report).
    #[pyo3(signature = (a, b, *, x0=None, context=0.0))]
    fn solve<'py>(
        &self,
        py: Python<'py>,
        a: &Bound<'py, PyAny>,
        b: &Bound<'py, PyAny>,
        x0: Option<&Bound<'py, PyAny>>,
        context: f64,
    ) -> PyResult<(Bound<'py, PyAny>, Report)> {
        let (matrix, rhs) = (Lending::by_rows("A", a)?, Lent::take("b", b)?);
        let start = x0.map(|x0| Lent::take("x0", x0)).transpose()?;
        let lent = (&matrix, &rhs, start.as_ref());
        // Whoever waits for it does not hold the interpreter's lock.
        let mut known =
            self.known.lock_py_attached(py).map_err(|_| bad("self", "a solve broke it"))?;
        match &mut *known {
            Known::F32(sequence) => self.one(py, sequence, lent, context as f32),
            Known::F64(sequence) => self.one(py, sequence, lent, context),
        }
    }

    /// What was learned, as a dict; None before the first solve.
    #[getter]
    fn tuner<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let known = self.known.lock_py_attached(py).map_err(|_| bad("self", "a solve broke it"))?;
        let tuner = match &*known {
            Known::F32(sequence) => sequence.tuner(),
            Known::F64(sequence) => sequence.tuner(),
        };
        tuner.map(|tuner| Ok(pythonize(py, &tuner)?)).transpose()
    }
}

impl SorSequence {
    fn one<'py, T: Number>(
        &self,
        py: Python<'py>,
        sequence: &mut Sequence<T>,
        (matrix, rhs, start): (&Lending<'py>, &Lent<'py>, Option<&Lent<'py>>),
        context: T,
    ) -> PyResult<(Bound<'py, PyAny>, Report)> {
        let vector = |argument, lent: &Lent<'py>| lent.column::<T>(argument).map(Into::into);
        let given = Given {
            right_hand_sides: Some(vec![vector("b", rhs)?]),
            starts: start.map(|start| Ok::<_, PyErr>(vec![vector("x0", start)?])).transpose()?,
            ..Given::new(matrix.to_csr("A")?)
        };
        let solved = asked::here(py, |interrupt| sequence.solve(given, context, interrupt))?;
        let (outcome, x) = solved.map_err(refused)?;
        let report = Report::of_system(outcome, self.tolerance);
        Ok((handed(py, vec![x.into()], Columns::One)?, report))
    }
}
