//! The dictionary, the measurements and the truths from their files.

use super::method::Needs;
use super::{Options, RecoverError};
use crate::file::{Cause, Columns};
use crate::matrix::{CsrMatrix, DenseMatrix};
use crate::precision::Precision;
use crate::program::stored::Stored;
use crate::vector::Vector;
use solvekit::LinearOperator;
use std::path::Path;

/// A as the solvers see it.
#[derive(Debug)]
pub(super) enum Dictionary<T> {
    Dense(DenseMatrix<T>),
    /// The rows of Aᵀ.
    Sparse(CsrMatrix<T>),
}

/// A, Y and X*, which fit together.
#[derive(Debug)]
pub(super) struct Data<T> {
    pub(super) dictionary: Dictionary<T>,
    /// The columns of Y, of M entries each.
    pub(super) measurements: Vec<Vector<T>>,
    /// The columns of X*, of N entries each, as many as those of Y.
    pub(super) truths: Option<Vec<Vector<f64>>>,
    /// M.
    pub(super) rows: usize,
    /// N.
    pub(super) unknowns: usize,
    /// Entries of A that its file stores.
    pub(super) entries: usize,
}

/// A, Y and X* as they were measured.
#[derive(Debug)]
pub struct Given<T> {
    /// A.
    pub dictionary: Stored<T>,
    /// The columns of Y.
    pub measurements: Vec<Vector<T>>,
    /// The columns of X*, where they are known.
    pub truths: Option<Vec<Vector<f64>>>,
}

impl<T: Precision> Given<T> {
    /// Reads the files.
    pub(super) fn read(options: &Options) -> Result<Self, RecoverError> {
        let dictionary = Stored::read(&options.dictionary)?;
        let (rows, unknowns, _) = dictionary.sizes();
        // Before anything else is read.
        check_sparsity(options, rows, unknowns)?;
        let measurements = Columns::read(&options.measurements)?.into_vec();
        let truths = options.truth.as_deref().map(Columns::read).transpose()?;
        Ok(Self { dictionary, measurements, truths: truths.map(Columns::into_vec) })
    }
}

impl<T: Precision> Data<T> {
    /// Checks that what is given fits together and allows the sparsity; the options' paths name what does
    /// not.
    pub(super) fn new(options: &Options, given: Given<T>) -> Result<Self, RecoverError> {
        let Given { dictionary: stored, measurements, truths } = given;
        let (rows, unknowns, entries) = stored.sizes();
        check_sparsity(options, rows, unknowns)?;
        for y in &measurements {
            fits(&options.measurements, "rows", y.len(), rows, "rows of the dictionary")?;
        }
        if let Some(truths) = &truths {
            let path = options.truth.clone().unwrap_or_default();
            for x in truths {
                fits(&path, "rows", x.len(), unknowns, "columns of the dictionary")?;
            }
            fits(&path, "columns", truths.len(), measurements.len(), "columns of measurements")?;
        }
        let dictionary = Dictionary::of(stored, &options.dictionary)?;
        Ok(Self { dictionary, measurements, truths, rows, unknowns, entries })
    }
}

impl<T: Copy> Data<T> {
    /// The columns of Y one behind the other.
    pub(super) fn measurements_in_one(&self) -> Vec<T> {
        self.measurements.iter().flat_map(|y| y.iter().copied()).collect()
    }
}

/// Before any room is made for so many places.
fn check_sparsity(options: &Options, rows: usize, unknowns: usize) -> Result<(), RecoverError> {
    let most = match options.method.needs() {
        Needs::Lambda | Needs::Network => return Ok(()),
        Needs::Pursuit if rows < unknowns => (rows, "rows"),
        Needs::Sparsity | Needs::Pursuit => (unknowns, "columns"),
    };
    match (options.sparsity, most) {
        (Some(asked), (most, what)) if asked > most => {
            Err(RecoverError::Sparsity { path: options.dictionary.clone(), asked, most, what })
        }
        _ => Ok(()),
    }
}

fn fits(
    path: &Path,
    axis: &'static str,
    found: usize,
    expected: usize,
    of: &'static str,
) -> Result<(), RecoverError> {
    if found == expected {
        return Ok(());
    }
    Err(RecoverError::Shape { path: path.to_owned(), axis, found, expected, of })
}

/// The dictionary of a network, in f32 and in full.
///
/// # Errors
/// [`RecoverError::File`].
pub(in crate::program) fn read_dictionary(path: &Path) -> Result<DenseMatrix<f32>, RecoverError> {
    Dictionary::of(Stored::read(path)?, path)?.to_dense(path)
}

impl<T: Precision> Dictionary<T> {
    fn of(stored: Stored<T>, path: &Path) -> Result<Self, RecoverError> {
        Ok(match stored {
            Stored::Sparse(by_columns) => Self::Sparse(by_columns),
            Stored::Dense(columns) => {
                let rows = columns.first().map_or(0, |column| column.len());
                let values = columns.iter().flat_map(|column| column.iter().copied()).collect();
                let dense = DenseMatrix::from_columns(rows, values);
                // Nobody reads a table without a number; what would be told is true of it.
                Self::Dense(dense.map_err(|_| Cause::Empty.at(path))?)
            }
        })
    }

    /// All entries, those of a sparse one too: a network has its dictionary in full.
    pub(super) fn to_dense(&self, path: &Path) -> Result<DenseMatrix<T>, RecoverError> {
        let by_columns = match self {
            Self::Dense(dense) => return Ok(dense.clone()),
            Self::Sparse(by_columns) => by_columns,
        };
        let (rows, columns) = (by_columns.columns(), by_columns.rows());
        let mut values = vec![T::ZERO; rows * columns];
        for (column, (places, entries)) in
            values.chunks_exact_mut(rows).zip(by_columns.rows_in_order())
        {
            for (place, entry) in places.iter().zip(entries) {
                column[*place as usize] = *entry;
            }
        }
        Ok(DenseMatrix::from_columns(rows, values).map_err(|_| Cause::Empty.at(path))?)
    }
}
