//! [`Stored`]: a matrix as an exported module stores it.

use super::literal::{list, real, table};
use super::weights::BLOCK;
use crate::matrix::{DenseMatrix, QuantizedMatrix};
use crate::vector::Vector;
use solvekit::LinearOperator;
use solvekit::network::TableSum;

/// `Quantized::new`, whose refusal is one of the compiler's.
const MATRIX: &str = "\
const fn matrix<const R: usize, const C: usize>(
    codes: &'static [i8],
    scales: &'static [f32],
) -> Quantized<'static, R, C, 16> {
    match Quantized::new(codes, scales) {
        Ok(matrix) => matrix,
        // While compiling: there is no such branch in the image.
        Err(_) => panic!(\"codes and scales that are no matrix\"),
    }
}

";

/// Matrices under one name.
#[derive(Clone, Copy, Debug)]
pub(super) struct Group {
    /// The static's name.
    pub(super) name: &'static str,
    /// What it is.
    pub(super) doc: &'static str,
    /// The alias of a matrix's type.
    pub(super) kind: &'static str,
    /// Is it an array of them?
    pub(super) is_array: bool,
}

/// A matrix that can be written as a table, and is an operator with the bits of the table's.
pub(super) trait Stored:
    LinearOperator<f32, Domain = Vector<f32>, Range = Vector<f32>> + Sized
{
    /// What of `solvekit` the tables need.
    const USES: &'static [&'static str];
    /// The same from its root.
    const ROOT: &'static [&'static str];
    /// What of the module the tables need.
    const HELP: &'static str;

    /// The type of tables of a shape.
    fn kind(shape: [&str; 2]) -> String;

    /// The statics of matrices, the last of which is of the group's type, or an array of it.
    fn statics(all: &[Self], group: &Group) -> String;

    /// Adds the matrix to a checksum.
    fn sum(&self, sum: TableSum) -> TableSum;

    /// The same in the module, for the static `name` or its `place`.
    fn sum_code(name: &str, place: Option<usize>) -> String;
}

impl Stored for DenseMatrix<f32> {
    const USES: &'static [&'static str] = &["nalgebra::ArrayStorage"];
    const ROOT: &'static [&'static str] = &["SMatrix"];
    const HELP: &'static str = "";

    fn kind([rows, columns]: [&str; 2]) -> String {
        format!("SMatrix<f32, {rows}, {columns}>")
    }

    fn statics(all: &[Self], &Group { name, doc, kind, is_array }: &Group) -> String {
        let matrix = |matrix: &Self, indent: usize| {
            let column = |j: usize| {
                let numbers = list(matrix.column(j), indent + 4, |number| real(*number));
                format!("{:1$}[{numbers}],\n", "", indent + 4)
            };
            let columns: String = (0..matrix.columns()).map(column).collect();
            format!("SMatrix::from_array_storage(ArrayStorage([\n{columns}{:1$}]))", "", indent)
        };
        match all {
            [one] if !is_array => table(doc, name, kind, matrix(one, 0)),
            _ => {
                let each = all.iter().map(|one| format!("    {},\n", matrix(one, 4)));
                let value = format!("[\n{}]", each.collect::<String>());
                table(doc, name, format_args!("[{kind}; {}]", all.len()), value)
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
    const USES: &'static [&'static str] = &["dictionary::Quantized"];
    const ROOT: &'static [&'static str] = &[];
    const HELP: &'static str = MATRIX;

    fn kind([rows, columns]: [&str; 2]) -> String {
        format!("Quantized<'static, {rows}, {columns}, 16>")
    }

    fn statics(all: &[Self], &Group { name, doc, kind, is_array }: &Group) -> String {
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
            [one] if !is_array => table(doc, name, kind, one),
            _ => {
                let each = matrices.iter().map(|one| format!("    {one},\n"));
                let value = format!("[\n{}]", each.collect::<String>());
                table(doc, name, format_args!("[{kind}; {}]", all.len()), value)
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
