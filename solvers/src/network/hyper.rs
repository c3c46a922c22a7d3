//! [`Hyper`]: HyperLISTA, three numbers for any number of layers.

use super::coupled::check_weights;
use super::shrink::{count_of, shrink};
use super::{Layers, NetworkError, Point, Soft};
use crate::recovery::Sensing;
use crate::sum::sum_of;
use crate::{Buffer, LinearOperator, Real};

/// The numbers of a [`Hyper`] network.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct HyperNumbers<R> {
    /// c_θ ≥ 0: θ in units of ‖A⁺r‖₁.
    pub threshold: R,
    /// c_β ≥ 0: the momentum for each non-zero of x.
    pub momentum: R,
    /// c_p ≥ 0: the share of entries that pass for each factor e by which ‖A⁺r‖₁ has come down.
    pub passing: R,
}

/// HyperLISTA: layer k is
///
/// x⁺ = S^ss(x + Wᵀr + β (x − x⁻); θ, p) with r = y − A x,
///
/// θ = c_θ ‖A⁺r‖₁, β = min(c_β ‖x‖₀, 1), p = clamp(c_p ln(‖A⁺y‖₁ / ‖A⁺r‖₁), 0, 1),
///
/// where ‖x‖₀ counts the entries above a hundredth of the largest. Thresholds follow what is left
/// of the signal, so the same three numbers serve any scale, noise and number of layers, and near
/// the solution convergence is faster than linear.
///
/// W is ALISTA's weight matrix, W = (AAᵀ)⁻¹A with columns scaled so that wⱼᵀaⱼ = 1, and A⁺ =
/// Aᵀ(AAᵀ)⁻¹. So A⁺r is Wᵀr divided by those scales, and one product serves both.
///
/// Shapes: W as A, M × N; `scales` has N entries, sⱼ = 1 / aⱼᵀ(AAᵀ)⁻¹aⱼ, of which the reciprocals
/// are stored. Storage: 3 numbers and N scales; W is borrowed; N + 1 numbers in its memory. Cost of
/// a layer: one product with Wᵀ, about 8 N operations, a logarithm, and a selection where more
/// entries pass than may.
///
/// Source: Chen, Liu, Wang and Yin, *Hyperparameter Tuning is All You Need for LISTA*, NeurIPS
/// 2021, eq. 11 to 14.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hyper<'w, R, O, V> {
    weight: &'w O,
    inverse_scales: V,
    numbers: HyperNumbers<R>,
}

/// x of the layer before, and ‖A⁺y‖₁.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct HyperMemory<R, X> {
    before: X,
    first: R,
}

impl<R, X> HyperMemory<R, X> {
    /// Before the first layer; `const`. `zeros` are as many as unknowns.
    pub const fn new(zeros: X, zero: R) -> Self {
        Self { before: zeros, first: zero }
    }
}

impl<'w, R: Real, O, V> Hyper<'w, R, O, V> {
    /// `inverse_scales` are 1 / sⱼ = aⱼᵀ(AAᵀ)⁻¹aⱼ, between 0 and 1.
    ///
    /// # Errors
    /// [`NetworkError::Shape`], [`NetworkError::NonFiniteWeight`], [`NetworkError::Length`],
    /// [`NetworkError::Parameter`] (of the three numbers, or a scale).
    pub fn new<A: LinearOperator<R>>(
        a: &A,
        weight: &'w O,
        inverse_scales: V,
        numbers: HyperNumbers<R>,
    ) -> Result<Self, NetworkError>
    where
        O: LinearOperator<R>,
        V: AsRef<[R]>,
    {
        check_weights(a, core::slice::from_ref(weight))?;
        let (expected, found) = (a.columns(), inverse_scales.as_ref().len());
        if found != expected {
            return Err(NetworkError::Length { expected, found });
        }
        let sound = |value: &R| *value >= R::ZERO && value.is_finite();
        let all = [numbers.threshold, numbers.momentum, numbers.passing];
        if all.iter().chain(inverse_scales.as_ref()).all(sound) {
            Ok(Self { weight, inverse_scales, numbers })
        } else {
            Err(NetworkError::Parameter)
        }
    }

    /// The three numbers.
    pub const fn numbers(&self) -> HyperNumbers<R> {
        self.numbers
    }
}

/// Entries above a hundredth of the largest.
fn support<R: Real>(x: &[R]) -> u32 {
    // NaN is passed over here, and stays in x.
    let larger = |most: R, x: &R| if x.abs() > most { x.abs() } else { most };
    let level = R::from_f64(0.01) * x.iter().fold(R::ZERO, larger);
    x.iter().map(|x| u32::from(x.abs() > level)).sum()
}

impl<R, A, O, V> Layers<R, A> for Hyper<'_, R, O, V>
where
    R: Real,
    A: LinearOperator<R>,
    O: LinearOperator<R, Domain = A::Domain, Range = A::Range>,
    V: AsRef<[R]>,
{
    type Memory = HyperMemory<R, A::Domain>;

    fn layers(&self) -> Option<u32> {
        None
    }

    fn start(&self, a: &A) -> Self::Memory {
        HyperMemory::new(a.zero_domain(), R::ZERO)
    }

    fn apply(
        &self,
        k: u32,
        _: &Sensing<'_, R, A>,
        Point { x, r, room }: Point<'_, A::Domain, A::Range>,
        HyperMemory { before, first }: &mut Self::Memory,
    ) {
        self.weight.apply_adjoint(r, room);
        let (pull, scales) = (room.as_slice(), self.inverse_scales.as_ref());
        let left = sum_of(pull.len().min(scales.len()), |j| match (pull.get(j), scales.get(j)) {
            (Some(pull), Some(scale)) => pull.abs() * *scale,
            _ => R::ZERO,
        });
        let HyperNumbers { threshold, momentum, passing } = self.numbers;
        let (x, before) = (x.as_mut_slice(), before.as_mut_slice());
        let beta = (momentum * R::from_u32(support(x))).min(R::ONE);
        if k == 0 {
            *first = left;
        }
        for ((x, before), pull) in x.iter_mut().zip(before).zip(pull) {
            let moved = if k == 0 { R::ZERO } else { *x - *before };
            *before = *x;
            *x = *x + *pull + beta * moved;
        }
        // Where nothing is left all may pass: there is no logarithm to take.
        let fallen = if left > R::ZERO { (*first / left).ln() } else { R::INFINITY };
        let share = (passing * fallen).max(R::ZERO).min(R::ONE).finite_or(R::ZERO);
        let passing = count_of(share, x.len());
        shrink(x, room.as_mut_slice(), threshold * left, passing, (&Soft, 0));
    }
}
