//! Sums of products in the one order of [`solvekit::sum`], inlined wherever they are called: a sum of
//! lanes that is compiled by itself is compiled for the build's own instructions.

use solvekit::Scalar;

/// [`solvekit::sum::dot`].
#[inline(always)]
pub(in super::super) fn dot<T: Scalar>(a: &[T], b: &[T]) -> T {
    let (a_fours, a_rest) = a.as_chunks::<4>();
    let (b_fours, b_rest) = b.as_chunks::<4>();
    let mut sums = [-T::ZERO; 4];
    for (a, b) in a_fours.iter().zip(b_fours) {
        sums[0] += a[0] * b[0];
        sums[1] += a[1] * b[1];
        sums[2] += a[2] * b[2];
        sums[3] += a[3] * b[3];
    }
    for (sum, (a, b)) in sums.iter_mut().zip(a_rest.iter().zip(b_rest)) {
        *sum += *a * *b;
    }
    (sums[0] + sums[1]) + (sums[2] + sums[3])
}

/// [`dot`] of numbers that are the same for all lanes with numbers that are not.
#[inline(always)]
pub(in super::super) fn dot_same<T: Scalar>(a: &[T::Real], b: &[T]) -> T {
    let (a_fours, a_rest) = a.as_chunks::<4>();
    let (b_fours, b_rest) = b.as_chunks::<4>();
    let mut sums = [-T::ZERO; 4];
    for (a, b) in a_fours.iter().zip(b_fours) {
        sums[0] += T::splat(a[0]) * b[0];
        sums[1] += T::splat(a[1]) * b[1];
        sums[2] += T::splat(a[2]) * b[2];
        sums[3] += T::splat(a[3]) * b[3];
    }
    for (sum, (a, b)) in sums.iter_mut().zip(a_rest.iter().zip(b_rest)) {
        *sum += T::splat(*a) * *b;
    }
    (sums[0] + sums[1]) + (sums[2] + sums[3])
}

#[cfg(test)]
mod tests {
    use super::{dot, dot_same};

    #[test]
    fn they_have_the_bits_of_the_one_sum() {
        let a: [f32; 21] = std::array::from_fn(|k| 1.0 / (k as f32 + 0.7));
        let b: [f32; 21] = std::array::from_fn(|k| (k as f32 * 1.3).sin());
        for n in 0..=21 {
            let known = solvekit::sum::dot(&a[..n], &b[..n]).to_bits();
            assert_eq!(dot(&a[..n], &b[..n]).to_bits(), known, "length {n}");
            assert_eq!(dot_same(&a[..n], &b[..n]).to_bits(), known, "length {n}");
        }
    }
}
