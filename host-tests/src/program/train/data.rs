//! The dictionary and the signals of `train` from their files.

use super::{CommandError, Options};
use crate::file::{Cause, Columns};
use crate::matrix::DenseMatrix;
use crate::program::stored::Stored as StoredMatrix;
use crate::training::{Source, Stored};
use solvekit::LinearOperator;
use std::path::Path;

/// Reads the dictionary, in the precision that firmware computes in.
pub(super) fn dictionary(path: &Path) -> Result<DenseMatrix<f32>, CommandError> {
    let stored = StoredMatrix::read(path)?;
    let (rows, columns, _) = stored.sizes();
    let mut values = vec![0.0_f64; rows * columns];
    match &stored {
        StoredMatrix::Dense(all) => {
            for (own, column) in values.chunks_exact_mut(rows.max(1)).zip(all) {
                own.copy_from_slice(column);
            }
        }
        StoredMatrix::Sparse(by_columns) => {
            let columns = values.chunks_exact_mut(rows.max(1)).zip(by_columns.rows_in_order());
            for (own, (places, entries)) in columns {
                for (place, entry) in places.iter().zip(entries) {
                    own[*place as usize] = *entry;
                }
            }
        }
    }
    let rounded: Vec<f32> = values.iter().map(|value| *value as f32).collect();
    if let Some(place) = rounded.iter().position(|value| !value.is_finite()) {
        let (row, column) = (place % rows + 1, place / rows + 1);
        let cause = format!("row {row}, column {column}: {} is beyond f32", values[place]);
        return Err(CommandError::Data { path: path.to_owned(), cause });
    }
    if columns == 0 {
        return Err(Cause::Empty.at(path).into());
    }
    // Nobody reads a table without a number; what would be told is true of it.
    Ok(DenseMatrix::from_columns(rows, rounded).map_err(|_| Cause::Empty.at(path))?)
}

/// What is drawn or read.
pub(super) fn source(
    options: &Options,
    dictionary: &DenseMatrix<f32>,
) -> Result<Source, CommandError> {
    if let Some(drawn) = options.drawn() {
        return Ok(Source::Drawn(drawn));
    }
    let (rows, columns) = (dictionary.rows(), dictionary.columns());
    let read = |path: &Path, length: usize, of: &str| {
        let table = Columns::<f32>::read(path)?;
        let found = table.length();
        if found != length {
            let cause = format!("{found} rows for {length} {of} of the dictionary");
            return Err(CommandError::Data { path: path.to_owned(), cause });
        }
        Ok(table.into_vec().iter().map(|column| column.to_vec()).collect::<Vec<_>>())
    };
    let signals = options.signals.as_deref().map(|path| read(path, columns, "columns"));
    let measurements = options.measurements.as_deref().map(|path| read(path, rows, "rows"));
    let (signals, measurements) = (signals.transpose()?, measurements.transpose()?);
    if let (Some(x), Some(y), Some(path)) = (&signals, &measurements, &options.measurements)
        && x.len() != y.len()
    {
        let cause = format!("{} columns for {} signals", y.len(), x.len());
        return Err(CommandError::Data { path: path.clone(), cause });
    }
    Ok(Source::Stored(Stored { signals, measurements, snr_db: options.snr }))
}
