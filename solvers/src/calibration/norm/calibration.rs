//! [`NormCalibration`]: the highest rung that the poses can tell.

use super::{Coverage, NormError, NormFit, NormModel, NormRoom, Rung, Samples};
use crate::{Real, Report, Status};
use core::cmp::Ordering;

/// What is asked of a calibration.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct NormOptions<R> {
    /// g; where it is `None`, the radius of the sphere through the samples.
    pub norm: Option<R>,
    /// The highest rung that is tried.
    pub highest: Rung,
    /// The most that the noise of a reading may show in a number
    /// ([`NormFit::amplification`]); a rung beyond it is left for the one below.
    pub amplification: R,
    /// The largest standard error of a number, as a part of the radius for offsets and of an even
    /// scale for T; a rung beyond it is left for the one below.
    pub error: R,
    /// The least [`Coverage::evenness`] of directions.
    pub evenness: R,
    /// ‖∇f‖_∞ at which a fit ends.
    pub tolerance: R,
    /// The most steps of a fit.
    pub iterations: u32,
}

impl<R: Real> NormOptions<R> {
    /// All rungs; the noise of a reading at most thirtyfold, and errors of 1 % at most (what cross terms
    /// of real sensors are); an evenness of 0.05; 100 steps; tolerances of 1e-6 in `f32` and 1e-12 in
    /// `f64`.
    #[must_use]
    pub fn new(norm: Option<R>) -> Self {
        let fine = R::EPSILON < R::from_f64(1e-10);
        Self {
            norm,
            highest: Rung::Full,
            amplification: R::from_f64(30.0),
            error: R::from_f64(0.01),
            evenness: R::from_f64(0.05),
            tolerance: if fine { R::from_f64(1e-12) } else { R::from_f64(1e-6) },
            iterations: 100,
        }
    }
}

/// A sensor calibrated by the norm of what it reads, and how good that is.
///
/// The ladder offset → scale → full is climbed as long as each number of the next rung can be told
/// from the poses (six poses along the axes say nothing about cross terms), and as there are more
/// samples than numbers.
///
/// ```
/// use solvekit::calibration::norm::{NormCalibration, NormOptions, Rung, Samples};
/// // Six poses along the axes: scales, but no cross terms.
/// let poses = [
///     [10.2_f32, 0.1, 0.0], [-9.8, 0.1, 0.0], [0.2, 9.9, 0.0], [0.2, -9.7, 0.0], [0.2, 0.1, 10.0],
///     [0.2, 0.1, -10.0], [5.9735, 5.7580, 5.7735],
/// ];
/// let found = NormCalibration::of(&Samples::new(&poses)?, &NormOptions::new(Some(9.81)))?;
/// assert_eq!(found.rung, Rung::Scale);
/// assert!(found.spread < 0.1 * found.spread_before);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct NormCalibration<R> {
    /// o and T.
    pub model: NormModel<R>,
    /// What was fitted.
    pub rung: Rung,
    /// g.
    pub norm: R,
    /// How the fit ended.
    pub report: Report<R>,
    /// One standard deviation of o (first three) and of T's numbers, from what the fit left over; zero
    /// for those that were not fitted. The radius of [`Rung::Offset`] without a known g is the fourth.
    pub standard_errors: [R; 9],
    /// The largest of [`NormFit::amplification`].
    pub amplification: R,
    /// √(mean (‖y‖ / mean ‖y‖ − 1)²) of the readings as they came.
    pub spread_before: R,
    /// √(mean (‖v‖ / g − 1)²) afterwards.
    pub spread: R,
    /// Where the directions lie.
    pub coverage: Coverage<R>,
    /// The radius of the sphere through the samples over g, where that is off by more than a fifth: they
    /// may be in other units.
    pub suspicious_units: Option<R>,
}

impl<R: Real> NormCalibration<R> {
    /// Fits rung after rung.
    ///
    /// Storage: a [`NormRoom`] on the stack; [`of_in`](Self::of_in) takes it from the caller. Cost: the
    /// steps of up to three [`NormFit`]s, five to ten each.
    ///
    /// # Errors
    /// [`NormError`]: `Norm`, `TooFew`, `Coverage` where not even offsets can be told, `Uncertain`,
    /// `Unsettled`, `Implausible`.
    pub fn of(samples: &Samples<'_, R>, options: &NormOptions<R>) -> Result<Self, NormError<R>> {
        Self::of_in(samples, options, &mut NormRoom::new())
    }

    /// [`of`](Self::of) in memory of the caller's, say a `static`; what is in it does not matter.
    ///
    /// # Errors
    /// As [`of`](Self::of).
    pub fn of_in(
        samples: &Samples<'_, R>,
        options: &NormOptions<R>,
        room: &mut NormRoom<R>,
    ) -> Result<Self, NormError<R>> {
        let coverage = samples.coverage();
        if coverage.evenness < options.evenness {
            return Err(NormError::Coverage(coverage));
        }
        let mut first = None;
        room.best = None;
        for rung in [Rung::Offset, Rung::Scale, Rung::Full] {
            if rung > options.highest {
                break;
            }
            match Self::try_rung(samples, options, rung, room) {
                Ok(()) => {}
                // What lower rungs found stays; higher ones would need even more of it.
                Err(refused @ (NormError::Coverage(_) | NormError::TooFew { .. })) => {
                    first = first.or(Some(refused));
                    break;
                }
                // A model that is too small: axes of different scales, other units.
                Err(refused) => first = first.or(Some(refused)),
            }
        }
        let Some(found) = &room.best else { return Err(first.unwrap_or(NormError::Unsettled)) };
        let [xx, yy, zz, ..] = found.model.matrix;
        let (most, least) = (xx.max(yy).max(zz), xx.min(yy).min(zz));
        if most <= R::from_f64(5.0) * least { Ok(*found) } else { Err(NormError::Implausible) }
    }

    /// One rung; where it is refused the best one so far stays.
    #[inline(never)]
    fn try_rung(
        samples: &Samples<'_, R>,
        options: &NormOptions<R>,
        rung: Rung,
        room: &mut NormRoom<R>,
    ) -> Result<(), NormError<R>> {
        let fit = NormFit::new(samples, options.norm, rung)?;
        match &fit.run(&mut room.state, options) {
            Some(report) if matches!(report.status, Status::Converged | Status::Stalled) => {
                Self::judge(&fit, options, report, room)
            }
            _ => Err(NormError::Unsettled),
        }
    }

    /// Is what a fit found known well enough?
    // Never inlined, nor is the fit: the stack holds one of them at a time.
    #[inline(never)]
    fn judge(
        fit: &NormFit<'_, R>,
        options: &NormOptions<R>,
        report: &Report<R>,
        room: &mut NormRoom<R>,
    ) -> Result<(), NormError<R>> {
        let state = &mut room.state;
        let samples = fit.samples();
        let model = fit.model(state);
        if !model.is_sound() {
            return Err(NormError::Implausible);
        }
        let all = fit.amplification_in(state);
        let amplification = all.iter().fold(R::ZERO, |most, one| most.max(*one));
        let coverage = samples.coverage();
        let (count, given) = (fit.count(), samples.readings().len());
        let real = |count: usize| R::from_u32(u32::try_from(count).unwrap_or(u32::MAX));
        let spread = fit.spread(state);
        // σ of a sample on the sphere of radius 1 over √N.
        let noise = spread / real(given.saturating_sub(count).max(1)).sqrt();
        // Also for NaN.
        let beyond = |number: R, most: R| number.partial_cmp(&most).is_none_or(Ordering::is_gt);
        if beyond(amplification, options.amplification) {
            return Err(NormError::Coverage(coverage));
        }
        if beyond(amplification * noise, options.error) {
            return Err(NormError::Uncertain { error: amplification * noise });
        }
        let (radius, norm) = (samples.radius(), fit.norm());
        let mut standard_errors = all.map(|one| one * noise);
        for (k, error) in standard_errors.iter_mut().enumerate() {
            *error *= if k < 3 { radius } else { norm / radius };
        }
        let ratio = radius / norm;
        let fifth = R::from_f64(0.2);
        room.best = Some(Self {
            model,
            rung: fit.rung(),
            norm,
            report: *report,
            standard_errors,
            amplification,
            spread_before: spread_of(samples.readings()),
            spread,
            coverage,
            suspicious_units: ((ratio - R::ONE).abs() > fifth).then_some(ratio),
        });
        Ok(())
    }
}

/// The deviation of ‖y‖ over its mean.
fn spread_of<R: Real>(readings: &[[R; 3]]) -> R {
    let count = R::from_u32(u32::try_from(readings.len()).unwrap_or(u32::MAX));
    let lengths = || readings.iter().map(|y| super::model::length(*y));
    let mean = lengths().fold(R::ZERO, |sum, length| sum + length) / count;
    let squares = lengths().map(|length| (length / mean - R::ONE) * (length / mean - R::ONE));
    (squares.fold(R::ZERO, |sum, square| sum + square) / count).sqrt()
}
