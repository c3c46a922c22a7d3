//! What is read, and what is refused with which line and words.

use super::{read_columns, read_matrix};
use crate::file::Fault;
use crate::matrix::CsrMatrix;

fn read(text: &str) -> Result<CsrMatrix<f64>, Fault> {
    read_matrix(text.as_bytes())
}

/// The matrix as rows of (column, value).
fn rows(text: &str) -> Vec<Vec<(u32, f64)>> {
    let matrix = read(text).expect("a good file");
    let pairs = |(columns, values): (&[u32], &[f64])| {
        columns.iter().copied().zip(values.iter().copied()).collect()
    };
    matrix.rows_in_order().map(pairs).collect()
}

/// The line and the message of a refusal.
fn refusal(text: &str) -> (Option<u64>, String) {
    let fault = read(text).expect_err("a bad file");
    (fault.line, fault.cause.to_string())
}

#[track_caller]
fn refused(text: &str, line: u64, words: &str) {
    let (found, message) = refusal(text);
    assert_eq!(found, Some(line), "{message}");
    assert!(message.contains(words), "`{words}` is not in `{message}`");
}

const GENERAL: &str = "%%MatrixMarket matrix coordinate real general\n";

#[test]
fn entries_come_in_any_order_with_comments_blank_lines_and_windows_ends() {
    let text = "%%MatrixMarket MATRIX Coordinate real General\r\n% two\r\n\r\n2 3 3\r\n\
                2 3 -5e-1\r\n\r\n% between\r\n1 2 +2\r\n  1\t1   1.5D0  \r\n\r\n% the end";
    assert_eq!(rows(text), [vec![(0, 1.5), (1, 2.0)], vec![(2, -0.5)]]);
}

#[test]
fn comments_may_be_in_any_encoding() {
    let text = [GENERAL.as_bytes(), b"% caf\xe9\n1 1 1\n1 1 2\n"].concat();
    let matrix: CsrMatrix<f32> = read_matrix(text.as_slice()).expect("a good file");
    assert_eq!(matrix.row(0), (&[0][..], &[2.0][..]));
}

#[test]
fn duplicates_are_summed_in_their_order() {
    let text = format!("{GENERAL}1 2 4\n1 2 1e16\n1 1 3\n1 2 1\n1 2 -1e16\n");
    // In another order the 1 would survive.
    assert_eq!(rows(&text), [vec![(0, 3.0), (1, 0.0)]]);
}

#[test]
fn one_triangle_of_a_symmetric_matrix_gives_both() {
    for entry in ["2 1 7", "1 2 7"] {
        let text =
            format!("%%MatrixMarket matrix coordinate real symmetric\n2 2 2\n1 1 4\n{entry}");
        assert_eq!(rows(&text), [vec![(0, 4.0), (1, 7.0)], vec![(0, 7.0)]], "{entry}");
    }
}

#[test]
fn skew_symmetric_entries_change_their_sign() {
    let text = "%%MatrixMarket matrix coordinate integer skew-symmetric\n2 2 1\n2 1 7\n";
    assert_eq!(rows(text), [vec![(1, -7.0)], vec![(0, 7.0)]]);
    let text = "%%MatrixMarket matrix array real skew-symmetric\n2 2\n7\n";
    assert_eq!(rows(text), [vec![(1, -7.0)], vec![(0, 7.0)]]);
}

#[test]
fn a_pattern_is_made_of_ones() {
    let text = "%%MatrixMarket matrix coordinate pattern symmetric\n2 2 2\n1 1\n2 1\n";
    assert_eq!(rows(text), [vec![(0, 1.0), (1, 1.0)], vec![(0, 1.0)]]);
}

#[test]
fn arrays_go_column_by_column() {
    let text = "%%MatrixMarket matrix array real general\n2 2\n1\n2\n3\n0\n";
    assert_eq!(rows(text), [vec![(0, 1.0), (1, 3.0)], vec![(0, 2.0), (1, 0.0)]]);
    let columns: Vec<Vec<f64>> = read_columns(text.as_bytes()).expect("a good file");
    assert_eq!(columns, [[1.0, 2.0], [3.0, 0.0]]);
    let text = "%%MatrixMarket matrix array real symmetric\n2 2\n1\n2\n3\n";
    assert_eq!(rows(text), [vec![(0, 1.0), (1, 2.0)], vec![(0, 2.0), (1, 3.0)]]);
}

#[test]
fn decimals_are_rounded_once_to_the_working_precision() {
    // Halfway between two f32 numbers but for a digit that f64 does not keep.
    let text = format!("{GENERAL}1 1 1\n1 1 1.00000005960464477539062500000000001\n");
    let matrix: CsrMatrix<f32> = read_matrix(text.as_bytes()).expect("a good file");
    assert_eq!(matrix.row(0).1, [1.000_000_1]);
}

#[test]
fn the_banner_is_named() {
    assert_eq!(refusal(""), (None, "the file is empty".to_owned()));
    refused("1 2 3\n", 1, "expected the banner");
    refused("%%MatrixMarket matrix coordinate real\n", 1, "expected the banner");
    refused("%%MatrixMarket vector coordinate real general\n", 1, "unknown object `vector`");
    refused("%%MatrixMarket matrix sparse real general\n", 1, "unknown format `sparse`");
    refused("%%MatrixMarket matrix array double general\n", 1, "unknown field `double`");
    refused("%%MatrixMarket matrix array real upper\n", 1, "unknown symmetry `upper`");
    refused("%%MatrixMarket matrix array complex general\n", 1, "complex entries are not");
    refused("%%MatrixMarket matrix coordinate real hermitian\n", 1, "`hermitian`");
    refused("%%MatrixMarket matrix array pattern general\n", 1, "`pattern`");
    refused("%%MatrixMarket matrix coordinate pattern skew-symmetric\n", 1, "no signs");
}

#[test]
fn sizes_are_named() {
    refused(GENERAL, 1, "expected a size line");
    refused(&format!("{GENERAL}% only a comment\n"), 2, "expected a size line");
    refused(&format!("{GENERAL}3 3\n"), 2, "three numbers");
    refused(&format!("{GENERAL}3 -3 1\n"), 2, "`-3` is not a size");
    refused(&format!("{GENERAL}3 3 99999999999999999999999\n"), 2, "is not a size");
    refused(&format!("{GENERAL}0 0 0\n"), 2, "the matrix is empty: 0×0");
    refused(&format!("{GENERAL}5000000000 1 1\n1 1 1\n"), 2, "too large");
    refused(&format!("{GENERAL}4000000000 4000000000 1\n1 1 1\n"), 2, "almost empty");
    let symmetric = "%%MatrixMarket matrix array real symmetric\n2 3\n1\n";
    refused(symmetric, 2, "a symmetric matrix must be square, this one is 2×3");
    let vast = format!("%%MatrixMarket matrix array real general\n{0} {0}\n1\n", usize::MAX);
    refused(&vast, 2, "too large");
}

#[test]
fn a_truncated_file_is_told_from_its_declaration() {
    refused(&format!("{GENERAL}2 2 3\n1 1 1\n2 2 1\n"), 4, "ends after 2 of 3");
    // So many entries that room for them would fill the memory.
    let absurd = format!("{GENERAL}2 2 {}\n1 1 1\n", usize::MAX);
    refused(&absurd, 3, "ends after 1 of 18446744073709551615");
    let array = "%%MatrixMarket matrix array real general\n100000 100000\n1\n";
    refused(array, 3, "ends after 1 of 10000000000");
}

#[test]
fn entries_after_the_declared_ones_are_refused() {
    refused(&format!("{GENERAL}1 1 1\n1 1 1\n\n1 1 2\n"), 5, "goes on after its 1 declared");
}

#[test]
fn entries_are_named() {
    let with = |entry: &str| format!("{GENERAL}2 3 1\n{entry}\n");
    refused(&with("3 1 1"), 3, "`3` is not a row index: a whole number from 1 to 2");
    refused(&with("1 4 1"), 3, "`4` is not a column index: a whole number from 1 to 3");
    refused(&with("0 1 1"), 3, "`0` is not a row index");
    refused(&with("1 1.0 1"), 3, "`1.0` is not a column index");
    refused(&with("1 1 one"), 3, "`one` is not a number");
    refused(&with("1 1 nan"), 3, "`nan` is not a finite f64 number");
    refused(&with("1 1 1e999"), 3, "`1e999` is not a finite f64 number");
    refused(&with("1 1"), 3, "expected three fields (row, column, value), found `1 1`");
    refused(&with("1 1 1 1"), 3, "expected three fields");
    let text = "%%MatrixMarket matrix coordinate integer general\n1 1 1\n1 1 1.5\n";
    refused(text, 3, "`1.5` is not a whole number");
    let text = "%%MatrixMarket matrix coordinate pattern general\n1 1 1\n1 1 1\n";
    refused(text, 3, "expected two fields");
}

#[test]
fn numbers_beyond_f32_are_refused_in_f32() {
    let text = format!("{GENERAL}1 1 1\n1 1 1e39\n");
    let fault = read_matrix::<f32, _>(text.as_bytes()).expect_err("beyond f32");
    assert_eq!(fault.cause.to_string(), "`1e39` is not a finite f32 number");
}

#[test]
fn symmetric_files_with_both_triangles_or_a_skew_diagonal_are_refused() {
    let text = "%%MatrixMarket matrix coordinate real symmetric\n2 2 2\n2 1 1\n1 2 1\n";
    refused(text, 4, "entry (1, 2) is in the other triangle");
    let text = "%%MatrixMarket matrix coordinate real skew-symmetric\n2 2 1\n2 2 1\n";
    refused(text, 3, "entry (2, 2) is on the diagonal");
}

#[test]
fn lines_without_end_and_lines_of_bytes_are_refused() {
    refused(&format!("{GENERAL}{}", "1".repeat(1 << 20)), 2, "longer than 65536 bytes");
    let bytes = [GENERAL.as_bytes(), b"1 1 1\n1 1 \xff\n"].concat();
    let fault = read_matrix::<f64, _>(bytes.as_slice()).expect_err("bytes");
    assert_eq!((fault.line, fault.cause.to_string()), (Some(3), "the line is not text".to_owned()));
}
