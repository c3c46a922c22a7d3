//! The one summation order, and the norms built on it.
//!
//! A sum of terms t₀ … tₙ₋₁ goes into four accumulators, tₖ into accumulator k mod 4 in the order
//! of k, and ends as (a₀ + a₁) + (a₂ + a₃). The accumulators start at −0, the number that changes
//! nothing when it is added to: the first additions need no instruction (and a sum of nothing is −0). Four independent chains keep a pipelined FPU busy and
//! quarter the rounding error of a running sum; the fixed tree makes the bits the same on every
//! machine and in every lane.

use crate::{Buffer, Scalar};

/// Four interleaved accumulators for terms that arrive one at a time.
///
/// ```
/// use solvekit_core::sum::{Accumulator, sum_of};
/// let mut total = Accumulator::default();
/// (0..10).for_each(|k| total.add(k, 0.1_f32 * k as f32));
/// assert_eq!(total.total(), sum_of(10, |k| 0.1 * k as f32));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Accumulator<T>([T; 4]);

impl<T: Scalar> Default for Accumulator<T> {
    #[inline]
    fn default() -> Self {
        Self([-T::ZERO; 4])
    }
}

impl<T: Scalar> Accumulator<T> {
    /// Adds the `k`-th term.
    #[inline]
    pub fn add(&mut self, k: usize, term: T) {
        // The mask keeps the index below 4.
        self.0[k & 3] += term;
    }

    /// (a₀ + a₁) + (a₂ + a₃).
    #[inline]
    pub fn total(self) -> T {
        let [a, b, c, d] = self.0;
        (a + b) + (c + d)
    }
}

/// Σₖ term(k) for k < `len`, in the fixed order. `len` calls of `term`, in the order of k.
#[inline(always)]
pub fn sum_of<T: Scalar>(len: usize, mut term: impl FnMut(usize) -> T) -> T {
    let Accumulator(mut acc) = Accumulator::default();
    let whole = len & !3;
    let mut k = 0;
    while k < whole {
        acc[0] += term(k);
        acc[1] += term(k + 1);
        acc[2] += term(k + 2);
        acc[3] += term(k + 3);
        k += 4;
    }
    let rest = len - whole;
    if rest > 0 {
        acc[0] += term(k);
    }
    if rest > 1 {
        acc[1] += term(k + 1);
    }
    if rest > 2 {
        acc[2] += term(k + 2);
    }
    Accumulator(acc).total()
}

/// Σ aₖ bₖ over the shorter length.
#[inline]
pub fn dot<T: Scalar>(a: &[T], b: &[T]) -> T {
    // Cut first: chunks of different lengths would pair the wrong ends.
    let shorter = a.len().min(b.len());
    let (a, b) = (a.get(..shorter).unwrap_or(a), b.get(..shorter).unwrap_or(b));
    let (a4, a_rest) = a.as_chunks::<4>();
    let (b4, b_rest) = b.as_chunks::<4>();
    let Accumulator(mut acc) = Accumulator::default();
    for (a, b) in a4.iter().zip(b4) {
        acc[0] += a[0] * b[0];
        acc[1] += a[1] * b[1];
        acc[2] += a[2] * b[2];
        acc[3] += a[3] * b[3];
    }
    for (slot, (a, b)) in acc.iter_mut().zip(a_rest.iter().zip(b_rest)) {
        *slot += *a * *b;
    }
    Accumulator(acc).total()
}

/// y ← y + `a` x over the shorter length; not a sum, so every entry by itself.
///
/// ```
/// use solvekit_core::sum::axpy;
/// let mut y = [1.0_f32, 2.0];
/// axpy(3.0, &[1.0, -1.0], &mut y);
/// assert_eq!(y, [4.0, -1.0]);
/// ```
#[inline]
pub fn axpy<T: Scalar>(a: T, x: &[T], y: &mut [T]) {
    for (y, x) in y.iter_mut().zip(x) {
        *y += a * *x;
    }
}

/// Four [`dot`] products at once, each with the same bits as alone.
///
/// One product waits for its own additions; four of them fill the pipeline.
#[inline]
pub fn dots<T: Scalar>(a: [&[T]; 4], b: [&[T]; 4]) -> [T; 4] {
    let len = a[0].len();
    if a.iter().chain(&b).any(|v| v.len() != len) {
        return core::array::from_fn(|k| dot(a[k], b[k]));
    }
    let [(a0, a0_rest), (a1, a1_rest), (a2, a2_rest), (a3, a3_rest)] = a.map(<[T]>::as_chunks::<4>);
    let [(b0, b0_rest), (b1, b1_rest), (b2, b2_rest), (b3, b3_rest)] = b.map(<[T]>::as_chunks::<4>);
    let [Accumulator(mut p), Accumulator(mut q), Accumulator(mut r), Accumulator(mut s)] =
        [Accumulator::default(); 4];
    let add = |sum: &mut [T; 4], a: &[T; 4], b: &[T; 4]| {
        sum[0] += a[0] * b[0];
        sum[1] += a[1] * b[1];
        sum[2] += a[2] * b[2];
        sum[3] += a[3] * b[3];
    };
    let first = a0.iter().zip(b0).zip(a1.iter().zip(b1));
    let last = a2.iter().zip(b2).zip(a3.iter().zip(b3));
    for (((a0, b0), (a1, b1)), ((a2, b2), (a3, b3))) in first.zip(last) {
        add(&mut p, a0, b0);
        add(&mut q, a1, b1);
        add(&mut r, a2, b2);
        add(&mut s, a3, b3);
    }
    let rest = |sum: &mut [T; 4], a: &[T], b: &[T]| {
        for (slot, (a, b)) in sum.iter_mut().zip(a.iter().zip(b)) {
            *slot += *a * *b;
        }
    };
    rest(&mut p, a0_rest, b0_rest);
    rest(&mut q, a1_rest, b1_rest);
    rest(&mut r, a2_rest, b2_rest);
    rest(&mut s, a3_rest, b3_rest);
    [p, q, r, s].map(|sum| Accumulator(sum).total())
}

/// Four [`dot`] products with one and the same vector, each with the same bits as alone: it is
/// read once, not four times.
#[inline]
pub fn dots_with<T: Scalar>(a: [&[T]; 4], b: &[T]) -> [T; 4] {
    let len = b.len();
    if a.iter().any(|v| v.len() != len) {
        return a.map(|a| dot(a, b));
    }
    let [(a0, a0_rest), (a1, a1_rest), (a2, a2_rest), (a3, a3_rest)] = a.map(<[T]>::as_chunks::<4>);
    let (whole, b_rest) = b.as_chunks::<4>();
    let [Accumulator(mut p), Accumulator(mut q), Accumulator(mut r), Accumulator(mut s)] =
        [Accumulator::default(); 4];
    for ((((b, a0), a1), a2), a3) in whole.iter().zip(a0).zip(a1).zip(a2).zip(a3) {
        for (k, b) in b.iter().enumerate() {
            p[k] += a0[k] * *b;
            q[k] += a1[k] * *b;
            r[k] += a2[k] * *b;
            s[k] += a3[k] * *b;
        }
    }
    let rest = |sum: &mut [T; 4], a: &[T]| {
        for (slot, (a, b)) in sum.iter_mut().zip(a.iter().zip(b_rest)) {
            *slot += *a * *b;
        }
    };
    rest(&mut p, a0_rest);
    rest(&mut q, a1_rest);
    rest(&mut r, a2_rest);
    rest(&mut s, a3_rest);
    [p, q, r, s].map(|sum| Accumulator(sum).total())
}

/// Largest |vₖ|; NaN wins.
pub fn max_abs<T: Scalar>(v: &[T]) -> T {
    v.iter().fold(T::ZERO, |worst, x| worst.max(x.abs()))
}

/// ‖v‖₂, neither overflowing nor underflowing where the result is representable; NaN and infinity
/// propagate. Two passes.
///
/// ```
/// use solvekit_core::sum::norm;
/// use solvekit_core::SVector;
/// assert_eq!(norm::<f32, _>(&SVector::from([3e30_f32, 4e30])), 5e30);
/// assert!(norm::<f32, _>(&SVector::from([f32::NAN, 1.0])).is_nan());
/// ```
pub fn norm<T: Scalar, V: Buffer<T>>(v: &V) -> T {
    let v = v.as_slice();
    let scale = max_abs(v).unit_scale();
    let squares = sum_of(v.len(), |k| v.get(k).map_or(T::ZERO, |x| square(*x * scale)));
    squares.sqrt() / scale
}

/// x².
#[inline]
pub fn square<T: Scalar>(x: T) -> T {
    x * x
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_forms_agree_to_the_bit_at_every_length() {
        let a: [f32; 23] = core::array::from_fn(|k| 1.0 / (k as f32 + 0.7));
        let b: [f32; 23] = core::array::from_fn(|k| (k as f32).sin() - 0.3);
        for n in 0..=23 {
            let mut acc = Accumulator::default();
            (0..n).for_each(|k| acc.add(k, a[k] * b[k]));
            let reference = acc.total().to_bits();
            assert_eq!(dot(&a[..n], &b[..n]).to_bits(), reference, "dot, n = {n}");
            assert_eq!(sum_of(n, |k| a[k] * b[k]).to_bits(), reference, "sum_of, n = {n}");
        }
    }

    #[test]
    fn a_dot_product_stops_with_the_shorter_one() {
        let v: [f32; 9] = core::array::from_fn(|k| 1.0 + k as f32);
        for (m, n) in (0..=9).flat_map(|m| (0..=9).map(move |n| (m, n))) {
            let both = m.min(n);
            assert_eq!(dot(&v[..m], &v[..n]), dot(&v[..both], &v[..both]), "{m} and {n}");
        }
    }

    #[test]
    fn four_products_at_once_have_the_bits_of_each_alone() {
        let b: [f64; 21] = core::array::from_fn(|k| (k as f64).cos());
        let a: [[f64; 21]; 4] =
            core::array::from_fn(|j| core::array::from_fn(|k| 1.0 / (j as f64 + k as f64 + 0.3)));
        for n in 0..=21 {
            let columns = a.each_ref().map(|a| &a[..n]);
            let alone = columns.map(|a| dot(a, &b[..n]));
            assert_eq!(dots(columns, [&b[..n]; 4]), alone, "length {n}");
            assert_eq!(dots_with(columns, &b[..n]), alone, "length {n}");
        }
        let uneven = [&a[0][..3], &a[1][..5], &a[2][..0], &a[3][..21]];
        assert_eq!(dots(uneven, [&b[..4]; 4]), uneven.map(|a| dot(a, &b[..4])));
        assert_eq!(dots_with(uneven, &b[..4]), uneven.map(|a| dot(a, &b[..4])));
    }

    #[test]
    fn the_order_is_the_documented_tree() {
        // 1e8 + 1 rounds to 1e8 in f32, so the answer tells the order of the additions.
        let v = [1e8_f32, 1.0, -1e8, 1.0];
        assert_eq!(sum_of(4, |k| v[k]), (1e8_f32 + 1.0) + (-1e8 + 1.0));
        // Starting at −0 keeps the sign of a lone −0.
        assert!(sum_of(1, |_| -0.0_f32).is_sign_negative());
        let w = [1e8_f32, 0.0, 0.0, 0.0, -1e8, 1.0];
        assert_eq!(sum_of(6, |k| w[k]), 1.0);
    }

    #[test]
    fn norms_are_safe_at_both_ends_of_the_range() {
        type V = crate::SVector<f32, 2>;
        assert_eq!(norm::<f32, V>(&V::from([3e-30, 4e-30])), 5e-30);
        assert_eq!(norm::<f32, V>(&V::zeros()), 0.0);
        assert!(norm::<f32, V>(&V::from([f32::INFINITY, 1.0])).is_infinite());
        assert!(norm::<f32, V>(&V::from([f32::NAN, 0.0])).is_nan());
        assert!(norm::<f32, V>(&V::from([0.0, f32::NAN])).is_nan());
    }
}
