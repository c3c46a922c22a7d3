//! [`Forecast`]: what a solver takes of a board.

use super::model::{Model, Point};
use super::terms;
use super::{AtSize, Measured, Optimisation, Shape, Size, cores, of};
use crate::plan::Target;
use serde::Serialize;
use thiserror::Error;

/// Where a figure comes from.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Source {
    /// Of this size.
    Measured,
    /// From other sizes, around this one.
    Foretold,
    /// From other sizes, all smaller or all larger in rows, columns or snapshots: what the error does
    /// not tell.
    BeyondMeasured,
}

/// A number and how far off it may be.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Foretold {
    /// The number.
    pub value: u64,
    /// The largest relative error of foretelling each measured size between others from those; 0 of a
    /// size that was measured.
    pub error: f64,
}

/// What a solver takes of a board, without its problem's own numbers.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Forecast {
    /// Measured or foretold.
    pub source: Source,
    /// Code, as measured at this size, or the most of the sizes measured.
    pub code_bytes: u64,
    /// What the caller keeps.
    pub state_bytes: Foretold,
    /// Beyond the state, as measured at this size, or the most of the sizes measured.
    pub stack_bytes: u64,
    /// Instructions of the first step with the look before it; `None` of a whole call.
    pub first: Option<Foretold>,
    /// Instructions of each other step, with its look.
    pub step: Option<Foretold>,
    /// Instructions of the whole call; `None` of a solver that goes in steps, whose number is the
    /// problem's.
    pub run: Option<Foretold>,
}

/// Why nothing can be foretold.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ForecastError {
    /// Not on this core.
    #[error("{solver} was not measured on {target} at opt-level {optimisation}: it was on {known}")]
    Unmeasured {
        /// As it is typed.
        solver: String,
        /// The core.
        target: Target,
        /// The optimisation.
        optimisation: Optimisation,
        /// The cores that it was measured on.
        known: String,
    },
    /// A number of the size that is needed.
    #[error("{option}: {solver} needs it")]
    Missing {
        /// As it is typed.
        solver: String,
        /// The option.
        option: &'static str,
    },
    /// A number of the size that there is no use for.
    #[error("{option}: the size of {solver} has no such number")]
    Useless {
        /// As it is typed.
        solver: String,
        /// The option.
        option: &'static str,
    },
    /// A size of zero, or a very large one.
    #[error("{option} {value}: from 1 to {MOST} can be foretold")]
    OutOfRange {
        /// The option.
        option: &'static str,
        /// What it is.
        value: u64,
    },
    /// A board that had memory for too few sizes.
    #[error("{solver} on {target} was measured at too few sizes to foretell another: only {known}")]
    TooFew {
        /// As it is typed.
        solver: String,
        /// The core.
        target: Target,
        /// The sizes.
        known: String,
    },
}

/// Beyond this nobody would believe a line.
const MOST: u64 = 4096;

/// What a solver takes of a core.
///
/// # Errors
/// [`ForecastError`].
pub fn forecast(
    solver: &str,
    size: Size,
    target: Target,
    optimisation: Optimisation,
) -> Result<Forecast, ForecastError> {
    let measured = of(solver, target, optimisation).ok_or_else(|| ForecastError::Unmeasured {
        solver: solver.to_owned(),
        target,
        optimisation,
        known: cores(solver).join(", "),
    })?;
    check(solver, measured.shape, size)?;
    if let Some(one) = measured.sizes.iter().find(|one| one.size == size) {
        return Ok(as_measured(one));
    }
    foretold(measured, size).ok_or_else(|| ForecastError::TooFew {
        solver: solver.to_owned(),
        target,
        known: measured.sizes.iter().map(|one| one.size.to_string()).collect::<Vec<_>>().join(", "),
    })
}

fn check(solver: &str, shape: Shape, size: Size) -> Result<(), ForecastError> {
    let told = [size.rows, size.columns, size.snapshots];
    for ((option, told), used) in
        ["--rows", "--columns", "--snapshots"].into_iter().zip(told).zip(shape.uses())
    {
        let solver = || solver.to_owned();
        match told {
            None if used => return Err(ForecastError::Missing { solver: solver(), option }),
            Some(_) if !used => return Err(ForecastError::Useless { solver: solver(), option }),
            Some(value) if value == 0 || value > MOST => {
                return Err(ForecastError::OutOfRange { option, value });
            }
            _ => {}
        }
    }
    Ok(())
}

fn as_measured(one: &AtSize) -> Forecast {
    let exact = |value| Foretold { value, error: 0.0 };
    Forecast {
        source: Source::Measured,
        code_bytes: one.flash_bytes,
        state_bytes: exact(one.state_bytes),
        stack_bytes: one.stack_bytes,
        first: one.first.map(exact),
        step: one.step.map(exact),
        run: is_call(one).then_some(exact(one.run)),
    }
}

const fn is_call(one: &AtSize) -> bool {
    one.step.is_none()
}

fn foretold(measured: &Measured, size: Size) -> Option<Forecast> {
    let Measured { shape, sizes, .. } = measured;
    let line = |terms: &dyn Fn(Size) -> Vec<f64>, value: &dyn Fn(&AtSize) -> Option<u64>| {
        let of = |one: &AtSize| {
            let is_judged = !is_beyond(sizes.iter().filter(|other| *other != one), one.size);
            Some(Point { terms: terms(one.size), value: value(one)? as f64, is_judged })
        };
        let points: Vec<_> = sizes.iter().filter_map(of).collect();
        let model = Model::through(&points)?;
        Some(Foretold { value: model.at(&terms(size)), error: model.error })
    };
    // A run that ends with its first step says nothing of a second: others do.
    let is_call = sizes.iter().all(is_call);
    let work = |size| terms::work(*shape, size, is_call);
    let memory = |size| terms::memory(&measured.solver, *shape, size);
    let state_bytes = if sizes.iter().all(|one| one.state_bytes == 0) {
        Foretold { value: 0, error: 0.0 }
    } else {
        line(&memory, &|one| Some(one.state_bytes))?
    };
    let (first, step, run) = if is_call {
        (None, None, Some(line(&work, &|one| Some(one.run))?))
    } else {
        (Some(line(&work, &|one| one.first)?), Some(line(&work, &|one| one.step)?), None)
    };
    Some(Forecast {
        source: if is_beyond(sizes.iter(), size) {
            Source::BeyondMeasured
        } else {
            Source::Foretold
        },
        code_bytes: sizes.iter().map(|one| one.flash_bytes).max()?,
        state_bytes,
        stack_bytes: sizes.iter().map(|one| one.stack_bytes).max()?,
        first,
        step,
        run,
    })
}

/// Is a size outside the others in rows, columns or snapshots?
fn is_beyond<'a>(sizes: impl Iterator<Item = &'a AtSize> + Clone, size: Size) -> bool {
    (0..3).any(|k| {
        let number = |size: Size| size.numbers()[k];
        let asked = number(size);
        let mut others = sizes.clone().map(|one| number(one.size));
        others.clone().all(|other| other < asked) || others.all(|other| other > asked)
    })
}

impl Forecast {
    /// Instructions of so many steps, or of the whole call; `None` of a solver that goes in steps where
    /// their number is not known.
    #[must_use]
    pub fn instructions(&self, steps: Option<u64>) -> Option<u64> {
        let Some((first, step)) = self.first.zip(self.step) else {
            return self.run.map(|run| run.value);
        };
        let others = steps?.saturating_sub(1);
        Some(first.value.saturating_add(step.value.saturating_mul(others)))
    }

    /// The most steps within so many instructions; `None` of a whole call.
    #[must_use]
    pub fn steps_within(&self, instructions: u64) -> Option<u64> {
        let (first, step) = self.first.zip(self.step)?;
        let left = instructions.checked_sub(first.value);
        Some(left.map_or(0, |left| 1 + left / step.value.max(1)))
    }
}
