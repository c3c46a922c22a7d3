//! [`Register`]: the two number types, with what a processor does to a register full of them.

use pulp::Simd;
use pulp::bytemuck::Pod;
use solvekit::Real;

/// A number of which a processor has vectors.
#[allow(unreachable_pub, reason = "sealed: a part of a public trait that nobody outside can name")]
pub trait Register: Real + Pod {
    /// The least number with all its digits.
    const LEAST: Self;
    /// A register full.
    type Vector<S: Simd>: Copy + Pod + Send + Sync;
    /// What comparing two of them gives.
    type Mask<S: Simd>: Copy;

    fn add<S: Simd>(simd: S, a: Self::Vector<S>, b: Self::Vector<S>) -> Self::Vector<S>;
    fn sub<S: Simd>(simd: S, a: Self::Vector<S>, b: Self::Vector<S>) -> Self::Vector<S>;
    fn mul<S: Simd>(simd: S, a: Self::Vector<S>, b: Self::Vector<S>) -> Self::Vector<S>;
    fn div<S: Simd>(simd: S, a: Self::Vector<S>, b: Self::Vector<S>) -> Self::Vector<S>;
    /// a b + c, rounded once where the processor has the instruction.
    fn fused<S: Simd>(
        simd: S,
        a: Self::Vector<S>,
        b: Self::Vector<S>,
        c: Self::Vector<S>,
    ) -> Self::Vector<S>;
    /// a < b ? a : b, in one instruction.
    fn least<S: Simd>(simd: S, a: Self::Vector<S>, b: Self::Vector<S>) -> Self::Vector<S>;
    /// a > b ? a : b, in one instruction.
    fn most<S: Simd>(simd: S, a: Self::Vector<S>, b: Self::Vector<S>) -> Self::Vector<S>;
    fn neg<S: Simd>(simd: S, a: Self::Vector<S>) -> Self::Vector<S>;
    fn abs<S: Simd>(simd: S, a: Self::Vector<S>) -> Self::Vector<S>;
    fn sqrt<S: Simd>(simd: S, a: Self::Vector<S>) -> Self::Vector<S>;
    fn spread<S: Simd>(simd: S, value: Self) -> Self::Vector<S>;
    /// a < b; false for NaN.
    fn less<S: Simd>(simd: S, a: Self::Vector<S>, b: Self::Vector<S>) -> Self::Mask<S>;
    fn choose<S: Simd>(
        simd: S,
        mask: Self::Mask<S>,
        yes: Self::Vector<S>,
        no: Self::Vector<S>,
    ) -> Self::Vector<S>;
    /// a = b; false for NaN.
    fn equal<S: Simd>(simd: S, a: Self::Vector<S>, b: Self::Vector<S>) -> Self::Mask<S>;
    /// The bits that both have.
    fn and<S: Simd>(simd: S, a: Self::Vector<S>, b: Self::Vector<S>) -> Self::Vector<S>;
    /// Whole registers from the front, and what is left.
    fn whole<S: Simd>(numbers: &[Self]) -> (&[Self::Vector<S>], &[Self]);
    /// Is the mask set everywhere?
    fn everywhere<S: Simd>(simd: S, mask: Self::Mask<S>) -> bool;
}

macro_rules! register {
    ($real:ident, $vector:ident, $mask:ident, $add:ident, $sub:ident, $mul:ident, $div:ident, $fused:ident, $least:ident, $most:ident, $neg:ident,
     $abs:ident, $sqrt:ident, $splat:ident, $less:ident, $equal:ident, $select:ident, $not:ident, $first:ident, $lanes:ident,
     $and:ident, $whole:ident) => {
        impl Register for $real {
            const LEAST: Self = $real::MIN_POSITIVE;
            type Vector<S: Simd> = S::$vector;
            type Mask<S: Simd> = S::$mask;

            #[inline(always)]
            fn add<S: Simd>(simd: S, a: S::$vector, b: S::$vector) -> S::$vector {
                simd.$add(a, b)
            }
            #[inline(always)]
            fn sub<S: Simd>(simd: S, a: S::$vector, b: S::$vector) -> S::$vector {
                simd.$sub(a, b)
            }
            #[inline(always)]
            fn mul<S: Simd>(simd: S, a: S::$vector, b: S::$vector) -> S::$vector {
                simd.$mul(a, b)
            }
            #[inline(always)]
            fn div<S: Simd>(simd: S, a: S::$vector, b: S::$vector) -> S::$vector {
                simd.$div(a, b)
            }
            #[inline(always)]
            fn fused<S: Simd>(simd: S, a: S::$vector, b: S::$vector, c: S::$vector) -> S::$vector {
                simd.$fused(a, b, c)
            }
            #[inline(always)]
            fn least<S: Simd>(simd: S, a: S::$vector, b: S::$vector) -> S::$vector {
                simd.$least(a, b)
            }
            #[inline(always)]
            fn most<S: Simd>(simd: S, a: S::$vector, b: S::$vector) -> S::$vector {
                simd.$most(a, b)
            }
            #[inline(always)]
            fn neg<S: Simd>(simd: S, a: S::$vector) -> S::$vector {
                simd.$neg(a)
            }
            #[inline(always)]
            fn abs<S: Simd>(simd: S, a: S::$vector) -> S::$vector {
                simd.$abs(a)
            }
            #[inline(always)]
            fn sqrt<S: Simd>(simd: S, a: S::$vector) -> S::$vector {
                simd.$sqrt(a)
            }
            #[inline(always)]
            fn spread<S: Simd>(simd: S, value: Self) -> S::$vector {
                simd.$splat(value)
            }
            #[inline(always)]
            fn less<S: Simd>(simd: S, a: S::$vector, b: S::$vector) -> S::$mask {
                simd.$less(a, b)
            }
            #[inline(always)]
            fn choose<S: Simd>(
                simd: S,
                mask: S::$mask,
                yes: S::$vector,
                no: S::$vector,
            ) -> S::$vector {
                simd.$select(mask, yes, no)
            }
            #[inline(always)]
            fn equal<S: Simd>(simd: S, a: S::$vector, b: S::$vector) -> S::$mask {
                simd.$equal(a, b)
            }
            #[inline(always)]
            fn and<S: Simd>(simd: S, a: S::$vector, b: S::$vector) -> S::$vector {
                simd.$and(a, b)
            }
            #[inline(always)]
            fn whole<S: Simd>(numbers: &[Self]) -> (&[S::$vector], &[Self]) {
                S::$whole(numbers)
            }
            #[inline(always)]
            fn everywhere<S: Simd>(simd: S, mask: S::$mask) -> bool {
                simd.$first(simd.$not(mask)) == S::$lanes
            }
        }
    };
}

register!(
    f32,
    f32s,
    m32s,
    add_f32s,
    sub_f32s,
    mul_f32s,
    div_f32s,
    mul_add_f32s,
    min_f32s,
    max_f32s,
    neg_f32s,
    abs_f32s,
    sqrt_f32s,
    splat_f32s,
    less_than_f32s,
    equal_f32s,
    select_f32s,
    not_m32s,
    first_true_m32s,
    F32_LANES,
    and_f32s,
    as_simd_f32s
);
register!(
    f64,
    f64s,
    m64s,
    add_f64s,
    sub_f64s,
    mul_f64s,
    div_f64s,
    mul_add_f64s,
    min_f64s,
    max_f64s,
    neg_f64s,
    abs_f64s,
    sqrt_f64s,
    splat_f64s,
    less_than_f64s,
    equal_f64s,
    select_f64s,
    not_m64s,
    first_true_m64s,
    F64_LANES,
    and_f64s,
    as_simd_f64s
);
