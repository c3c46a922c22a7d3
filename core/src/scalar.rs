//! Numbers: [`Scalar`] does arithmetic only, [`Real`] can also be compared.

use core::ops::{Add, AddAssign, Div, Mul, MulAssign, Neg, Sub, SubAssign};

/// Does the target compute with `f32` in registers of its own? Where it does not, a product is a call,
/// and code that is laid out for such registers would only be longer. No result depends on it.
///
/// Also `false` on 32-bit RISC-V: whether there is an extension for floats cannot be asked there.
pub const FLOAT_UNIT: bool =
    !cfg!(any(all(target_arch = "arm", not(target_abi = "eabihf")), target_arch = "riscv32",));

/// A number that solvers compute with: `f32`, `f64`, or [`Lanes`](crate::Lanes) of either.
///
/// Deliberately without comparison: a solver that asks only for `Scalar` cannot branch on data,
/// so the same source runs several problems side by side. A solver that must branch asks for
/// [`Real`], and the compiler then refuses lanes.
pub trait Scalar:
    nalgebra::Scalar
    + Copy
    + Default
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + AddAssign
    + SubAssign
    + MulAssign
{
    /// The ordered number behind it: itself for `f32` and `f64`, one lane's type for lanes.
    type Real: Real;
    /// 0.
    const ZERO: Self;
    /// 1.
    const ONE: Self;

    /// The same value in every lane.
    fn splat(value: Self::Real) -> Self;
    /// |x|, lane by lane.
    #[must_use]
    fn abs(self) -> Self;
    /// √x, correctly rounded, lane by lane.
    #[must_use]
    fn sqrt(self) -> Self;
    /// The larger one, lane by lane. NaN in either operand wins, unlike `f32::max`, which drops it.
    #[must_use]
    fn max(self, other: Self) -> Self;
    /// The smaller one, lane by lane. NaN in either operand wins.
    #[must_use]
    fn min(self, other: Self) -> Self;
    /// `self` where it is finite, `fallback` elsewhere, lane by lane.
    #[must_use]
    fn finite_or(self, fallback: Self) -> Self;
    /// `yes` where `test` holds for `self`, `no` elsewhere, lane by lane.
    #[must_use]
    fn select(self, test: impl Fn(Self::Real) -> bool, yes: Self, no: Self) -> Self;
    /// A power of two s with 1 ≤ s·|x| < 2 (as far as the exponent's range allows; 1 for x = 0),
    /// lane by lane. Multiplying by it is exact: it keeps squares away from overflow and underflow.
    #[must_use]
    fn unit_scale(self) -> Self;
    /// Does `test` hold in every lane? For validation, never inside an iteration.
    fn all(self, test: impl Fn(Self::Real) -> bool) -> bool;
    /// The largest lane; NaN in any lane wins.
    fn worst(self) -> Self::Real;
    /// The largest lane relative to its own `reference`, in the units of the largest reference:
    /// max(xₗ / refₗ) · max(refₗ). For one lane that is x itself, to the bit.
    fn worst_against(self, reference: Self) -> Self::Real;
}

/// A [`Scalar`] that can be compared: `f32` and `f64`.
pub trait Real: Scalar<Real = Self> + PartialOrd {
    /// Distance from 1 to the next larger number.
    const EPSILON: Self;
    /// Largest finite number.
    const MAX: Self;
    /// Positive infinity.
    const INFINITY: Self;

    /// The nearest number to a literal. Folded at compile time when `value` is a constant, so it
    /// leaves no double-precision code in an `f32` image.
    fn from_f64(value: f64) -> Self;
    /// The nearest number to a count.
    fn from_u32(value: u32) -> Self;
    /// Neither NaN nor infinite.
    fn is_finite(self) -> bool;
    /// √x where a few digits are enough (a learning rate, never a stopping rule): exact by
    /// default, micromath's with the feature `micromath` (f32 only).
    #[must_use]
    fn sqrt_coarse(self) -> Self;
    /// ln x.
    #[must_use]
    fn ln(self) -> Self;
    /// eˣ.
    #[must_use]
    fn exp(self) -> Self;

    /// [`add_squares`](crate::squares::add_squares); overridden for numbers of which a processor has vectors.
    #[inline]
    fn add_squares(triangle: &mut [Self], rows: [&[Self]; 4]) {
        crate::squares::portable(triangle, rows);
    }
}

macro_rules! real {
    ($real:ident, $bits:ident, $mantissa:literal, $exponents:literal) => {
        impl Scalar for $real {
            type Real = Self;
            const ZERO: Self = 0.0;
            const ONE: Self = 1.0;

            #[inline]
            fn splat(value: Self) -> Self {
                value
            }
            #[inline]
            fn abs(self) -> Self {
                $real::from_bits(self.to_bits() & ($bits::MAX >> 1))
            }
            #[inline]
            fn sqrt(self) -> Self {
                exact::$real::sqrt(self)
            }
            #[inline]
            fn max(self, other: Self) -> Self {
                // `self != self` is the NaN test: a NaN on either side is returned.
                if self > other || self != self { self } else { other }
            }
            #[inline]
            fn min(self, other: Self) -> Self {
                if self < other || self != self { self } else { other }
            }
            #[inline]
            fn finite_or(self, fallback: Self) -> Self {
                if $real::is_finite(self) { self } else { fallback }
            }
            #[inline]
            fn select(self, test: impl Fn(Self) -> bool, yes: Self, no: Self) -> Self {
                if test(self) { yes } else { no }
            }
            #[inline]
            fn unit_scale(self) -> Self {
                let bits = self.to_bits() & ($bits::MAX >> 1);
                if bits == 0 {
                    return 1.0;
                }
                // Biased exponents e and 2·bias − e belong to 2^k and 2^−k; both ends are clamped
                // to normal numbers.
                let exponent = (bits >> $mantissa).clamp(1, $exponents - 1);
                $real::from_bits(($exponents - exponent) << $mantissa)
            }
            #[inline]
            fn all(self, test: impl Fn(Self) -> bool) -> bool {
                test(self)
            }
            #[inline]
            fn worst(self) -> Self {
                self
            }
            #[inline]
            fn worst_against(self, _reference: Self) -> Self {
                self
            }
        }

        impl Real for $real {
            const EPSILON: Self = $real::EPSILON;
            const MAX: Self = $real::MAX;
            const INFINITY: Self = $real::INFINITY;

            #[inline]
            fn from_f64(value: f64) -> Self {
                value as $real
            }
            #[inline]
            fn from_u32(value: u32) -> Self {
                value as $real
            }
            #[inline]
            fn is_finite(self) -> bool {
                $real::is_finite(self)
            }
            #[inline]
            fn sqrt_coarse(self) -> Self {
                coarse::$real(self)
            }
            #[inline]
            fn ln(self) -> Self {
                exact::$real::ln(self)
            }
            #[inline]
            fn exp(self) -> Self {
                exact::$real::exp(self)
            }
            #[cfg(feature = "simd")]
            fn add_squares(triangle: &mut [Self], rows: [&[Self]; 4]) {
                <Self as crate::squares::Wide>::add_squares(triangle, rows);
            }
        }
    };
}

real!(f32, u32, 23, 254);
real!(f64, u64, 52, 2046);

/// libm's functions: the same bits everywhere, square roots to the last one. Without `libm` the
/// crate refuses to compile with a message of its own; the identity stands in so that this message
/// is the only one.
mod exact {
    pub(super) mod f32 {
        #[cfg(not(feature = "libm"))]
        pub(in super::super) use core::convert::{
            identity as exp, identity as ln, identity as sqrt,
        };
        #[cfg(feature = "libm")]
        pub(in super::super) use libm::{expf as exp, logf as ln, sqrtf as sqrt};
    }
    pub(super) mod f64 {
        #[cfg(not(feature = "libm"))]
        pub(in super::super) use core::convert::{
            identity as exp, identity as ln, identity as sqrt,
        };
        #[cfg(feature = "libm")]
        pub(in super::super) use libm::{exp, log as ln, sqrt};
    }
}

/// Square roots for learning rates.
mod coarse {
    #[cfg(not(feature = "micromath"))]
    pub(super) use super::exact::f32::sqrt as f32;
    pub(super) use super::exact::f64::sqrt as f64;
    #[cfg(feature = "micromath")]
    pub(super) fn f32(x: f32) -> f32 {
        micromath::F32(x).sqrt().0
    }
}

#[cfg(test)]
mod tests {
    use super::{Real, Scalar};

    #[test]
    fn max_and_min_keep_nan_on_either_side() {
        for (a, b) in [(f32::NAN, 1.0), (1.0, f32::NAN), (f32::NAN, f32::NAN)] {
            assert!(Scalar::max(a, b).is_nan(), "max({a}, {b})");
            assert!(Scalar::min(a, b).is_nan(), "min({a}, {b})");
        }
        assert_eq!(Scalar::max(2.0_f64, 3.0), 3.0);
        assert_eq!(Scalar::min(2.0_f64, 3.0), 2.0);
    }

    #[test]
    fn unit_scale_is_an_exact_power_of_two_that_normalises() {
        for x in [1.0_f32, -3.0, 1e-30, 7e30, f32::MIN_POSITIVE] {
            let scaled = x.abs() * x.unit_scale();
            assert!((1.0..2.0).contains(&scaled), "{x} scaled to {scaled}");
            assert_eq!(scaled / x.unit_scale(), x.abs(), "not exact for {x}");
        }
        for x in [1e-300_f64, 3.5, 1e300] {
            assert!((1.0..2.0).contains(&(x * x.unit_scale())));
        }
        // The last exponents whose reciprocal is a normal number.
        assert_eq!(f32::powi(2.0, 126).unit_scale(), f32::powi(2.0, -126));
        assert_eq!(f32::powi(2.0, 127).unit_scale(), f32::powi(2.0, -126));
        assert_eq!(f32::powi(2.0, -126).unit_scale(), f32::powi(2.0, 126));
        assert_eq!(0.0_f32.unit_scale(), 1.0);
        assert!(Real::is_finite(f32::MAX.unit_scale()) && f32::MAX.unit_scale() > 0.0);
        assert!(Real::is_finite(1e-45_f32.unit_scale()));
    }

    #[test]
    fn logarithm_and_exponential_undo_each_other() {
        for x in [-20.0_f64, -0.5, 0.0, 1.0, 15.0] {
            // ln amplifies nothing; exp turns a rounding of x into |x| roundings of eˣ.
            assert!((Real::ln(Real::exp(x)) - x).abs() <= 4.0 * f64::EPSILON * x.abs().max(1.0));
            let single = x as f32;
            let back = Real::ln(Real::exp(single));
            assert!((back - single).abs() <= 4.0 * f32::EPSILON * single.abs().max(1.0));
        }
    }

    #[test]
    fn finite_or_replaces_only_what_is_not_finite() {
        assert_eq!(1.5_f32.finite_or(9.0), 1.5);
        for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            assert_eq!(bad.finite_or(9.0), 9.0);
        }
    }
}
