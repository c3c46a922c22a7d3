//! CSV files of numbers: a column a vector, a line a row.

use super::error::{Cause, Fault};
use super::number;
use crate::precision::Precision;
use csv::{ErrorKind, Position, ReaderBuilder, StringRecord, Trim, WriterBuilder};
use std::io::{self, BufRead, Seek, SeekFrom, Write};

/// Reads the columns. The first line is a header when all of its fields are names: they start with
/// a letter and are no numbers. Lines that start with `#` are comments.
pub(super) fn read<T: Precision, R: BufRead + Seek>(source: R) -> Result<Vec<Vec<T>>, Fault> {
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .comment(Some(b'#'))
        .trim(Trim::All)
        .from_reader(source);
    columns(&mut reader).map_err(|(before, cause)| Fault {
        line: before.map(|position| line_after(reader.into_inner(), &position)),
        cause,
    })
}

/// The columns, or the position before the record at fault and what is wrong with it.
fn columns<T: Precision, R: BufRead>(
    reader: &mut csv::Reader<R>,
) -> Result<Vec<Vec<T>>, (Option<Position>, Cause)> {
    let mut columns: Vec<Vec<T>> = Vec::new();
    let mut record = StringRecord::new();
    while reader.read_record(&mut record).map_err(broken)? {
        let at = |cause| (record.position().cloned(), cause);
        let (expected, found) = (columns.len(), record.len());
        if expected == 0 {
            columns = (0..found).map(|_| Vec::new()).collect();
            if record.iter().all(is_name) {
                continue;
            }
        } else if found != expected {
            return Err(at(Cause::Ragged { expected, found }));
        }
        for (column, field) in columns.iter_mut().zip(&record) {
            column.push(number(field).map_err(at)?);
        }
    }
    if columns.first().is_none_or(Vec::is_empty) {
        return Err((None, Cause::Empty));
    }
    Ok(columns)
}

/// The line of the record that follows `before`, counted from 1: a record's position is before
/// the blank lines and comments that lead to it. Where the source cannot be read again, the line
/// before them.
fn line_after<R: BufRead + Seek>(mut source: R, before: &Position) -> u64 {
    let mut line = before.line();
    let mut bytes = Vec::new();
    if source.seek(SeekFrom::Start(before.byte())).is_err() {
        return line;
    }
    while source.read_until(b'\n', &mut bytes).is_ok_and(|length| length > 0) {
        let text = bytes.trim_ascii();
        if !text.is_empty() && !text.starts_with(b"#") {
            return line;
        }
        line += 1;
        bytes.clear();
    }
    before.line()
}

/// Writes columns side by side, each number with the digits that give it back exactly.
pub(super) fn write<T: Precision, W: Write>(target: W, columns: &[&[T]]) -> io::Result<()> {
    let mut writer = WriterBuilder::new().has_headers(false).from_writer(target);
    let rows = columns.first().map_or(0, |column| column.len());
    for row in 0..rows {
        writer.write_record(columns.iter().map(|column| format!("{:e}", column[row])))?;
    }
    writer.flush()
}

fn is_name(field: &str) -> bool {
    field.starts_with(|first: char| first.is_alphabetic()) && field.parse::<f64>().is_err()
}

fn broken(error: csv::Error) -> (Option<Position>, Cause) {
    let before = error.position().cloned();
    let cause = match error.into_kind() {
        ErrorKind::Io(error) => error.into(),
        ErrorKind::Utf8 { .. } => Cause::NotText,
        other => Cause::Csv(format!("{other:?}")),
    };
    (before, cause)
}

#[cfg(test)]
mod tests {
    use super::{read, write};
    use std::io::Cursor;

    fn columns(text: &str) -> Vec<Vec<f64>> {
        read(Cursor::new(text)).expect("a good file")
    }

    fn refusal(text: &[u8]) -> (Option<u64>, String) {
        let fault = read::<f64, _>(Cursor::new(text)).expect_err("a bad file");
        (fault.line, fault.cause.to_string())
    }

    #[test]
    fn headers_comments_and_blanks_are_understood() {
        assert_eq!(columns("1\n\n# two\n 2.5 \r\n-3e0"), [[1.0, 2.5, -3.0]]);
        assert_eq!(columns("left, right\n1, 2\n3, 4\n"), [[1.0, 3.0], [2.0, 4.0]]);
    }

    #[test]
    fn columns_come_back_to_the_bit() {
        let table = [[0.1_f32, f32::MIN_POSITIVE], [-1e38, 3.0]];
        let mut bytes = Vec::new();
        write(&mut bytes, &[&table[0], &table[1]]).expect("writes to memory");
        assert_eq!(read::<f32, _>(Cursor::new(bytes)).expect("its own file"), table);
    }

    #[test]
    fn broken_files_are_named() {
        let named = |text: &[u8], line, words: &str| {
            let (found, message) = refusal(text);
            assert_eq!(found, line, "{message}");
            assert!(message.contains(words), "`{words}` is not in `{message}`");
        };
        named(b"", None, "empty");
        named(b"name\n", None, "empty");
        named(b"1\ntwo\n", Some(2), "`two` is not a number");
        named(b"1\n\n# three\ninf\n", Some(4), "`inf` is not a finite f64 number");
        named(b"1, 2\n3\n", Some(2), "1 fields, where the lines before have 2");
        named(b"1\r\n\r\n2\r\nx\r\n", Some(4), "`x` is not a number");
        named(b"1, b\n", Some(1), "`b` is not a number");
        named(b"1\n\xff\n", Some(2), "not text");
    }
}
