//! [`Wide`]: the numbers of one or more vector registers as one [`Scalar`].
#![allow(unsafe_code, reason = "the proof that a processor has some instructions, out of nothing")]

use super::line::Line;
use super::register::Register;
use super::{Apart, Side};
use pulp::bytemuck::{cast_slice, cast_slice_mut};
use pulp::{Simd, WithSimd};
use solvekit::Scalar;
use std::fmt;
use std::ptr::NonNull;

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
pub(super) struct Wide<S: Simd, R: Register, L: Line, const V: usize> {
    registers: [R::Vector<S>; V],
    _line: [L; 0],
    simd: S,
}

/// Work, for those who give it their instructions.
struct Job<J>(J);

impl<J: Apart> WithSimd for Job<J> {
    type Output = J::Output;
    #[inline(always)]
    fn with_simd<S: Simd>(self, _simd: S) -> J::Output {
        self.0.run()
    }
}

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

// Behind the macro, which they use.
mod operators;
mod scalar;

impl<S: Simd, R: Register, L: Line, const V: usize> Wide<S, R, L, V> {
    /// The proof out of nothing; see [`Wide`].
    const PROOF: S = {
        assert!(size_of::<S>() == 0, "a proof is no data");
        // SAFETY: a type without data has one value, and any address that is not null holds it. What it
        // stands for, that the processor has these instructions, `dispatch` has asked.
        unsafe { NonNull::<S>::dangling().as_ptr().read() }
    };

    const fn same(value: R) -> Self {
        // Two of the longest registers there are.
        const MOST: usize = 32;
        let numbers = [value; MOST];
        assert!(size_of::<[R::Vector<S>; V]>() <= size_of::<[R; MOST]>(), "at most 32 numbers");
        // SAFETY: both are plain data (`Pod`), and the array is not shorter.
        let registers = unsafe { numbers.as_ptr().cast::<[R::Vector<S>; V]>().read_unaligned() };
        Self { registers, _line: [], simd: Self::PROOF }
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

impl<S: Simd, R: Register, L: Line, const V: usize> Side for Wide<S, R, L, V> {
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
    fn apart<J: Apart>(job: J) -> J::Output {
        Simd::vectorize(Self::PROOF, Job(job))
    }
    #[inline(always)]
    fn all_finite(numbers: &[R]) -> bool {
        let simd = Self::PROOF;
        let (whole, rest) = R::whole::<S>(numbers);
        let mut finite = true;
        for numbers in whole {
            finite &= R::everywhere(simd, scalar::below_infinity::<S, R>(simd, *numbers));
        }
        for number in rest {
            finite &= number.is_finite();
        }
        finite
    }
}

impl<S: Simd, R: Register, L: Line, const V: usize> fmt::Debug for Wide<S, R, L, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.lanes().fmt(f)
    }
}

impl<S: Simd, R: Register, L: Line, const V: usize> PartialEq for Wide<S, R, L, V> {
    fn eq(&self, other: &Self) -> bool {
        self.lanes() == other.lanes()
    }
}

impl<S: Simd, R: Register, L: Line, const V: usize> Default for Wide<S, R, L, V> {
    fn default() -> Self {
        Self::ZERO
    }
}
