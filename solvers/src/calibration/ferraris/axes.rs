//! [`Axes`]: a sensor of three axes that are scaled, skewed and turned.

use crate::Real;

/// y = K R v + b: v in the frame of the case, y as the sensor reads it.
///
/// R has rows of length 1, the directions of the sensor's axes. It is a rotation where these are
/// perpendicular.
///
/// Storage: 24 numbers. Cost of a reading: 9 multiplications.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Axes<R> {
    /// b, in the units of y.
    pub offset: [R; 3],
    /// The diagonal of K, in the units of y for one of v.
    pub scale: [R; 3],
    /// R, by rows.
    pub directions: [[R; 3]; 3],
    /// (K R)⁻¹, by rows.
    pub inverse: [[R; 3]; 3],
}

impl<R: Real> Axes<R> {
    /// Those of a sensor that needs no calibration.
    pub(super) const IDENTITY: Self = {
        let (zero, one) = (R::ZERO, R::ONE);
        let unit = [[one, zero, zero], [zero, one, zero], [zero, zero, one]];
        Self { offset: [zero; 3], scale: [one; 3], directions: unit, inverse: unit }
    };

    /// From the offset, and K R by rows in the place of the directions; `Err` holds |det R| where that
    /// is below `least`, or no number.
    pub(super) fn solve(&mut self, least: R) -> Result<(), R> {
        self.scale = self.directions.map(|row| dot(row, row).sqrt());
        for (row, size) in self.directions.iter_mut().zip(self.scale) {
            row.iter_mut().for_each(|r| *r = *r / size);
        }
        let independence = determinant(&self.directions).abs();
        // Also for NaN, which a zero row leaves.
        if !(independence >= least && self.scale.iter().all(|k| k.is_finite())) {
            return Err(independence.finite_or(R::ZERO));
        }
        // Of R, then of K: so that numbers of very different sizes do not overflow.
        let [a, b, c] = self.scale;
        self.inverse = inverted(&self.directions).map(|[p, q, r]| [p / a, q / b, r / c]);
        Ok(())
    }

    /// v of a reading.
    #[must_use]
    pub fn apply(&self, y: [R; 3]) -> [R; 3] {
        product(&self.inverse, minus(y, self.offset))
    }

    /// The largest component of a difference of readings, as a part of what each axis reads of g.
    pub(super) fn in_gravity(&self, difference: [R; 3], gravity: R) -> R {
        let parts = difference.iter().zip(self.scale).map(|(d, scale)| d.abs() / (scale * gravity));
        // `max` would lose a NaN.
        parts.fold(R::ZERO, |most, part| if part <= most { most } else { part })
    }

    /// Do the directions form a left-handed frame?
    #[must_use]
    pub fn is_mirrored(&self) -> bool {
        determinant(&self.directions) < R::ZERO
    }
}

pub(super) fn minus<R: Real>([a, b, c]: [R; 3], [x, y, z]: [R; 3]) -> [R; 3] {
    [a - x, b - y, c - z]
}

pub(super) fn product<R: Real>(matrix: &[[R; 3]; 3], v: [R; 3]) -> [R; 3] {
    matrix.map(|row| dot(row, v))
}

fn dot<R: Real>([a, b, c]: [R; 3], [x, y, z]: [R; 3]) -> R {
    a * x + b * y + c * z
}

fn cross<R: Real>([a, b, c]: [R; 3], [x, y, z]: [R; 3]) -> [R; 3] {
    [b * z - c * y, c * x - a * z, a * y - b * x]
}

fn determinant<R: Real>([x, y, z]: &[[R; 3]; 3]) -> R {
    dot(*x, cross(*y, *z))
}

/// By cofactors: well enough conditioned, as the rows are of length 1 and not nearly in a plane.
fn inverted<R: Real>(matrix: &[[R; 3]; 3]) -> [[R; 3]; 3] {
    let [x, y, z] = *matrix;
    let volume = determinant(matrix);
    let columns = [cross(y, z), cross(z, x), cross(x, y)].map(|c| c.map(|c| c / volume));
    transposed(columns)
}

pub(super) const fn transposed<R: Copy>([x, y, z]: [[R; 3]; 3]) -> [[R; 3]; 3] {
    let ([a, b, c], [d, e, f], [g, h, i]) = (x, y, z);
    [[a, d, g], [b, e, h], [c, f, i]]
}
