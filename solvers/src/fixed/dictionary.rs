//! [`Dictionary`] and [`Sensing`]: y = A x + noise in fixed point.

use super::arithmetic::shifted;
use super::norm::{norm_of, power, real};
use super::{FixedError, Format, I1F31, Saturations};

/// Rows whose sums are made together, in registers or on the stack.
const BLOCK: usize = 8;

/// A matrix by columns, A = 2ᵏ C with entries C in 16 or 32 bits ([`quantize`](super::quantize) makes
/// both).
///
/// Shapes: A is M × N; N columns of M entries. Storage: 2 words, columns are borrowed. Cost: a product
/// with A takes M products for each non-zero of x, one with Aᵀ M N products.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dictionary<'a, F, const M: usize, const N: usize> {
    columns: &'a [[F; M]; N],
    exponent: i32,
}

impl<'a, F: Format, const M: usize, const N: usize> Dictionary<'a, F, M, N> {
    /// 2ᵏ C by columns.
    ///
    /// # Errors
    /// [`FixedError`]: `Empty`; `Size` for 2¹⁵ rows or columns and more; `Exponent` for k not from −16
    /// to 15.
    pub const fn new(columns: &'a [[F; M]; N], exponent: i32) -> Result<Self, FixedError> {
        const MOST: usize = (1 << 15) - 1;
        if M == 0 || N == 0 {
            Err(FixedError::Empty)
        } else if M > MOST || N > MOST {
            Err(FixedError::Size { most: MOST })
        } else if exponent < -16 || exponent > 15 {
            Err(FixedError::Exponent)
        } else {
            Ok(Self { columns, exponent })
        }
    }

    /// k.
    pub const fn exponent(&self) -> i32 {
        self.exponent
    }

    /// Entries of C by columns.
    pub const fn columns(&self) -> &'a [[F; M]; N] {
        self.columns
    }

    /// r ← y − A x, each entry rounded once and cut off.
    pub(super) fn residual(
        &self,
        y: &[I1F31; M],
        x: &[I1F31; N],
        r: &mut [I1F31; M],
        saturations: &mut Saturations,
    ) {
        // Of 2⁻ᵏ y − C x what is behind the point moves as A's exponent says.
        let bits = 15 - self.exponent;
        for (block, (y, r)) in y.chunks(BLOCK).zip(r.chunks_mut(BLOCK)).enumerate() {
            let mut sums = [0_i64; BLOCK];
            for (sum, y) in sums.iter_mut().zip(y) {
                *sum = i64::from(y.to_bits()) << bits;
            }
            for (column, x) in self.columns.iter().zip(x).filter(|(_, x)| !x.is_zero()) {
                let entries = column.get(block * BLOCK..).unwrap_or_default();
                for (sum, entry) in sums.iter_mut().zip(entries) {
                    *sum -= entry.times(x.to_bits());
                }
            }
            for (r, sum) in r.iter_mut().zip(sums) {
                *r = I1F31::from_bits(saturations.cut(shifted(sum, bits)));
            }
        }
    }

    /// cⱼᵀ r for each column in turn, as sums: 2⁻ᵏ aⱼᵀ r.
    #[inline(always)]
    pub(super) fn correlations(&self, r: &[I1F31; M]) -> impl Iterator<Item = i64> {
        self.columns.iter().map(move |column| {
            let pairs = column.iter().zip(r);
            pairs.fold(0, |sum, (entry, r)| sum + entry.times(r.to_bits()))
        })
    }
}

/// A dictionary A and measurements y.
///
/// Units are the caller's: y, x and what lies between them (y − A x, x after a gradient step) are to
/// be below 1 in size. Making it costs one product with Aᵀ. Storage: 5 words.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sensing<'a, F, const M: usize, const N: usize> {
    pub(super) a: Dictionary<'a, F, M, N>,
    pub(super) y: &'a [I1F31; M],
    largest_correlation: f32,
    y_norm: f32,
}

impl<'a, F: Format, const M: usize, const N: usize> Sensing<'a, F, M, N> {
    /// Puts both together.
    pub fn new(a: Dictionary<'a, F, M, N>, y: &'a [I1F31; M]) -> Self {
        let most = a.correlations(y).fold(0, |most, sum| sum.unsigned_abs().max(most));
        Self { a, y, largest_correlation: real(most) * power(a.exponent), y_norm: norm_of(y) }
    }

    /// A.
    pub const fn dictionary(&self) -> &Dictionary<'a, F, M, N> {
        &self.a
    }

    /// y.
    pub const fn measurements(&self) -> &'a [I1F31; M] {
        self.y
    }

    /// ‖Aᵀy‖_∞, the weight from which an L1 penalty leaves nothing but x = 0.
    pub const fn largest_correlation(&self) -> f32 {
        self.largest_correlation
    }

    /// ‖y‖₂.
    pub const fn y_norm(&self) -> f32 {
        self.y_norm
    }
}

/// S(v, t): v moved towards zero by t, and no further than zero.
#[inline]
pub(super) fn soft_threshold(v: i32, t: i32) -> i32 {
    if v > t {
        v - t
    } else if v < -t {
        v + t
    } else {
        0
    }
}

/// The largest distance of two vectors' entries, in units of the last bit.
pub(super) fn most_apart<const N: usize>(x: &[I1F31; N], next: &[I1F31; N]) -> u32 {
    x.iter().zip(next).fold(0, |most, (x, next)| x.to_bits().abs_diff(next.to_bits()).max(most))
}
