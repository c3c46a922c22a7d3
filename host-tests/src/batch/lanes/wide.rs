//! [`Wide`]: the numbers of one or more vector registers as one [`Scalar`].
#![allow(unsafe_code, reason = "the proof that a processor has some instructions, out of nothing")]

use super::Side;
use pulp::Simd;
use pulp::bytemuck::{Pod, cast_slice, cast_slice_mut};
use solvekit::{Real, Scalar};
use std::fmt;
use std::mem::MaybeUninit;
use std::ops::{Add, AddAssign, Div, Mul, MulAssign, Neg, Sub, SubAssign};

/// `V` registers full of numbers, one operation on all of them at a time: with the bits of
/// [`Lanes`](solvekit::Lanes), and in a register wherever the compiler can hold it there.
///
/// An array does not do it: in a baseline build its loops are compiled for the baseline, wherever
/// they are called from. Two registers hide half of what a chain of dependent operations waits for,
/// and need twice the memory.
///
/// A value is a proof that the processor has the instructions `S`, as `S` itself is; the constants are
/// such proofs too, out of nothing. So nothing outside of
/// [`dispatch`](super::dispatch), which asks the processor, may choose this type.
#[derive(Clone, Copy)]
pub(super) struct Wide<S: Simd, R: Register, const V: usize> {
    registers: [R::Vector<S>; V],
    simd: S,
}

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

/// Register by register. Not a function that is given another one: what is called through a
/// parameter is compiled by itself, and so for the build's own instructions.
macro_rules! each {
    ($operation:expr, $own:ident $(, $other:ident)?) => {{
        let mut result = $own;
        let mut v = 0;
        while v < V {
            result.registers[v] =
                $operation($own.simd, $own.registers[v] $(, $other.registers[v])?);
            v += 1;
        }
        result
    }};
}

impl<S: Simd, R: Register, const V: usize> Wide<S, R, V> {
    /// The proof out of nothing; see [`Wide`].
    const PROOF: S = {
        assert!(size_of::<S>() == 0, "a proof is no data");
        // SAFETY: a type without data has one value, and no bytes that could be uninitialised. What it
        // stands for, that the processor has these instructions, `dispatch` has asked.
        unsafe { MaybeUninit::uninit().assume_init() }
    };

    const fn same(value: R) -> Self {
        // Two of the longest registers there are.
        const MOST: usize = 32;
        let numbers = [value; MOST];
        assert!(size_of::<[R::Vector<S>; V]>() <= size_of::<[R; MOST]>(), "at most 32 numbers");
        // SAFETY: both are plain data (`Pod`), and the array is not shorter.
        let registers = unsafe { numbers.as_ptr().cast::<[R::Vector<S>; V]>().read_unaligned() };
        Self { registers, simd: Self::PROOF }
    }

    /// What no register has an instruction for, number by number.
    fn by_number(self, other: Self, op: impl Fn(R, R) -> R) -> Self {
        let mut result = self;
        for (slot, other) in result.lanes_mut().iter_mut().zip(other.lanes()) {
            *slot = op(*slot, *other);
        }
        result
    }
}

impl<S: Simd, R: Register, const V: usize> Side for Wide<S, R, V> {
    const LANES: usize = V * (size_of::<R::Vector<S>>() / size_of::<R>());
    // Only the longest come in thirty-twos.
    const MANY_REGISTERS: bool = size_of::<R::Vector<S>>() == 64;

    #[inline(always)]
    fn lanes(&self) -> &[R] {
        cast_slice(&self.registers)
    }
    #[inline(always)]
    fn lanes_mut(&mut self) -> &mut [R] {
        cast_slice_mut(&mut self.registers)
    }
    #[inline(always)]
    fn plus_product(self, a: Self, b: Self) -> Self {
        let mut result = self;
        let mut v = 0;
        while v < V {
            let own = self.registers[v];
            result.registers[v] = R::fused(self.simd, a.registers[v], b.registers[v], own);
            v += 1;
        }
        result
    }
    #[inline(always)]
    fn least(self, other: Self) -> Self {
        each!(R::least, self, other)
    }
    #[inline(always)]
    fn most(self, other: Self) -> Self {
        each!(R::most, self, other)
    }
    #[inline(always)]
    fn if_less(self, other: Self, yes: Self, no: Self) -> Self {
        let mut result = self;
        let mut v = 0;
        while v < V {
            let mask = R::less(self.simd, self.registers[v], other.registers[v]);
            result.registers[v] = R::choose(self.simd, mask, yes.registers[v], no.registers[v]);
            v += 1;
        }
        result
    }
    #[inline(always)]
    fn is_zero(self) -> bool {
        let zero = R::spread(self.simd, R::ZERO);
        let mut all = true;
        let mut v = 0;
        while v < V {
            let is_zero = R::equal(self.simd, self.registers[v], zero);
            all &= R::everywhere(self.simd, is_zero);
            v += 1;
        }
        all
    }
    #[inline(always)]
    fn all_finite(numbers: &[R]) -> bool {
        let simd = Self::PROOF;
        let (whole, rest) = R::whole::<S>(numbers);
        let mut finite = true;
        for numbers in whole {
            finite &= R::everywhere(simd, below_infinity::<S, R>(simd, *numbers));
        }
        for number in rest {
            finite &= number.is_finite();
        }
        finite
    }
}

impl<S: Simd, R: Register, const V: usize> fmt::Debug for Wide<S, R, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.lanes().fmt(f)
    }
}

impl<S: Simd, R: Register, const V: usize> PartialEq for Wide<S, R, V> {
    fn eq(&self, other: &Self) -> bool {
        self.lanes() == other.lanes()
    }
}

impl<S: Simd, R: Register, const V: usize> Default for Wide<S, R, V> {
    fn default() -> Self {
        Self::ZERO
    }
}

macro_rules! operation {
    ($operator:ident, $method:ident, $assigning:ident, $assign:ident) => {
        impl<S: Simd, R: Register, const V: usize> $operator for Wide<S, R, V> {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: Self) -> Self {
                each!(<R as Register>::$method, self, other)
            }
        }
        impl<S: Simd, R: Register, const V: usize> $assigning for Wide<S, R, V> {
            #[inline(always)]
            fn $assign(&mut self, other: Self) {
                let own = *self;
                *self = each!(<R as Register>::$method, own, other);
            }
        }
    };
}
operation!(Add, add, AddAssign, add_assign);
operation!(Sub, sub, SubAssign, sub_assign);
operation!(Mul, mul, MulAssign, mul_assign);

impl<S: Simd, R: Register, const V: usize> Div for Wide<S, R, V> {
    type Output = Self;
    #[inline(always)]
    fn div(self, other: Self) -> Self {
        each!(<R as Register>::div, self, other)
    }
}

impl<S: Simd, R: Register, const V: usize> Neg for Wide<S, R, V> {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        each!(<R as Register>::neg, self)
    }
}

impl<S: Simd, R: Register, const V: usize> Scalar for Wide<S, R, V> {
    type Real = R;
    const ZERO: Self = Self::same(R::ZERO);
    const ONE: Self = Self::same(R::ONE);

    #[inline(always)]
    fn splat(value: R) -> Self {
        let simd = Self::PROOF;
        Self { registers: [R::spread(simd, value); V], simd }
    }
    #[inline(always)]
    fn abs(self) -> Self {
        each!(<R as Register>::abs, self)
    }
    #[inline(always)]
    fn sqrt(self) -> Self {
        each!(<R as Register>::sqrt, self)
    }
    #[inline(always)]
    fn max(self, other: Self) -> Self {
        each!(larger::<S, R>, self, other)
    }
    #[inline(always)]
    fn min(self, other: Self) -> Self {
        each!(smaller::<S, R>, self, other)
    }
    #[inline(always)]
    fn finite_or(self, fallback: Self) -> Self {
        // Asked first whether all are finite: a branch, which is foreseen, and no part of the chain
        // from one unknown to the next.
        let mut finite = true;
        let mut v = 0;
        while v < V {
            let below = below_infinity::<S, R>(self.simd, self.registers[v]);
            finite &= R::everywhere(self.simd, below);
            v += 1;
        }
        if finite { self } else { each!(finite_or::<S, R>, self, fallback) }
    }
    fn select(self, test: impl Fn(R) -> bool, yes: Self, no: Self) -> Self {
        let mut result = no;
        let chosen = self.lanes().iter().zip(yes.lanes());
        for (slot, (own, yes)) in result.lanes_mut().iter_mut().zip(chosen) {
            if test(*own) {
                *slot = *yes;
            }
        }
        result
    }
    #[inline(always)]
    fn unit_scale(self) -> Self {
        each!(unit_scale::<S, R>, self)
    }
    fn all(self, test: impl Fn(R) -> bool) -> bool {
        self.lanes().iter().all(|x| test(*x))
    }
    fn worst(self) -> R {
        self.lanes().iter().fold(R::ZERO, |worst, x| Scalar::max(worst, *x))
    }
    fn worst_against(self, reference: Self) -> R {
        let unit = |r: R| if r > R::ZERO { r } else { R::ONE };
        let ratio = self.by_number(reference, |x, r| x / unit(r));
        ratio.worst() * unit(reference.worst())
    }
}

#[inline(always)]
fn below_infinity<S: Simd, R: Register>(simd: S, a: R::Vector<S>) -> R::Mask<S> {
    R::less(simd, <R as Register>::abs(simd, a), R::spread(simd, R::INFINITY))
}

/// 1 / 2ᵏ for |a| in [2ᵏ, 2ᵏ⁺¹): the bits of an infinity are those of the exponent.
#[inline(always)]
fn unit_scale<S: Simd, R: Register>(simd: S, a: R::Vector<S>) -> R::Vector<S> {
    let (one, least) = (R::spread(simd, R::ONE), R::spread(simd, R::LEAST));
    let most = R::spread(simd, R::ONE / R::LEAST);
    let power = R::and(simd, a, R::spread(simd, R::INFINITY));
    let power = R::choose(simd, R::less(simd, power, least), least, power);
    let power = R::choose(simd, R::less(simd, most, power), most, power);
    let is_zero = R::equal(simd, a, R::spread(simd, R::ZERO));
    R::choose(simd, is_zero, one, <R as Register>::div(simd, one, power))
}

#[inline(always)]
fn finite_or<S: Simd, R: Register>(simd: S, a: R::Vector<S>, b: R::Vector<S>) -> R::Vector<S> {
    R::choose(simd, below_infinity::<S, R>(simd, a), a, b)
}

/// NaN on either side wins, as [`Scalar::max`] has it.
#[inline(always)]
fn larger<S: Simd, R: Register>(simd: S, a: R::Vector<S>, b: R::Vector<S>) -> R::Vector<S> {
    let larger = R::choose(simd, R::less(simd, b, a), a, b);
    R::choose(simd, R::equal(simd, a, a), larger, a)
}

#[inline(always)]
fn smaller<S: Simd, R: Register>(simd: S, a: R::Vector<S>, b: R::Vector<S>) -> R::Vector<S> {
    let smaller = R::choose(simd, R::less(simd, a, b), a, b);
    R::choose(simd, R::equal(simd, a, a), smaller, a)
}
