//! [`QuantizedTable`]: codes and scales of a matrix whose shape is known when it runs.

use super::QuantizedError;
use crate::{Scalar, sum::max_abs};

/// Most entries of a block: a sum of so many codes times 19 bits stays within 31.
pub(super) const LONGEST: usize = 32;

/// What [`Quantized`](super::Quantized) is made of, for slices of any length: a host's matrix has
/// the same bits as a target's.
///
/// ```
/// use solvekit::dictionary::{QuantizedTable, quantise};
/// let column = [0.3_f32, -1.0, 0.25, 0.0, 0.1];
/// let (mut codes, mut scales) = ([0; 5], [0.0; 2]);
/// quantise::<4>(&column, &mut codes, &mut scales)?;
/// let table = QuantizedTable::<4>::new([5, 1], &codes, &scales)?;
/// let mut back = [0.0; 5];
/// table.multiply(&[1.0], &mut back);
/// assert!(column.iter().zip(back).all(|(value, back)| (value - back).abs() < 0.006));
/// # Ok::<(), solvekit::dictionary::QuantizedError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct QuantizedTable<'t, const B: usize = 16> {
    rows: usize,
    columns: usize,
    codes: &'t [i8],
    scales: &'t [f32],
}

impl<'t, const B: usize> QuantizedTable<'t, B> {
    /// A matrix of `[rows, columns]`: its codes column by column, and ⌈rows/B⌉ scales for each
    /// column.
    ///
    /// # Errors
    /// [`QuantizedError`]: `Block`, `Codes`, `Scales`, `Code`, `Scale`.
    pub const fn new(
        [rows, columns]: [usize; 2],
        codes: &'t [i8],
        scales: &'t [f32],
    ) -> Result<Self, QuantizedError> {
        if B == 0 || B > LONGEST {
            return Err(QuantizedError::Block { asked: B });
        }
        let (expected, found) = (rows.saturating_mul(columns), codes.len());
        if found != expected {
            return Err(QuantizedError::Codes { expected, found });
        }
        let (expected, found) = (rows.div_ceil(B).saturating_mul(columns), scales.len());
        if found != expected {
            return Err(QuantizedError::Scales { expected, found });
        }
        // Counted: iterators are not `const`.
        let mut place = 0;
        while place < codes.len() {
            if codes[place] == i8::MIN {
                return Err(QuantizedError::Code { place });
            }
            place += 1;
        }
        place = 0;
        while place < scales.len() {
            if !(scales[place] >= 0.0 && scales[place].is_finite()) {
                return Err(QuantizedError::Scale { place });
            }
            place += 1;
        }
        Ok(Self { rows, columns, codes, scales })
    }

    /// Rows and columns.
    pub const fn shape(&self) -> [usize; 2] {
        [self.rows, self.columns]
    }

    /// Column by column.
    pub const fn codes(&self) -> &'t [i8] {
        self.codes
    }

    /// One for each block, column by column.
    pub const fn scales(&self) -> &'t [f32] {
        self.scales
    }

    /// aᵢⱼ; zero outside the matrix.
    pub fn entry(&self, row: usize, column: usize) -> f32 {
        if row >= self.rows || column >= self.columns {
            return 0.0;
        }
        let code = self.codes.get(column * self.rows + row).copied().unwrap_or(0);
        let scale = self.scales.get(column * self.rows.div_ceil(B) + row / B);
        f32::from(code) * scale.copied().unwrap_or(0.0)
    }

    /// Row and column of the first entry (column by column) that is infinite.
    pub fn non_finite(&self) -> Option<(usize, usize)> {
        // Only beside a scale next to the end of the range is it worth looking.
        let most = f32::MAX / 127.0;
        let place = self.scales.iter().position(|scale| *scale > most)?;
        let first = place / self.rows.div_ceil(B).max(1);
        (first..self.columns).find_map(|column| {
            let row = (0..self.rows).find(|row| !self.entry(*row, column).is_finite())?;
            Some((row, column))
        })
    }

    /// y ← A x. Vectors of other lengths than the matrix are used as far as they go.
    pub fn multiply(&self, x: &[f32], y: &mut [f32]) {
        self.multiply_in([self.rows, self.columns], x, y);
    }

    /// x ← Aᵀ y, as [`multiply`](Self::multiply).
    pub fn multiply_adjoint(&self, y: &[f32], x: &mut [f32]) {
        self.multiply_adjoint_in([self.rows, self.columns], y, x);
    }

    /// [`multiply`](Self::multiply) for the matrix's shape, which the compiler may know.
    #[inline(always)]
    pub(super) fn multiply_in(&self, [rows, columns]: [usize; 2], x: &[f32], y: &mut [f32]) {
        let blocks = rows.div_ceil(B);
        for (block, y) in y.chunks_mut(B).take(blocks).enumerate() {
            let scaled = |column: usize, x: f32| match self.scales.get(column * blocks + block) {
                // Zeros are told apart first: without a floating-point unit a product is a call.
                Some(scale) if x != 0.0 => *scale * x,
                _ => x,
            };
            let pairs = || x.iter().enumerate().take(columns);
            let largest = pairs()
                .fold(0.0, |most: f32, (column, x)| Scalar::max(most, scaled(column, *x).abs()));
            let Some(grid) = Grid::<B>::below(largest) else {
                // Zeros where all are zero, NaN where one is not finite.
                y.fill(0.0 * largest);
                continue;
            };
            let mut sums = Sums::<B>::default();
            for (column, x) in pairs().filter(|(_, x)| **x != 0.0) {
                let x = grid.whole(scaled(column, *x));
                if let Some(codes) = self.block([rows, column], block) {
                    sums.add(codes, x);
                }
            }
            for (y, sum) in y.iter_mut().zip(sums.total()) {
                *y = grid.real(sum as f32);
            }
        }
    }

    /// [`multiply_adjoint`](Self::multiply_adjoint), likewise.
    #[inline(always)]
    pub(super) fn multiply_adjoint_in(
        &self,
        [rows, columns]: [usize; 2],
        y: &[f32],
        x: &mut [f32],
    ) {
        x.fill(0.0);
        let blocks = rows.div_ceil(B);
        for (block, y) in y.chunks(B).take(blocks).enumerate() {
            let largest = max_abs(y);
            let Some(grid) = Grid::<B>::below(largest) else {
                x.iter_mut().for_each(|x| *x += 0.0 * largest);
                continue;
            };
            let mut whole = [0; B];
            whole.iter_mut().zip(y).for_each(|(whole, y)| *whole = grid.whole(*y));
            for (column, x) in x.iter_mut().enumerate().take(columns) {
                if let (Some(codes), Some(scale)) =
                    (self.block([rows, column], block), self.scales.get(column * blocks + block))
                {
                    *x += *scale * grid.real(dot(codes, &whole) as f32);
                }
            }
        }
    }

    /// The codes of one block of a column, B or as many as are left of it.
    #[inline(always)]
    fn block(&self, [rows, column]: [usize; 2], block: usize) -> Option<&[i8]> {
        let first = block * B;
        let start = column * rows + first;
        self.codes.get(start..start + (rows - first).min(B))
    }
}

/// Σ cᵢ wᵢ over the first `B` codes, or as many as there are.
#[inline(always)]
fn dot<const B: usize>(codes: &[i8], whole: &[i32; B]) -> i32 {
    let add = |sum: i32, (code, whole): (&i8, &i32)| {
        sum.wrapping_add(i32::from(*code).wrapping_mul(*whole))
    };
    // Twice the same: the length that is known is the one that is fast.
    match codes.first_chunk::<B>() {
        Some(codes) => codes.iter().zip(whole).fold(0, add),
        None => codes.iter().zip(whole).fold(0, add),
    }
}

/// Whole numbers up to 2^bits for the numbers up to some largest one.
struct Grid<const B: usize> {
    up: f32,
    down: f32,
}

impl<const B: usize> Grid<B> {
    /// As many bits as leave room in 31 for a code's 7 and a sum of B, and no more than
    /// [`whole`](Self::whole) can round.
    const BITS: u32 = {
        let bits = 24 - B.next_power_of_two().trailing_zeros();
        if bits < 22 { bits } else { 22 }
    };
    /// 2^(bits − 1).
    const STEPS: f32 = (1_u32 << (Self::BITS - 1)) as f32;

    /// `None` where the largest is zero or not finite.
    #[inline(always)]
    fn below(largest: f32) -> Option<Self> {
        if largest == 0.0 || !largest.is_finite() {
            return None;
        }
        let up = largest.unit_scale();
        // Powers of two: exact, but where the result is too small to matter.
        Some(Self { up, down: (f32::ONE / up) / Self::STEPS })
    }

    /// The nearest whole number, ties to the even one.
    #[inline(always)]
    fn whole(&self, x: f32) -> i32 {
        // Times `up` first, since their product may leave the range. From 2²³ on floats are the
        // whole numbers, and 2²² more leave room for negative ones: adding rounds.
        const SHIFT: f32 = 12_582_912.0;
        let shifted = (x * self.up) * Self::STEPS + SHIFT;
        shifted.to_bits().wrapping_sub(SHIFT.to_bits()).cast_signed()
    }

    #[inline(always)]
    fn real(&self, whole: f32) -> f32 {
        whole * self.down
    }
}

/// Exact sums of codes times whole numbers, for the rows of one block.
struct Sums<const B: usize> {
    /// Sums of at most B terms.
    few: [i32; B],
    terms: usize,
    all: [i64; B],
}

impl<const B: usize> Default for Sums<B> {
    #[inline(always)]
    fn default() -> Self {
        Self { few: [0; B], terms: 0, all: [0; B] }
    }
}

impl<const B: usize> Sums<B> {
    #[inline(always)]
    fn add(&mut self, codes: &[i8], x: i32) {
        let few = &mut self.few;
        let add = |(sum, code): (&mut i32, &i8)| {
            *sum = sum.wrapping_add(i32::from(*code).wrapping_mul(x));
        };
        match codes.first_chunk::<B>() {
            Some(codes) => few.iter_mut().zip(codes).for_each(add),
            None => few.iter_mut().zip(codes).for_each(add),
        }
        self.terms += 1;
        if self.terms == B {
            self.carry();
        }
    }

    #[inline(always)]
    fn carry(&mut self) {
        for (all, few) in self.all.iter_mut().zip(&mut self.few) {
            *all = all.wrapping_add(i64::from(*few));
            *few = 0;
        }
        self.terms = 0;
    }

    #[inline(always)]
    fn total(mut self) -> [i64; B] {
        self.carry();
        self.all
    }
}
