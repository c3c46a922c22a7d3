//! Logs as Parquet files.

use super::Numbers;
use super::picked::Picked;
use crate::file::error::{Cause, Fault};
use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use parquet::schema::types::Type;
use std::fs::File;
use std::sync::Arc;

/// Reads the columns that were asked for; the others are not unpacked.
pub(super) fn read(source: File, numbers: Numbers<'_>, words: &[String]) -> Result<Picked, Fault> {
    let reader = SerializedFileReader::new(source).map_err(broken)?;
    let schema = reader.metadata().file_metadata().schema().clone();
    let fields = schema.get_fields();
    let names = fields.iter().map(|field| field.name().to_owned()).collect();
    let mut picked = Picked::new(names, numbers, words)?;
    // In the file's order, each once: a row has them so.
    let mut places: Vec<usize> =
        picked.number_places.iter().chain(&picked.word_places).copied().collect();
    places.sort_unstable();
    places.dedup();
    let wanted = places.iter().map(|place| Arc::clone(&fields[*place])).collect();
    let projection =
        Type::group_type_builder(schema.name()).with_fields(wanted).build().map_err(broken)?;
    let slot = |place: usize| places.partition_point(|other| *other < place);
    for (row, fields) in reader.get_row_iter(Some(projection)).map_err(broken)?.enumerate() {
        let fields: Vec<Field> =
            fields.map_err(broken)?.into_columns().into_iter().map(|(_, field)| field).collect();
        for (column, place) in picked.numbers.iter_mut().zip(&picked.number_places) {
            let field = &fields[slot(*place)];
            column.push(number(field).ok_or_else(|| Cause::NotANumber {
                word: format!("{field}, row {} of column {}", row + 1, place),
            })?);
        }
        for (column, place) in picked.words.iter_mut().zip(&picked.word_places) {
            column.push(word(&fields[slot(*place)]));
        }
        picked.rows = row + 1;
    }
    Ok(picked)
}

/// NaN for what is missing or infinite.
fn number(field: &Field) -> Option<f64> {
    let number = match field {
        Field::Null => f64::NAN,
        Field::Bool(yes) => f64::from(u8::from(*yes)),
        Field::Byte(number) => f64::from(*number),
        Field::Short(number) => f64::from(*number),
        Field::Int(number) => f64::from(*number),
        Field::Long(number) => *number as f64,
        Field::UByte(number) => f64::from(*number),
        Field::UShort(number) => f64::from(*number),
        Field::UInt(number) => f64::from(*number),
        Field::ULong(number) => *number as f64,
        Field::Float16(number) => number.to_f64(),
        Field::Float(number) => f64::from(*number),
        Field::Double(number) => *number,
        _ => return None,
    };
    Some(if number.is_finite() { number } else { f64::NAN })
}

fn word(field: &Field) -> String {
    match field {
        Field::Str(word) => word.clone(),
        Field::Null => String::new(),
        // Anything else as it prints: a device may be a number.
        other => other.to_string(),
    }
}

fn broken(error: ParquetError) -> Fault {
    Cause::Parquet(error.to_string()).into()
}
