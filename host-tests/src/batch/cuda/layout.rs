//! [`Layout`]: where numbers of a batch of ISTA are in memory, and which products go over them.
//!
//! One signal's numbers are a column of a matrix. Columns begin at multiples of four words, as the fast
//! kernels of cuBLAS and ours want it, with zeros between.

use super::Sums;
use super::product::Product;

/// Words from one column to the next, and what is in them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    rows: usize,
    columns: usize,
    pub(super) sums: Sums,
    /// Words of a signal's measurements and of its numbers.
    pub(super) rows_apart: usize,
    pub(super) columns_apart: usize,
    /// Numbers of 11 bits that a number of x and of r is: 2, or 1 where it is itself.
    pub(super) parts: usize,
}

impl Layout {
    pub(super) const fn new(rows: usize, columns: usize, sums: Sums) -> Self {
        let parts = match sums {
            Sums::Single => 1,
            Sums::Split => 2,
        };
        let (rows_apart, columns_apart) = (rows.next_multiple_of(4), columns.next_multiple_of(4));
        Self { rows, columns, sums, rows_apart, columns_apart, parts }
    }

    /// Columns of M or N numbers each, with zeros between.
    fn pad(numbers: &[f32], size: usize, apart: usize) -> Vec<f32> {
        let mut padded = vec![0.0; numbers.len() / size.max(1) * apart];
        for (into, from) in padded.chunks_mut(apart.max(1)).zip(numbers.chunks(size.max(1))) {
            into[..from.len()].copy_from_slice(from);
        }
        padded
    }

    /// Measurements, signal by signal.
    pub(super) fn spread(&self, measurements: &[f32]) -> Vec<f32> {
        Self::pad(measurements, self.rows, self.rows_apart)
    }

    /// x out of what the device has.
    pub(super) fn gather(&self, x: &[f32]) -> Vec<f32> {
        let own = (self.columns_apart * self.parts).max(1);
        let number = |signal: &[f32], j: usize| match self.sums {
            Sums::Single => signal[j],
            Sums::Split => signal[j] + signal[j + self.columns_apart],
        };
        x.chunks(own).flat_map(|signal| (0..self.columns).map(move |j| number(signal, j))).collect()
    }

    /// A, column by column. Split: the first bits of A, again, and the second ones, beside each other.
    pub(super) fn forward_dictionary(&self, dictionary: &[f32]) -> Vec<f32> {
        let mut padded = Self::pad(dictionary, self.rows, self.rows_apart);
        if self.sums == Sums::Split {
            // As many columns as a signal has words, so that the parts of x meet their own.
            padded.resize(self.columns_apart * self.rows_apart, 0.0);
            let (first, second) = split(&padded);
            padded = [first.as_slice(), &first, &second].concat();
        }
        padded
    }

    /// The products that sum up to A X, and where in [`forward_dictionary`](Self::forward_dictionary)
    /// the first factor of each begins.
    pub(super) fn forward(&self, signals: usize) -> Vec<(Product, usize)> {
        let Self { rows, columns, rows_apart, columns_apart, parts, .. } = *self;
        let single = Product {
            transposed: false,
            m: rows,
            n: signals,
            k: columns,
            lda: rows_apart,
            ldb: columns_apart * parts,
            ldc: rows_apart,
            adds: false,
            coarse: false,
        };
        match self.sums {
            Sums::Single => vec![(single, 0)],
            Sums::Split => {
                let both = Product { k: 2 * columns_apart, coarse: true, ..single };
                let second = Product { adds: true, coarse: true, ..single };
                vec![(both, 0), (second, 2 * columns_apart * rows_apart)]
            }
        }
    }

    /// A, column by column. Split: in a column of the first matrix the first bits, and again; in one of the
    /// second matrix the second ones.
    pub(super) fn back_dictionary(&self, dictionary: &[f32]) -> Vec<f32> {
        let padded = Self::pad(dictionary, self.rows, self.rows_apart);
        match self.sums {
            Sums::Single => padded,
            Sums::Split => {
                let (first, second) = split(&padded);
                let twice = first.chunks(self.rows_apart).flat_map(|column| [column, column]);
                let mut both = twice.collect::<Vec<_>>().concat();
                both.extend(second);
                both
            }
        }
    }

    /// The products that sum up to Aᵀ R, and where in [`back_dictionary`](Self::back_dictionary) the first
    /// factor of each begins.
    pub(super) fn back(&self, signals: usize) -> Vec<(Product, usize)> {
        let Self { rows, columns, rows_apart, columns_apart, parts, .. } = *self;
        let single = Product {
            transposed: true,
            m: columns,
            n: signals,
            k: rows,
            lda: rows_apart,
            ldb: rows_apart * parts,
            ldc: columns_apart,
            adds: false,
            coarse: false,
        };
        match self.sums {
            Sums::Single => vec![(single, 0)],
            Sums::Split => {
                let both =
                    Product { k: 2 * rows_apart, lda: 2 * rows_apart, coarse: true, ..single };
                let second = Product { adds: true, coarse: true, ..single };
                vec![(both, 0), (second, 2 * rows_apart * columns)]
            }
        }
    }
}

/// To the nearest of 11 bits, and what that leaves, likewise.
fn split(numbers: &[f32]) -> (Vec<f32>, Vec<f32>) {
    let first_bits = |number: f32| {
        let bits = number.to_bits();
        let rounded = bits.wrapping_add(0xfff + (bits >> 13 & 1)) & !0x1fff;
        if number.is_finite() { f32::from_bits(rounded) } else { number }
    };
    let first: Vec<f32> = numbers.iter().map(|number| first_bits(*number)).collect();
    let left = numbers.iter().zip(&first).map(|(number, first)| first_bits(number - first));
    let second = left.collect();
    (first, second)
}
