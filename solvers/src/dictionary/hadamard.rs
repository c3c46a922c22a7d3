//! [`Hadamard`]: some rows of the Walsh–Hadamard matrix.

use crate::sum::Accumulator;
use crate::{
    Buffer, ColumnOperator, LinearOperator, Real, RowOperator, SVector, Scalar, operator::zeros,
};
use core::fmt;
use rand_core::Rng;

/// `M` rows of the `N` × `N` Walsh–Hadamard matrix over √N, in natural order: entry (i, j) is
/// (−1)^(number of bits set in both rowᵢ and j) / √N. Rows are orthonormal, so ‖A‖² = 1, and a step
/// of 1 suits every gradient method.
///
/// Rows chosen at random see signals that are sparse in time well. Row 0 sees the mean alone.
/// Storage: M indices of 16 bits and one number. Cost of a product: N log₂ N additions, and room
/// for N numbers while y = A x runs.
///
/// ```
/// use rand_pcg::Pcg32;
/// use solvekit::{LinearOperator, SVector, dictionary::Hadamard};
/// let a = Hadamard::<f32, 3, 4>::new([0, 1, 3])?;
/// let mut y = SVector::zeros();
/// a.apply(&SVector::from([1.0, 0.0, 0.0, 3.0]), &mut y);
/// assert_eq!(y, SVector::from([2.0, -1.0, 2.0]));
/// // As many different rows as wanted, at random.
/// let drawn = Hadamard::<f32, 16, 64>::drawn(&mut Pcg32::new(1, 0))?;
/// assert!(drawn.chosen().is_sorted());
/// # Ok::<(), solvekit::dictionary::HadamardError>(())
/// ```
///
/// Source: Fino and Algazi 1976 (the transform); Candès and Tao 2006 (random rows of an orthonormal
/// matrix).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hadamard<T, const M: usize, const N: usize> {
    rows: [u16; M],
    scale: T,
}

/// Why rows of a Hadamard matrix were refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum HadamardError {
    /// N is not a power of two, or above 65,536.
    Order,
    /// A row that there is not.
    Row {
        /// Its place among the rows chosen.
        place: usize,
    },
    /// A row that was chosen before, or more rows than there are.
    Twice {
        /// Its place among the rows chosen.
        place: usize,
    },
}

impl fmt::Display for HadamardError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Order => f.write_str("the number of columns must be a power of two up to 65536"),
            Self::Row { place } => write!(f, "the row at place {place} is beyond the matrix"),
            Self::Twice { place } => write!(f, "the row at place {place} was chosen before"),
        }
    }
}

impl core::error::Error for HadamardError {}

impl<T: Scalar, const M: usize, const N: usize> Hadamard<T, M, N> {
    /// The rows given, in their order.
    ///
    /// # Errors
    /// [`HadamardError`].
    pub fn new(rows: [u16; M]) -> Result<Self, HadamardError> {
        if !N.is_power_of_two() || N > 1 << 16 {
            return Err(HadamardError::Order);
        }
        for (place, row) in rows.iter().enumerate() {
            if usize::from(*row) >= N {
                return Err(HadamardError::Row { place });
            }
            if rows.iter().take(place).any(|before| before == row) {
                return Err(HadamardError::Twice { place });
            }
        }
        let order = T::Real::from_u32(N as u32);
        Ok(Self { rows, scale: T::splat(T::Real::ONE / order.sqrt()) })
    }

    /// M different rows, every choice of them alike likely, ascending.
    ///
    /// # Errors
    /// [`HadamardError::Order`]; [`HadamardError::Twice`] for M > N.
    pub fn drawn(generator: &mut impl Rng) -> Result<Self, HadamardError> {
        // Each row in turn with the probability that leaves the right number.
        let (mut rows, mut place) = ([0; M], 0);
        for row in 0..N.min(1 << 16) {
            if let Some(slot) = rows.get_mut(place)
                && crate::draw::below(generator, N - row) < M - place
            {
                *slot = row as u16;
                place += 1;
            }
        }
        Self::new(rows)
    }

    /// The rows, in their order.
    pub const fn chosen(&self) -> &[u16; M] {
        &self.rows
    }

    /// The row at a place; row 0 outside the matrix.
    fn row(&self, place: usize) -> usize {
        self.rows.get(place).copied().unwrap_or(0).into()
    }
}

/// x with the sign that row and column have.
#[inline]
fn signed<T: Scalar>(row: usize, column: usize, x: T) -> T {
    if (row & column).count_ones() & 1 == 1 { -x } else { x }
}

/// v ← H v, without the scale, in place.
fn transform<T: Scalar>(v: &mut [T]) {
    let mut half = 1;
    while half < v.len() {
        for pair in v.chunks_mut(2 * half) {
            let Some((low, high)) = pair.split_at_mut_checked(half) else { continue };
            for (low, high) in low.iter_mut().zip(high) {
                (*low, *high) = (*low + *high, *low - *high);
            }
        }
        half *= 2;
    }
}

impl<T: Scalar, const M: usize, const N: usize> LinearOperator<T> for Hadamard<T, M, N> {
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
        let mut image = *x;
        transform(image.as_mut_slice());
        let image = Buffer::as_slice(&image);
        for (place, y) in y.as_mut_slice().iter_mut().enumerate() {
            *y = self.scale * image.get(self.row(place)).copied().unwrap_or(T::ZERO);
        }
    }
    fn apply_adjoint(&self, y: &Self::Range, x: &mut Self::Domain) {
        x.fill(T::ZERO);
        for (place, y) in Buffer::as_slice(y).iter().enumerate() {
            if let Some(x) = x.as_mut_slice().get_mut(self.row(place)) {
                *x = self.scale * *y;
            }
        }
        transform(x.as_mut_slice());
    }
    fn non_finite(&self) -> Option<(usize, usize)> {
        None
    }
}

impl<T: Scalar, const M: usize, const N: usize> RowOperator<T> for Hadamard<T, M, N> {
    fn diagonal(&self, row: usize) -> T {
        if row >= M || row >= N { T::ZERO } else { signed(self.row(row), row, self.scale) }
    }
    fn row_dot(&self, row: usize, x: &Self::Domain) -> T {
        if row >= M {
            return T::ZERO;
        }
        let (chosen, mut sum) = (self.row(row), Accumulator::default());
        for (column, x) in Buffer::as_slice(x).iter().enumerate() {
            sum.add(column, signed(chosen, column, *x));
        }
        self.scale * sum.total()
    }
    fn visit_row(&self, row: usize, mut visit: impl FnMut(usize, T)) {
        if row < M {
            let chosen = self.row(row);
            (0..N).for_each(|column| visit(column, signed(chosen, column, self.scale)));
        }
    }
}

impl<T: Scalar, const M: usize, const N: usize> ColumnOperator<T> for Hadamard<T, M, N> {
    fn column_dot(&self, column: usize, y: &Self::Range) -> T {
        if column >= N {
            return T::ZERO;
        }
        let mut sum = Accumulator::default();
        for (place, y) in Buffer::as_slice(y).iter().enumerate() {
            sum.add(place, signed(self.row(place), column, *y));
        }
        self.scale * sum.total()
    }
    fn add_column(&self, column: usize, factor: T, y: &mut Self::Range) {
        if column < N {
            let scaled = factor * self.scale;
            for (place, y) in y.as_mut_slice().iter_mut().enumerate() {
                *y += signed(self.row(place), column, scaled);
            }
        }
    }
    fn visit_column(&self, column: usize, mut visit: impl FnMut(usize, T)) {
        if column < N {
            (0..M).for_each(|place| visit(place, signed(self.row(place), column, self.scale)));
        }
    }
    fn column_pair(&self, first: usize, second: usize, weight: impl Fn(usize) -> T) -> T {
        if first >= N || second >= N {
            return T::ZERO;
        }
        let mut sum = Accumulator::default();
        for place in 0..M {
            // Signs multiply as columns add without carry.
            sum.add(place, signed(self.row(place), first ^ second, weight(place)));
        }
        self.scale * self.scale * sum.total()
    }
}
