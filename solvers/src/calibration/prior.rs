//! [`Prior`]: what is known beforehand of the signal or of the gains.

use super::CalibrationError;
use crate::sum::{dot, max_abs, square, sum_of};
use crate::{Buffer, LinearOperator, Real};
use core::marker::PhantomData;

/// A linear subspace in which a vector is known to lie.
pub trait Prior<R, V> {
    /// v ← its orthogonal projection onto the subspace.
    fn project(&self, v: &mut V);
}

/// Nothing is known: any vector.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Anything;

impl<R, V> Prior<R, V> for Anything {
    fn project(&self, _: &mut V) {}
}

/// The span of the orthonormal columns of Z: z = Z ζ.
///
/// A gradient step in ζ is one in z along Z Zᵀ∇, so nothing but the projection is needed. Shapes: Z
/// is n × k. Storage: one borrow; k numbers while it works. Cost of a projection: one product each
/// with Z and Zᵀ.
///
/// ```
/// use solvekit::{SMatrix, SVector, calibration::{CalibrationError, Prior, Subspace}};
/// let basis = SMatrix::<f32, 3, 1>::new(0.6, 0.0, 0.8);
/// let mut v = SVector::from([1.0, 1.0, 0.0]);
/// Subspace::new(&basis)?.project(&mut v);
/// assert!((v - SVector::from([0.36, 0.0, 0.48])).amax() < 1e-6);
/// let refused = Subspace::new(&SMatrix::<f32, 3, 1>::new(1.0, 0.0, 1.0)).err();
/// assert_eq!(refused, Some(CalibrationError::NotOrthonormal { first: 0, second: 0 }));
/// # Ok::<(), CalibrationError>(())
/// ```
#[derive(Debug)]
pub struct Subspace<'a, R, Z> {
    basis: &'a Z,
    number: PhantomData<R>,
}

// Not derived: what is borrowed need not be `Copy`.
impl<R, Z> Clone for Subspace<'_, R, Z> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R, Z> Copy for Subspace<'_, R, Z> {}

impl<'a, R: Real, Z: LinearOperator<R>> Subspace<'a, R, Z> {
    /// Checks the columns of `basis`.
    ///
    /// # Errors
    /// [`CalibrationError::Empty`]; [`CalibrationError::NotOrthonormal`] where a product of two
    /// columns is off by more than √ε.
    pub fn new(basis: &'a Z) -> Result<Self, CalibrationError> {
        if basis.rows() == 0 || basis.columns() == 0 {
            return Err(CalibrationError::Empty);
        }
        let (mut unit, mut image) = (basis.zero_domain(), basis.zero_range());
        for second in 0..basis.columns() {
            let place = |unit: &mut Z::Domain, value: R| {
                if let Some(slot) = unit.as_mut_slice().get_mut(second) {
                    *slot = value;
                }
            };
            place(&mut unit, R::ONE);
            basis.apply(&unit, &mut image);
            basis.apply_adjoint(&image, &mut unit);
            for (first, product) in unit.as_mut_slice().iter_mut().enumerate() {
                let due = if first == second { R::ONE } else { R::ZERO };
                // Also true for NaN.
                let sound = (*product - due).abs() <= R::EPSILON.sqrt();
                if !sound {
                    let (first, second) = (first.min(second), first.max(second));
                    return Err(CalibrationError::NotOrthonormal { first, second });
                }
                *product = R::ZERO;
            }
        }
        Ok(Self { basis, number: PhantomData })
    }

    /// # Errors
    /// `Length` for vectors of another length; `NoMean` where the equal vector is not in the span.
    pub(super) fn check_gains(&self, sensors: usize) -> Result<(), CalibrationError> {
        self.check_length(sensors)?;
        let mut ones = self.basis.zero_range();
        ones.as_mut_slice().iter_mut().for_each(|one| *one = R::ONE);
        self.project(&mut ones);
        let off = ones.as_slice().iter().fold(R::ZERO, |most, one| most.max((*one - R::ONE).abs()));
        if off <= R::EPSILON.sqrt() { Ok(()) } else { Err(CalibrationError::NoMean) }
    }

    /// # Errors
    /// `Length`.
    pub(super) fn check_length(&self, expected: usize) -> Result<(), CalibrationError> {
        let found = self.basis.rows();
        if found == expected { Ok(()) } else { Err(CalibrationError::Length { expected, found }) }
    }
}

impl<R: Real, Z: LinearOperator<R>> Prior<R, Z::Range> for Subspace<'_, R, Z> {
    fn project(&self, v: &mut Z::Range) {
        let mut coefficients = self.basis.zero_domain();
        self.basis.apply_adjoint(v, &mut coefficients);
        self.basis.apply(&coefficients, v);
    }
}

/// v ← v less its mean.
pub(super) fn centre<R: Real>(v: &mut [R]) {
    let count = R::from_u32(u32::try_from(v.len()).unwrap_or(u32::MAX));
    let mean = sum_of(v.len(), |i| v.get(i).copied().unwrap_or(R::ZERO)) / count;
    v.iter_mut().for_each(|v| *v -= mean);
}

/// γ ← the nearest point of C_ρ: Σ γ = m, |γᵢ − 1| ≤ ρ.
///
/// It is clip(γᵢ − 1 − s, ±ρ) + 1 for the s that brings the mean to 1, found by bisection: the sum
/// falls as s grows. As many halvings as the number has digits, and a few more.
pub(super) fn project_within<R: Real>(gains: &mut [R], radius: R) {
    let half = R::from_f64(0.5);
    let first = gains.first().copied().unwrap_or(R::ONE) - R::ONE;
    let ends = gains.iter().fold((first, first), |(low, high), gain| {
        let off = *gain - R::ONE;
        (low.min(off), high.max(off))
    });
    let (mut low, mut high) = (ends.0 - radius, ends.1 + radius);
    let clipped = |gain: R, shift: R| (gain - R::ONE - shift).min(radius).max(-radius);
    for _ in 0..60 {
        let shift = half * (low + high);
        let sum = sum_of(gains.len(), |i| gains.get(i).map_or(R::ZERO, |g| clipped(*g, shift)));
        if sum > R::ZERO {
            low = shift;
        } else {
            high = shift;
        }
    }
    let shift = half * (low + high);
    gains.iter_mut().for_each(|gain| *gain = R::ONE + clipped(*gain, shift));
}

/// ‖v‖, as [`norm`](crate::sum::norm) of a buffer.
pub(super) fn length<R: Real>(v: &[R]) -> R {
    let scale = max_abs(v).unit_scale();
    let squares = sum_of(v.len(), |k| v.get(k).map_or(R::ZERO, |v| square(*v * scale)));
    squares.sqrt() / scale
}

/// vᵀv.
pub(super) fn squares<R: Real>(v: &[R]) -> R {
    dot(v, v)
}
