//! [`Sensing`]: y = A x + noise, checked.

use super::RecoveryError;
use crate::sum::{max_abs, norm, square, sum_of};
use crate::system::first_non_finite;
use crate::{Buffer, LinearOperator, Real};

/// A dictionary A and measurements y, checked once.
///
/// Shapes: A is M × N, y has M entries; \[A\]\[x\] = \[y\]. Storage: 2 numbers. Making it costs one
/// product with Aᵀ.
#[derive(Debug)]
pub struct Sensing<'a, R: Real, A: LinearOperator<R>> {
    a: &'a A,
    y: &'a A::Range,
    largest_correlation: R,
    y_norm: R,
}

// Not derived: what is borrowed need not be `Copy`.
impl<R: Real, A: LinearOperator<R>> Clone for Sensing<'_, R, A> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R: Real, A: LinearOperator<R>> Copy for Sensing<'_, R, A> {}

impl<'a, R: Real, A: LinearOperator<R>> Sensing<'a, R, A> {
    /// Checks A and y.
    ///
    /// # Errors
    /// [`RecoveryError`]: `Empty`, `Length`, `NonFiniteEntry`, `NonFiniteMeasurement`,
    /// `HugeMeasurements`.
    pub fn new(a: &'a A, y: &'a A::Range) -> Result<Self, RecoveryError> {
        let rows = a.rows();
        if rows == 0 || a.columns() == 0 {
            return Err(RecoveryError::Empty);
        }
        let found = y.as_slice().len();
        if found != rows {
            return Err(RecoveryError::Length { expected: rows, found });
        }
        if let Some((row, column)) = a.non_finite() {
            return Err(RecoveryError::NonFiniteEntry { row, column });
        }
        if let Some(row) = first_non_finite(y.as_slice()) {
            return Err(RecoveryError::NonFiniteMeasurement { row });
        }
        let mut correlations = a.zero_domain();
        a.apply_adjoint(y, &mut correlations);
        let (largest_correlation, y_norm) = (max_abs(correlations.as_slice()), norm(y));
        if !(largest_correlation.is_finite() && y_norm.is_finite()) {
            return Err(RecoveryError::HugeMeasurements);
        }
        Ok(Self { a, y, largest_correlation, y_norm })
    }

    /// A.
    pub const fn dictionary(&self) -> &'a A {
        self.a
    }

    /// y.
    pub const fn measurements(&self) -> &'a A::Range {
        self.y
    }

    /// ‖Aᵀy‖_∞, the weight from which an L1 penalty leaves nothing but x = 0.
    pub const fn largest_correlation(&self) -> R {
        self.largest_correlation
    }

    /// ‖y‖₂.
    pub const fn y_norm(&self) -> R {
        self.y_norm
    }

    /// r ← y − A x.
    #[inline]
    pub fn residual(&self, x: &A::Domain, r: &mut A::Range) {
        self.a.apply(x, r);
        for (r, y) in r.as_mut_slice().iter_mut().zip(self.y.as_slice()) {
            *r = *y - *r;
        }
    }

    /// May x move to `next`? `None` where ‖r⁺ − r‖² ≤ ‖x⁺ − x‖² / α to the rounding of r: then ½‖y
    /// − A x⁺‖² is at most its quadratic model with curvature 1/α, and the step cannot raise the
    /// objective. Otherwise the step to try instead: the longest that would have passed, a little
    /// less and no less than half; the same where something is not finite.
    // Not inlined: where lengths are known it keeps every difference, which no one else needs.
    #[inline(never)]
    pub(super) fn shorter_step(
        &self,
        (x, next): (&A::Domain, &A::Domain),
        (r, next_r): (&A::Range, &A::Range),
        step: R,
    ) -> Option<R> {
        // Scaled by a power of two, since squares may leave the range.
        let scale = self.y_norm.unit_scale();
        let moved = apart(x.as_slice(), next.as_slice(), scale);
        let curved = apart(r.as_slice(), next_r.as_slice(), scale);
        // Each entry of r carries a few roundings of y; what is below them says nothing.
        let rounding = square(R::from_f64(16.0) * R::EPSILON * (scale * self.y_norm));
        if curved <= moved / step + rounding {
            return None;
        }
        let passing = R::from_f64(0.98) * moved / curved;
        Some(passing.max(R::from_f64(0.5) * step).finite_or(step))
    }

    /// # Errors
    /// `Length`, `NonFiniteStart`.
    pub(crate) fn check_start(&self, x: &A::Domain) -> Result<(), RecoveryError> {
        let (expected, found) = (self.a.columns(), x.as_slice().len());
        if expected != found {
            return Err(RecoveryError::Length { expected, found });
        }
        match first_non_finite(x.as_slice()) {
            Some(unknown) => Err(RecoveryError::NonFiniteStart { unknown }),
            None => Ok(()),
        }
    }
}

/// ½‖r‖², scaled, so that tiny residuals are not squared to nothing.
pub(crate) fn half_square<R: Real>(r: &impl Buffer<R>) -> R {
    let r = r.as_slice();
    let scale = max_abs(r).unit_scale();
    let squares = sum_of(r.len(), |i| r.get(i).map_or(R::ZERO, |r| square(*r * scale)));
    R::from_f64(0.5) * (squares / scale) / scale
}

/// ‖s (u − v)‖².
fn apart<R: Real>(u: &[R], v: &[R], scale: R) -> R {
    sum_of(u.len().min(v.len()), |i| match (u.get(i), v.get(i)) {
        (Some(u), Some(v)) => square(scale * (*u - *v)),
        _ => R::ZERO,
    })
}
