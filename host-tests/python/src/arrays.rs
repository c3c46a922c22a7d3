//! Arrays that Python lends, and arrays it is given.

use crate::errors::{bad, wrong_type};
use numpy::{
    IntoPyArray, PyArray1, PyArrayDyn, PyArrayMethods, PyReadonlyArrayDyn, PyUntypedArray,
    PyUntypedArrayMethods,
};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use solvekit_host::precision::Precision;
use std::borrow::Cow;

/// Numbers that Python lends: a contiguous array as it lies in memory, or a copy of another one.
pub(crate) enum Lent<'py> {
    F32(PyReadonlyArrayDyn<'py, f32>),
    F64(PyReadonlyArrayDyn<'py, f64>),
}

impl<'py> Lent<'py> {
    /// Takes what is an array of numbers, or can be made one: `argument` is its name in refusals.
    ///
    /// # Errors
    /// `TypeError` for what is none, `ValueError` for a number that is not finite, with its place.
    pub(crate) fn take(argument: &str, object: &Bound<'py, PyAny>) -> PyResult<Self> {
        let lent = Self::any(argument, object)?;
        lent.check_finite(argument)?;
        Ok(lent)
    }

    /// The same with whatever numbers.
    pub(crate) fn any(argument: &str, object: &Bound<'py, PyAny>) -> PyResult<Self> {
        if let Some(lent) = Self::as_it_is(object) {
            return Ok(lent);
        }
        static COPIED: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
        let copied = COPIED.import(object.py(), "solvekit._arrays", "contiguous")?;
        let array = copied.call1((object, argument))?;
        Self::as_it_is(&array).ok_or_else(|| wrong_type(argument, "no array of numbers"))
    }

    fn as_it_is(object: &Bound<'py, PyAny>) -> Option<Self> {
        // Not a masked array, nor anything else that derives from it and means something more.
        let array = object.cast_exact::<PyUntypedArray>().ok()?;
        if !array.is_c_contiguous() {
            return None;
        }
        if let Ok(array) = object.cast::<PyArrayDyn<f64>>() {
            return aligned(array).then(|| array.try_readonly().ok().map(Self::F64))?;
        }
        let array = object.cast::<PyArrayDyn<f32>>().ok()?;
        aligned(array).then(|| array.try_readonly().ok().map(Self::F32))?
    }

    pub(crate) fn shape(&self) -> &[usize] {
        match self {
            Self::F32(array) => array.shape(),
            Self::F64(array) => array.shape(),
        }
    }

    pub(crate) const fn is_single(&self) -> bool {
        matches!(self, Self::F32(_))
    }

    /// All numbers, the last index running first; those of the precision asked for are not copied.
    pub(crate) fn numbers<T: Number>(&self) -> Cow<'_, [T]> {
        T::numbers(self)
    }

    /// Its only column, or its columns; of `length` numbers each.
    pub(crate) fn columns<T: Number>(&self, argument: &str) -> PyResult<(Vec<Vec<T>>, Columns)> {
        let numbers = self.numbers::<T>();
        match *self.shape() {
            [_] => Ok((vec![numbers.into_owned()], Columns::One)),
            [_, count] => {
                let column = |k| numbers.iter().skip(k).step_by(count.max(1)).copied().collect();
                Ok(((0..count).map(column).collect(), Columns::Several))
            }
            _ => Err(dimensions(argument, self.shape().len(), "1 or 2")),
        }
    }

    /// Its only column.
    pub(crate) fn column<T: Number>(&self, argument: &str) -> PyResult<Vec<T>> {
        match self.shape() {
            [_] => Ok(self.numbers().into_owned()),
            shape => Err(dimensions(argument, shape.len(), "1")),
        }
    }

    /// Rows and columns.
    pub(crate) fn matrix(&self, argument: &str) -> PyResult<(usize, usize)> {
        match *self.shape() {
            [rows, columns] => Ok((rows, columns)),
            _ => Err(dimensions(argument, self.shape().len(), "2")),
        }
    }

    /// # Errors
    /// `ValueError` for a number that is not finite, with its place.
    pub(crate) fn check_finite(&self, argument: &str) -> PyResult<()> {
        let (place, number) = match self {
            Self::F32(_) => not_finite(&self.numbers::<f32>()),
            Self::F64(_) => not_finite(&self.numbers::<f64>()),
        };
        let Some(mut place) = place else { return Ok(()) };
        let mut indices = Vec::new();
        for size in self.shape().iter().rev() {
            indices.push((place % size).to_string());
            place /= size;
        }
        indices.reverse();
        Err(bad(argument, format!("entry [{}] is {number}", indices.join(", "))))
    }
}

/// A number that arrays hold and solvers work in.
pub(crate) trait Number: Precision + numpy::Element {
    /// The numbers of an array, copied where they are of the other precision.
    fn numbers<'a>(lent: &'a Lent<'_>) -> Cow<'a, [Self]>;
}

// What is contiguous has a slice.
impl Number for f32 {
    fn numbers<'a>(lent: &'a Lent<'_>) -> Cow<'a, [Self]> {
        match lent {
            Lent::F32(array) => array.as_slice().unwrap_or(&[]).into(),
            Lent::F64(array) => {
                array.as_slice().unwrap_or(&[]).iter().map(|x| *x as Self).collect()
            }
        }
    }
}

impl Number for f64 {
    fn numbers<'a>(lent: &'a Lent<'_>) -> Cow<'a, [Self]> {
        match lent {
            Lent::F64(array) => array.as_slice().unwrap_or(&[]).into(),
            Lent::F32(array) => {
                array.as_slice().unwrap_or(&[]).iter().map(|x| Self::from(*x)).collect()
            }
        }
    }
}

/// How columns came, and so how answers go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Columns {
    /// An array of one dimension.
    One,
    /// One of two.
    Several,
}

fn dimensions(argument: &str, found: usize, expected: &str) -> PyErr {
    bad(argument, format!("an array of {found} dimensions; {expected} are expected"))
}

fn not_finite<T: Number>(numbers: &[T]) -> (Option<usize>, f64) {
    let place = numbers.iter().position(|number| !number.is_finite());
    (place, place.map_or(0.0, |place| numbers[place].to_f64()))
}

/// Does an array lie where its numbers may?
fn aligned<T: numpy::Element>(array: &Bound<'_, PyArrayDyn<T>>) -> bool {
    array.data().addr().is_multiple_of(align_of::<T>())
}

/// Numbers of so many columns, row after row, as columns one behind the other.
pub(crate) fn turned<T: Copy>(numbers: &[T], columns: usize) -> Vec<T> {
    let column = |j| numbers.iter().skip(j).step_by(columns.max(1)).copied();
    (0..columns).flat_map(column).collect()
}

/// An array of one dimension, or of two with a vector a column.
pub(crate) fn handed<'py, T: Number>(
    py: Python<'py>,
    mut vectors: Vec<Vec<T>>,
    columns: Columns,
) -> PyResult<Bound<'py, PyAny>> {
    if columns == Columns::One && vectors.len() == 1 {
        return Ok(vectors.swap_remove(0).into_pyarray(py).into_any());
    }
    let (count, length) = (vectors.len(), vectors.first().map_or(0, Vec::len));
    let rows = (0..length).flat_map(|i| vectors.iter().map(move |vector| vector[i]));
    let flat: Bound<'py, PyArray1<T>> = rows.collect::<Vec<T>>().into_pyarray(py);
    Ok(flat.reshape([length, count])?.into_any())
}
