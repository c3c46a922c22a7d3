//! [`Wide`] as a [`Scalar`].

use super::super::Side;
use super::super::line::Line;
use super::super::register::Register;
use super::Wide;
use pulp::Simd;
use solvekit::Scalar;

impl<S: Simd, R: Register, L: Line, const V: usize> Scalar for Wide<S, R, L, V> {
    type Real = R;
    const ZERO: Self = Self::same(R::ZERO);
    const ONE: Self = Self::same(R::ONE);

    #[inline(always)]
    fn splat(value: R) -> Self {
        let simd = Self::PROOF;
        Self { registers: [R::spread(simd, value); V], _line: [], simd }
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
pub(super) fn below_infinity<S: Simd, R: Register>(simd: S, a: R::Vector<S>) -> R::Mask<S> {
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
