//! [`Element`]: the two number types, with the vectors that a processor has of them.

use super::{hyper, packed, unrolled};
use pulp::{Arch, Simd};
use solvekit::Real;

/// `f32` or `f64`, and how many of them are added and multiplied at once.
///
/// Multiplication and addition stay apart, each rounded: a vector has the bits of its entries.
pub trait Element: Real + Send + Sync + Compiled {
    /// As many as a register holds.
    type Vector<S: Simd>: Copy;

    /// How many that are.
    fn lanes<S: Simd>() -> usize;
    /// The same number in each place.
    fn spread<S: Simd>(simd: S, value: Self) -> Self::Vector<S>;
    /// a + b.
    fn plus<S: Simd>(simd: S, a: Self::Vector<S>, b: Self::Vector<S>) -> Self::Vector<S>;
    /// a b.
    fn times<S: Simd>(simd: S, a: Self::Vector<S>, b: Self::Vector<S>) -> Self::Vector<S>;
    /// Whole vectors from the front.
    fn vectors<S: Simd>(values: &[Self]) -> &[Self::Vector<S>];
    /// Whole vectors from the front, to be written.
    fn vectors_mut<S: Simd>(values: &mut [Self]) -> &mut [Self::Vector<S>];
    /// As `f64`, which holds every one.
    fn wide(self) -> f64;
}

/// The loops over vectors, compiled in this crate for each number type and set of instructions; a
/// generic function would be compiled anew wherever it is called. So nobody else can add a type.
#[allow(unreachable_pub, reason = "sealed: a part of a public trait that nobody outside can name")]
pub trait Compiled: Sized {
    #[doc(hidden)]
    fn pass(pass: unrolled::Pass<'_, Self>);
    #[doc(hidden)]
    fn hyper(run: &mut hyper::Run<'_, Self>);
    #[doc(hidden)]
    fn apply(apply: packed::Apply<'_, Self>);
}

macro_rules! compiled {
    ($real:ident, $arch:expr) => {
        impl Compiled for $real {
            fn pass(pass: unrolled::Pass<'_, Self>) {
                $arch.dispatch(pass);
            }
            fn hyper(run: &mut hyper::Run<'_, Self>) {
                $arch.dispatch(run);
            }
            fn apply(apply: packed::Apply<'_, Self>) {
                $arch.dispatch(apply);
            }
        }
    };
}

compiled!(f32, Arch::new());
compiled!(f64, Arch::new());

macro_rules! element {
    ($real:ident, $vector:ident, $lanes:ident, $splat:ident, $add:ident, $mul:ident, $get:ident, $get_mut:ident) => {
        impl Element for $real {
            type Vector<S: Simd> = S::$vector;

            #[inline(always)]
            fn lanes<S: Simd>() -> usize {
                S::$lanes
            }
            #[inline(always)]
            fn spread<S: Simd>(simd: S, value: Self) -> Self::Vector<S> {
                simd.$splat(value)
            }
            #[inline(always)]
            fn plus<S: Simd>(simd: S, a: Self::Vector<S>, b: Self::Vector<S>) -> Self::Vector<S> {
                simd.$add(a, b)
            }
            #[inline(always)]
            fn times<S: Simd>(simd: S, a: Self::Vector<S>, b: Self::Vector<S>) -> Self::Vector<S> {
                simd.$mul(a, b)
            }
            #[inline(always)]
            fn vectors<S: Simd>(values: &[Self]) -> &[Self::Vector<S>] {
                S::$get(values).0
            }
            #[inline(always)]
            fn vectors_mut<S: Simd>(values: &mut [Self]) -> &mut [Self::Vector<S>] {
                S::$get_mut(values).0
            }
            #[inline(always)]
            fn wide(self) -> f64 {
                self.into()
            }
        }
    };
}

element!(f32, f32s, F32_LANES, splat_f32s, add_f32s, mul_f32s, as_simd_f32s, as_mut_simd_f32s);
element!(f64, f64s, F64_LANES, splat_f64s, add_f64s, mul_f64s, as_simd_f64s, as_mut_simd_f64s);
