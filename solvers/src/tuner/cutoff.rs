//! [`CutOff`]: a bad arm costs no more than a multiple of the best one.

use super::{Choice, Cost, Cut, OmegaTuner, Round, TunerError};
use crate::Real;

/// Another tuner's ω, given up for the best one once a solve has cost `multiple` times the best ω's
/// mean cost. x stays, so nothing is lost but the sweeps.
///
/// The best ω is the arm with the least mean over its last 32 rounds or so. Choices that the solve
/// may adapt, those of the best arm itself, and those of tuners without `K` arms pass unchanged.
///
/// Storage: the inner tuner, and 2 K + 3 words of 32 bits in f32.
///
/// ```
/// use solvekit::tuner::{Arms, Cost, CutOff, OmegaTuner, Round, TsallisInf};
/// let inner = TsallisInf::new(Arms::new([1.5_f32, 1.95])?);
/// let mut tuner = CutOff::<f32, _, 2>::new(inner, 3.0)?;
/// assert_eq!(tuner.select(Round::new(0.1))?.cut, None); // nothing is known yet
/// tuner.update(Cost::Solved(30.0))?;
/// let cut = tuner.select(Round::new(0.9))?.cut.expect("ω = 1.95 may be bad");
/// assert_eq!((cut.cost, cut.omega), (90.0, 1.5));
/// # Ok::<(), solvekit::tuner::TunerError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(
    feature = "serde",
    serde(bound(
        serialize = "R: serde::Serialize, T: serde::Serialize",
        deserialize = "R: Copy + serde::Deserialize<'de>, T: serde::Deserialize<'de>"
    ))
)]
pub struct CutOff<R, T, const K: usize> {
    inner: T,
    multiple: R,
    /// Mean cost of each arm.
    #[cfg_attr(feature = "serde", serde(with = "crate::array"))]
    means: [R; K],
    /// How many rounds it is of, at most [`MEMORY`].
    #[cfg_attr(feature = "serde", serde(with = "crate::array"))]
    counts: [u32; K],
    /// The arm in play.
    selected: Option<u32>,
}

/// Rounds that a mean remembers.
const MEMORY: u32 = 32;

impl<R: Real, T: OmegaTuner<R>, const K: usize> CutOff<R, T, K> {
    /// Around `inner`; 2 or 3 is a good multiple where costs vary little from system to system.
    ///
    /// # Errors
    /// [`TunerError::Multiple`] unless 1 ≤ `multiple` < ∞.
    pub fn new(inner: T, multiple: R) -> Result<Self, TunerError> {
        if !(multiple >= R::ONE && multiple.is_finite()) {
            return Err(TunerError::Multiple);
        }
        Ok(Self { inner, multiple, means: [R::ZERO; K], counts: [0; K], selected: None })
    }

    /// The tuner inside.
    pub const fn inner(&self) -> &T {
        &self.inner
    }

    /// Whether every field of its own has a value that [`new`](Self::new), `select` and `update`
    /// could have left there: what was restored from storage need not.
    #[cfg(feature = "storage")]
    pub(crate) fn check(&self) -> bool {
        let arms = self.inner.arms().len().min(K);
        let sound = |(arm, (mean, count)): (usize, (&R, &u32))| {
            let played = *count > 0;
            *mean >= R::ZERO
                && mean.is_finite()
                && *count <= MEMORY
                && (!played || arm < arms)
                && (played || *mean == R::ZERO)
        };
        self.multiple >= R::ONE
            && self.multiple.is_finite()
            // Its length hidden, this stays a loop.
            && core::hint::black_box(&self.means[..]).iter().zip(&self.counts).enumerate().all(sound)
            && self.selected.is_none_or(|arm| (arm as usize) < arms)
    }

    /// The best arm so far and its mean cost.
    fn best(&self) -> Option<(usize, R)> {
        let played = self.means.iter().zip(&self.counts).enumerate();
        let played = played.filter(|(_, (_, count))| **count > 0);
        let means = played.map(|(arm, (mean, _))| (arm, *mean));
        means.reduce(|a, b| if b.1 < a.1 { b } else { a })
    }
}

impl<R: Real, T: OmegaTuner<R>, const K: usize> OmegaTuner<R> for CutOff<R, T, K> {
    fn select(&mut self, round: Round<R>) -> Result<Choice<R>, TunerError> {
        let mut choice = self.inner.select(round)?;
        self.selected = None;
        if choice.adapt {
            return Ok(choice);
        }
        let arms = self.inner.arms();
        let arm = arms.iter().take(K).position(|omega| *omega == choice.omega);
        let best = self.best().filter(|(best, _)| arm.is_some_and(|arm| arm != *best));
        if let Some((best, mean)) = best {
            choice.cut =
                arms.get(best).map(|omega| Cut { cost: self.multiple * mean, omega: *omega });
        }
        self.selected = arm.map(|arm| arm as u32);
        Ok(choice)
    }

    fn update(&mut self, cost: Cost<R>) -> Result<(), TunerError> {
        // Whatever the inner tuner takes, a mean stays a number.
        let cost = cost.checked()?;
        self.inner.update(cost)?;
        let Some(arm) = self.selected.take() else { return Ok(()) };
        let arm = arm as usize;
        if let (Some(mean), Some(count)) = (self.means.get_mut(arm), self.counts.get_mut(arm)) {
            *count = (*count + 1).min(MEMORY);
            let value = cost.at_least(*mean);
            *mean += (value - *mean) / R::from_u32(*count);
        }
        Ok(())
    }

    fn arms(&self) -> &[R] {
        self.inner.arms()
    }
}
