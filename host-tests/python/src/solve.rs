//! `solvekit.solve`.

use crate::arrays::{Columns, Lent, Number, handed};
use crate::asked;
use crate::errors::{bad, refused};
use crate::report::Report;
use crate::system::Lending;
use crate::words::{choice, optional, work};
use pyo3::prelude::*;
use solvekit_host::program::solve::{Given, Number as Precision, Omega, Options, in_memory};

/// How to solve, as Python says it.
#[derive(FromPyObject)]
pub(crate) enum OmegaWord {
    #[pyo3(transparent)]
    Number(f64),
    #[pyo3(transparent)]
    Word(String),
}

impl OmegaWord {
    pub(crate) fn parse(self) -> PyResult<Omega> {
        let word = match self {
            Self::Number(number) => number.to_string(),
            Self::Word(word) => word,
        };
        word.parse().map_err(|error| bad("omega", error))
    }
}

/// What is lent by Python, for as long as the call lasts.
struct Arguments<'py> {
    matrix: Lending<'py>,
    rhs: Option<Lent<'py>>,
    shifts: Option<Lent<'py>>,
    x0: Option<Lent<'py>>,
    bounds: [Option<Lent<'py>>; 2],
}

/// Solves A x = b, or a sequence (A + c·I) x = b. See `solvekit.solve`.
#[pyfunction]
#[pyo3(signature = (
    a, b=None, *, method="sor", omega=None, order="forward", lower=None, upper=None, rule=None, block=None,
    workspace=None, jacobi_radius=None, shifts=None, x0=None, seed=0, tol=None, max_iterations=10_000,
    backend=None, threads=1
))]
#[allow(clippy::too_many_arguments, reason = "they are a call's keywords")]
pub(crate) fn solve<'py>(
    py: Python<'py>,
    a: &Bound<'py, PyAny>,
    b: Option<&Bound<'py, PyAny>>,
    method: &str,
    omega: Option<OmegaWord>,
    order: &str,
    lower: Option<&Bound<'py, PyAny>>,
    upper: Option<&Bound<'py, PyAny>>,
    rule: Option<&str>,
    block: Option<usize>,
    workspace: Option<usize>,
    jacobi_radius: Option<f64>,
    shifts: Option<&Bound<'py, PyAny>>,
    x0: Option<&Bound<'py, PyAny>>,
    seed: u64,
    tol: Option<f64>,
    max_iterations: u32,
    backend: Option<&str>,
    threads: Option<usize>,
) -> PyResult<(Bound<'py, PyAny>, Report)> {
    let take = |argument, object: Option<&Bound<'py, PyAny>>| {
        object.map(|object| Lent::take(argument, object)).transpose()
    };
    let bound = |argument, object: Option<&Bound<'py, PyAny>>| {
        object.map(|object| Lent::any(argument, object)).transpose()
    };
    let lent = Arguments {
        matrix: Lending::by_rows("A", a)?,
        rhs: take("b", b)?,
        shifts: take("shifts", shifts)?,
        x0: take("x0", x0)?,
        bounds: [bound("lower", lower)?, bound("upper", upper)?],
    };
    // Both single, or all in double.
    let single = lent.matrix.is_single() && lent.rhs.as_ref().is_none_or(Lent::is_single);
    let given = |given: bool, name: &str| given.then(|| name.into());
    let options = Options {
        rhs: given(b.is_some(), "b"),
        initial: given(x0.is_some(), "x0"),
        shifts: given(shifts.is_some(), "shifts"),
        lower: lower.map(|_| solvekit_host::program::solve::Bound::File("lower".into())),
        upper: upper.map(|_| solvekit_host::program::solve::Bound::File("upper".into())),
        method: choice("method", method)?,
        omega: omega.map(OmegaWord::parse).transpose()?,
        order: choice("order", order)?,
        rule: optional("rule", rule)?,
        block,
        workspace,
        jacobi_radius,
        seed,
        tol,
        max_iterations,
        precision: if single { Precision::F32 } else { Precision::F64 },
        work: work(backend, threads)?,
        ..Options::new("A")
    };
    if single { run::<f32>(py, &options, &lent) } else { run::<f64>(py, &options, &lent) }
}

fn run<'py, T: Number>(
    py: Python<'py>,
    options: &Options,
    lent: &Arguments<'py>,
) -> PyResult<(Bound<'py, PyAny>, Report)> {
    let columns = |argument, lent: &Option<Lent<'py>>| {
        lent.as_ref().map(|lent| lent.columns::<T>(argument)).transpose()
    };
    let column = |argument, lent: &Option<Lent<'py>>| {
        lent.as_ref().map(|lent| lent.column::<T>(argument).map(Into::into)).transpose()
    };
    let vectors = |columns: Vec<Vec<T>>| columns.into_iter().map(Into::into).collect();
    let matrix = lent.matrix.to_csr("A")?;
    let unknowns = solvekit::LinearOperator::columns(&matrix);
    let bound = |argument, lent: &Option<Lent<'py>>| match lent {
        Some(lent) if lent.shape().is_empty() => {
            Ok(Some(vec![lent.numbers::<T>()[0]; unknowns].into()))
        }
        lent => column(argument, lent),
    };
    let (rhs, x0) = (columns("b", &lent.rhs)?, columns("x0", &lent.x0)?);
    let several =
        |given: &Option<(_, Columns)>| given.as_ref().is_some_and(|x| x.1 == Columns::Several);
    let way = match several(&rhs) || lent.shifts.is_some() {
        true => Columns::Several,
        false => Columns::One,
    };
    let given = Given {
        shifts: column("shifts", &lent.shifts)?,
        right_hand_sides: rhs.map(|(columns, _)| vectors(columns)),
        starts: x0.map(|(columns, _)| vectors(columns)),
        lower: bound("lower", &lent.bounds[0])?,
        upper: bound("upper", &lent.bounds[1])?,
        matrix,
    };
    let solved = asked::by(py, &options.work, |interrupt| in_memory(options, given, interrupt))?;
    let (outcome, solutions) = solved.map_err(refused)?;
    let solutions = solutions.into_iter().map(Vec::from).collect();
    Ok((handed(py, solutions, way)?, outcome.into()))
}
