//! [`SliceBudget`]: steps that fit into a slice.

use core::fmt;
use core::num::NonZeroU32;

/// How many steps of a solver fit into a slice of so many cycles, at least one.
///
/// A step's cost is measured on the device, in the units of its clock: the dearest of a few. Costs
/// vary with the numbers (in software a float's more than in hardware), so a slice is planned with
/// room to spare, and whether it kept to it is checked by whoever waits for its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SliceBudget {
    steps: NonZeroU32,
}

/// Why there is no such budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BudgetError {
    /// Not even one step fits.
    SmallerThanAStep {
        /// Cycles of a slice.
        budget: u32,
        /// Cycles of a step.
        step: u32,
    },
    /// A step that costs nothing was not measured.
    NoCost,
}

impl fmt::Display for BudgetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SmallerThanAStep { budget, step } => {
                write!(f, "a slice of {budget} cycles is less than one step, which takes {step}")
            }
            Self::NoCost => f.write_str("a step of 0 cycles: its cost was not measured"),
        }
    }
}

impl core::error::Error for BudgetError {}

impl SliceBudget {
    /// Of slices of `budget` cycles, with steps of at most `step`.
    ///
    /// # Errors
    /// Every [`BudgetError`].
    pub const fn new(budget: u32, step: u32) -> Result<Self, BudgetError> {
        let Some(steps) = budget.checked_div(step) else {
            return Err(BudgetError::NoCost);
        };
        match NonZeroU32::new(steps) {
            Some(steps) => Ok(Self { steps }),
            None => Err(BudgetError::SmallerThanAStep { budget, step }),
        }
    }

    /// For [`Run::advance`](solvekit::Run::advance).
    pub const fn steps(self) -> u32 {
        self.steps.get()
    }
}
