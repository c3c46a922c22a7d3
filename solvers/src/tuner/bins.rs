//! [`TsallisBins`]: the best ω for each part of the context's interval.

use super::losses::Losses;
use super::{Arms, Choice, Cost, Interval, OmegaTuner, Round, TunerError};
use crate::Real;
use core::num::NonZeroU32;

/// Tsallis-INF with context bins: the interval is cut into `B` equal bins, each with a
/// [`TsallisInf`](super::TsallisInf) of its own that learns from the rounds of its bin alone.
///
/// A context outside the interval goes to the nearest bin, NaN to the middle one; both are counted
/// ([`clamped`](Self::clamped)).
///
/// Storage: K + B (K + 8) words of 32 bits in f32, and 5. Cost per round: one `TsallisInf`'s.
///
/// ```
/// use solvekit::tuner::{Arms, Cost, Interval, OmegaTuner, Round, TsallisBins};
/// let arms = Arms::new([1.2_f32, 1.8])?;
/// let mut tuner = TsallisBins::<f32, 2, 4>::new(arms, Interval::new(0.0, 1.0)?)?;
/// let mut uniform = 0.1;
/// for k in 0..400_u16 {
///     uniform = (uniform + 0.618) % 1.0;
///     let shift = f32::from(k % 10) / 10.0; // a small shift wants a large ω
///     let omega = tuner.select(Round::with_context(uniform, shift))?.omega;
///     tuner.update(Cost::Solved(20.0 + 100.0 * (omega - (1.8 - 0.6 * shift)).abs()))?;
/// }
/// assert!(tuner.probabilities(0.1)[1] > 0.8 && tuner.probabilities(0.9)[0] > 0.8);
/// # Ok::<(), solvekit::tuner::TunerError>(())
/// ```
///
/// Source: arXiv 2310.02246, §3 and its released code (Tsallis-INF-CB).
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(
    feature = "serde",
    serde(bound(
        serialize = "R: serde::Serialize",
        deserialize = "R: Copy + serde::Deserialize<'de>"
    ))
)]
pub struct TsallisBins<R, const K: usize, const B: usize> {
    arms: Arms<R, K>,
    interval: Interval<R>,
    #[cfg_attr(feature = "serde", serde(with = "crate::array"))]
    bins: [Losses<R, K>; B],
    /// Contexts that lay outside.
    clamped: u32,
    /// The bin in play.
    selected: Option<u32>,
}

impl<R: Real, const K: usize, const B: usize> TsallisBins<R, K, B> {
    /// A tuner that knows nothing yet.
    ///
    /// # Errors
    /// [`TunerError::NoBins`].
    pub const fn new(arms: Arms<R, K>, interval: Interval<R>) -> Result<Self, TunerError> {
        if B == 0 {
            return Err(TunerError::NoBins);
        }
        Ok(Self { arms, interval, bins: [Losses::new(); B], clamped: 0, selected: None })
    }

    /// As [`TsallisInf::forgetting`](super::TsallisInf::forgetting), in rounds of one bin.
    #[must_use]
    pub fn forgetting(self, memory: NonZeroU32) -> Self {
        Self { bins: self.bins.map(|bin| bin.forgetting(memory)), ..self }
    }

    /// As [`TsallisInf::with_baseline`](super::TsallisInf::with_baseline).
    #[must_use]
    pub fn with_baseline(self) -> Self {
        Self { bins: self.bins.map(Losses::with_baseline), ..self }
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
    pub fn rounds(&self) -> u32 {
        self.bins.iter().fold(0, |sum, bin| sum.saturating_add(bin.rounds))
    }

    /// Mean cost of the rounds that fell into a context's bin.
    pub fn mean_cost(&self, context: R) -> R {
        self.bin(self.interval.place(context).0).1.map_or(R::ZERO, |bin| bin.mean)
    }

    /// The probabilities of the next draw at a context.
    pub fn probabilities(&self, context: R) -> [R; K] {
        let bin = self.bin(self.interval.place(context).0).1;
        bin.map_or([R::ZERO; K], Losses::probabilities)
    }

    /// The arm with the largest probability at a context.
    pub fn favourite(&self, context: R) -> R {
        let bin = self.bin(self.interval.place(context).0).1;
        bin.and_then(|bin| self.arms.get(bin.favourite()).ok()).unwrap_or(R::ONE)
    }

    /// Whether every field has a value that [`new`](Self::new), `select` and `update` could have
    /// left there: what was restored from storage need not.
    #[cfg(feature = "storage")]
    pub(crate) fn check(&self) -> bool {
        // The bin in play has an arm in play. So may another: a selection that was never updated.
        let playing = |bin: u32| self.bins.get(bin as usize).is_some_and(Losses::is_playing);
        B > 0
            && self.arms.check()
            && self.interval.check()
            && self.bins.iter().all(Losses::check)
            && self.selected.is_none_or(playing)
    }

    /// The bin of a place in [0, 1].
    fn bin(&self, place: R) -> (usize, Option<&Losses<R, K>>) {
        let count = R::from_u32(B as u32);
        let ends = (1..B).take_while(|k| place * count >= R::from_u32(*k as u32));
        let index = ends.count();
        (index, self.bins.get(index))
    }
}

impl<R: Real, const K: usize, const B: usize> OmegaTuner<R> for TsallisBins<R, K, B> {
    fn select(&mut self, round: Round<R>) -> Result<Choice<R>, TunerError> {
        let uniform = round.draw()?;
        let (place, moved) = self.interval.place(round.context.ok_or(TunerError::NoContext)?);
        let (index, _) = self.bin(place);
        let bin = self.bins.get_mut(index).ok_or(TunerError::NoBins)?;
        let arm = bin.select(uniform)?;
        self.clamped = self.clamped.saturating_add(u32::from(moved));
        self.selected = Some(index as u32);
        self.arms.get(arm).map(Choice::fixed)
    }

    fn update(&mut self, cost: Cost<R>) -> Result<(), TunerError> {
        cost.checked()?;
        let index = self.selected.ok_or(TunerError::NothingSelected)?;
        self.bins.get_mut(index as usize).ok_or(TunerError::NoBins)?.update(cost)?;
        self.selected = None;
        Ok(())
    }

    fn arms(&self) -> &[R] {
        self.arms.values()
    }
}
