//! [`NormModel`]: what a calibrated sensor makes of its readings.

use crate::Real;

/// How much of the model is free.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Rung {
    /// The offset: 3 numbers, and the radius where g is not known.
    Offset,
    /// And a scale for each axis: 6.
    Scale,
    /// And what each axis sees of the others: 9.
    Full,
}

impl Rung {
    /// Numbers that are fitted.
    #[must_use]
    pub const fn parameters(self, norm_is_known: bool) -> usize {
        match self {
            Self::Offset if norm_is_known => 3,
            Self::Offset => 4,
            Self::Scale => 6,
            Self::Full => 9,
        }
    }

    /// In a word.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Offset => "offset",
            Self::Scale => "scale",
            Self::Full => "full",
        }
    }
}

/// v = T (y − o), T symmetric.
///
/// Storage: 9 numbers. Cost of a reading: 9 multiplications.
///
/// ```
/// use solvekit::calibration::norm::NormModel;
/// let model = NormModel { offset: [1.0_f32, 0.0, 0.0], matrix: [2.0, 1.0, 1.0, 0.5, 0.0, 0.0] };
/// assert_eq!(model.apply([2.0, 1.0, 3.0]), [2.5, 1.5, 3.0]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct NormModel<R> {
    /// o, in the units of y.
    pub offset: [R; 3],
    /// T: xx, yy, zz, xy, xz, yz; in units of v for one of y.
    pub matrix: [R; 6],
}

impl<R: Real> NormModel<R> {
    /// y itself.
    pub const IDENTITY: Self =
        Self { offset: [R::ZERO; 3], matrix: [R::ONE, R::ONE, R::ONE, R::ZERO, R::ZERO, R::ZERO] };

    /// v of a reading.
    #[must_use]
    pub fn apply(&self, y: [R; 3]) -> [R; 3] {
        self.product(self.centred(y))
    }

    /// y − o.
    pub(super) fn centred(&self, [x, y, z]: [R; 3]) -> [R; 3] {
        let [a, b, c] = self.offset;
        [x - a, y - b, z - c]
    }

    /// T d.
    pub(super) fn product(&self, [a, b, c]: [R; 3]) -> [R; 3] {
        let [xx, yy, zz, xy, xz, yz] = self.matrix;
        [xx * a + xy * b + xz * c, xy * a + yy * b + yz * c, xz * a + yz * b + zz * c]
    }

    /// det T.
    #[must_use]
    pub fn determinant(&self) -> R {
        let [xx, yy, zz, xy, xz, yz] = self.matrix;
        xx * (yy * zz - yz * yz) - xy * (xy * zz - yz * xz) + xz * (xy * yz - yy * xz)
    }

    /// Are all its numbers finite, and T positive definite? One that is not turns axes round.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        let [xx, yy, _, xy, ..] = self.matrix;
        let minors = [xx, xx * yy - xy * xy, self.determinant()];
        minors.iter().all(|minor| *minor > R::ZERO && minor.is_finite())
            && self.offset.iter().all(|o| o.is_finite())
    }
}

/// ‖v‖.
pub(super) fn length<R: Real>([a, b, c]: [R; 3]) -> R {
    (a * a + b * b + c * c).sqrt()
}
