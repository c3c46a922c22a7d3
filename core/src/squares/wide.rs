//! Squares by vectors, with the instructions that the processor turns out to have.

use super::portable;
use crate::Real;
use pulp::{Arch, Simd, WithSimd};

/// Multiplication and addition stay apart, each rounded: a vector has the bits of its entries.
pub(crate) trait Wide: Sized {
    fn add_squares(triangle: &mut [Self], rows: [&[Self]; 4]);
}

/// Numbers of the rows of a triangle that are no longer than the longest vector, 16 numbers, and a vector more.
const SHORT: usize = 16 * 17 / 2 + 16;

struct AddSquares<'a, R> {
    triangle: &'a mut [R],
    rows: [&'a [R]; 4],
}

/// The rows of the triangle from `first` on. Not inlined where it would be compiled for wide vectors,
/// for which those rows end too soon.
#[inline(never)]
fn from_row<R: Real>(triangle: &mut [R], rows: [&[R]; 4], first: usize) {
    let [a, b, c, d] = rows;
    let mut rest = triangle.get_mut(first * (first + 1) / 2..).unwrap_or_default();
    let entries = a.iter().zip(b).zip(c.iter().zip(d)).enumerate();
    for (j, ((a_j, b_j), (c_j, d_j))) in entries.skip(first) {
        let Some((own, behind)) = rest.split_at_mut_checked(j + 1) else { break };
        for (slot, (((a, b), c), d)) in own.iter_mut().zip(a.iter().zip(b).zip(c).zip(d)) {
            *slot = (((*slot + *a_j * *a) + *b_j * *b) + *c_j * *c) + *d_j * *d;
        }
        rest = behind;
    }
}

macro_rules! wide {
    ($real:ident, $vector:ident, $vectors:ident, $vectors_mut:ident, $splat:ident, $add:ident, $mul:ident) => {
        impl Wide for $real {
            fn add_squares(triangle: &mut [Self], rows: [&[Self]; 4]) {
                let order = rows[0].len();
                let even = rows.iter().all(|row| row.len() == order);
                match Arch::new() {
                    arch if even
                        && triangle.len() == order * (order + 1) / 2
                        && !matches!(arch, Arch::Scalar) =>
                    {
                        arch.dispatch(AddSquares { triangle, rows });
                    }
                    _ => portable(triangle, rows),
                }
            }
        }

        impl WithSimd for AddSquares<'_, $real> {
            type Output = ();

            /// Rows of the triangle are taken by whole vectors, of which the last one reaches into the
            /// row below. What that loses there is the first vector of that row, which is loaded before.
            #[inline(always)]
            fn with_simd<S: Simd>(self, simd: S) {
                let Self { triangle, rows } = self;
                let lanes = size_of::<S::$vector>() / size_of::<$real>();
                let order = rows[0].len();
                // The last row here ends with its last vector.
                let whole = order - order % lanes;
                let [a, b, c, d] = rows;
                let all = S::$vectors(a).0.iter().zip(S::$vectors(b).0);
                let all = all.zip(S::$vectors(c).0.iter().zip(S::$vectors(d).0));
                let factors = a.iter().zip(b).zip(c.iter().zip(d)).take(whole);
                // Of the first rows, less than a vector long, that may be several: they are read from a copy.
                let mut copy = [0.0; SHORT];
                let short = lanes * (lanes + 1) / 2;
                if let (Some(to), Some(from)) = (copy.get_mut(..short), triangle.get(..short)) {
                    to.copy_from_slice(from);
                }
                let mut rest = &mut *triangle;
                let mut start = 0;
                let mut first = None;
                for (j, ((a_j, b_j), (c_j, d_j))) in factors.enumerate() {
                    let below = rest.get(j + 1..).unwrap_or(&[]);
                    let kept = S::$vectors(below).0.first().copied();
                    if j < lanes {
                        first =
                            copy.get(start..).and_then(|row| S::$vectors(row).0.first().copied());
                        start += j + 1;
                    }
                    let (a_j, b_j) = (simd.$splat(*a_j), simd.$splat(*b_j));
                    let (c_j, d_j) = (simd.$splat(*c_j), simd.$splat(*d_j));
                    let slots = S::$vectors_mut(rest).0.get_mut(..=j / lanes);
                    let (Some(slots), Some(mut old)) = (slots, first) else { return };
                    let (mut slots, mut all) = (slots.iter_mut(), all.clone());
                    while let (Some(slot), Some(((a, b), (c, d)))) = (slots.next(), all.next()) {
                        let sum = simd.$add(old, simd.$mul(a_j, *a));
                        let sum = simd.$add(sum, simd.$mul(b_j, *b));
                        let sum = simd.$add(sum, simd.$mul(c_j, *c));
                        *slot = simd.$add(sum, simd.$mul(d_j, *d));
                        if let Some(next) = slots.as_slice().first() {
                            old = *next;
                        }
                    }
                    first = kept;
                    let halves = rest.split_at_mut_checked(j + 1);
                    rest = halves.map(|(_, below)| below).unwrap_or_default();
                }
                from_row(triangle, rows, whole);
            }
        }
    };
}

wide!(f32, f32s, as_simd_f32s, as_mut_simd_f32s, splat_f32s, add_f32s, mul_f32s);
wide!(f64, f64s, as_simd_f64s, as_mut_simd_f64s, splat_f64s, add_f64s, mul_f64s);
