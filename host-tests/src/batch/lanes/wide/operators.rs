//! + − × ÷ of [`Wide`].

use super::super::line::Line;
use super::super::register::Register;
use super::Wide;
use pulp::Simd;
use std::ops::{Add, AddAssign, Div, Mul, MulAssign, Neg, Sub, SubAssign};

macro_rules! operation {
    ($operator:ident, $method:ident, $assigning:ident, $assign:ident) => {
        impl<S: Simd, R: Register, L: Line, const V: usize> $operator for Wide<S, R, L, V> {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: Self) -> Self {
                each!(<R as Register>::$method, self, other)
            }
        }
        impl<S: Simd, R: Register, L: Line, const V: usize> $assigning for Wide<S, R, L, V> {
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

impl<S: Simd, R: Register, L: Line, const V: usize> Div for Wide<S, R, L, V> {
    type Output = Self;
    #[inline(always)]
    fn div(self, other: Self) -> Self {
        each!(<R as Register>::div, self, other)
    }
}

impl<S: Simd, R: Register, L: Line, const V: usize> Neg for Wide<S, R, L, V> {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        each!(<R as Register>::neg, self)
    }
}
