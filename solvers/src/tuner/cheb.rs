//! [`ChebCb`]: the best ω for a context, by Chebyshev regression.

use super::fit::{Fit, features};
use super::{Arms, Choice, Cost, Interval, OmegaTuner, Round, TunerError};
use crate::Real;
use crate::sum::square;
use core::num::NonZeroU32;

/// ChebCB over `K` values of ω and a context c in [a, b]: `M` Chebyshev terms an arm predict the cost
/// of each ω at c, and arms are drawn the less the more they are predicted to cost (inverse gap
/// weighting).
///
/// With Tⱼ at u = 2 (c − a)/(b − a) − 1, arm i predicts yᵢ = Σⱼ θᵢⱼ Tⱼ(u). θᵢ fits ℓ − 1 over the arm's
/// own rounds: the smallest sum of squared errors + Σⱼ (1 + j²) θᵢⱼ²/256 in the box |θ₀| ≤ max ℓ,
/// |θⱼ| ≤ 2 (max ℓ − min ℓ)/j. Round t draws
/// pᵢ = 1/(K + γ (yᵢ − y*)) for all but the best arm, which gets the rest,
/// γ = 2 t √(K t / (Q − S)), Q = Σ (prediction − ℓ + 1)² as it happened and S the sum of squares that the
/// fits leave. (The paper scales costs by the largest one; it cancels.)
///
/// A context outside the interval counts as the nearer end, NaN as the middle; both are counted
/// ([`clamped`](Self::clamped)). A censored cost counts as no less than what was predicted.
///
/// Storage: K (4 M + 3) + 12 words of 32 bits in f32, 2.2 kB for 20 arms and 6 terms.
/// Cost per round: O(K M), and a fit of O(M³) and at most 100 passes of O(M²); K fits
/// when a cost is larger or smaller than all before.
///
/// ```
/// use solvekit::tuner::{Arms, ChebCb, Cost, Interval, OmegaTuner, Round};
/// let arms = Arms::<f32, 10>::evenly(1.0, 1.9)?;
/// let mut tuner = ChebCb::<f32, 10, 3>::new(arms, Interval::new(0.0, 1.0)?)?;
/// let mut uniform = 0.1;
/// for k in 0..400_u16 {
///     uniform = (uniform + 0.618) % 1.0;
///     let shift = f32::from(k * 7 % 11) / 11.0; // a small shift wants a large ω
///     let omega = tuner.select(Round::with_context(uniform, shift))?.omega;
///     tuner.update(Cost::Solved(20.0 + 100.0 * (omega - (1.8 - 0.6 * shift)).abs()))?;
/// }
/// assert!(tuner.favourite(0.1) > 1.65 && tuner.favourite(0.9) < 1.35);
/// # Ok::<(), solvekit::tuner::TunerError>(())
/// ```
///
/// Source: arXiv 2310.02246, Algorithm 2 (ChebCB; inverse gap weighting: Foster and Rakhlin 2020).
/// The Gram form, the preference for smooth fits and the S of all arms are ours.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(
    feature = "serde",
    serde(bound(
        serialize = "R: serde::Serialize",
        deserialize = "R: Real + serde::Deserialize<'de>"
    ))
)]
pub struct ChebCb<R, const K: usize, const M: usize> {
    arms: Arms<R, K>,
    interval: Interval<R>,
    #[cfg_attr(feature = "serde", serde(with = "crate::array"))]
    fits: [Fit<R, M>; K],
    /// The smallest and the largest cost so far.
    least: R,
    most: R,
    /// Q.
    surprise: R,
    /// Mean cost so far.
    mean: R,
    /// Rounds that have a cost.
    rounds: u32,
    /// Rounds after which what was learned has faded to 1/e; the largest number: never.
    memory: NonZeroU32,
    /// Contexts that lay outside.
    clamped: u32,
    /// The arm in play and its u.
    selected: Option<(u32, R)>,
}

impl<R: Real, const K: usize, const M: usize> ChebCb<R, K, M> {
    /// A tuner that knows nothing yet.
    ///
    /// # Errors
    /// [`TunerError::NoTerms`].
    pub const fn new(arms: Arms<R, K>, interval: Interval<R>) -> Result<Self, TunerError> {
        if M == 0 {
            return Err(TunerError::NoTerms);
        }
        Ok(Self {
            arms,
            interval,
            fits: [Fit::new(); K],
            least: R::MAX,
            most: R::ZERO,
            surprise: R::ZERO,
            mean: R::ZERO,
            rounds: 0,
            memory: NonZeroU32::MAX,
            clamped: 0,
            selected: None,
        })
    }

    /// Forgets: every round so far counts by the factor 1 − 1/`memory` less in each later one, and t
    /// stays at `memory` once so many rounds are over.
    #[must_use]
    pub fn forgetting(self, memory: NonZeroU32) -> Self {
        Self { memory, ..self }
    }

    /// The values of ω to choose from.
    pub const fn arms(&self) -> &[R; K] {
        self.arms.values()
    }

    /// How many contexts were NaN or outside the interval.
    pub const fn clamped(&self) -> u32 {
        self.clamped
    }

    /// Rounds learned from.
    pub const fn rounds(&self) -> u32 {
        self.rounds
    }

    /// Mean cost so far.
    pub const fn mean_cost(&self) -> R {
        self.mean
    }

    /// What each arm is predicted to cost at a context; 1 for an arm that was never played.
    pub fn predictions(&self, context: R) -> [R; K] {
        self.gains(self.place(context).0).map(|gain| gain + R::ONE)
    }

    /// The coefficients θⱼ of an arm's cost less 1.
    pub fn coefficients(&self, arm: usize) -> Option<&[R; M]> {
        self.fits.get(arm).map(Fit::coefficients)
    }

    /// The bounds of the coefficients: of |θ₀|, and of j |θⱼ| for j > 0.
    pub fn bounds(&self) -> (R, R) {
        let spread = (self.most - self.least).max(R::ZERO);
        (self.most, spread + spread)
    }

    /// The probabilities of the next draw at a context: not negative, sum 1, the arm with the smallest
    /// prediction at least 1/K.
    pub fn probabilities(&self, context: R) -> [R; K] {
        self.weigh(&self.gains(self.place(context).0))
    }

    /// The arm that is predicted to cost least at a context.
    pub fn favourite(&self, context: R) -> R {
        let (best, _) = least(&self.gains(self.place(context).0));
        self.arms.get(best).unwrap_or(R::ONE)
    }

    /// Whether every field has a value that [`new`](Self::new), `select` and `update` could have
    /// left there: what was restored from storage need not.
    #[cfg(feature = "storage")]
    pub(crate) fn check(&self) -> bool {
        let amount = |value: R| value >= R::ZERO && value.is_finite();
        let costs = if self.rounds > 0 {
            amount(self.least) && self.least <= self.most && self.most.is_finite()
        } else {
            let nothing = self.most == R::ZERO && self.surprise == R::ZERO && self.mean == R::ZERO;
            nothing && self.least == R::MAX
        };
        let (level, slope) = self.bounds();
        M > 0
            && self.arms.check()
            && self.interval.check()
            && costs
            && amount(self.surprise)
            && amount(self.mean)
            && self.fits.iter().all(|fit| fit.check(self.rounds, level, slope))
            && self.selected.is_none_or(|(arm, u)| (arm as usize) < K && u.abs() <= R::ONE)
    }

    /// u in [−1, 1], and whether the context had to be moved.
    fn place(&self, context: R) -> (R, bool) {
        let (place, moved) = self.interval.place(context);
        (place + place - R::ONE, moved)
    }

    /// Every arm's prediction of its cost less 1.
    fn gains(&self, u: R) -> [R; K] {
        let features = features(u);
        core::array::from_fn(|arm| self.fits.get(arm).map_or(R::ZERO, |fit| fit.predict(&features)))
    }

    /// Inverse gap weighting.
    fn weigh(&self, predictions: &[R; K]) -> [R; K] {
        let (best, lowest) = least(predictions);
        let arms = R::from_u32(K as u32);
        let gamma = self.gamma();
        let mut rest = R::ONE;
        let mut probabilities = predictions.map(|y| R::ONE / (arms + gamma * (y - lowest)));
        for (arm, p) in probabilities.iter().enumerate() {
            if arm != best {
                rest -= *p;
            }
        }
        if let Some(slot) = probabilities.get_mut(best) {
            *slot = rest.max(R::ZERO);
        }
        probabilities
    }

    /// γ of the next round: 0 while there is nothing to go by.
    fn gamma(&self) -> R {
        let left = self.fits.iter().fold(R::ZERO, |sum, fit| sum + fit.residual());
        // Rounding may leave nothing or less.
        let regret = (self.surprise - left).max(R::EPSILON * self.surprise);
        // Not even a first surprise; updates keep it finite.
        if regret <= R::ZERO {
            return R::ZERO;
        }
        let t = R::from_u32(self.rounds.min(self.memory.get()));
        let arms = R::from_u32(K as u32);
        ((t + t) * (arms * t / regret).sqrt_coarse()).min(R::MAX)
    }
}

/// The smallest one and its index.
fn least<R: Real>(values: &[R]) -> (usize, R) {
    let all = values.iter().copied().enumerate();
    all.reduce(|a, b| if b.1 < a.1 { b } else { a }).unwrap_or((0, R::ZERO))
}

impl<R: Real, const K: usize, const M: usize> OmegaTuner<R> for ChebCb<R, K, M> {
    fn select(&mut self, round: Round<R>) -> Result<Choice<R>, TunerError> {
        let uniform = round.draw()?;
        let (u, moved) = self.place(round.context.ok_or(TunerError::NoContext)?);
        let probabilities = self.weigh(&self.gains(u));
        let mut below = R::ZERO;
        let mut choice = None;
        for (arm, p) in probabilities.iter().enumerate() {
            // Rounding may leave the sum below the number drawn: the last possible arm then.
            if *p > R::ZERO {
                below += *p;
                choice = Some(arm);
            }
            if below > uniform {
                break;
            }
        }
        let arm = choice.ok_or(TunerError::NoArms)?;
        let omega = self.arms.get(arm)?;
        self.clamped = self.clamped.saturating_add(u32::from(moved));
        self.selected = Some((arm as u32, u));
        Ok(Choice::fixed(omega))
    }

    fn update(&mut self, cost: Cost<R>) -> Result<(), TunerError> {
        let cost = cost.checked()?;
        let (arm, u) = self.selected.ok_or(TunerError::NothingSelected)?;
        let arm = arm as usize;
        let fit = self.fits.get(arm).ok_or(TunerError::NoArms)?;
        let predicted = fit.predict(&features(u));
        let value = cost.at_least(predicted + R::ONE);
        let excess = (value - R::ONE).max(R::ZERO);
        let rounds = self.rounds.saturating_add(1);
        let mean = self.mean + (value - self.mean) / R::from_u32(rounds.min(self.memory.get()));
        let surprise = self.surprise + square(predicted - excess);
        let mut fit = *fit;
        fit.add(u, excess);
        let (least, most) = (self.least.min(value), self.most.max(value));
        let spread = most - least;
        fit.refit(most, spread);
        // Squares of sums of squares must fit too, or the fit would not be one.
        if !(surprise.is_finite() && mean.is_finite() && fit.is_finite()) {
            return Err(TunerError::Cost);
        }
        let boxed = least < self.least || most > self.most;
        (self.least, self.most) = (least, most);
        self.surprise = surprise;
        self.mean = mean;
        self.rounds = rounds;
        self.selected = None;
        if let Some(slot) = self.fits.get_mut(arm) {
            *slot = fit;
        }
        if boxed {
            self.fits.iter_mut().for_each(|fit| fit.refit(most, spread));
        }
        if self.memory < NonZeroU32::MAX {
            let memory = R::from_u32(self.memory.get());
            let kept = (memory - R::ONE) / memory;
            self.fits.iter_mut().for_each(|fit| fit.fade(kept));
            self.surprise *= kept;
        }
        Ok(())
    }

    fn arms(&self) -> &[R] {
        self.arms.values()
    }
}
