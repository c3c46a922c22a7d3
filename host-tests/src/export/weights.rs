//! [`Weights`]: how an exported network stores its matrices.

use clap::ValueEnum;
use serde::Serialize;
use std::fmt;

/// How an exported network stores its matrices.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Weights {
    /// Four bytes a number, to the bit
    F32,
    /// Codes of 8 bits, and a scale for each 16 of them
    Q8,
}

impl Weights {
    /// Bytes of tables for an M × N matrix.
    #[must_use]
    pub const fn matrix_bytes(self, rows: u64, columns: u64) -> u64 {
        match self {
            Self::F32 => 4 * rows * columns,
            Self::Q8 => rows * columns + 4 * columns * self.blocks(rows) + REFERENCE,
        }
    }

    /// Scales for a column of so many rows.
    pub(crate) const fn blocks(self, rows: u64) -> u64 {
        match self {
            Self::F32 => 0,
            Self::Q8 => rows.div_ceil(BLOCK as u64),
        }
    }
}

/// On a target of 32 bits: where codes and scales are, how many, and the shape.
const REFERENCE: u64 = 24;

/// Entries of a column that share a scale.
pub(super) const BLOCK: usize = 16;

/// As it is typed.
impl fmt::Display for Weights {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to_possible_value().map_or(Ok(()), |value| f.write_str(value.get_name()))
    }
}
