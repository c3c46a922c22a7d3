//! [`Signs`]: random signs that are drawn again each time they are needed.

use crate::sum::Accumulator;
use crate::{
    Buffer, ColumnOperator, LinearOperator, Real, RowOperator, SVector, Scalar, operator::zeros,
};
use rand_core::Rng;
use rand_pcg::Pcg32;

/// Signs in one word of the generator.
const WORD: usize = 32;

/// An `M` × `N` matrix of ±1/√M, each sign one bit of a PCG32 sequence: entry (i, j) is negative
/// where bit j mod 32 of word i ⌈N/32⌉ + ⌊j/32⌋ is set. Columns have length one; the matrix is
/// nearly an isometry on sparse vectors, as a Gaussian one is.
///
/// Storage: 8 bytes and one number; a 64 × 256 matrix of `f32` would take 65,536. A product costs
/// M·N additions and M ⌈N/32⌉ words of the generator; one row alone the same as in a product plus 2
/// log₂(M N / 32) multiplications of 64 bits to find it, one column M times that.
///
/// ```
/// use solvekit::{LinearOperator, RowOperator, SVector, dictionary::Signs};
/// let a = Signs::<f32, 4, 40>::new(7);
/// let (x, mut y) = (SVector::from_element(1.0), SVector::zeros());
/// a.apply(&x, &mut y);
/// let mut sum = 0.0;
/// a.visit_row(3, |_, entry| {
///     assert_eq!(entry.abs(), 0.5);
///     sum += entry;
/// });
/// assert_eq!(sum, y[3]);
/// ```
///
/// Source: Achlioptas 2003; Baraniuk, Davenport, DeVore and Wakin 2008 (restricted isometry of sign
/// matrices); O'Neill 2014 (PCG).
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Signs<T, const M: usize, const N: usize> {
    seed: u64,
    scale: T,
}

impl<T: Scalar, const M: usize, const N: usize> Signs<T, M, N> {
    /// The matrix of a seed.
    pub fn new(seed: u64) -> Self {
        let rows = T::Real::from_u32(u32::try_from(M).unwrap_or(u32::MAX));
        Self { seed, scale: T::splat(T::Real::ONE / rows.sqrt()) }
    }

    /// The seed.
    pub const fn seed(&self) -> u64 {
        self.seed
    }

    /// The generator before a word of a row.
    #[inline]
    fn at(&self, row: usize, word: usize) -> Pcg32 {
        let mut generator = Pcg32::new(self.seed, 0);
        generator.advance((row * N.div_ceil(WORD) + word) as u64);
        generator
    }

    /// `visit(i, sign of aᵢⱼ)` for every row; nothing outside the matrix.
    fn visit_signs(&self, column: usize, mut visit: impl FnMut(usize, T)) {
        if column >= N {
            return;
        }
        let mut generator = self.at(0, column / WORD);
        for row in 0..M {
            visit(row, signed(generator.next_u32(), column % WORD, T::ONE));
            generator.advance(N.div_ceil(WORD) as u64 - 1);
        }
    }
}

/// x with the sign of one bit.
#[inline]
fn signed<T: Scalar>(word: u32, bit: usize, x: T) -> T {
    if (word >> (bit % WORD)) & 1 == 1 { -x } else { x }
}

/// Σ ±xⱼ with the signs that the generator draws.
#[inline]
fn row_sum<T: Scalar>(generator: &mut Pcg32, x: &[T]) -> T {
    let mut sum = Accumulator::default();
    for (first, x) in x.chunks(WORD).enumerate() {
        let word = generator.next_u32();
        for (bit, x) in x.iter().enumerate() {
            sum.add(first * WORD + bit, signed(word, bit, *x));
        }
    }
    sum.total()
}

impl<T: Scalar, const M: usize, const N: usize> LinearOperator<T> for Signs<T, M, N> {
    type Domain = SVector<T, N>;
    type Range = SVector<T, M>;

    fn rows(&self) -> usize {
        M
    }
    fn columns(&self) -> usize {
        N
    }
    fn zero_domain(&self) -> Self::Domain {
        zeros()
    }
    fn zero_range(&self) -> Self::Range {
        zeros()
    }
    fn apply(&self, x: &Self::Domain, y: &mut Self::Range) {
        let mut generator = self.at(0, 0);
        for y in y.as_mut_slice() {
            *y = self.scale * row_sum(&mut generator, Buffer::as_slice(x));
        }
    }
    fn apply_adjoint(&self, y: &Self::Range, x: &mut Self::Domain) {
        let mut generator = self.at(0, 0);
        x.fill(T::ZERO);
        for y in Buffer::as_slice(y) {
            let scaled = self.scale * *y;
            for x in x.as_mut_slice().chunks_mut(WORD) {
                let word = generator.next_u32();
                for (bit, x) in x.iter_mut().enumerate() {
                    *x += signed(word, bit, scaled);
                }
            }
        }
    }
    fn non_finite(&self) -> Option<(usize, usize)> {
        // A checkpoint from elsewhere may hold any scale.
        let sound = self.scale.all(Real::is_finite) || M == 0 || N == 0;
        if sound { None } else { Some((0, 0)) }
    }
}

impl<T: Scalar, const M: usize, const N: usize> RowOperator<T> for Signs<T, M, N> {
    fn diagonal(&self, row: usize) -> T {
        if row >= M || row >= N {
            return T::ZERO;
        }
        signed(self.at(row, row / WORD).next_u32(), row % WORD, self.scale)
    }
    fn row_dot(&self, row: usize, x: &Self::Domain) -> T {
        if row >= M {
            return T::ZERO;
        }
        self.scale * row_sum(&mut self.at(row, 0), Buffer::as_slice(x))
    }
    fn visit_row(&self, row: usize, mut visit: impl FnMut(usize, T)) {
        if row >= M {
            return;
        }
        let (mut generator, mut word) = (self.at(row, 0), 0);
        for column in 0..N {
            if column.is_multiple_of(WORD) {
                word = generator.next_u32();
            }
            visit(column, signed(word, column % WORD, self.scale));
        }
    }
}

impl<T: Scalar, const M: usize, const N: usize> ColumnOperator<T> for Signs<T, M, N> {
    fn column_dot(&self, column: usize, y: &Self::Range) -> T {
        let (mut sum, y) = (Accumulator::default(), Buffer::as_slice(y));
        self.visit_signs(column, |row, sign| {
            sum.add(row, sign * y.get(row).copied().unwrap_or(T::ZERO));
        });
        self.scale * sum.total()
    }
    fn add_column(&self, column: usize, factor: T, y: &mut Self::Range) {
        let (scaled, y) = (factor * self.scale, y.as_mut_slice());
        self.visit_signs(column, |row, sign| {
            if let Some(y) = y.get_mut(row) {
                *y += sign * scaled;
            }
        });
    }
    fn visit_column(&self, column: usize, mut visit: impl FnMut(usize, T)) {
        self.visit_signs(column, |row, sign| visit(row, sign * self.scale));
    }
    fn column_pair(&self, first: usize, second: usize, weight: impl Fn(usize) -> T) -> T {
        if first >= N || second >= N {
            return T::ZERO;
        }
        let mut sum = Accumulator::default();
        let (mut one, mut other) = (self.at(0, first / WORD), self.at(0, second / WORD));
        let skipped = N.div_ceil(WORD) as u64 - 1;
        for row in 0..M {
            let sign = signed(one.next_u32(), first % WORD, T::ONE);
            sum.add(row, signed(other.next_u32(), second % WORD, sign) * weight(row));
            one.advance(skipped);
            other.advance(skipped);
        }
        self.scale * self.scale * sum.total()
    }
}
