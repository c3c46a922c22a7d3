//! The arms: exponents s that bend Young's ω for matrices it was not made for.

use crate::Real;

/// Number of exponents.
pub(super) const ARMS: usize = 8;
/// Young's ω itself.
pub(super) const YOUNG: u8 = 5;
/// Gauss–Seidel.
pub(super) const GAUSS_SEIDEL: u8 = 0;
/// e^−0.02: one sweep of a Jordan block of size two is cheaper a little above Young's ω, and an ω
/// too small costs more than one as much too large.
const MARGIN: f64 = 0.980_198_673_306_755_3;
/// ω stays this far below 2 in every precision.
const NEAREST: f64 = 1e-4;

/// s of one arm. Each literal is converted on its own, so that no table of doubles is left to
/// convert at run time.
pub(super) fn exponent<R: Real>(arm: u8) -> R {
    match arm {
        0 => R::ZERO,
        1 => R::from_f64(0.2),
        2 => R::from_f64(0.4),
        3 => R::from_f64(0.6),
        4 => R::from_f64(0.8),
        6 => R::from_f64(1.1),
        7 => R::from_f64(1.2),
        _ => R::ONE,
    }
}

/// 2 − ω = (2 − ω_Y)^s; 1 for s = 0. With `margin` a little less where s ≥ 1.
pub(super) fn distance<R: Real>(exponent: R, young: R, margin: bool) -> R {
    let distance = if exponent == R::ZERO {
        R::ONE
    } else if exponent == R::ONE {
        young
    } else {
        (exponent * young.ln()).exp()
    };
    let shrink = if margin && exponent >= R::ONE { R::from_f64(MARGIN) } else { R::ONE };
    (distance * shrink).max(R::from_f64(NEAREST)).min(R::ONE)
}

/// 2 − ω_Y for 1 − β = λ: with t = √(1 − β²) = √(λ (2 − λ)), 2 t / (1 + t).
pub(super) fn young_distance<R: Real>(lambda: R) -> R {
    let two = R::ONE + R::ONE;
    let root = (lambda * (two - lambda)).sqrt();
    two * root / (R::ONE + root)
}

/// λ where Young's formula has an answer: not 0, not above 1.
pub(super) fn usable<R: Real>(lambda: R) -> R {
    lambda.max(R::from_f64(1e-7)).min(R::ONE)
}

/// (1 − β²)'s β² for which ω is Young's: 1 − (2/ω − 1)².
pub(super) fn matching_beta_squared<R: Real>(omega: R) -> R {
    let root = (R::ONE + R::ONE) / omega - R::ONE;
    R::ONE - root * root
}

/// The spectral radius of one sweep for consistently ordered A: ω − 1 from Young's ω on, below it
/// ¼ (ωβ + √(ω²β² − 4 (ω − 1)))².
pub(super) fn radius<R: Real>(omega: R, beta: R) -> R {
    let excess = omega - R::ONE;
    let product = omega * beta;
    let four = R::from_f64(4.0);
    let discriminant = product * product - four * excess;
    if discriminant > R::ZERO {
        let root = product + discriminant.sqrt();
        root * root / four
    } else {
        excess
    }
}

/// Sweeps until a factor `reduction` (below 1) is reached at `rate` a sweep.
pub(super) fn sweeps<R: Real>(reduction: R, rate: R) -> R {
    reduction.ln() / rate.max(R::from_f64(1e-3)).min(R::ONE - R::EPSILON).ln()
}
