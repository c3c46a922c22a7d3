//! What can be wrong with a file, and where.

use crate::matrix::TripletsError;
use std::io;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// A file that could not be used: which one, which line, and why.
#[derive(Debug, Error)]
#[error("{}{}: {cause}", path.display(), Line(*line))]
pub struct FileError {
    /// The file.
    pub path: PathBuf,
    /// The line, counted from 1, where the cause has one.
    pub line: Option<u64>,
    /// What is wrong there. Part of the message, so not repeated as a source.
    pub cause: Cause,
}

/// ", line 7", or nothing.
struct Line(Option<u64>);

impl std::fmt::Display for Line {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.map_or(Ok(()), |line| write!(f, ", line {line}"))
    }
}

/// A cause and the line it was found on, before the file's name is known.
#[derive(Debug)]
pub struct Fault {
    /// The line, counted from 1, where the cause has one.
    pub line: Option<u64>,
    /// What is wrong.
    pub cause: Cause,
}

impl Fault {
    /// A cause found on `line`.
    #[must_use]
    pub const fn on(line: u64, cause: Cause) -> Self {
        Self { line: Some(line), cause }
    }

    /// The same, with the file's name.
    #[must_use]
    pub fn of(self, path: &Path) -> FileError {
        FileError { path: path.to_owned(), line: self.line, cause: self.cause }
    }
}

impl Cause {
    /// The error of a whole file.
    #[must_use]
    pub fn at(self, path: &Path) -> FileError {
        Fault::from(self).of(path)
    }
}

impl<C: Into<Cause>> From<C> for Fault {
    fn from(cause: C) -> Self {
        Self { line: None, cause: cause.into() }
    }
}

/// Why a file cannot be used.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Cause {
    /// The system refused.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// The name's ending tells no format that is known for this use.
    #[error("the name must end in {known}")]
    Ending {
        /// The endings that would do.
        known: &'static str,
    },
    /// No content.
    #[error("the file is empty")]
    Empty,
    /// A line that no text file of numbers has.
    #[error("the line is longer than {limit} bytes")]
    LongLine {
        /// The most that is read.
        limit: usize,
    },
    /// Bytes that are not text.
    #[error("the line is not text")]
    NotText,
    /// The first line is not the format's banner.
    #[error("expected the banner `%%MatrixMarket matrix FORMAT FIELD SYMMETRY`, found `{found}`")]
    Banner {
        /// The line as it is.
        found: String,
    },
    /// A banner's word that the format does not have.
    #[error("unknown {what} `{word}` in the banner, expected {known}")]
    Keyword {
        /// Which of the banner's words.
        what: &'static str,
        /// The word as it is.
        word: String,
        /// The words that would do.
        known: &'static str,
    },
    /// A banner of the format that is not for this program.
    #[error("complex entries are not supported, only real ones")]
    Complex,
    /// A banner whose words contradict each other.
    #[error("{0}")]
    Contradiction(&'static str),
    /// The size line has another number of fields.
    #[error("expected a size line of {expected}, found `{found}`")]
    SizeLine {
        /// The fields that it should have.
        expected: &'static str,
        /// The line as it is.
        found: String,
    },
    /// A size that is no number, or is beyond the machine's.
    #[error("`{word}` is not a size: a whole number below 2^{} is expected", usize::BITS)]
    Size {
        /// The field as it is.
        word: String,
    },
    /// A matrix or array without entries to be.
    #[error("the matrix is empty: {rows}×{columns}")]
    NoEntries {
        /// Declared rows.
        rows: usize,
        /// Declared columns.
        columns: usize,
    },
    /// A symmetry that only square matrices have.
    #[error("a {symmetry} matrix must be square, this one is {rows}×{columns}")]
    NotSquare {
        /// The banner's word.
        symmetry: &'static str,
        /// Declared rows.
        rows: usize,
        /// Declared columns.
        columns: usize,
    },
    /// The sizes or places do not make a matrix.
    #[error(transparent)]
    Matrix(#[from] TripletsError),
    /// A line with too few or too many fields.
    #[error("expected {expected}, found `{found}`")]
    Fields {
        /// The fields that it should have.
        expected: &'static str,
        /// The line as it is.
        found: String,
    },
    /// Text where a number should be.
    #[error("`{word}` is not a number")]
    NotANumber {
        /// The field as it is.
        word: String,
    },
    /// A fraction or text where a whole number should be.
    #[error("`{word}` is not a whole number, as the banner's `integer` promises")]
    NotAnInteger {
        /// The field as it is.
        word: String,
    },
    /// NaN, infinity, or a number beyond the precision's range.
    #[error("`{word}` is not a finite {precision} number")]
    NotFinite {
        /// The field as it is.
        word: String,
        /// The working precision.
        precision: &'static str,
    },
    /// Text where an index should be.
    #[error("`{word}` is not a {axis} index: a whole number from 1 to {limit} is expected")]
    Index {
        /// `row` or `column`.
        axis: &'static str,
        /// The field as it is.
        word: String,
        /// The largest that would do.
        limit: usize,
    },
    /// A skew-symmetric matrix has no diagonal to store.
    #[error("entry ({0}, {0}) is on the diagonal, which a skew-symmetric file does not store")]
    SkewDiagonal(usize),
    /// A symmetric file stores one triangle; with both it is not known which to believe.
    #[error(
        "entry ({row}, {column}) is in the other triangle than the entries before it: \
         a {symmetry} file stores one triangle"
    )]
    BothTriangles {
        /// The banner's word.
        symmetry: &'static str,
        /// Row, counted from 1.
        row: usize,
        /// Column, counted from 1.
        column: usize,
    },
    /// The file ends before its declared number of entries.
    #[error("the file ends after {found} of {expected} declared entries")]
    Truncated {
        /// Entries that are there.
        found: u128,
        /// Entries that were declared.
        expected: u128,
    },
    /// The file goes on after its declared number of entries.
    #[error("the file goes on after its {expected} declared entries")]
    TooMany {
        /// Entries that were declared.
        expected: u128,
    },
    /// An NPY file that is broken or of a kind that is not supported.
    #[error("{0}")]
    Npy(String),
    /// A Parquet file that is broken or of a kind that is not supported.
    #[error("{0}")]
    Parquet(String),
    /// A column that the file does not have.
    #[error("there is no column `{name}`; the columns are {known}")]
    NoColumn {
        /// As it was asked for.
        name: String,
        /// Those that are there.
        known: String,
    },
    /// Words asked of a file that has none.
    #[error("an NPY file has no column of words")]
    Words,
    /// A header and nothing below it.
    #[error("there are no rows")]
    NoRows,
    /// A CSV file that is broken.
    #[error("{0}")]
    Csv(String),
    /// Rows of different lengths.
    #[error("{found} fields, where the lines before have {expected}")]
    Ragged {
        /// Fields of the first line.
        expected: usize,
        /// Fields of this line.
        found: usize,
    },
}
