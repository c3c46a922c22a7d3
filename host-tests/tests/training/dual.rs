//! [`Dual`]: a number and its derivative, which the solvers compute with as with any other.

use solvekit::{Real, Scalar};
use std::cmp::Ordering;
use std::ops::{Add, AddAssign, Div, Mul, MulAssign, Neg, Sub, SubAssign};

/// a + b ε with ε² = 0. Compared by its value alone.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Dual {
    pub(crate) value: f64,
    pub(crate) slope: f64,
}

impl Dual {
    pub(crate) const fn constant(value: f64) -> Self {
        Self { value, slope: 0.0 }
    }

    pub(crate) const fn variable(value: f64) -> Self {
        Self { value, slope: 1.0 }
    }
}

impl PartialEq for Dual {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl PartialOrd for Dual {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        self.value.partial_cmp(&other.value)
    }
}

impl Add for Dual {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self { value: self.value + other.value, slope: self.slope + other.slope }
    }
}

impl Sub for Dual {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self { value: self.value - other.value, slope: self.slope - other.slope }
    }
}

impl Mul for Dual {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        let slope = self.slope * other.value + self.value * other.slope;
        Self { value: self.value * other.value, slope }
    }
}

impl Div for Dual {
    type Output = Self;
    fn div(self, other: Self) -> Self {
        let value = self.value / other.value;
        Self { value, slope: (self.slope - value * other.slope) / other.value }
    }
}

impl Neg for Dual {
    type Output = Self;
    fn neg(self) -> Self {
        Self { value: -self.value, slope: -self.slope }
    }
}

impl AddAssign for Dual {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl SubAssign for Dual {
    fn sub_assign(&mut self, other: Self) {
        *self = *self - other;
    }
}

impl MulAssign for Dual {
    fn mul_assign(&mut self, other: Self) {
        *self = *self * other;
    }
}

impl Scalar for Dual {
    type Real = Self;
    const ZERO: Self = Self::constant(0.0);
    const ONE: Self = Self::constant(1.0);

    fn splat(value: Self) -> Self {
        value
    }
    fn abs(self) -> Self {
        if self.value < 0.0 { -self } else { self }
    }
    fn sqrt(self) -> Self {
        let value = self.value.sqrt();
        let slope = if self.slope == 0.0 { 0.0 } else { self.slope / (2.0 * value) };
        Self { value, slope }
    }
    fn max(self, other: Self) -> Self {
        if self.value > other.value || self.value.is_nan() { self } else { other }
    }
    fn min(self, other: Self) -> Self {
        if self.value < other.value || self.value.is_nan() { self } else { other }
    }
    fn finite_or(self, fallback: Self) -> Self {
        if self.value.is_finite() { self } else { fallback }
    }
    fn select(self, test: impl Fn(Self) -> bool, yes: Self, no: Self) -> Self {
        if test(self) { yes } else { no }
    }
    fn unit_scale(self) -> Self {
        Self::constant(Scalar::unit_scale(self.value))
    }
    fn all(self, test: impl Fn(Self) -> bool) -> bool {
        test(self)
    }
    fn worst(self) -> Self {
        self
    }
    fn worst_against(self, _: Self) -> Self {
        self
    }
}

impl Real for Dual {
    const EPSILON: Self = Self::constant(f64::EPSILON);
    const MAX: Self = Self::constant(f64::MAX);
    const INFINITY: Self = Self::constant(f64::INFINITY);

    fn from_f64(value: f64) -> Self {
        Self::constant(value)
    }
    fn from_u32(value: u32) -> Self {
        Self::constant(value.into())
    }
    fn is_finite(self) -> bool {
        self.value.is_finite() && self.slope.is_finite()
    }
    fn sqrt_coarse(self) -> Self {
        self.sqrt()
    }
    fn ln(self) -> Self {
        Self { value: self.value.ln(), slope: self.slope / self.value }
    }
    fn exp(self) -> Self {
        let value = self.value.exp();
        Self { value, slope: self.slope * value }
    }
}
