//! [`GainTracker`]: how to follow gains.

use super::Track;
use super::track::LEAST;
use crate::calibration::CalibrationError;
use crate::sum::square;
use crate::{Buffer, Real, Scalar};

/// How much a frame counts against those before: λ = 1 − K.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Forgetting<R> {
    /// K as given, in (0, 1): frames before are weighted by 1 − K, (1 − K)², …
    Fixed {
        /// K.
        gain: R,
    },
    /// The K that is best for gains that walk at random: with v = σ² / (mean ‖u‖² (1 − n / (m p))) and
    /// q = s² / v, K = (√(q² + 4 q) − q) / 2. The error to be expected is √(v K).
    Known {
        /// s: the standard deviation of what a gain moves by from frame to frame.
        drift: R,
        /// σ: that of the noise, in the units of the measurements.
        noise: R,
    },
    /// K is steered by the lag-1 correlation ρ₁ of the innovations, K ← K e^{η ρ₁} in [.01, .95]: where
    /// gains lag behind, innovations repeat their signs; where they follow noise, these alternate.
    Steered {
        /// η: .2 does; .1 is slow, .3 restless.
        rate: R,
    },
}

/// Follows gains from frame to frame, in bounded time and memory.
///
/// Of each frame,
///
/// 1. x = argmin Σ ‖γ̂ ∘ A_l x − y_l‖², the gains being those of the frame before;
/// 2. u = A x; the innovation of a gain is εᵢ = uᵢᵀyᵢ / ‖uᵢ‖² − γ̂ᵢ;
/// 3. γ̂ᵢ ← γ̂ᵢ + εᵢ wᵢ / (λ dᵢ + wᵢ), dᵢ ← λ dᵢ + wᵢ with wᵢ = ‖uᵢ‖² (1 − n / N), N measurements being
///    there;
/// 4. gains of mean 1 again.
///
/// Where K > .3, one Gauss–Newton step moves x to the most probable one before 2, the gains being drawn
/// to γ̂ as they are known: gains that move much in a frame would otherwise lag behind, since x takes part
/// of what they do.
///
/// Where the [`Track`] has offsets ([`with_offsets`](Track::with_offsets)), y = γ ∘ A x + o: they are taken
/// off in 1, and 2 and 3 are least squares in both numbers of a sensor, each forgotten at its own rate: with r
/// = y − γ̂ u − ô, w = 1 − n / N and D = diag(√λ, √λₒ),
///
/// P ← D P D + w Σ (u, 1) (u, 1)ᵀ, (γ̂, ô) ← (γ̂, ô) + w P⁻¹ Σ (u, 1) r.
///
/// To take the mean of each sensor in a frame from rows and measurements instead would need no memory, but
/// would learn the offsets anew in every frame. Gains are then off by 1.01 to 1.23 times as much where
/// offsets move by the noise or less from frame to frame, by 1.4 to 2.3 times where gains move fast (f64, n = 8
/// and 16, m = 16, 3 to 8 snapshots, both by the best K of a grid). Only where offsets move by ten times the
/// noise does it do better, by .84 to .9; so does [`Forgetting::Known`] there, by .85 to .95, while steering
/// is off by 1.3 to 2.2 times as much as the best K. Rows whose entries have a mean, as masks of 0 and 1 do,
/// tell a part of the offsets badly, that in proportion to the gains, for which a change of the signal does
/// nearly the same; standard errors do not count it. Better take that mean out of the rows, by differences of
/// exposures.
///
/// The first gains come from the first frame alone, by the start and two steps of
/// [`GaussNewton`](crate::calibration::GaussNewton), with their standard errors; where those are above .3,
/// gains are 1 ± .3 instead. With offsets that takes three snapshots and m (p − 2) ≥ n − 1. The same is tried
/// again where a prediction leaves sixteen times the usual square and where a gain falls below .05, and taken
/// where it explains the frame far better than the gains before were expected to. A sensor six standard
/// deviations off is named; where no more than a quarter of them are, x is found without them, and the gains
/// of those that do not fit it either are found anew. Missing measurements count for nothing; frames that
/// tell nothing are skipped, and say so. Gains of which nothing is seen become less certain. Frames of a single
/// snapshot cannot tell the first gains, but can follow given ones ([`start_at`](Self::start_at),
/// [`with_offsets_at`](Track::with_offsets_at)).
///
/// Storage: [`Track`] lasts, [`FrameRoom`](super::FrameRoom) is lent. Cost of a frame: m p (n² / 2 + 4 n),
/// n³ / 6 multiplications and two passes over the rows; twice that where K > .3 or sensors are
/// suspicious, three times where both, and about 50 m p more with offsets (for K > .3 of either, m n² / 2
/// too); where gains are found anew, start, three steps and errors of a
/// [`GaussNewton`](crate::calibration::GaussNewton) more. Without offsets, for n = m = 16, p = 4 these are
/// 13 k, 26 k, 39 k and about 60 k more. For n = m = 8, p = 4 a Cortex-M4F executes 26 k instructions for a
/// frame, 46 k with offsets and 183 k for the first.
///
/// ```
/// use solvekit::calibration::tracking::{Frame, FrameRoom, FrameStatus, GainTracker};
/// use solvekit::calibration::Order;
/// use solvekit::direct::packed;
/// use solvekit::operator::zeros;
/// use solvekit::{SVector, Transposed, dictionary::Signs, LinearOperator};
/// // Three snapshots of four sensors a frame, two unknowns; rows from the seed of the frame.
/// let (mut gains, tracker) = ([1.2_f32, 0.8, 0.9, 1.1], GainTracker::steered());
/// let mut track = tracker.start(SVector::<f32, 4>::zeros());
/// let first = Signs::<f32, 12, 2>::new(0);
/// let mut room = FrameRoom::new(
///     &Transposed(&first),
///     SVector::<f32, 4>::zeros(),
///     zeros::<f32, { packed(2) }, 1>(),
/// )?;
/// for t in 0..50_u32 {
///     let rows = Signs::<f32, 12, 2>::new(u64::from(t));
///     let (x, mut y) = (SVector::from([1.0, (t as f32).sin()]), SVector::zeros());
///     rows.apply(&x, &mut y);
///     gains[0] += 0.002;
///     (0..12).for_each(|k| y[k] *= gains[k % 4]);
///     y[5] = f32::NAN; // a lost packet
///     let seen = Transposed(&rows);
///     let frame = Frame::new(&seen, &y, 4, Order::BySnapshot)?;
///     let report = tracker.advance(&mut track, &frame, &mut room)?;
///     # assert!(!matches!(report.status, FrameStatus::Skipped(_)), "{t} {report:?}");
/// }
/// let mean = gains.iter().sum::<f32>() / 4.0;
/// assert!((track.gains()[0] - gains[0] / mean).abs() < 0.01);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Source: Muth 1960, *Optimal properties of exponentially weighted forecasts* (the rule); Mehra 1970, *On
/// the identification of variances and adaptive Kalman filtering* (correlated innovations); Vahidi, Stefanopoulou and Peng 2005, *Recursive
/// least squares with forgetting for online estimation of vehicle mass and road grade* (a factor for each
/// number).
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct GainTracker<R> {
    pub(super) forgetting: Forgetting<R>,
    pub(super) of_offsets: Forgetting<R>,
}

impl<R: Real> GainTracker<R> {
    /// Forgets as given.
    ///
    /// # Errors
    /// [`CalibrationError::Step`] for a K outside (0, 1) and a rate that is not positive and finite;
    /// [`CalibrationError::Precision`] for a drift that is negative or a noise that is not positive, or
    /// what is not finite.
    pub fn new(forgetting: Forgetting<R>) -> Result<Self, CalibrationError> {
        let forgetting = Self::checked(forgetting)?;
        Ok(Self { forgetting, ..Self::steered() })
    }

    /// Forgets offsets, where a [`Track`] has them, as given, steered with η = .2 otherwise. A drift is one
    /// of offsets, in the units of the measurements.
    ///
    /// # Errors
    /// As those of [`new`](Self::new).
    pub fn forgetting_offsets(self, forgetting: Forgetting<R>) -> Result<Self, CalibrationError> {
        Ok(Self { of_offsets: Self::checked(forgetting)?, ..self })
    }

    fn checked(forgetting: Forgetting<R>) -> Result<Forgetting<R>, CalibrationError> {
        let positive = |v: R| v > R::ZERO && v.is_finite();
        match forgetting {
            Forgetting::Fixed { gain } if !(positive(gain) && gain < R::ONE) => {
                Err(CalibrationError::Step)
            }
            Forgetting::Steered { rate } if !positive(rate) => Err(CalibrationError::Step),
            Forgetting::Known { drift, noise }
                if !(positive(noise) && drift >= R::ZERO && drift.is_finite()) =>
            {
                Err(CalibrationError::Precision)
            }
            _ => Ok(forgetting),
        }
    }

    /// Steered, with η = .2.
    #[must_use]
    pub fn steered() -> Self {
        let steered = Forgetting::Steered { rate: R::from_f64(0.2) };
        Self { forgetting: steered, of_offsets: steered }
    }

    /// How frames are forgotten.
    pub const fn forgetting(&self) -> Forgetting<R> {
        self.forgetting
    }

    /// How they are for offsets.
    pub const fn offset_forgetting(&self) -> Forgetting<R> {
        self.of_offsets
    }

    /// Nothing is known; the first frame that can tell gains will. `gains` has m numbers, whatever they
    /// are.
    pub fn start<G: Buffer<R>>(&self, gains: G) -> Track<R, G> {
        Track::new(gains)
    }

    /// Gains are known, all with the same standard error.
    ///
    /// # Errors
    /// [`CalibrationError`]: `Empty`; `NonFiniteStart`; `Precision` for an error that is not positive
    /// and finite; `NoMean` for gains of mean zero or less.
    pub fn start_at<G: Buffer<R>>(
        &self,
        gains: G,
        error: R,
    ) -> Result<Track<R, G>, CalibrationError> {
        let sensors = gains.as_slice().len();
        if sensors == 0 {
            return Err(CalibrationError::Empty);
        }
        if let Some(place) = crate::system::first_non_finite(gains.as_slice()) {
            return Err(CalibrationError::NonFiniteStart { place });
        }
        let information = R::ONE / square(error);
        let sound = error > R::ZERO && information > R::ZERO && information.is_finite();
        if !sound {
            return Err(CalibrationError::Precision);
        }
        let mut track = Track::new(gains.clone());
        track.gains = gains;
        let mean = track.level(|_| true);
        if !(mean > R::ZERO && mean.is_finite()) {
            return Err(CalibrationError::NoMean);
        }
        track.gains.as_mut_slice().iter_mut().for_each(|gain| *gain = *gain / mean);
        track.information.as_mut_slice().iter_mut().for_each(|v| *v = information * square(mean));
        Ok(track)
    }

    /// σ² where it is known, scaled.
    pub(super) fn noise(&self, scale: R) -> Option<R> {
        match self.forgetting {
            Forgetting::Known { noise, .. } => Some(square(noise * scale)),
            _ => None,
        }
    }
}

impl<R: Real> Forgetting<R> {
    /// K for this frame, in which a gain, or an offset, is told with the variance `v`; `unit` is that of
    /// the drift, `most` the largest that steering comes to.
    pub(super) fn gain(self, before: R, v: R, (unit, most): (R, R), correlation: Option<R>) -> R {
        match self {
            Self::Fixed { gain } => gain,
            Self::Known { drift, .. } => {
                let q = square(drift * unit) / v;
                let two = R::from_f64(2.0);
                // The same without a difference; 0 for no drift.
                (two / (R::ONE + (R::ONE + square(two) / q).sqrt())).finite_or(R::ZERO)
            }
            Self::Steered { rate } => {
                let turned = correlation.map_or(before, |rho| before * (rate * rho).exp());
                Scalar::min(Scalar::max(turned, R::from_f64(LEAST)), most)
            }
        }
    }
}
