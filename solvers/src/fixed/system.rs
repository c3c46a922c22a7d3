//! What solvers of A x = b share.

use super::arithmetic::sum_of_one;
use super::{FixedError, Format, I1F31};

/// Rows of A at most.
const MOST: usize = 1 << 15;

/// # Errors
/// `Empty`, `Size`.
pub(super) const fn check_size(n: usize) -> Result<(), FixedError> {
    match n {
        0 => Err(FixedError::Empty),
        1..=MOST => Ok(()),
        _ => Err(FixedError::Size { most: MOST }),
    }
}

/// bᵢ − aᵢ x as a sum.
#[inline(always)]
pub(super) fn left<F: Format, const N: usize>(row: &[F; N], b: I1F31, x: &[I1F31; N]) -> i64 {
    let pairs = row.iter().zip(x);
    pairs.fold(sum_of_one(b.to_bits()), |sum, (a, x)| sum - a.times(x.to_bits()))
}

/// r ← b − A x, as sums.
pub(super) fn residual<F: Format, const N: usize>(
    (a, b): (&[[F; N]; N], &[I1F31; N]),
    x: &[I1F31; N],
    r: &mut [i64; N],
) {
    for ((row, b), slot) in a.iter().zip(b).zip(r) {
        *slot = left(row, *b, x);
    }
}
