//! Young's ω.

use super::SorError;
use crate::Real;

/// ω* = 2 / (1 + √(1 − β²)), the ω with the smallest spectral radius ω* − 1 for a consistently
/// ordered A whose Jacobi iteration has spectral radius β = ρ(I − D⁻¹A).
///
/// # Errors
/// [`SorError::JacobiRadius`] unless 0 ≤ β < 1.
///
/// ```
/// use solvekit::sor::young_omega;
/// // The five-point Laplacian on a 10 × 10 grid: β = cos(π / 11).
/// assert!((young_omega(0.959_493_f64)? - 1.560_4).abs() < 1e-4);
/// assert!(young_omega(1.0_f32).is_err());
/// # Ok::<(), solvekit::sor::SorError>(())
/// ```
///
/// Source: Young 1971; the setting of arXiv 2310.02246, §2.
pub fn young_omega<R: Real>(jacobi_radius: R) -> Result<R, SorError> {
    if jacobi_radius >= R::ZERO && jacobi_radius < R::ONE {
        // (1 − β)(1 + β) keeps the digits that 1 − β² loses near β = 1.
        Ok(from_complement((R::ONE - jacobi_radius) * (R::ONE + jacobi_radius)))
    } else {
        Err(SorError::JacobiRadius)
    }
}

/// Young's ω from 1 − β².
#[inline]
pub(super) fn from_complement<R: Real>(one_minus_beta_squared: R) -> R {
    let two = R::ONE + R::ONE;
    two / (R::ONE + one_minus_beta_squared.sqrt())
}

/// 0 < ω < 2; false for NaN.
#[inline]
pub(crate) fn is_relaxation<R: Real>(omega: R) -> bool {
    omega > R::ZERO && omega < R::ONE + R::ONE
}
