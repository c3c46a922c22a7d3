//! The same log in every format.

use super::norm::readings;
use crate::desk::Desk;
use npyz::WriterBuilder as _;
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use std::sync::Arc;

fn as_npy(readings: &[[f64; 3]]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let shape = [readings.len() as u64, 3];
    let options = npyz::WriteOptions::new().default_dtype().shape(&shape);
    let mut writer = options.writer(&mut bytes).begin_nd().expect("writes to memory");
    writer.extend(readings.iter().flatten()).expect("writes to memory");
    writer.finish().expect("writes to memory");
    bytes
}

fn as_parquet(readings: &[[f64; 3]]) -> Vec<u8> {
    let schema = "message log { required binary unit (UTF8); required double x; optional double y; \
                  required double z; }";
    let schema = Arc::new(parse_message_type(schema).expect("a schema"));
    let mut bytes = Vec::new();
    let properties = Arc::new(WriterProperties::builder().build());
    let mut writer = SerializedFileWriter::new(&mut bytes, schema, properties).expect("a writer");
    let mut group = writer.next_row_group().expect("a group");
    for place in 0..4 {
        let mut column = group.next_column().expect("a column").expect("four columns");
        if place == 0 {
            let unit = vec![ByteArray::from("u"); readings.len()];
            column.typed::<ByteArrayType>().write_batch(&unit, None, None).expect("writes");
        } else {
            let numbers: Vec<f64> = readings.iter().map(|y| y[place - 1]).collect();
            let there = vec![1; numbers.len()];
            let there = (place == 2).then_some(&there[..]);
            column.typed::<DoubleType>().write_batch(&numbers, there, None).expect("writes");
        }
        column.close().expect("a whole column");
    }
    group.close().expect("a whole group");
    writer.close().expect("a whole file");
    bytes
}

#[test]
fn every_format_gives_the_same_calibration() {
    let readings = readings([0.5, -0.25, 1.0], 1.02);
    let text = |separator: &str| -> String {
        let line = |[x, y, z]: &[f64; 3]| format!("{x}{separator}{y}{separator}{z}\n");
        readings.iter().map(line).collect()
    };
    let desk = Desk::with(&[
        ("a.csv", &text(",")),
        ("a.dat", &text("   ")),
        ("a.tsv", &text("\t")),
        ("named.csv", &format!("# a remark\nx;y;z\n{}", text(";"))),
    ])
    .and("a.npy", as_npy(&readings))
    .and("a.parquet", as_parquet(&readings));
    let run = |file: &str, columns: &str| {
        let words = format!("calibrate norm --log {file} --columns {columns} --norm 9.81 --json");
        let told = desk.run(&words);
        assert_eq!(told.code, Some(0), "{told:?}");
        let mut json = told.json();
        json["seconds"] = ().into();
        json
    };
    let first = run("a.csv", "0,1,2");
    for (file, columns) in [
        ("a.dat", "0,1,2"),
        ("a.tsv", "0,1,2"),
        ("named.csv", "x,y,z"),
        ("a.npy", "0,1,2"),
        ("a.parquet", "x,y,z"),
        ("a.parquet", "1,2,3"),
    ] {
        assert_eq!(run(file, columns), first, "{file} {columns}");
    }
    let words = "calibrate norm --log a.parquet --columns z,y,x --norm 9.81 --device unit --json";
    let json = desk.run(words).json();
    assert_eq!(json["devices"][0]["device"], "u");
    // In the order asked for, not the file's.
    let (found, meant) = (&json["devices"][0]["offset"][0], &first["offset"][2]);
    let apart = found.as_f64().expect("a number") - meant.as_f64().expect("a number");
    // Sums in another order.
    assert!(apart.abs() < 1e-12, "{found} {meant}");
}

#[test]
fn broken_files_are_refused() {
    let whole = as_parquet(&readings([0.0; 3], 1.0));
    let desk = Desk::with(&[("empty.csv", "x,y,z\n"), ("odd.csv", "1,2,3\n4,5\n")])
        .and("cut.parquet", &whole[..whole.len() / 2])
        .and("whole.parquet", &whole)
        .and("none.npy", as_npy(&[]));
    let refused = |words: &str, named: &str| {
        let told = desk.run(&format!("calibrate norm --log {words}"));
        assert_eq!(told.code, Some(2), "{told:?}");
        assert!(told.stderr.contains(named), "`{named}` is not in: {}", told.stderr);
        assert_eq!(told.stdout, "");
    };
    refused("empty.csv --columns x,y,z", "empty.csv: there are no rows");
    refused("odd.csv", "odd.csv, line 2: 2 fields, where the lines before have 3");
    refused("cut.parquet --columns x,y,z", "cut.parquet: Parquet error");
    refused("whole.parquet --columns x,y,q", "the columns are unit, x, y, z");
    refused("whole.parquet --columns unit,x,y", "is not a number");
    refused("none.npy", "the array is empty");
    refused("missing.csv", "missing.csv");
    refused("log.xyz", "the name must end in");
}

/// By whom is no matter to the answers; what cannot be is refused before any work.
#[test]
fn the_work_is_done_by_whom_it_is_asked_for() {
    let desk = Desk::with(&[]).and("all.parquet", as_parquet(&readings([0.1, -0.2, 0.3], 1.02)));
    let words = "calibrate norm --log all.parquet --columns x,y,z --norm 9.81 --device unit --json";
    let run = |more: &str| {
        let told = desk.run(&format!("{words} {more}"));
        assert_eq!(told.code, Some(0), "{told:?}");
        let mut json = told.json();
        json["seconds"] = ().into();
        json
    };
    let known = run("");
    for more in ["--threads 1", "--threads 3", "--backend scalar", "--backend auto --threads 2"] {
        assert_eq!(run(more), known, "{more}");
    }
    for (more, named) in [
        ("--threads 0", "at least one thread is needed"),
        ("--backend simd", "backend simd is not available: calibration is not written for lanes"),
        ("--backend gpu", "backend gpu is not available"),
        ("--backend cuda", "backend cuda is not available"),
        ("--backend abacus", "possible values: auto, scalar, simd, gpu, cuda"),
    ] {
        let told = desk.run(&format!("{words} {more}"));
        assert_eq!((told.code, told.stdout.as_str()), (Some(2), ""), "{told:?}");
        assert!(told.stderr.contains(named), "`{named}` is not in: {}", told.stderr);
    }
}
