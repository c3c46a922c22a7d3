//! The two products of training: a sum of some columns, and a product with a transpose.
//!
//! Both add in the solvers' order, [`solvekit::sum`]: term k into accumulator k mod 4, the
//! accumulators as (a₀ + a₁) + (a₂ + a₃). What is left out are columns times zero, which change no
//! sum but perhaps the sign of a zero.

use super::Element;
use super::order::PANEL;
use super::packed::Packed;
use pulp::{Simd, WithSimd};

/// Some entries of a vector, in the order of their places.
#[derive(Clone, Copy, Debug)]
pub(super) struct Terms<'a, T> {
    pub(super) places: &'a [u32],
    pub(super) factors: &'a [T],
    /// Where each quarter starts among them.
    pub(super) starts: &'a [usize; 5],
}

/// `out` ← Σ factor · column.
#[inline(always)]
pub(super) fn combine<S: Simd, T: Element>(
    simd: S,
    matrix: &Packed<T>,
    terms: Terms<'_, T>,
    out: &mut [T],
) {
    simd.vectorize(Combine { matrix, terms, out });
}

/// A function of its own for each set of instructions, wherever it is called.
struct Combine<'a, T> {
    matrix: &'a Packed<T>,
    terms: Terms<'a, T>,
    out: &'a mut [T],
}

impl<T: Element> WithSimd for Combine<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        combine_all(simd, self.matrix, self.terms, self.out);
    }
}

#[inline(always)]
fn combine_all<S: Simd, T: Element>(
    simd: S,
    matrix: &Packed<T>,
    terms: Terms<'_, T>,
    out: &mut [T],
) {
    let columns = T::vectors::<S>(&matrix.by_columns);
    let out = T::vectors_mut::<S>(out);
    let stride = matrix.rows.padded() / T::lanes::<S>();
    let mut first = 0;
    while first + 8 <= stride {
        combine_rows::<S, T, 8>(simd, columns, (stride, first), terms, out);
        first += 8;
    }
    while first + 2 <= stride {
        combine_rows::<S, T, 2>(simd, columns, (stride, first), terms, out);
        first += 2;
    }
    while first < stride {
        combine_rows::<S, T, 1>(simd, columns, (stride, first), terms, out);
        first += 1;
    }
}

/// V vectors of rows, whose accumulators stay in registers.
#[inline(always)]
fn combine_rows<S: Simd, T: Element, const V: usize>(
    simd: S,
    columns: &[T::Vector<S>],
    (stride, first): (usize, usize),
    terms: Terms<'_, T>,
    out: &mut [T::Vector<S>],
) {
    let mut sums = [[T::spread(simd, -T::ZERO); V]; 4];
    let mut quarter = 0;
    while quarter < 4 {
        let mut sum = [T::spread(simd, -T::ZERO); V];
        let range = terms.starts[quarter]..terms.starts[quarter + 1];
        let (places, factors) = (&terms.places[range.clone()], &terms.factors[range]);
        for (place, factor) in places.iter().zip(factors) {
            let from = *place as usize * stride + first;
            let column = &columns[from..from + V];
            let factor = T::spread(simd, *factor);
            let mut v = 0;
            while v < V {
                sum[v] = T::plus(simd, sum[v], T::times(simd, column[v], factor));
                v += 1;
            }
        }
        sums[quarter] = sum;
        quarter += 1;
    }
    let out = &mut out[first..first + V];
    let mut v = 0;
    while v < V {
        let (low, high) =
            (T::plus(simd, sums[0][v], sums[1][v]), T::plus(simd, sums[2][v], sums[3][v]));
        out[v] = T::plus(simd, low, high);
        v += 1;
    }
}

/// `out` ← matrixᵀ r, for several r one behind the other.
#[inline(always)]
pub(super) fn adjoint<S: Simd, T: Element>(simd: S, matrix: &Packed<T>, r: &[T], out: &mut [T]) {
    simd.vectorize(Adjoint { matrix, r, out });
}

/// A function of its own, as [`Combine`].
struct Adjoint<'a, T> {
    matrix: &'a Packed<T>,
    r: &'a [T],
    out: &'a mut [T],
}

impl<T: Element> WithSimd for Adjoint<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        adjoint_all(simd, self.matrix, self.r, self.out);
    }
}

#[inline(always)]
fn adjoint_all<S: Simd, T: Element>(simd: S, matrix: &Packed<T>, r: &[T], out: &mut [T]) {
    let (rows, long) = (matrix.rows.padded(), matrix.columns.padded());
    if rows == 0 {
        return;
    }
    let samples = r.len() / rows;
    let panel_size = matrix.rows.len() * PANEL;
    for (panel, numbers) in matrix.panels.chunks_exact(panel_size).enumerate() {
        let mut first = 0;
        // Each sample costs two registers of sums, and there are as many again for what they become.
        if S::REGISTER_COUNT >= 32 {
            while first + 8 <= samples {
                panel_times::<S, T, 8>(simd, matrix, numbers, (panel, first), r, out, long);
                first += 8;
            }
        }
        while first + 4 <= samples {
            panel_times::<S, T, 4>(simd, matrix, numbers, (panel, first), r, out, long);
            first += 4;
        }
        while first < samples {
            panel_times::<S, T, 1>(simd, matrix, numbers, (panel, first), r, out, long);
            first += 1;
        }
    }
}

/// The columns of one panel times B vectors.
#[inline(always)]
fn panel_times<S: Simd, T: Element, const B: usize>(
    simd: S,
    matrix: &Packed<T>,
    numbers: &[T],
    (panel, first): (usize, usize),
    r: &[T],
    out: &mut [T],
    long: usize,
) {
    let across = PANEL / T::lanes::<S>();
    let stride = matrix.rows.padded();
    let starts = &matrix.rows.starts;
    let numbers = T::vectors::<S>(numbers);
    let mut part = 0;
    while part < across {
        let mut sums = [[[T::spread(simd, -T::ZERO); 2]; B]; 4];
        let mut quarter = 0;
        while quarter < 4 {
            let (from, to) = (starts[quarter], starts[quarter + 1]);
            let mut sum = [[T::spread(simd, -T::ZERO); 2]; B];
            let rows = &numbers[from * across..to * across];
            let mut own: [&[T]; B] = [&[]; B];
            let mut b = 0;
            while b < B {
                own[b] = &r[(first + b) * stride + from..(first + b) * stride + to];
                b += 1;
            }
            let count = to - from;
            let mut i = 0;
            while i < count {
                let row = &rows[i * across..(i + 1) * across];
                let (left, right) = (row[part], row[part + 1]);
                let mut b = 0;
                while b < B {
                    let factor = T::spread(simd, own[b][i]);
                    sum[b][0] = T::plus(simd, sum[b][0], T::times(simd, left, factor));
                    sum[b][1] = T::plus(simd, sum[b][1], T::times(simd, right, factor));
                    b += 1;
                }
                i += 1;
            }
            sums[quarter] = sum;
            quarter += 1;
        }
        let mut b = 0;
        while b < B {
            let from = (first + b) * long + panel * PANEL;
            let out = T::vectors_mut::<S>(&mut out[from..from + PANEL]);
            let mut side = 0;
            while side < 2 {
                let low = T::plus(simd, sums[0][b][side], sums[1][b][side]);
                let high = T::plus(simd, sums[2][b][side], sums[3][b][side]);
                out[part + side] = T::plus(simd, low, high);
                side += 1;
            }
            b += 1;
        }
        part += 2;
    }
}
