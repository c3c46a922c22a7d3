//! Files: Matrix Market matrices and vectors, NPY and CSV vectors, logs as text, NPY and Parquet; every refusal says which file,
//! which line and why.

mod columns;
mod csv;
mod error;
mod lines;
pub mod matrix_market;
mod npy;
mod output;
mod table;

pub use columns::Columns;
pub use error::{Cause, Fault, FileError};
pub use output::{Output, Staged, try_name, write_whole};
pub use table::{Numbers, Table};

use crate::matrix::CsrMatrix;
use crate::precision::Precision;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

/// Reads the Matrix Market file at `path`, whatever the name's ending.
///
/// # Errors
/// [`FileError`] with the line and the cause.
pub fn read_matrix<T: Precision>(path: &Path) -> Result<CsrMatrix<T>, FileError> {
    open(path).and_then(matrix_market::read_matrix).map_err(|fault| fault.of(path))
}

/// Reads an NPY array of any shape: its sizes, and its numbers with the last index running first.
///
/// # Errors
/// [`FileError`]; a number that is not finite is refused.
pub fn read_array(path: &Path) -> Result<(Vec<usize>, Vec<f64>), FileError> {
    open(path).and_then(npy::read_by_rows).map_err(|fault| fault.of(path))
}

fn open(path: &Path) -> Result<BufReader<File>, Fault> {
    let file = File::open(path)?;
    // On Unix a directory opens, and only reading it fails, with less telling words.
    if file.metadata()?.is_dir() {
        return Err(std::io::Error::from(std::io::ErrorKind::IsADirectory).into());
    }
    Ok(BufReader::with_capacity(1 << 16, file))
}

/// A finite number in the working precision.
fn number<T: Precision>(word: &str) -> Result<T, Cause> {
    let parsed = word.parse::<T>().or_else(|error| {
        // Fortran writes double-precision exponents with a D.
        if word.contains(['d', 'D']) {
            word.replace(['d', 'D'], "e").parse::<T>()
        } else {
            Err(error)
        }
    });
    match parsed {
        Ok(number) if number.to_f64().is_finite() => Ok(number),
        Ok(_) => Err(Cause::NotFinite { word: word.to_owned(), precision: T::NAME }),
        Err(_) => Err(Cause::NotANumber { word: word.to_owned() }),
    }
}
