//! Whatever a file holds, reading it ends, and with a value or an error that names the file.

use crate::desk::{PAIR, laplacian};
use proptest::prelude::*;
use solvekit::LinearOperator;
use solvekit_host::file::{Columns, matrix_market};
use std::fs;
use tempfile::TempDir;

/// Pieces that readers stumble over, put in at random places.
const PIECES: [&str; 16] = [
    "0",
    "-1",
    "18446744073709551616",
    "99999999999",
    "1e999",
    "nan",
    "inf",
    "%",
    "\n",
    "\r",
    ",",
    "\"",
    " ",
    "((((",
    "%%MatrixMarket",
    "\u{feff}",
];

const ARRAY: &str = "%%MatrixMarket matrix array real general\n2 2\n1\n2\n3\n4\n";

/// A file's bytes, with some cut, some overwritten and some pieces put in.
fn mutated(original: Vec<u8>) -> impl Strategy<Value = Vec<u8>> {
    let edit = (any::<prop::sample::Index>(), any::<u8>(), 0..PIECES.len(), 0..4_u8);
    (prop::collection::vec(edit, 0..6)).prop_map(move |edits| {
        let mut bytes = original.clone();
        for (place, byte, piece, kind) in edits {
            let at = place.index(bytes.len() + 1);
            match kind {
                0 => bytes.truncate(at),
                1 => bytes.splice(at..at, PIECES[piece].bytes()).for_each(drop),
                2 if at < bytes.len() => bytes[at] = byte,
                _ => bytes.drain(at.min(bytes.len())..).take(1).for_each(drop),
            }
        }
        bytes
    })
}

fn npy() -> Vec<u8> {
    let header = "{'descr': '<f8', 'fortran_order': False, 'shape': (3, 2), }";
    let numbers = (0..6).flat_map(|number| f64::from(number).to_le_bytes());
    let mut bytes = [b"\x93NUMPY\x01\x00\x76\x00", format!("{header:<117}\n").as_bytes()].concat();
    bytes.extend(numbers);
    bytes
}

/// Reads the bytes as columns under this name.
fn columns(name: &str, bytes: &[u8]) -> Result<(), TestCaseError> {
    let folder = TempDir::new().expect("a temporary folder");
    let path = folder.path().join(name);
    fs::write(&path, bytes).expect("a writable folder");
    match Columns::<f32>::read(&path) {
        Ok(columns) => {
            prop_assert!(columns.length() > 0);
            for column in columns.as_slice() {
                prop_assert_eq!(column.len(), columns.length());
                prop_assert!(column.iter().all(|number| number.is_finite()));
            }
        }
        Err(error) => prop_assert!(error.to_string().contains(name), "{}", error),
    }
    Ok(())
}

proptest! {
    #[test]
    fn matrices(bytes in prop_oneof![
        mutated(laplacian(3).into_bytes()),
        mutated(PAIR.into()),
        mutated(ARRAY.into()),
    ]) {
        match matrix_market::read_matrix::<f64, _>(bytes.as_slice()) {
            Ok(matrix) => {
                prop_assert!(matrix.rows() > 0 && matrix.columns() > 0);
                let sorted = |columns: &[u32]| columns.is_sorted_by(|left, right| left < right);
                prop_assert!(matrix.rows_in_order().all(|(columns, _)| sorted(columns)));
            }
            Err(fault) => prop_assert!(!fault.cause.to_string().is_empty()),
        }
    }

    #[test]
    fn npy_columns(bytes in mutated(npy())) {
        columns("b.npy", &bytes)?;
    }

    #[test]
    fn csv_columns(bytes in mutated(b"a, b\n1, 2\r\n\n# c\n\"3\", 4e1\n".to_vec())) {
        columns("b.csv", &bytes)?;
    }

    #[test]
    fn matrix_market_columns(
        bytes in mutated(ARRAY.into())
    ) {
        columns("b.mtx", &bytes)?;
    }
}
