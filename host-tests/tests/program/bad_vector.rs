//! Right-hand sides, starts and shifts that are refused: exit 2, with file, line and cause.

use crate::desk::Desk;

/// Refuses `content` as the right-hand side `name` of a 2 × 2 matrix.
#[track_caller]
fn refused(name: &str, content: impl AsRef<[u8]>, words: &[&str]) {
    Desk::with_pair().and(name, content).refuses(&format!("--rhs {name}"), words);
}

/// An NPY file of version 1.
fn npy(kind: &str, shape: &str, data: &[u8]) -> Vec<u8> {
    let dict = format!("{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}");
    let header = format!("{dict:<117}\n");
    [b"\x93NUMPY\x01\x00\x76\x00", header.as_bytes(), data].concat()
}

fn doubles(numbers: &[f64]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
}

#[test]
fn missing_file() {
    Desk::with_pair().refuses("--rhs b.csv", &["b.csv: No such file"]);
}

#[test]
fn unknown_ending() {
    refused("b.xls", "1\n2\n", &["b.xls: the name must end in .npy, .csv, .txt or .mtx"]);
}

#[test]
fn wrong_length() {
    refused("b.csv", "1\n2\n3\n", &["b.csv: 3 rows for the matrix's 2"]);
    refused("b.npy", npy("<f8", "(1,)", &doubles(&[1.0])), &["b.npy: 1 rows"]);
    let array = "%%MatrixMarket matrix array real general\n3 1\n1\n2\n3\n";
    refused("b.mtx", array, &["b.mtx: 3 rows"]);
}

#[test]
fn empty_csv() {
    refused("b.csv", "", &["b.csv: the file is empty"]);
    refused("b.csv", "only_a_header\n", &["b.csv: the file is empty"]);
}

#[test]
fn text_where_a_number_should_be_in_csv() {
    refused("b.csv", "1\n\ntwo\n", &["b.csv, line 3: `two` is not a number"]);
}

#[test]
fn not_a_number_in_csv() {
    refused("b.csv", "1\nnan\n", &["b.csv, line 2: `nan` is not a finite f64 number"]);
}

#[test]
fn rows_of_different_lengths_in_csv() {
    refused("b.csv", "1, 2\n3\n", &["b.csv, line 2: 1 fields, where the lines before have 2"]);
}

#[test]
fn text_where_a_number_should_be_in_matrix_market() {
    let array = "%%MatrixMarket matrix array real general\n2 1\n1\ntwo\n";
    refused("b.mtx", array, &["b.mtx, line 4: `two` is not a number"]);
}

#[test]
fn truncated_matrix_market_array() {
    let array = "%%MatrixMarket matrix array real general\n2 1\n1\n";
    refused("b.mtx", array, &["b.mtx, line 3: the file ends after 1 of 2"]);
}

#[test]
fn matrix_market_coordinates_as_a_vector() {
    let sparse = "%%MatrixMarket matrix coordinate real general\n2 1 1\n1 1 1\n";
    refused("b.mtx", sparse, &["b.mtx, line 1: vectors are expected here"]);
}

#[test]
fn truncated_npy() {
    let whole = npy("<f8", "(2,)", &doubles(&[3.0, 3.0]));
    for length in [0, 5, 9, 60, 127, 128, 143] {
        refused("b.npy", &whole[..length], &["b.npy: the file is truncated"]);
    }
    let desk = Desk::with_pair().and("b.npy", whole);
    assert_eq!(desk.solve("--rhs b.npy").code, Some(0), "the whole file is good");
}

#[test]
fn npy_that_goes_on() {
    refused("b.npy", npy("<f8", "(2,)", &doubles(&[1.0; 3])), &["b.npy: the file goes on"]);
}

#[test]
fn npy_of_integers() {
    refused("b.npy", npy("<i8", "(2,)", &doubles(&[1.0; 2])), &["b.npy: numbers of type '<i8'"]);
}

#[test]
fn npy_of_three_dimensions() {
    let cube = npy("<f8", "(2, 1, 1)", &doubles(&[1.0; 2]));
    refused("b.npy", cube, &["b.npy: an array of 3 dimensions"]);
}

#[test]
fn npy_with_an_absurd_size() {
    refused("b.npy", npy("<f8", "(4294967296, 4294967296)", &[]), &["b.npy:", "absurd"]);
    refused("b.npy", npy("<f8", "(999999999999,)", &[]), &["b.npy: the file is truncated"]);
}

#[test]
fn not_a_number_in_npy() {
    let numbers = doubles(&[1.0, f64::NAN]);
    refused("b.npy", npy("<f8", "(2,)", &numbers), &["b.npy: number 1 of the array, NaN"]);
}

#[test]
fn text_called_npy() {
    refused("b.npy", "1\n2\n and so on", &["b.npy: not an NPY file"]);
}

#[test]
fn start_of_the_wrong_length() {
    let desk = Desk::with_pair().and("x.csv", "1\n2\n3\n");
    desk.refuses("--initial x.csv", &["x.csv: 3 rows for the matrix's 2"]);
}

#[test]
fn start_that_is_not_finite() {
    let desk = Desk::with_pair().and("x.csv", "1\ninf\n");
    desk.refuses("--initial x.csv", &["x.csv, line 2: `inf` is not a finite f64 number"]);
}

#[test]
fn shifts_in_two_columns() {
    let desk = Desk::with_pair().and("c.csv", "1, 2\n");
    desk.refuses("--shifts c.csv", &["c.csv: one column of shifts is expected"]);
}

#[test]
fn shift_that_is_text() {
    let desk = Desk::with_pair().and("c.txt", "0.5\nhalf\n");
    desk.refuses("--shifts c.txt", &["c.txt, line 2: `half` is not a number"]);
}

#[test]
fn shift_that_makes_the_diagonal_zero() {
    let desk = Desk::with_pair().and("c.csv", "0.5\n-4\n").and("b.csv", "1\n1\n");
    let words = ["a.mtx, shifted by -4: the diagonal entry of row 1 is zero"];
    desk.refuses("--shifts c.csv --rhs b.csv", &words);
    desk.refuses("--shifts c.csv", &words);
}

#[test]
fn columns_that_fit_no_number_of_systems() {
    let desk = Desk::with_pair().and("c.csv", "0\n1\n2\n").and("b.csv", "1, 2\n3, 4\n");
    desk.refuses("--shifts c.csv --rhs b.csv", &["b.csv: 2 columns for 3 systems"]);
    desk.refuses("--initial b.csv", &["b.csv: 2 columns for 1 systems"]);
}
