//! Tuners that do not learn: [`Fixed`], [`Young`], [`Adaptive`].

use super::{Choice, Cost, OmegaTuner, Round, TunerError};
use crate::Real;
use crate::sor::{is_relaxation, young_omega};

/// Always the same ω.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Fixed<R> {
    omega: R,
    selected: bool,
}

/// Young's ω, from the Jacobi radius ρ(I − D⁻¹A) as context ([`young_omega`]).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Young {
    selected: bool,
}

/// Asks for ω to be adapted inside each solve ([`AdaptiveSor`](crate::sor::AdaptiveSor)), from
/// ω = 1.5 unless said otherwise.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Adaptive<R> {
    start: R,
    selected: bool,
}

impl<R: Real> Fixed<R> {
    /// # Errors
    /// [`TunerError::Arm`] unless 0 < ω < 2.
    pub fn new(omega: R) -> Result<Self, TunerError> {
        Ok(Self { omega: relaxation(omega)?, selected: false })
    }
}

#[cfg(feature = "storage")]
impl<R: Real> Fixed<R> {
    pub(crate) fn check(&self) -> bool {
        is_relaxation(self.omega)
    }
}

#[cfg(feature = "storage")]
impl<R: Real> Adaptive<R> {
    pub(crate) fn check(&self) -> bool {
        is_relaxation(self.start)
    }
}

impl Young {
    /// Before the first round.
    pub const fn new() -> Self {
        Self { selected: false }
    }
}

impl<R: Real> Adaptive<R> {
    /// Starts every solve from `start`.
    ///
    /// # Errors
    /// [`TunerError::Arm`] unless 0 < `start` < 2.
    pub fn starting_at(start: R) -> Result<Self, TunerError> {
        Ok(Self { start: relaxation(start)?, selected: false })
    }
}

impl<R: Real> Default for Adaptive<R> {
    fn default() -> Self {
        Self { start: R::from_f64(1.5), selected: false }
    }
}

fn relaxation<R: Real>(omega: R) -> Result<R, TunerError> {
    if is_relaxation(omega) { Ok(omega) } else { Err(TunerError::Arm { index: 0 }) }
}

/// Nothing is learned, but a cost that another tuner would refuse is refused here too.
fn check<R: Real>(selected: &mut bool, cost: Cost<R>) -> Result<(), TunerError> {
    cost.checked()?;
    if core::mem::take(selected) { Ok(()) } else { Err(TunerError::NothingSelected) }
}

impl<R: Real> OmegaTuner<R> for Fixed<R> {
    fn select(&mut self, round: Round<R>) -> Result<Choice<R>, TunerError> {
        round.draw()?;
        self.selected = true;
        Ok(Choice::fixed(self.omega))
    }
    fn update(&mut self, cost: Cost<R>) -> Result<(), TunerError> {
        check(&mut self.selected, cost)
    }
    fn arms(&self) -> &[R] {
        core::slice::from_ref(&self.omega)
    }
}

impl<R: Real> OmegaTuner<R> for Young {
    fn select(&mut self, round: Round<R>) -> Result<Choice<R>, TunerError> {
        round.draw()?;
        let radius = round.context.ok_or(TunerError::NoContext)?;
        let omega = young_omega(radius).map_err(|_| TunerError::JacobiRadius)?;
        // A radius next to 1 may round Young's ω to 2.
        if !is_relaxation(omega) {
            return Err(TunerError::JacobiRadius);
        }
        self.selected = true;
        Ok(Choice::fixed(omega))
    }
    fn update(&mut self, cost: Cost<R>) -> Result<(), TunerError> {
        check(&mut self.selected, cost)
    }
}

impl<R: Real> OmegaTuner<R> for Adaptive<R> {
    fn select(&mut self, round: Round<R>) -> Result<Choice<R>, TunerError> {
        round.draw()?;
        self.selected = true;
        Ok(Choice::adaptive(self.start))
    }
    fn update(&mut self, cost: Cost<R>) -> Result<(), TunerError> {
        check(&mut self.selected, cost)
    }
    fn arms(&self) -> &[R] {
        core::slice::from_ref(&self.start)
    }
}
