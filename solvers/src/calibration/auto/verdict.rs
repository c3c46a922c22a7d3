//! [`Verdict`]: what a calibration came to.

use crate::Real;
use crate::calibration::{Counts, student_quantile};

/// What the signal and the gains of a calibration are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Answer {
    /// Those of least squares, with their standard errors.
    Likelihood,
    /// The most probable ones for gains near 1, how near being learned; errors of the posterior.
    Posterior,
    /// The data say nothing of the gains: gains are 1, and the signal is that of least squares.
    Uninformed,
    /// As many equations as needed and none more: these fit, and nothing is left to tell how wrong they
    /// are.
    Unchecked,
    /// Refused: the data cannot tell the signal. Too little differs from snapshot to snapshot.
    Singular,
    /// Refused: errors of the gains above .3 are to be expected.
    Uncertain,
    /// Refused: without the faulty sensors there are too few equations.
    TooFew,
}

impl Answer {
    /// Are there a signal and gains?
    pub const fn is_given(self) -> bool {
        !matches!(self, Self::Singular | Self::Uncertain | Self::TooFew)
    }

    /// The name in snake case, as in the program's JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Likelihood => "likelihood",
            Self::Posterior => "posterior",
            Self::Uninformed => "uninformed",
            Self::Unchecked => "unchecked",
            Self::Singular => "singular",
            Self::Uncertain => "uncertain",
            Self::TooFew => "too_few",
        }
    }
}

/// What a calibration came to, and the numbers that decided it.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[must_use = "a verdict may say that there is no answer"]
#[non_exhaustive]
pub struct Verdict<R> {
    /// What signal and gains are.
    pub answer: Answer,
    /// Standard deviation of the noise, in the units of the measurements; infinite where nothing tells
    /// it.
    pub sigma: R,
    /// Equations beyond those needed.
    pub freedom: usize,
    /// Root mean square of the standard errors of the gains, widened for few degrees of freedom as an
    /// interval of 95 % is: how wrong the gains are to be expected.
    pub predicted: R,
    /// Half an interval of 95 % in standard errors: Student's quantile.
    pub quantile: R,
    /// Standard deviation of the gains about 1 that was learned; zero where it was not.
    pub width: R,
    /// Least eigenvalue of the last normal matrix relative to the mean one.
    pub conditioning: R,
    /// Sensors that took part.
    pub kept: usize,
    /// Fewer than 1.5 (n + m) equations: the errors are worth a look.
    pub scarce: bool,
}

impl<R: Real> Verdict<R> {
    /// Of a least-squares fit of sensors that all take part, for whoever makes it elsewhere: σ in the units
    /// of the measurements, known beforehand or not, the root mean square of the gains' standard errors, and
    /// the conditioning of the last matrix.
    pub fn likelihood(
        counts: Counts,
        (sigma, known): (R, bool),
        gain_error: R,
        conditioning: R,
    ) -> Self {
        let freedom = if known { usize::MAX } else { counts.freedom() };
        let quantile = student_quantile::<R>(freedom);
        Self {
            answer: Answer::Likelihood,
            sigma,
            freedom: counts.freedom(),
            predicted: gain_error * quantile / student_quantile::<R>(usize::MAX),
            quantile,
            width: R::ZERO,
            conditioning,
            kept: counts.sensors,
            scarce: counts.is_scarce(),
        }
    }

    /// Nothing was found.
    pub(in crate::calibration) const fn none(answer: Answer) -> Self {
        Self {
            answer,
            sigma: R::INFINITY,
            freedom: 0,
            predicted: R::INFINITY,
            quantile: R::INFINITY,
            width: R::ZERO,
            conditioning: R::ZERO,
            kept: 0,
            scarce: false,
        }
    }
}
