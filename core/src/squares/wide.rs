//! Squares by vectors, with the instructions that the processor turns out to have.

use super::portable;
use crate::Real;
use pulp::{Arch, Simd, WithSimd};

/// Multiplication and addition stay apart, each rounded: a vector has the bits of its entries.
pub(crate) trait Wide: Sized {
    fn add_squares(triangle: &mut [Self], rows: [&[Self]; 4]);
}

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
                let (a_all, b_all, c_all, d_all) =
                    (S::$vectors(a).0, S::$vectors(b).0, S::$vectors(c).0, S::$vectors(d).0);
                let mut kept = None;
                for j in 0..whole {
                    let start = j * (j + 1) / 2;
                    let Some(rest) = triangle.get_mut(start..) else { return };
                    if let Some(kept) = kept
                        && let Some(slot) = S::$vectors_mut(rest).0.first_mut()
                    {
                        *slot = kept;
                    }
                    kept = rest.get(j + 1..).and_then(|next| S::$vectors(next).0.first().copied());
                    let slots = S::$vectors_mut(rest).0;
                    let Some(slots) = slots.get_mut(..j / lanes + 1) else { return };
                    let (Some(a_j), Some(b_j), Some(c_j), Some(d_j)) =
                        (a.get(j), b.get(j), c.get(j), d.get(j))
                    else {
                        return;
                    };
                    let (a_j, b_j) = (simd.$splat(*a_j), simd.$splat(*b_j));
                    let (c_j, d_j) = (simd.$splat(*c_j), simd.$splat(*d_j));
                    for ((((slot, a), b), c), d) in
                        slots.iter_mut().zip(a_all).zip(b_all).zip(c_all).zip(d_all)
                    {
                        let sum = simd.$add(*slot, simd.$mul(a_j, *a));
                        let sum = simd.$add(sum, simd.$mul(b_j, *b));
                        let sum = simd.$add(sum, simd.$mul(c_j, *c));
                        *slot = simd.$add(sum, simd.$mul(d_j, *d));
                    }
                }
                from_row(triangle, rows, whole);
            }
        }
    };
}

wide!(f32, f32s, as_simd_f32s, as_mut_simd_f32s, splat_f32s, add_f32s, mul_f32s);
wide!(f64, f64s, as_simd_f64s, as_mut_simd_f64s, splat_f64s, add_f64s, mul_f64s);
