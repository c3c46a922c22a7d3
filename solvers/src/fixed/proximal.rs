//! What [`Ista`](super::Ista) and [`Iht`](super::Iht) share: a gradient step and its certificate.

use super::dictionary::most_apart;
use super::norm::power;
use super::{FixedError, Format, I1F31, Saturations, Scale, Sensing};

/// x, its residual, and the next iterate where it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(super) struct Point<const M: usize, const N: usize> {
    #[cfg_attr(feature = "serde", serde(with = "crate::array"))]
    pub(super) next: [I1F31; N],
    #[cfg_attr(feature = "serde", serde(with = "crate::array"))]
    pub(super) r: [I1F31; M],
    pub(super) proposed: bool,
    pub(super) saturations: Saturations,
}

impl<const M: usize, const N: usize> Point<M, N> {
    pub(super) const fn new() -> Self {
        let (next, r) = ([I1F31::ZERO; N], [I1F31::ZERO; M]);
        Self { next, r, proposed: false, saturations: Saturations::NONE }
    }
}

/// α of a gradient step.
///
/// # Errors
/// `Parameter` unless it is positive and finite.
pub(super) fn step_size(step: f32) -> Result<Scale, FixedError> {
    match Scale::from_f32(step) {
        Some(step) if step != Scale::ZERO => Ok(step),
        _ => Err(FixedError::Parameter),
    }
}

/// next ← x + α Aᵀ(y − A x): the gradient's product with α is rounded as [`Scale`] says, and the sum
/// cut off.
pub(super) fn gradient_step<F: Format, const M: usize, const N: usize>(
    sensing: &Sensing<'_, F, M, N>,
    step: Scale,
    x: &[I1F31; N],
    Point { next, r, saturations, .. }: &mut Point<M, N>,
) {
    sensing.a.residual(sensing.y, x, r, saturations);
    let step = step.doubled(sensing.a.exponent());
    for ((next, x), pull) in next.iter_mut().zip(x).zip(sensing.a.correlations(r)) {
        let moved = i64::from(x.to_bits()) + i64::from(step.apply(pull, saturations));
        *next = I1F31::from_bits(saturations.cut(moved));
    }
}

/// max |x − x⁺| / α.
pub(super) fn distance<const N: usize>(x: &[I1F31; N], next: &[I1F31; N], step: Scale) -> f32 {
    most_apart(x, next) as f32 * power(-31) / step.to_f32()
}
