//! [`Stored`]: a matrix as an exported module stores it.

use super::literal::{list, real, table};
use super::weights::BLOCK;
use crate::matrix::{DenseMatrix, QuantizedMatrix};
use crate::vector::Vector;
use solvekit::LinearOperator;
use solvekit::network::TableSum;

/// A matrix that can be written as a table, and is an operator with the bits of the table's.
pub(super) trait Stored:
    LinearOperator<f32, Domain = Vector<f32>, Range = Vector<f32>> + Sized
{
    /// The type of the tables, for the module's `ROWS` and `COLUMNS`.
    const TYPE: &'static str;
    /// What of `solvekit` the tables need.
    const USES: &'static [&'static str];

    /// The statics of matrices, the last of which is `[TYPE; count]` where there are several, `TYPE`
    /// otherwise.
    fn statics(all: &[Self], name: &str, doc: &str, is_array: bool) -> String;

    /// Adds the matrix to a checksum.
    fn sum(&self, sum: TableSum) -> TableSum;

    /// The same in the module, for the static `name` or its `place`.
    fn sum_code(name: &str, place: Option<usize>) -> String;
}

impl Stored for DenseMatrix<f32> {
    const TYPE: &'static str = "SMatrix<f32, ROWS, COLUMNS>";
    const USES: &'static [&'static str] = &["nalgebra::ArrayStorage"];

    fn statics(all: &[Self], name: &str, doc: &str, is_array: bool) -> String {
        let matrix = |matrix: &Self, indent: usize| {
            let column = |j: usize| {
                let numbers = list(matrix.column(j), indent + 4, |number| real(*number));
                format!("{:1$}[{numbers}],\n", "", indent + 4)
            };
            let columns: String = (0..matrix.columns()).map(column).collect();
            format!("SMatrix::from_array_storage(ArrayStorage([\n{columns}{:1$}]))", "", indent)
        };
        match all {
            [one] if !is_array => table(doc, name, "Matrix", matrix(one, 0)),
            _ => {
                let each = all.iter().map(|one| format!("    {},\n", matrix(one, 4)));
                let value = format!("[\n{}]", each.collect::<String>());
                table(doc, name, format_args!("[Matrix; {}]", all.len()), value)
            }
        }
    }

    fn sum(&self, sum: TableSum) -> TableSum {
        sum.reals(self.values())
    }

    fn sum_code(name: &str, place: Option<usize>) -> String {
        let place = place.map_or(String::new(), |place| format!("[{place}]"));
        format!(".reals({name}{place}.as_slice())")
    }
}

impl Stored for QuantizedMatrix<BLOCK> {
    const TYPE: &'static str = "Quantized<'static, ROWS, COLUMNS, 16>";
    const USES: &'static [&'static str] = &["dictionary::Quantized"];

    fn statics(all: &[Self], name: &str, doc: &str, is_array: bool) -> String {
        let mut text = String::new();
        let mut matrices = Vec::new();
        for (k, matrix) in all.iter().enumerate() {
            let own = if is_array { format!("{name}_{k}") } else { name.to_owned() };
            let (codes, scales) = (matrix.codes(), matrix.scales());
            text += &table(
                "Codes, column by column.",
                &format!("{own}_CODES"),
                format_args!("[i8; {}]", codes.len()),
                format_args!("[{}]", list(codes, 0, i8::to_string)),
            );
            text += &table(
                "A scale for each 16 codes of a column.",
                &format!("{own}_SCALES"),
                format_args!("[f32; {}]", scales.len()),
                format_args!("[{}]", list(scales, 0, |scale| real(*scale))),
            );
            matrices.push(format!("matrix(&{own}_CODES, &{own}_SCALES)"));
        }
        text + &match &*matrices {
            [one] if !is_array => table(doc, name, "Matrix", one),
            _ => {
                let each = matrices.iter().map(|one| format!("    {one},\n"));
                let value = format!("[\n{}]", each.collect::<String>());
                table(doc, name, format_args!("[Matrix; {}]", all.len()), value)
            }
        }
    }

    fn sum(&self, sum: TableSum) -> TableSum {
        sum.codes(self.codes()).reals(self.scales())
    }

    fn sum_code(name: &str, place: Option<usize>) -> String {
        let place = place.map_or(String::new(), |place| format!("_{place}"));
        format!(".codes(&{name}{place}_CODES).reals(&{name}{place}_SCALES)")
    }
}
