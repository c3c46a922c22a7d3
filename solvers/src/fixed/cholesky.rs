//! [`Cholesky`]: A = L Lᵀ in fixed point, in memory the caller owns.

use super::arithmetic::{product, sum_of_one};
use super::system::check_size;
use super::{FixedError, Format, I1F31, Saturations, Scale};

/// 32-bit words that the factor of an N × N matrix takes: N (N + 3) / 2.
pub const fn words(n: usize) -> usize {
    n * (n + 3) / 2
}

/// A = L Lᵀ for A symmetric positive definite with ‖A‖_∞ < 1, of a fixed size.
///
/// No entry of L is larger than the root of a diagonal entry of A, so L is in Q31 as A is, and
/// nothing of the factorisation can overflow. Sums of products have 46 fraction bits and are rounded
/// once, halves upward. Instead of lᵢᵢ its reciprocal is stored, of any size: nothing is divided
/// later. Of A the lower triangle is read, and every row for its sum.
///
/// The head-room of a solution is the caller's: where ‖A⁻¹b‖₂ < 1 nothing on the way to it
/// overflows. Where it may be larger, divide b by a power of two, and the solution is smaller by as
/// much: A (x / 2ʰ) = b / 2ʰ. A matrix with larger entries is divided likewise, with b.
///
/// Storage: [`words`]`(N)` = N (N + 3) / 2 words of 32 bits. Cost: N (N² − 1) / 6 products and N
/// square roots and divisions to factor; N (N − 1) products to solve; each stored number is one more
/// product.
///
/// ```
/// use solvekit::fixed::{Cholesky, I1F31, Saturations, words};
/// let q = I1F31::from_num::<f32>;
/// let a = [[q(0.5), q(0.25)], [q(0.25), q(0.5)]];
/// let mut memory = [0; words(2)];
/// let factor = Cholesky::factor(&a, &mut memory)?;
/// let mut x = [q(0.25), q(0.125)];
/// let mut saturations = Saturations::NONE;
/// factor.solve(&mut x, &mut saturations);
/// assert!((x[0] - q(0.5)).abs() < q(1e-8) && x[1].abs() < q(1e-8));
/// assert_eq!(saturations.count(), 0);
/// # Ok::<(), solvekit::fixed::FixedError>(())
/// ```
///
/// Source: Wilkinson, *Rounding Errors in Algebraic Processes*, 1963, ch. 3 (triangular
/// decomposition in fixed point).
#[derive(Clone, Copy, Debug)]
pub struct Cholesky<'a, const N: usize> {
    /// Row i: i entries of L, then m and s of 1 / lᵢᵢ.
    rows: &'a [i32],
}

impl<'a, const N: usize> Cholesky<'a, N> {
    /// Factors `a` into `memory`, of which it takes the first [`words`]`(N)`.
    ///
    /// # Errors
    /// [`FixedError`]: `Empty`, `Size` beyond 2¹⁵ rows, `Memory`, `RowSum`, `Pivot`; what is in
    /// `memory` is then of no use.
    pub fn factor<F: Format>(a: &[[F; N]; N], memory: &'a mut [i32]) -> Result<Self, FixedError> {
        check(a)?;
        let (expected, found) = (words(N), memory.len());
        let memory = memory.get_mut(..expected).ok_or(FixedError::Memory { expected, found })?;
        for (i, entries) in a.iter().enumerate() {
            let (above, rest) = memory.split_at_mut_checked(words(i)).unwrap_or_default();
            let Some((own, reciprocal)) = rest.split_at_mut_checked(i) else { break };
            let mut others = &*above;
            for (j, entry) in entries.iter().take(i).enumerate() {
                let Some((other, behind)) = others.split_at_checked(j + 2) else { break };
                others = behind;
                let (Some((before, slot)), Some((other, inverse))) =
                    (before_and(own, j), row(other))
                else {
                    break;
                };
                let left = sum_of_one(entry.widened()) - dot(before, other);
                // No entry of a positive definite matrix's L is 1 or more.
                *slot = inverse.apply_wide(left).map_err(|_| FixedError::Pivot { row: i })?;
            }
            let diagonal = entries.get(i).map_or(0, |entry| entry.widened());
            let left = sum_of_one(diagonal) - dot(own, own);
            let inverse = reciprocal_root(left).ok_or(FixedError::Pivot { row: i })?;
            if let [mantissa, exponent, ..] = reciprocal {
                (*mantissa, *exponent) = (inverse.mantissa(), inverse.exponent());
            }
        }
        Ok(Self { rows: memory })
    }

    /// x ← A⁻¹ x. Two solutions with triangles, each entry rounded once as a sum and once as a
    /// product; entries that do not fit are cut off and counted.
    pub fn solve(&self, x: &mut [I1F31; N], saturations: &mut Saturations) {
        let mut rows = self.rows;
        for i in 0..N {
            let (Some((own, behind)), Some((before, slot))) =
                (rows.split_at_checked(i + 2), x.split_at_mut_checked(i))
            else {
                break;
            };
            rows = behind;
            let (Some((own, inverse)), Some(slot)) = (row(own), slot.first_mut()) else { break };
            let pairs = own.iter().zip(before);
            let sum = pairs
                .fold(sum_of_one(slot.to_bits()), |sum, (l, x)| sum - product(*l, x.to_bits()));
            *slot = I1F31::from_bits(inverse.apply(sum, saturations));
        }
        let mut rows = self.rows;
        for i in (0..N).rev() {
            let Some((above, own)) = rows.split_at_checked(words(i)) else { break };
            let Some((_, inverse)) = row(own.get(..i + 2).unwrap_or_default()) else { break };
            let Some((slot, behind)) = x.get_mut(i..).and_then(|x| x.split_first_mut()) else {
                break;
            };
            // Column i: each entry is one row further, and rows grow by a word.
            let (mut sum, mut place, mut length) = (sum_of_one(slot.to_bits()), i, i + 2);
            place += words(i);
            for x in behind {
                place += length;
                length += 1;
                let l = self.rows.get(place).copied().unwrap_or(0);
                sum -= product(l, x.to_bits());
            }
            *slot = I1F31::from_bits(inverse.apply(sum, saturations));
            rows = above;
        }
    }
}

/// # Errors
/// `Empty`, `Size`, `RowSum`.
fn check<F: Format, const N: usize>(a: &[[F; N]; N]) -> Result<(), FixedError> {
    check_size(N)?;
    for (row, entries) in a.iter().enumerate() {
        // What is left to 1.
        let mut left = 1_u32 << 31;
        for entry in entries {
            left = left.saturating_sub(entry.widened().unsigned_abs());
        }
        if left == 0 {
            return Err(FixedError::RowSum { row });
        }
    }
    Ok(())
}

/// The first j entries of a row that is being made, and the next.
#[inline(always)]
fn before_and(row: &mut [i32], j: usize) -> Option<(&[i32], &mut i32)> {
    let (before, rest) = row.split_at_mut_checked(j)?;
    Some((before, rest.first_mut()?))
}

/// A row of L up to its diagonal, and 1 / lᵢᵢ.
#[inline(always)]
fn row(words: &[i32]) -> Option<(&[i32], Scale)> {
    let (entries, [mantissa, exponent]) = words.split_last_chunk()?;
    Some((entries, Scale::new(*mantissa, *exponent)))
}

/// Σ lᵢ mᵢ over the shorter one.
#[inline(always)]
fn dot(l: &[i32], m: &[i32]) -> i64 {
    l.iter().zip(m).fold(0, |sum, (l, m)| sum + product(*l, *m))
}

/// 1 / √v for a sum v > 0: the root cut to 32 leading bits, its reciprocal to 31.
fn reciprocal_root(sum: i64) -> Option<Scale> {
    let sum = u64::try_from(sum).ok().filter(|sum| *sum > 0)?;
    // v = 2^(−46 − k) w with 2⁶² ≤ w < 2⁶⁴, k even.
    let k = sum.leading_zeros() & !1;
    let root = (sum << k).isqrt();
    // Where the root is 2³¹, the quotient is a bit too long.
    let mantissa = i32::try_from((1_u64 << 62).checked_div(root)?).unwrap_or(i32::MAX);
    Some(Scale::new(mantissa, (k / 2).cast_signed() - 9))
}
