//! The lines after the size line.

use super::header::{Field, Header, Symmetry, shortened};
use crate::file::error::{Cause, Fault};
use crate::file::lines::Lines;
use crate::file::number;
use crate::precision::Precision;
use std::io::BufRead;

/// Takes an entry: row and column counted from 0, and the value.
type Store<'a, T> = dyn FnMut(usize, usize, T) -> Result<(), Cause> + 'a;

/// Reads `row column value` lines.
pub(super) fn coordinate<T: Precision, R: BufRead>(
    lines: &mut Lines<R>,
    header: &Header,
    store: &mut Store<'_, T>,
) -> Result<(), Fault> {
    let mut triangle = None;
    for found in 0..header.entries {
        let Some((line, text)) = lines.next_content()? else {
            return Err(truncated(lines, header, found));
        };
        let mut stored = || {
            let (row, column, value) = entry(header, text)?;
            one_triangle(header, &mut triangle, row, column)?;
            store(row, column, value)
        };
        stored().map_err(|cause| Fault::on(line, cause))?;
    }
    nothing_left(lines, header)
}

/// Reads one value a line, column after column; of a symmetric array the lower triangle, of a
/// skew-symmetric one the part below the diagonal.
pub(super) fn array<T: Precision, R: BufRead>(
    lines: &mut Lines<R>,
    header: &Header,
    store: &mut Store<'_, T>,
) -> Result<(), Fault> {
    let mut found = 0;
    for column in 0..header.columns {
        let top = match header.symmetry {
            Symmetry::General => 0,
            Symmetry::Symmetric => column,
            Symmetry::SkewSymmetric => column + 1,
        };
        for row in top..header.rows {
            let Some((line, text)) = lines.next_content()? else {
                return Err(truncated(lines, header, found));
            };
            number_of(header.field, text)
                .and_then(|value| store(row, column, value))
                .map_err(|cause| Fault::on(line, cause))?;
            found += 1;
        }
    }
    nothing_left(lines, header)
}

fn entry<T: Precision>(header: &Header, text: &str) -> Result<(usize, usize, T), Cause> {
    let expected = match header.field {
        Field::Pattern => "two fields (row, column)",
        Field::Real | Field::Integer => "three fields (row, column, value)",
    };
    let wrong = || Cause::Fields { expected, found: shortened(text) };
    let mut words = text.split_ascii_whitespace();
    let (Some(row), Some(column)) = (words.next(), words.next()) else {
        return Err(wrong());
    };
    let value = match (header.field, words.next(), words.next()) {
        (Field::Pattern, None, None) => T::ONE,
        (Field::Real | Field::Integer, Some(word), None) => number_of(header.field, word)?,
        _ => return Err(wrong()),
    };
    Ok((index("row", row, header.rows)?, index("column", column, header.columns)?, value))
}

/// From 1-based text to a 0-based index.
fn index(axis: &'static str, word: &str, limit: usize) -> Result<usize, Cause> {
    match word.parse::<usize>() {
        Ok(index) if (1..=limit).contains(&index) => Ok(index - 1),
        _ => Err(Cause::Index { axis, word: shortened(word), limit }),
    }
}

fn number_of<T: Precision>(field: Field, word: &str) -> Result<T, Cause> {
    let digits = word.strip_prefix(['+', '-']).unwrap_or(word);
    if field == Field::Integer && !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Cause::NotAnInteger { word: shortened(word) });
    }
    number(word)
}

/// Files of symmetric matrices are meant to store the lower triangle; some store the upper one,
/// which is as clear. One that stores both has either doubled its entries or is not symmetric.
fn one_triangle(
    header: &Header,
    triangle: &mut Option<bool>,
    row: usize,
    column: usize,
) -> Result<(), Cause> {
    match header.symmetry {
        Symmetry::General => return Ok(()),
        Symmetry::SkewSymmetric if row == column => return Err(Cause::SkewDiagonal(row + 1)),
        _ if row == column => return Ok(()),
        _ => {}
    }
    let lower = row > column;
    if *triangle.get_or_insert(lower) == lower {
        return Ok(());
    }
    Err(Cause::BothTriangles { symmetry: header.symmetry.name(), row: row + 1, column: column + 1 })
}

fn truncated<R: BufRead>(lines: &Lines<R>, header: &Header, found: u128) -> Fault {
    lines.fault(Cause::Truncated { found, expected: header.entries })
}

fn nothing_left<R: BufRead>(lines: &mut Lines<R>, header: &Header) -> Result<(), Fault> {
    match lines.next_content()? {
        None => Ok(()),
        Some((line, _)) => Err(Fault::on(line, Cause::TooMany { expected: header.entries })),
    }
}
