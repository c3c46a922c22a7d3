//! [`Lanes`]: L independent problems computed side by side as one [`Scalar`].

use crate::{Real, Scalar};
use core::array;
use core::ops::{Add, AddAssign, Div, Mul, MulAssign, Neg, Sub, SubAssign};

/// `L` numbers of `L` independent problems, one arithmetic operation on all of them at a time.
///
/// A solver written for [`Scalar`] runs `L` problems of equal shape with `Lanes<L>`, each lane
/// with the bits that the scalar run gives. Vectorising *across* problems keeps the summation
/// order inside each of them. This is the portable array form; the compiler turns it into vector
/// instructions where the build's target has them.
///
/// Storage: `L` numbers. Not [`Real`]: comparing lanes has no single answer.
///
/// ```
/// use solvekit_core::{Lanes, Scalar};
/// let a = Lanes([1.0_f32, 4.0, 9.0, 16.0]);
/// assert_eq!(a.sqrt() + Lanes::splat(1.0), Lanes([2.0, 3.0, 4.0, 5.0]));
/// assert!(Lanes([1.0, f32::NAN]).worst().is_nan());
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(transparent)]
pub struct Lanes<const L: usize, R = f32>(pub [R; L]);

impl<const L: usize, R: Real> Default for Lanes<L, R> {
    fn default() -> Self {
        Self::ZERO
    }
}

impl<const L: usize, R: Real> Lanes<L, R> {
    #[inline]
    fn zip(self, other: Self, op: impl Fn(R, R) -> R) -> Self {
        // Both arrays have L entries, so neither index can be out of bounds.
        Self(array::from_fn(|lane| op(self.0[lane], other.0[lane])))
    }

    #[inline]
    fn each(self, op: impl Fn(R) -> R) -> Self {
        Self(array::from_fn(|lane| op(self.0[lane])))
    }
}

macro_rules! operation {
    ($operator:ident, $method:ident, $assigning:ident, $assign:ident) => {
        impl<const L: usize, R: Real> $operator for Lanes<L, R> {
            type Output = Self;
            #[inline]
            fn $method(self, other: Self) -> Self {
                self.zip(other, R::$method)
            }
        }
        impl<const L: usize, R: Real> $assigning for Lanes<L, R> {
            #[inline]
            fn $assign(&mut self, other: Self) {
                *self = self.zip(other, R::$method);
            }
        }
    };
}
operation!(Add, add, AddAssign, add_assign);
operation!(Sub, sub, SubAssign, sub_assign);
operation!(Mul, mul, MulAssign, mul_assign);

impl<const L: usize, R: Real> Div for Lanes<L, R> {
    type Output = Self;
    #[inline]
    fn div(self, other: Self) -> Self {
        self.zip(other, R::div)
    }
}

impl<const L: usize, R: Real> Neg for Lanes<L, R> {
    type Output = Self;
    #[inline]
    fn neg(self) -> Self {
        self.each(R::neg)
    }
}

impl<const L: usize, R: Real> Scalar for Lanes<L, R> {
    type Real = R;
    const ZERO: Self = Self([R::ZERO; L]);
    const ONE: Self = Self([R::ONE; L]);

    #[inline]
    fn splat(value: R) -> Self {
        Self([value; L])
    }
    #[inline]
    fn abs(self) -> Self {
        self.each(R::abs)
    }
    #[inline]
    fn sqrt(self) -> Self {
        self.each(R::sqrt)
    }
    #[inline]
    fn max(self, other: Self) -> Self {
        self.zip(other, R::max)
    }
    #[inline]
    fn min(self, other: Self) -> Self {
        self.zip(other, R::min)
    }
    #[inline(always)]
    fn finite_or(self, fallback: Self) -> Self {
        // Almost always every lane is finite. Asking that first is a branch, which is foreseen; a
        // choice in every lane would stand in the chain from one relaxed unknown to the next. Both
        // are inlined: lanes that pass through a call go through memory.
        if self.0.into_iter().fold(true, |finite, x| finite & x.is_finite()) {
            self
        } else {
            self.zip(fallback, R::finite_or)
        }
    }
    #[inline]
    fn select(self, test: impl Fn(R) -> bool, yes: Self, no: Self) -> Self {
        Self(array::from_fn(|lane| if test(self.0[lane]) { yes.0[lane] } else { no.0[lane] }))
    }
    #[inline]
    fn unit_scale(self) -> Self {
        self.each(R::unit_scale)
    }
    #[inline]
    fn all(self, test: impl Fn(R) -> bool) -> bool {
        self.0.into_iter().all(test)
    }
    #[inline]
    fn worst(self) -> R {
        self.0.into_iter().reduce(R::max).unwrap_or(R::ZERO)
    }
    #[inline]
    fn worst_against(self, reference: Self) -> R {
        // A lane without a reference of its own (a zero right-hand side) is measured by 1.
        let unit = |r| if r > R::ZERO { r } else { R::ONE };
        (self / reference.each(unit)).worst() * unit(reference.worst())
    }
}

#[cfg(test)]
mod tests {
    use super::Lanes;
    use crate::Scalar;

    #[test]
    fn every_operation_equals_the_scalar_one_lane_by_lane() {
        let (a, b) = ([1.5_f32, -2.0, 0.0, 1e-40], [3.0_f32, 7.0, -1.0, 0.1]);
        let check = |lanes: Lanes<4>, op: &dyn Fn(f32, f32) -> f32| {
            for l in 0..4 {
                assert_eq!(lanes.0[l].to_bits(), op(a[l], b[l]).to_bits());
            }
        };
        check(Lanes(a) + Lanes(b), &|x, y| x + y);
        check(Lanes(a) - Lanes(b), &|x, y| x - y);
        check(Lanes(a) * Lanes(b), &|x, y| x * y);
        check(Lanes(a) / Lanes(b), &|x, y| x / y);
        check(-Lanes(a), &|x, _| -x);
        check(Lanes(b).abs().sqrt(), &|_, y| y.abs().sqrt());
    }

    #[test]
    fn the_worst_lane_is_relative_to_its_own_reference() {
        let residual = Lanes([1.0_f32, 1.0]);
        assert_eq!(residual.worst_against(Lanes([10.0, 2.0])), 5.0);
        assert_eq!(residual.worst_against(Lanes([0.0, 2.0])), 2.0);
        // A lane that is solved and has no reference does not weigh on the others.
        assert_eq!(Lanes([0.0_f32, 0.5]).worst_against(Lanes([0.0, 0.25])), 0.5);
        assert_eq!(residual.worst_against(Lanes([0.0, 0.0])), 1.0);
        assert!(Lanes([0.0, f32::NAN]).worst_against(Lanes([1.0, 1.0])).is_nan());
    }
}
