//! Logs as text.

use super::Numbers;
use super::picked::Picked;
use crate::file::error::{Cause, Fault};
use std::io::BufRead;

/// What separates fields.
#[derive(Clone, Copy)]
enum Separator {
    Byte(u8),
    Blanks,
}

/// Far above what any logger writes, far below what would fill the memory.
const LONGEST: usize = 1 << 20;

/// Reads the columns that were asked for. Quotes and line breaks in fields are the `csv` crate's;
/// blanks are not its business.
pub(super) fn read(
    mut source: impl BufRead,
    numbers: Numbers<'_>,
    words: &[String],
) -> Result<Picked, Fault> {
    let mut head = Vec::new();
    let mut skipped = 0;
    // The first line with content tells the separator; it is looked at, and read again.
    let first = loop {
        let mut line = Vec::new();
        let limit = LONGEST as u64;
        std::io::Read::take(&mut source, limit).read_until(b'\n', &mut line)?;
        if line.is_empty() {
            return Err(Cause::Empty.into());
        }
        skipped += 1;
        if line.len() == LONGEST {
            return Err(Fault::on(skipped, Cause::LongLine { limit: LONGEST }));
        }
        let content = line.trim_ascii();
        if !content.is_empty() && !content.starts_with(b"#") {
            head.extend_from_slice(&line);
            break String::from_utf8(content.to_vec())
                .map_err(|_| Fault::on(skipped, Cause::NotText))?;
        }
    };
    let separator = match [b',', b';', b'\t'].into_iter().find(|s| first.as_bytes().contains(s)) {
        Some(byte) => Separator::Byte(byte),
        None => Separator::Blanks,
    };
    let source = std::io::Read::chain(std::io::Cursor::new(head), source);
    match separator {
        Separator::Byte(byte) => by_byte(source, byte, skipped - 1, numbers, words),
        Separator::Blanks => by_blanks(source, skipped - 1, numbers, words),
    }
}

fn by_byte(
    source: impl BufRead,
    byte: u8,
    skipped: u64,
    numbers: Numbers<'_>,
    words: &[String],
) -> Result<Picked, Fault> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(byte)
        .comment(Some(b'#'))
        .trim(csv::Trim::All)
        .from_reader(source);
    let mut rows = Rows { numbers, words, picked: None, width: 0 };
    let mut record = csv::StringRecord::new();
    loop {
        let line = |position: Option<&csv::Position>| {
            position.map_or(skipped + 1, |position| position.line() + skipped)
        };
        match reader.read_record(&mut record) {
            Ok(true) => rows.add(line(record.position()), record.iter())?,
            Ok(false) => return rows.picked.ok_or_else(|| Cause::Empty.into()),
            Err(error) => {
                let line = line(error.position());
                return Err(Fault::on(
                    line,
                    match error.into_kind() {
                        csv::ErrorKind::Io(error) => error.into(),
                        csv::ErrorKind::Utf8 { .. } => Cause::NotText,
                        other => Cause::Csv(format!("{other:?}")),
                    },
                ));
            }
        }
    }
}

fn by_blanks(
    mut source: impl BufRead,
    skipped: u64,
    numbers: Numbers<'_>,
    words: &[String],
) -> Result<Picked, Fault> {
    let mut rows = Rows { numbers, words, picked: None, width: 0 };
    let mut bytes = Vec::new();
    for number in skipped + 1.. {
        bytes.clear();
        std::io::Read::take(&mut source, LONGEST as u64).read_until(b'\n', &mut bytes)?;
        if bytes.is_empty() {
            break;
        }
        if bytes.len() == LONGEST {
            return Err(Fault::on(number, Cause::LongLine { limit: LONGEST }));
        }
        let line = std::str::from_utf8(&bytes).map_err(|_| Fault::on(number, Cause::NotText))?;
        let line = line.trim();
        if !line.is_empty() && !line.starts_with('#') {
            rows.add(number, line.split_whitespace())?;
        }
    }
    rows.picked.ok_or_else(|| Cause::Empty.into())
}

/// Takes records one after the other.
struct Rows<'a> {
    numbers: Numbers<'a>,
    words: &'a [String],
    picked: Option<Picked>,
    /// Fields of the first record.
    width: usize,
}

impl Rows<'_> {
    fn add<'r>(
        &mut self,
        line: u64,
        record: impl Iterator<Item = &'r str> + Clone,
    ) -> Result<(), Fault> {
        let picked = match &mut self.picked {
            Some(picked) => {
                let found = record.clone().count();
                if found != self.width {
                    return Err(Fault::on(line, Cause::Ragged { expected: self.width, found }));
                }
                picked
            }
            none => {
                self.width = record.clone().count();
                let is_header = !record.clone().all(|field| number(field).is_some());
                // A first row of numbers and words is told from a header by a number in it.
                let is_header = is_header && record.clone().all(|f| f.is_empty() || !is_number(f));
                let names = record.clone().enumerate().map(|(place, field)| {
                    if is_header && !field.is_empty() {
                        field.to_owned()
                    } else {
                        place.to_string()
                    }
                });
                let picked = Picked::new(names.collect(), self.numbers, self.words);
                let picked = none.insert(picked.map_err(|cause| Fault::on(line, cause))?);
                if is_header {
                    return Ok(());
                }
                picked
            }
        };
        let fields: Vec<&str> = record.collect();
        for (column, place) in picked.numbers.iter_mut().zip(&picked.number_places) {
            let field = fields.get(*place).copied().unwrap_or_default();
            let number = number(field)
                .ok_or_else(|| Fault::on(line, Cause::NotANumber { word: field.to_owned() }))?;
            column.push(number);
        }
        for (column, place) in picked.words.iter_mut().zip(&picked.word_places) {
            column.push(fields.get(*place).copied().unwrap_or_default().to_owned());
        }
        picked.rows += 1;
        picked.lines.push(line);
        Ok(())
    }
}

/// A number; NaN for a field that is empty or says so, and for infinity, which no sensor reads.
fn number(field: &str) -> Option<f64> {
    let missing = ["", "na", "n/a", "null", "none"];
    if missing.iter().any(|word| field.eq_ignore_ascii_case(word)) {
        return Some(f64::NAN);
    }
    field.parse().ok().map(|number: f64| if number.is_finite() { number } else { f64::NAN })
}

fn is_number(field: &str) -> bool {
    field.parse::<f64>().is_ok_and(f64::is_finite)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn read_all(text: &[u8]) -> Result<Picked, Fault> {
        read(Cursor::new(text), Numbers::Others, &[])
    }

    #[test]
    fn every_separator_is_found() {
        let texts =
            ["a,b\n1,2\n3,4\n", "a;b\n1;2\n3;4\n", "a\tb\n1\t2\n3\t4\n", "# x,y\na  b\n1 2\n\n3 4"];
        for text in texts {
            let picked = read_all(text.as_bytes()).expect("a good log");
            assert_eq!(picked.names, ["a", "b"], "{text}");
            assert_eq!(picked.numbers, [[1.0, 3.0], [2.0, 4.0]], "{text}");
        }
        let bare = read_all(b" 1.5 -2e3\n 3 4\r\n").expect("a good log");
        assert_eq!(bare.names, ["0", "1"]);
        assert_eq!(bare.numbers, [[1.5, 3.0], [-2000.0, 4.0]]);
        assert_eq!(bare.lines, [1, 2]);
    }

    #[test]
    fn names_places_and_words_are_picked() {
        let text = b"part,t,x\nup,1,5\ndown,2,\n";
        let names = ["x".to_owned(), "1".to_owned()];
        let words = ["part".to_owned()];
        let picked = read(Cursor::new(&text[..]), Numbers::Named(&names), &words).expect("a log");
        assert_eq!(picked.words, [["up", "down"]]);
        assert_eq!(picked.names, ["x", "t"]);
        assert!(picked.numbers[0][1].is_nan());
        assert_eq!(picked.numbers[1], [1.0, 2.0]);
        // Without a header, where the first row has words.
        let words = ["0".to_owned()];
        let picked =
            read(Cursor::new(&b"up,1\ndown,2\n"[..]), Numbers::Others, &words).expect("a log");
        assert_eq!((picked.rows, &picked.numbers[0][..]), (2, &[1.0, 2.0][..]));
    }

    #[test]
    fn broken_logs_are_named() {
        let named = |text: &[u8], line, words: &str| {
            let fault = read_all(text).err().expect("a bad log");
            let message = fault.cause.to_string();
            assert_eq!(fault.line, line, "{message}");
            assert!(message.contains(words), "`{words}` is not in `{message}`");
        };
        named(b"", None, "empty");
        named(b"# only\n", None, "empty");
        named(b"1 2\n3 4\n5\n", Some(3), "1 fields, where the lines before have 2");
        named(b"#c\n\n1,2\n3,x\n", Some(4), "`x` is not a number");
        named(b"1 2\n\xff 3\n", Some(2), "not text");
        named(b"1,2\n\xff,3\n", Some(2), "not text");
        let names = ["z".to_owned()];
        let fault = read(Cursor::new(&b"x,y\n1,2\n"[..]), Numbers::Named(&names), &[]);
        let message = fault.err().expect("no such column").cause.to_string();
        assert_eq!(message, "there is no column `z`; the columns are x, y");
    }
}
