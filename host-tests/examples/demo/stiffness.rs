//! [`System`]: the demo's stiffness matrix and its load, from a file or from the frame.

use anyhow::{Context, ensure};
use scenarios::frame;
use solvekit::sor::Sor;
use solvekit::{Buffer, LinearOperator};
use solvekit_host::file::{read_matrix, write_whole};
use solvekit_host::matrix::{CsrMatrix, Triplets};
use solvekit_host::vector::Vector;
use std::fmt::Write as _;
use std::path::Path;

/// What fits the emulated board's 4 MiB of flash and 16-bit offsets.
const MOST: usize = 65_535;
/// Unknowns whose vectors fit the stack of a program that keeps everything there.
const UNKNOWNS: usize = 8_000;

/// A x = b in f32.
pub(crate) struct System {
    pub(crate) a: CsrMatrix<f32>,
    pub(crate) b: Vector<f32>,
    /// In a reader's words.
    pub(crate) title: String,
}

impl System {
    /// The matrix of a file with b = A·1, or the frame under wind and weight.
    pub(crate) fn read(matrix: Option<&Path>) -> anyhow::Result<Self> {
        let system = match matrix {
            Some(path) => {
                let a: CsrMatrix<f32> = read_matrix(path)?;
                ensure!(a.rows() == a.columns(), "{}: not square", path.display());
                let ones: Vector<f32> = Vector::filled(a.columns(), 1.0);
                let mut b = a.zero_range();
                a.apply(&ones, &mut b);
                let name = path.file_name().unwrap_or_default().display();
                Self { a, b, title: format!("The matrix {name}") }
            }
            None => {
                let mut triplets = Triplets::new(frame::UNKNOWNS, frame::UNKNOWNS)?;
                for (row, column, value) in frame::contributions() {
                    triplets.push(row, column, value)?;
                }
                let b = frame::loads().iter().copied().collect();
                let title = "A steel frame of four storeys under wind and weight".to_owned();
                Self { a: triplets.into_csr()?, b, title }
            }
        };
        let (unknowns, entries) = (system.a.columns(), system.entries());
        ensure!(
            unknowns <= UNKNOWNS && entries <= MOST,
            "{} has {unknowns} unknowns and {entries} entries; the emulated board takes {UNKNOWNS} and {MOST}",
            system.title
        );
        // The board cannot tell as much about a bad matrix.
        Sor::new(&system.a, &system.b, 1.0).with_context(|| system.title.clone())?;
        Ok(system)
    }

    /// Entries of the matrix.
    pub(crate) fn entries(&self) -> usize {
        self.a.rows_in_order().map(|(columns, _)| columns.len()).sum()
    }

    /// Writes the system as constants for the image.
    pub(crate) fn write_table(&self, path: &Path) -> anyhow::Result<()> {
        let (mut ends, mut columns, mut values) = (String::new(), String::new(), String::new());
        let mut end = 0;
        for (row_columns, row_values) in self.a.rows_in_order() {
            end += row_columns.len();
            write!(ends, "{end},")?;
            row_columns.iter().try_for_each(|column| write!(columns, "{column},"))?;
            row_values.iter().try_for_each(|value| write!(values, "{value:e},"))?;
        }
        let mut side = String::new();
        self.b.as_slice().iter().try_for_each(|value| write!(side, "{value:e},"))?;
        let n = self.a.columns();
        let text = format!(
            "const N: usize = {n};\nconst ROW_ENDS: [u16; {n}] = [{ends}];\n\
             static COLUMNS: [u16; {end}] = [{columns}];\nstatic VALUES: [f32; {end}] = [{values}];\n\
             const RIGHT_HAND_SIDE: [f32; {n}] = [{side}];\n"
        );
        Ok(write_whole(path, text.as_bytes())?)
    }
}
