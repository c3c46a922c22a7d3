//! A matrix as its file stores it: all entries, or some of them by columns.

use crate::file::{Cause, Columns, FileError, read_matrix};
use crate::matrix::{CsrMatrix, Triplets, TripletsError};
use crate::precision::Precision;
use crate::vector::Vector;
use solvekit::LinearOperator;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

/// A matrix before anything is done to it, for methods that go by columns.
#[derive(Debug)]
pub enum Stored<T> {
    /// Its columns.
    Dense(Vec<Vector<T>>),
    /// The rows of its transpose.
    Sparse(CsrMatrix<T>),
}

impl<T: Precision> Stored<T> {
    /// Reads NPY, CSV (or `.txt`) and Matrix Market, of which a `coordinate` file stays sparse.
    ///
    /// # Errors
    /// [`FileError`].
    pub fn read(path: &Path) -> Result<Self, FileError> {
        let ending = path.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase());
        if ending.as_deref() != Some("mtx") || is_array(path) {
            return Ok(Self::Dense(Columns::read(path)?.into_vec()));
        }
        let by_rows = read_matrix::<T>(path)?;
        let refused = |error: TripletsError| Cause::from(error).at(path);
        let mut turned = Triplets::new(by_rows.columns(), by_rows.rows()).map_err(refused)?;
        turned.reserve(by_rows.entries());
        for (i, (columns, values)) in by_rows.rows_in_order().enumerate() {
            for (column, value) in columns.iter().zip(values) {
                turned.push(*column as usize, i, *value).map_err(refused)?;
            }
        }
        Ok(Self::Sparse(turned.into_csr().map_err(refused)?))
    }

    /// Rows, columns, and the entries that are stored.
    pub(super) fn sizes(&self) -> (usize, usize, usize) {
        match self {
            Self::Dense(columns) => {
                let rows = columns.first().map_or(0, |column| column.len());
                (rows, columns.len(), rows * columns.len())
            }
            Self::Sparse(by_columns) => {
                (by_columns.columns(), by_columns.rows(), by_columns.entries())
            }
        }
    }
}

/// Does the banner of a Matrix Market file promise all entries of a general matrix? A broken one is
/// told by whoever reads all of it.
fn is_array(path: &Path) -> bool {
    let mut banner = String::new();
    let first = File::open(path).map(|file| BufReader::new(file.take(1024)).read_line(&mut banner));
    let words: Vec<String> = banner.split_whitespace().map(str::to_ascii_lowercase).collect();
    matches!(first, Ok(Ok(_)))
        && words.get(2).is_some_and(|word| word == "array")
        && words.get(4).is_some_and(|word| word == "general")
}
