//! [`Table`]: columns of a log, picked by name or place.

mod parquet;
mod picked;
mod text;

use super::error::{Cause, FileError};
use super::{npy, open};
use npyz::Order;
use picked::Picked;
use std::path::{Path, PathBuf};

/// Which columns are numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Numbers<'a> {
    /// Those named, in this order; a name that is a whole number, and no column's own, is a place
    /// counted from 0.
    Named(&'a [String]),
    /// All that are not words.
    Others,
}

/// Columns of a log: numbers, where NaN or an empty field is a missing one, and words.
#[derive(Clone, Debug)]
pub struct Table {
    path: PathBuf,
    /// The names of the columns of numbers; their places where the file has none.
    names: Vec<String>,
    numbers: Vec<Vec<f64>>,
    words: Vec<Vec<String>>,
    rows: usize,
    /// The line of each row in a text file.
    lines: Vec<u64>,
}

impl Table {
    /// Reads these columns of a CSV, text (`.csv`, `.txt`, `.log`, `.tsv`, `.dat`), NPY or Parquet file.
    ///
    /// Fields of text are separated by commas, semicolons, tabs or blanks, whichever the first line
    /// has. That line is a header unless all of its fields are numbers or empty. Lines that start with `#`
    /// are comments.
    ///
    /// # Errors
    /// [`FileError`] with the line and the cause: a column that is not there, with the names of those
    /// that are; text where a number should be; no rows.
    pub fn read(path: &Path, numbers: Numbers<'_>, words: &[String]) -> Result<Self, FileError> {
        let ending = path.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase());
        let picked = match ending.as_deref() {
            Some("csv" | "txt" | "log" | "tsv" | "dat") => {
                open(path).and_then(|source| text::read(source, numbers, words))
            }
            Some("npy") => open(path).and_then(|source| array(source, numbers, words)),
            Some("parquet") => {
                open(path).and_then(|source| parquet::read(source.into_inner(), numbers, words))
            }
            _ => {
                let known = ".csv, .txt, .log, .tsv, .dat, .npy or .parquet";
                Err(Cause::Ending { known }.into())
            }
        };
        let Picked { names, numbers, words, rows, lines, .. } =
            picked.map_err(|fault| fault.of(path))?;
        if rows == 0 {
            return Err(Cause::NoRows.at(path));
        }
        Ok(Self { path: path.to_owned(), names, numbers, words, rows, lines })
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The names of the columns of numbers.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The columns of numbers.
    #[must_use]
    pub fn numbers(&self) -> &[Vec<f64>] {
        &self.numbers
    }

    /// The columns of words.
    #[must_use]
    pub fn words(&self) -> &[Vec<String>] {
        &self.words
    }

    /// How long each column is.
    #[must_use]
    pub const fn rows(&self) -> usize {
        self.rows
    }

    /// Where a row is, as people count: "line 7" of a text, "row 6" elsewhere.
    #[must_use]
    pub fn place(&self, row: usize) -> String {
        self.lines
            .get(row)
            .map_or_else(|| format!("row {}", row + 1), |line| format!("line {line}"))
    }
}

/// All of a NumPy array: it has no words and no names.
fn array(
    source: impl std::io::BufRead,
    numbers: Numbers<'_>,
    words: &[String],
) -> Result<Picked, super::Fault> {
    let array = npy::read_array(source, true, |_, number| Ok(number))?;
    let (rows, columns) = npy::table(&array.shape)?;
    let names = (0..columns).map(|place| place.to_string()).collect();
    let mut picked = Picked::new(names, numbers, words)?;
    if !words.is_empty() {
        return Err(Cause::Words.into());
    }
    for (own, place) in picked.numbers.iter_mut().zip(&picked.number_places) {
        *own = (0..rows)
            .map(|row| match array.order {
                Order::C => array.numbers[row * columns + place],
                Order::Fortran => array.numbers[place * rows + row],
            })
            .collect();
    }
    picked.rows = rows;
    Ok(picked)
}
