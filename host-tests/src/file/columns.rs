//! Vectors from a file: the columns of a table of numbers.

use super::error::{Cause, FileError};
use super::{csv, matrix_market, npy, open};
use crate::precision::Precision;
use crate::vector::Vector;
use std::path::Path;

/// One or more vectors of the same length.
#[derive(Clone, Debug, PartialEq)]
pub struct Columns<T> {
    columns: Vec<Vector<T>>,
}

impl<T: Precision> Columns<T> {
    /// Reads the columns of an NPY, CSV (or `.txt`) or Matrix Market array file, told by the name's ending. A
    /// one-dimensional NPY array is one column.
    ///
    /// # Errors
    /// [`FileError`] with the line and the cause; a file without any number is refused.
    pub fn read(path: &Path) -> Result<Self, FileError> {
        let ending = path.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase());
        let columns = match ending.as_deref() {
            Some("npy") => open(path).and_then(npy::read),
            Some("csv" | "txt") => open(path).and_then(csv::read),
            Some("mtx") => open(path).and_then(matrix_market::read_columns),
            _ => Err(Cause::Ending { known: ".npy, .csv, .txt or .mtx" }.into()),
        }
        .map_err(|fault| fault.of(path))?;
        Ok(Self { columns: columns.into_iter().map(Vector::from).collect() })
    }

    /// How long each column is.
    #[must_use]
    pub fn length(&self) -> usize {
        self.columns.first().map_or(0, |column| column.len())
    }

    /// The columns.
    #[must_use]
    pub fn as_slice(&self) -> &[Vector<T>] {
        &self.columns
    }

    /// The columns, given away.
    #[must_use]
    pub fn into_vec(self) -> Vec<Vector<T>> {
        self.columns
    }
}
