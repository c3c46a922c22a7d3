//! Matrices that are refused: exit 2, with the file, the line and the cause.

use crate::desk::{Desk, GENERAL, PAIR};

/// Refuses `content` as the matrix.
#[track_caller]
fn refused(content: impl AsRef<[u8]>, words: &[&str]) {
    Desk::with(&[]).and("a.mtx", content).refuses("", words);
}

/// The same below the banner of a general matrix.
#[track_caller]
fn refused_general(lines: &str, words: &[&str]) {
    refused(format!("{GENERAL}{lines}"), words);
}

#[test]
fn missing_file() {
    Desk::with(&[]).refuses("", &["a.mtx: No such file"]);
}

#[test]
fn folder_instead_of_a_file() {
    let desk = Desk::with(&[]);
    std::fs::create_dir(desk.path("a.mtx")).expect("a writable folder");
    desk.refuses("", &["a.mtx: is a directory"]);
}

#[test]
fn empty_file() {
    refused("", &["a.mtx: the file is empty"]);
}

#[test]
fn file_of_bytes() {
    refused([0xff, 0xfe, 0x00, 0x0a], &["a.mtx, line 1: the line is not text"]);
}

#[test]
fn no_banner() {
    refused("2 2 1\n1 1 1\n", &["a.mtx, line 1: expected the banner `%%MatrixMarket matrix"]);
}

#[test]
fn unknown_format() {
    refused(
        "%%MatrixMarket matrix sparse real general\n1 1 1\n",
        &["a.mtx, line 1: unknown format `sparse`", "`coordinate` or `array`"],
    );
}

#[test]
fn complex_entries() {
    refused(
        "%%MatrixMarket matrix coordinate complex general\n1 1 1\n1 1 1 0\n",
        &["a.mtx, line 1: complex entries are not supported"],
    );
}

#[test]
fn empty_matrix() {
    refused_general("0 0 0\n", &["a.mtx, line 2: the matrix is empty: 0×0"]);
}

#[test]
fn not_square() {
    refused_general("2 3 1\n1 1 1\n", &["a.mtx: the matrix is 2×3, and must be square"]);
}

#[test]
fn index_out_of_range() {
    refused_general(
        "2 2 3\n1 1 1\n2 2 1\n3 1 1\n",
        &["a.mtx, line 5: `3` is not a row index: a whole number from 1 to 2"],
    );
}

#[test]
fn index_zero() {
    refused_general("2 2 1\n1 0 1\n", &["a.mtx, line 3: `0` is not a column index"]);
}

#[test]
fn truncated_file() {
    refused_general("2 2 2\n1 1 1\n", &["a.mtx, line 3: the file ends after 1 of 2"]);
}

#[test]
fn truncated_line() {
    refused_general("2 2 2\n1 1 1\n2 2", &["a.mtx, line 4: expected three fields", "`2 2`"]);
}

#[test]
fn entries_after_the_declared_ones() {
    refused_general("1 1 1\n1 1 1\n1 1 1\n", &["a.mtx, line 4: the file goes on after its 1"]);
}

#[test]
fn text_where_a_number_should_be() {
    refused_general("1 1 1\n1 1 four\n", &["a.mtx, line 3: `four` is not a number"]);
}

#[test]
fn text_where_a_size_should_be() {
    refused_general("1 one 1\n1 1 1\n", &["a.mtx, line 2: `one` is not a size"]);
}

#[test]
fn not_a_number_as_an_entry() {
    refused_general("1 1 1\n1 1 NaN\n", &["a.mtx, line 3: `NaN` is not a finite f64 number"]);
}

#[test]
fn infinity_on_the_diagonal() {
    refused_general("1 1 1\n1 1 inf\n", &["a.mtx, line 3: `inf` is not a finite f64 number"]);
}

#[test]
fn entry_beyond_f32() {
    let desk = Desk::with(&[]).and("a.mtx", format!("{GENERAL}1 1 1\n1 1 1e39\n"));
    desk.refuses("--precision f32", &["a.mtx, line 3: `1e39` is not a finite f32 number"]);
    assert_eq!(desk.solve("").code, Some(0));
}

#[test]
fn duplicates_whose_sum_overflows() {
    let entry = "1 1 1.7e308\n";
    refused_general(
        &format!("1 1 2\n{entry}{entry}"),
        &["a.mtx: entry (1, 1) is not a finite number"],
    );
}

#[test]
fn zero_on_the_diagonal() {
    refused_general(
        "3 3 3\n1 1 1\n2 2 0\n3 3 1\n",
        &["a.mtx: the diagonal entry of row 2 is zero"],
    );
}

#[test]
fn nothing_on_the_diagonal() {
    refused_general("2 2 2\n1 1 1\n2 1 1\n", &["a.mtx: the diagonal entry of row 2 is zero"]);
}

#[test]
fn diagonal_too_small_to_divide_by() {
    refused_general("1 1 1\n1 1 1e-320\n", &["a.mtx: the diagonal entry of row 1 is too small"]);
}

#[test]
fn declared_entries_that_would_fill_the_memory() {
    refused_general(
        "2 2 18446744073709551615\n1 1 1\n",
        &["a.mtx, line 3: the file ends after 1 of 18446744073709551615"],
    );
}

#[test]
fn declared_size_that_would_fill_the_memory() {
    refused_general("4000000000 4000000000 1\n1 1 1\n", &["a.mtx, line 2", "almost empty"]);
    refused_general("9000000000 9000000000 1\n1 1 1\n", &["a.mtx, line 2", "too large"]);
    refused_general("99999999999999999999 1 1\n", &["a.mtx, line 2", "is not a size"]);
}

#[test]
fn both_triangles_of_a_symmetric_matrix() {
    refused(
        PAIR.replace("2 2 3", "2 2 4") + "1 2 -1\n",
        &["a.mtx, line 6: entry (1, 2) is in the other triangle"],
    );
}

#[test]
fn rows_that_sum_to_rounding_noise_without_a_right_hand_side() {
    refused_general(
        "2 2 4\n1 1 0.3\n1 2 -0.3\n2 1 -0.7\n2 2 0.7000000000000001\n",
        &["a.mtx: the default right-hand side A·1 is rounding noise", "--rhs"],
    );
}

#[test]
fn rows_that_sum_to_something_small_are_no_noise() {
    let desk = Desk::with(&[]).and("a.mtx", format!("{GENERAL}1 1 1\n1 1 1e-300\n"));
    assert_eq!(desk.solve("").code, Some(0));
    let rows = "2 2 4\n1 1 1\n1 2 -0.9999\n2 1 -0.9999\n2 2 1\n";
    let desk = Desk::with(&[]).and("a.mtx", format!("{GENERAL}{rows}"));
    assert_eq!(desk.solve("--max-iterations 100000").code, Some(0));
}
