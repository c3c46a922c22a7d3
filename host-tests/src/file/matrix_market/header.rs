//! The banner and the size line.

use crate::file::error::{Cause, Fault};
use crate::file::lines::Lines;
use std::io::BufRead;

/// How entries are laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// One line an entry: row, column, value.
    Coordinate,
    /// One line a value, column after column.
    Array,
}

/// What an entry's value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    Real,
    Integer,
    /// No value: every entry is 1.
    Pattern,
}

/// Which entries are implied by the stored ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Symmetry {
    General,
    Symmetric,
    SkewSymmetric,
}

impl Symmetry {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::General => "general",
            Self::Symmetric => "symmetric",
            Self::SkewSymmetric => "skew-symmetric",
        }
    }

    /// How many places one stored entry fills, at most.
    pub(super) const fn copies(self) -> usize {
        match self {
            Self::General => 1,
            Self::Symmetric | Self::SkewSymmetric => 2,
        }
    }
}

/// What the banner and the size line say.
#[derive(Clone, Copy, Debug)]
pub(super) struct Header {
    pub(super) format: Format,
    pub(super) field: Field,
    pub(super) symmetry: Symmetry,
    pub(super) rows: usize,
    pub(super) columns: usize,
    /// Lines of entries that must follow. In 128 bits no array's number of entries overflows.
    pub(super) entries: u128,
    /// The line of the sizes.
    pub(super) line: u64,
}

pub(super) fn read<R: BufRead>(lines: &mut Lines<R>) -> Result<Header, Fault> {
    let Some(first) = lines.first()? else {
        return Err(Cause::Empty.into());
    };
    let (format, field, symmetry) = banner(first).map_err(|cause| Fault::on(1, cause))?;
    let Some((line, text)) = lines.next_content()? else {
        return Err(
            lines.fault(Cause::SizeLine { expected: size_fields(format), found: String::new() })
        );
    };
    sizes(format, symmetry, text)
        .map(|(rows, columns, entries)| Header {
            format,
            field,
            symmetry,
            rows,
            columns,
            entries,
            line,
        })
        .map_err(|cause| Fault::on(line, cause))
}

fn banner(text: &str) -> Result<(Format, Field, Symmetry), Cause> {
    let words: Vec<String> = text.split_ascii_whitespace().map(str::to_ascii_lowercase).collect();
    let [mark, object, format, field, symmetry] = words.as_slice() else {
        return Err(Cause::Banner { found: shortened(text) });
    };
    if mark != "%%matrixmarket" {
        return Err(Cause::Banner { found: shortened(text) });
    }
    let unknown = |what, word: &str, known| Cause::Keyword { what, word: shortened(word), known };
    if object != "matrix" {
        return Err(unknown("object", object, "`matrix`"));
    }
    let format = match format.as_str() {
        "coordinate" => Format::Coordinate,
        "array" => Format::Array,
        word => return Err(unknown("format", word, "`coordinate` or `array`")),
    };
    let field = match field.as_str() {
        "real" => Field::Real,
        "integer" => Field::Integer,
        "pattern" => Field::Pattern,
        "complex" => return Err(Cause::Complex),
        word => return Err(unknown("field", word, "`real`, `integer` or `pattern`")),
    };
    let symmetry = match symmetry.as_str() {
        "general" => Symmetry::General,
        "symmetric" => Symmetry::Symmetric,
        "skew-symmetric" => Symmetry::SkewSymmetric,
        "hermitian" => {
            return Err(Cause::Contradiction(
                "`hermitian` is for complex entries only: a real matrix is `symmetric`",
            ));
        }
        word => {
            return Err(unknown("symmetry", word, "`general`, `symmetric` or `skew-symmetric`"));
        }
    };
    match (format, field, symmetry) {
        (Format::Array, Field::Pattern, _) => Err(Cause::Contradiction(
            "an `array` stores every value, so its field cannot be `pattern`",
        )),
        (_, Field::Pattern, Symmetry::SkewSymmetric) => {
            Err(Cause::Contradiction("a `pattern` has no signs, so it cannot be `skew-symmetric`"))
        }
        known => Ok(known),
    }
}

const fn size_fields(format: Format) -> &'static str {
    match format {
        Format::Coordinate => "three numbers (rows, columns, entries)",
        Format::Array => "two numbers (rows, columns)",
    }
}

fn sizes(format: Format, symmetry: Symmetry, text: &str) -> Result<(usize, usize, u128), Cause> {
    let words: Vec<&str> = text.split_ascii_whitespace().collect();
    let size =
        |word: &str| word.parse::<usize>().map_err(|_| Cause::Size { word: shortened(word) });
    let (rows, columns, declared) = match (format, words.as_slice()) {
        (Format::Coordinate, [rows, columns, entries]) => {
            (size(rows)?, size(columns)?, Some(size(entries)?))
        }
        (Format::Array, [rows, columns]) => (size(rows)?, size(columns)?, None),
        _ => {
            return Err(Cause::SizeLine { expected: size_fields(format), found: shortened(text) });
        }
    };
    if rows == 0 || columns == 0 {
        return Err(Cause::NoEntries { rows, columns });
    }
    if symmetry != Symmetry::General && rows != columns {
        return Err(Cause::NotSquare { symmetry: symmetry.name(), rows, columns });
    }
    let (height, width) = (rows as u128, columns as u128);
    let entries = match (declared, symmetry) {
        (Some(entries), _) => entries as u128,
        (None, Symmetry::General) => height * width,
        (None, Symmetry::Symmetric) => height * (height + 1) / 2,
        (None, Symmetry::SkewSymmetric) => height * (height - 1) / 2,
    };
    Ok((rows, columns, entries))
}

/// At most so much of a line as fits a message.
pub(super) fn shortened(text: &str) -> String {
    const MOST: usize = 60;
    if text.chars().count() <= MOST {
        return text.to_owned();
    }
    text.chars().take(MOST).chain(['…']).collect()
}
