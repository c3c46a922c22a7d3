//! Matrix Market files of any size: `coordinate` and `array`; `real`, `integer` and `pattern`;
//! `general`, `symmetric` and `skew-symmetric`.
//!
//! The format is that of Boisvert, Pozo, Remington, *The Matrix Market exchange formats: initial
//! design*, NISTIR 5935 (1996). Duplicate entries are summed. Blank lines and comments may come
//! anywhere after the banner; ends of line are those of Unix or Windows; an exponent may be
//! Fortran's `D`.
//!
//! Why not a crate: `nalgebra-sparse` 0.12 holds the whole text in memory beside its parse tree and
//! gives no line for an index out of range, a missing entry or a contradiction; `matrix-market-rs`
//! 0.1.3 says "Invalid mtx text format" to everything, knows neither pattern nor skew-symmetric
//! and allocates whatever the size line asks for. Here every refusal names its line, and memory
//! grows with what the file holds, not with what it declares.

mod entries;
mod header;
#[cfg(test)]
mod tests;

use super::error::{Cause, Fault};
use super::lines::Lines;
use crate::matrix::{CsrMatrix, Triplets};
use crate::precision::Precision;
use header::{Format, Header, Symmetry};
use std::io::BufRead;

/// At most so many entries are given room before any has been read.
const TRUSTED_ENTRIES: usize = 1 << 20;

/// Reads a matrix. An array becomes a matrix that stores its zeros too.
///
/// # Errors
/// A [`Fault`] with the line and the cause for whatever is not a finite real matrix.
pub fn read_matrix<T: Precision, R: BufRead>(source: R) -> Result<CsrMatrix<T>, Fault> {
    let mut lines = Lines::new(source);
    let header = header::read(&mut lines)?;
    let mut triplets = Triplets::new(header.rows, header.columns)
        .map_err(|cause| Fault::on(header.line, cause.into()))?;
    let declared = usize::try_from(header.entries).unwrap_or(usize::MAX);
    triplets.reserve(declared.min(TRUSTED_ENTRIES) * header.symmetry.copies());
    let mut store = |row: usize, column: usize, value: T| -> Result<(), Cause> {
        triplets.push(row, column, value)?;
        match header.symmetry {
            Symmetry::General => {}
            _ if row == column => {}
            Symmetry::Symmetric => triplets.push(column, row, value)?,
            Symmetry::SkewSymmetric => triplets.push(column, row, -value)?,
        }
        Ok(())
    };
    match header.format {
        Format::Coordinate => entries::coordinate(&mut lines, &header, &mut store)?,
        Format::Array => entries::array(&mut lines, &header, &mut store)?,
    }
    triplets.into_csr().map_err(|cause| Fault::on(header.line, cause.into()))
}

/// Reads an array as its columns, each of the same length: right-hand sides, for example.
///
/// # Errors
/// A [`Fault`] with the line and the cause for whatever is not a finite real general array.
pub fn read_columns<T: Precision, R: BufRead>(source: R) -> Result<Vec<Vec<T>>, Fault> {
    let mut lines = Lines::new(source);
    let header: Header = header::read(&mut lines)?;
    if !matches!((header.format, header.symmetry), (Format::Array, Symmetry::General)) {
        return Err(Fault::on(
            1,
            Cause::Contradiction(
                "vectors are expected here: the banner must say `array` and `general`",
            ),
        ));
    }
    let mut columns: Vec<Vec<T>> = Vec::new();
    entries::array(&mut lines, &header, &mut |_, column, value| {
        if columns.len() <= column {
            columns.push(Vec::new());
        }
        columns[column].push(value);
        Ok(())
    })?;
    Ok(columns)
}
