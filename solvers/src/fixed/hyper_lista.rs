//! [`HyperLista`]: HyperLISTA in fixed point.

use super::arithmetic::{product, rounded, sum_of_one};
use super::dictionary::soft_threshold;
use super::log::log2;
use super::norm::norm_of;
use super::{Dictionary, FixedError, Format, I1F31, Saturations, Scale, Sensing};
use crate::network::{HyperNumbers, largest};
use crate::{Certificate, Iteration};

/// HyperLISTA, the layers of [`Hyper`](crate::network::Hyper) as they are there: layer k is
///
/// x⁺ = S^ss(x + Wᵀr + β (x − x⁻); θ, p) with r = y − A x,
///
/// θ = c_θ ‖A⁺r‖₁, β = min(c_β ‖x‖₀, 1), p = clamp(c_p ln(‖A⁺y‖₁ / ‖A⁺r‖₁), 0, 1).
///
/// Wᵀr is rounded to Q31, ‖A⁺r‖₁ is a sum in 64 bits, β has 30 bits, x − x⁻ is cut off, the logarithm
/// has 16 fraction bits. The certificate is ‖y − A x‖₂. No floating point in a step.
///
/// Shapes: A is M × N, W as A; the N reciprocals of scales are in (0, 1]. Units are the caller's: y,
/// x and y − A x are to be below 1, with room for what a layer adds (half is enough where W is good);
/// what does not fit is counted. Storage: 14 words here, 3 N + M + 5 in [`HyperListaState`]. Cost of a
/// layer: M products for each non-zero of x, M N for Wᵀ, 2 N more, a logarithm, and a selection where
/// more entries pass than may.
///
/// ```
/// use solvekit::Iteration;
/// use solvekit::fixed::{Dictionary, HyperLista, I1F15, I1F31, Sensing};
/// use solvekit::network::HyperNumbers;
/// let q = I1F15::from_num::<f32>;
/// // Columns at right angles: W = A / ‖a‖², and aᵀ(AAᵀ)⁻¹a = 1.
/// let (a, w) = ([[q(0.5), q(0.0)], [q(0.0), q(0.5)]], [[I1F15::MAX, q(0.0)], [q(0.0), I1F15::MAX]]);
/// let y = [0.2_f32, 0.0].map(I1F31::from_num);
/// let sensing = Sensing::new(Dictionary::new(&a, 0)?, &y);
/// let numbers = HyperNumbers { threshold: 0.1, momentum: 0.0, passing: 0.5 };
/// let scales = [I1F15::MAX; 2];
/// let network = HyperLista::new(sensing, Dictionary::new(&w, 1)?, &scales, numbers)?;
/// let mut state = network.start();
/// (0..8).for_each(|_| network.step(&mut state));
/// assert!((state.x[0].to_num::<f32>() - 0.4).abs() < 1e-3);
/// # Ok::<(), solvekit::fixed::FixedError>(())
/// ```
///
/// Source: Chen, Liu, Wang and Yin, *Hyperparameter Tuning is All You Need for LISTA*, NeurIPS
/// 2021, eq. 11 to 14.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HyperLista<'a, F, const M: usize, const N: usize> {
    sensing: Sensing<'a, F, M, N>,
    weight: Dictionary<'a, F, M, N>,
    inverse_scales: &'a [F; N],
    threshold: Scale,
    momentum: Scale,
    /// c_p ln 2.
    passing: Scale,
}

/// The iterate, the one before, the residual, room, ‖A⁺y‖₁, and the numbers that were cut off:
/// 3 N + M + 5 words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct HyperListaState<const M: usize, const N: usize> {
    /// The iterate. Whoever changes it starts a new [`Run`](crate::Run), which looks at it anew;
    /// the layers go on from where they were.
    #[cfg_attr(feature = "serde", serde(with = "crate::array"))]
    pub x: [I1F31; N],
    #[cfg_attr(feature = "serde", serde(with = "crate::array"))]
    before: [I1F31; N],
    #[cfg_attr(feature = "serde", serde(with = "crate::array"))]
    r: [I1F31; M],
    #[cfg_attr(feature = "serde", serde(with = "crate::array"))]
    room: [u32; N],
    first: u64,
    layer: u32,
    /// Is r that of x?
    fresh: bool,
    saturations: Saturations,
}

impl<const M: usize, const N: usize> HyperListaState<M, N> {
    /// Starts from `x`, before the first layer; `const`.
    pub const fn new(x: [I1F31; N]) -> Self {
        let (before, r, room) = ([I1F31::ZERO; N], [I1F31::ZERO; M], [0; N]);
        let saturations = Saturations::NONE;
        Self { x, before, r, room, first: 0, layer: 0, fresh: false, saturations }
    }

    /// Layers that have been applied.
    pub const fn layer(&self) -> u32 {
        self.layer
    }

    /// The numbers that were cut off.
    pub const fn saturations(&self) -> Saturations {
        self.saturations
    }
}

impl<'a, F: Format, const M: usize, const N: usize> HyperLista<'a, F, M, N> {
    /// `inverse_scales` are 1 / sⱼ = aⱼᵀ(AAᵀ)⁻¹aⱼ, between 0 and 1; 1 is the largest number of the
    /// format.
    ///
    /// # Errors
    /// [`FixedError::Parameter`] unless the three numbers and the scales are finite and not negative.
    pub fn new(
        sensing: Sensing<'a, F, M, N>,
        weight: Dictionary<'a, F, M, N>,
        inverse_scales: &'a [F; N],
        HyperNumbers { threshold, momentum, passing }: HyperNumbers<f32>,
    ) -> Result<Self, FixedError> {
        let passing = passing * core::f32::consts::LN_2;
        let [Some(threshold), Some(momentum), Some(passing)] =
            [threshold, momentum, passing].map(Scale::from_f32)
        else {
            return Err(FixedError::Parameter);
        };
        if inverse_scales.iter().any(|scale| scale.widened() < 0) {
            return Err(FixedError::Parameter);
        }
        Ok(Self { sensing, weight, inverse_scales, threshold, momentum, passing })
    }

    /// The state with x = 0, before the first layer.
    pub const fn start(&self) -> HyperListaState<M, N> {
        HyperListaState::new([I1F31::ZERO; N])
    }

    /// A and y.
    pub const fn sensing(&self) -> &Sensing<'a, F, M, N> {
        &self.sensing
    }

    /// r of x, where it is not there yet.
    fn look(&self, state: &mut HyperListaState<M, N>) {
        if !state.fresh {
            let HyperListaState { x, r, saturations, .. } = state;
            self.sensing.a.residual(self.sensing.y, x, r, saturations);
            state.fresh = true;
        }
    }

    /// `room` ← Wᵀr as bits of Q31; ‖A⁺r‖₁ as a sum.
    fn pull(&self, state: &mut HyperListaState<M, N>) -> u64 {
        let HyperListaState { r, room, saturations, .. } = state;
        let one = Scale::new(1 << 30, self.weight.exponent());
        let mut left = 0;
        let pulls = self.weight.correlations(r).zip(self.inverse_scales);
        for (slot, (sum, scale)) in room.iter_mut().zip(pulls) {
            let pull = one.apply(sum, saturations);
            *slot = pull.cast_unsigned();
            left += scale.times(pull.saturating_abs()).unsigned_abs();
        }
        left
    }

    /// β in 30 bits.
    fn beta(&self, x: &[I1F31; N]) -> i32 {
        let size = |x: &I1F31| x.to_bits().unsigned_abs();
        let level = x.iter().fold(0, |most, x| size(x).max(most)) / 100;
        // The sign of a difference, and no comparison: with one of each entry, unrolled, a compiler for a
        // Cortex-M0 goes on for minutes.
        let support = x.iter().fold(0, |count, x| count + (level.wrapping_sub(size(x)) >> 31));
        let beta = self.momentum.times(u64::from(support) << 30);
        i32::try_from(beta).unwrap_or(i32::MAX).min(1 << 30)
    }

    /// ⌊p N⌋.
    fn count(&self, first: u64, left: u64) -> usize {
        // Where nothing is left all may pass: there is no logarithm to take.
        if left == 0 {
            return if self.passing == Scale::ZERO { 0 } else { N };
        }
        let fallen = log2(first).saturating_sub(log2(left));
        let entries = self.passing.times(u64::from(fallen) * N as u64) >> 16;
        usize::try_from(entries).unwrap_or(usize::MAX).min(N)
    }
}

/// S^ss. Entries of equal size pass together. `room` may hold anything.
fn shrink<const N: usize>(x: &mut [I1F31; N], room: &mut [u32; N], theta: i32, passing: usize) {
    let size = |x: &I1F31| x.to_bits().unsigned_abs();
    let limit = theta.unsigned_abs();
    let mut above = 0;
    if passing > 0 {
        for size in x.iter().map(size).filter(|size| *size > limit) {
            if let Some(slot) = room.get_mut(above) {
                *slot = size;
                above += 1;
            }
        }
    }
    let level = if passing == 0 {
        u32::MAX
    } else if above <= passing {
        0
    } else {
        largest(room.get_mut(..above).unwrap_or_default(), passing).unwrap_or(0)
    };
    for x in x {
        if !(size(x) > limit && size(x) >= level) {
            *x = I1F31::from_bits(soft_threshold(x.to_bits(), theta));
        }
    }
}

impl<F: Format, const M: usize, const N: usize> Iteration for HyperLista<'_, F, M, N> {
    type Real = f32;
    type State = HyperListaState<M, N>;
    const CERTIFICATE: Certificate = Certificate::ResidualNorm;

    fn step(&self, state: &mut Self::State) {
        self.look(state);
        let left = self.pull(state);
        let HyperListaState { x, before, room, first, layer, fresh, saturations, .. } = state;
        if *layer == 0 {
            *first = left;
            *before = *x;
        }
        let beta = self.beta(x);
        for ((x, before), pull) in x.iter_mut().zip(before).zip(room.iter()) {
            let (own, pull) = (x.to_bits(), pull.cast_signed());
            let moved = saturations.cut(i64::from(own) - i64::from(before.to_bits()));
            *before = *x;
            // β has a bit less than a number in Q31.
            let sum = sum_of_one(own) + sum_of_one(pull) + (product(moved, beta) << 1);
            *x = I1F31::from_bits(rounded(sum, saturations));
        }
        let theta = self.threshold.times(left) >> 15;
        let theta = i32::try_from(theta).unwrap_or(i32::MAX);
        shrink(x, room, theta, self.count(*first, left));
        *layer = layer.saturating_add(1);
        *fresh = false;
    }

    fn residual(&self, state: &mut Self::State) -> f32 {
        self.look(state);
        norm_of(&state.r)
    }

    fn certify(&self, state: &mut Self::State) -> Option<f32> {
        state.fresh = false;
        Some(self.residual(state))
    }

    fn overflows(&self, state: &Self::State) -> u32 {
        state.saturations.count()
    }

    fn reference(&self) -> f32 {
        self.sensing.y_norm()
    }

    /// Never needed: every number of the format is finite.
    fn restore(&self, _: &mut Self::State) {}
}
