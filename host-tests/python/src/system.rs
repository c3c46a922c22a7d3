//! Matrices from Python: full ones, and sparse ones of SciPy.

use crate::arrays::{Lent, Number};
use crate::errors::{bad, refused, wrong_type};
use numpy::{PyArrayMethods, PyReadonlyArray1};
use pyo3::prelude::*;
use pyo3::types::PyTuple;
use solvekit_host::matrix::{CsrMatrix, Triplets};

/// A matrix that Python lends.
pub(crate) enum Lending<'py> {
    Full(Lent<'py>),
    Sparse(SparseLent<'py>),
}

/// Rows (or columns) of entries, as SciPy keeps them.
pub(crate) struct SparseLent<'py> {
    rows: usize,
    columns: usize,
    ends: PyReadonlyArray1<'py, i64>,
    places: PyReadonlyArray1<'py, i64>,
    entries: Lent<'py>,
}

impl<'py> Lending<'py> {
    /// Takes a full matrix or a sparse one, whose rows are taken in order.
    pub(crate) fn by_rows(argument: &str, object: &Bound<'py, PyAny>) -> PyResult<Self> {
        Self::take(argument, object, "tocsr")
    }

    /// The same with the columns of a sparse one.
    pub(crate) fn by_columns(argument: &str, object: &Bound<'py, PyAny>) -> PyResult<Self> {
        Self::take(argument, object, "tocsc")
    }

    fn take(argument: &str, object: &Bound<'py, PyAny>, turn: &str) -> PyResult<Self> {
        let name = pyo3::types::PyString::intern(object.py(), turn);
        // Arrays have no such method; asking costs less than asking what they are.
        let Ok(turned) = object.getattr(&name) else {
            return Lent::take(argument, object).map(Self::Full);
        };
        let sparse = turned.call0()?;
        let indices = |name: &str| -> PyResult<PyReadonlyArray1<'py, i64>> {
            let wide = sparse.getattr(name)?.call_method1("astype", ("int64",))?;
            let array = wide.cast_into::<numpy::PyArray1<i64>>();
            let array = array.map_err(|_| wrong_type(argument, "indices of a sparse matrix"))?;
            array.try_readonly().map_err(|error| bad(argument, error))
        };
        let shape = sparse.getattr("shape")?.cast_into::<PyTuple>();
        let shape = shape.map_err(|_| wrong_type(argument, "a matrix without a shape"))?;
        let (rows, columns) = shape.extract::<(usize, usize)>()?;
        let (ends, places) = (indices("indptr")?, indices("indices")?);
        let entries = Lent::take(argument, &sparse.getattr("data")?)?;
        Ok(Self::Sparse(SparseLent { rows, columns, ends, places, entries }))
    }

    pub(crate) const fn is_single(&self) -> bool {
        match self {
            Self::Full(lent) => lent.is_single(),
            Self::Sparse(sparse) => sparse.entries.is_single(),
        }
    }

    /// Its rows; of a matrix that came by columns, those of its transpose.
    pub(crate) fn to_csr<T: Number>(&self, argument: &str) -> PyResult<CsrMatrix<T>> {
        match self {
            Self::Full(lent) => {
                let (_, columns) = lent.matrix(argument)?;
                CsrMatrix::from_dense(columns, &lent.numbers()).map_err(refused)
            }
            Self::Sparse(sparse) => sparse.to_csr(argument),
        }
    }
}

impl SparseLent<'_> {
    fn to_csr<T: Number>(&self, argument: &str) -> PyResult<CsrMatrix<T>> {
        let broken = || bad(argument, "a sparse matrix whose indices do not fit its shape");
        let (Ok(ends), Ok(places)) = (self.ends.as_slice(), self.places.as_slice()) else {
            return Err(broken());
        };
        let entries = self.entries.numbers::<T>();
        // By columns it is the transpose whose rows these are.
        let (rows, columns) = match ends.len().checked_sub(1) {
            Some(count) if count == self.rows => (self.rows, self.columns),
            Some(count) if count == self.columns => (self.columns, self.rows),
            _ => return Err(broken()),
        };
        let mut triplets = Triplets::new(rows, columns).map_err(refused)?;
        triplets.reserve(entries.len());
        for (row, bounds) in ends.windows(2).enumerate() {
            let bounds = bounds[0].try_into().ok().zip(bounds[1].try_into().ok());
            let Some((start, end)) = bounds else { return Err(broken()) };
            let range: std::ops::Range<usize> = start..end;
            let (Some(places), Some(entries)) = (places.get(range.clone()), entries.get(range))
            else {
                return Err(broken());
            };
            for (place, entry) in places.iter().zip(entries) {
                let place = usize::try_from(*place).map_err(|_| broken())?;
                triplets.push(row, place, *entry).map_err(|_| broken())?;
            }
        }
        triplets.into_csr().map_err(|error| bad(argument, error))
    }
}
