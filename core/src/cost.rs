//! [`StepCost`]: what a step takes, so that time can be a budget.

use crate::Iteration;
use core::num::NonZeroU32;

/// What a step and a look at the certificate cost, in one unit of the caller's: instructions, cycles,
/// microseconds.
///
/// Counted in emulation (`cargo xtask budget`), foretold (`solvekit plan`), or
/// [`measured`](Self::measured) where it runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct StepCost {
    /// Of a step.
    pub step: NonZeroU32,
    /// Of a look.
    pub look: u32,
}

impl StepCost {
    /// Measured by a clock that counts up and may wrap: two looks and two steps, the dearer of each.
    /// The state is that of a solve like the ones to come; what it is afterwards counts for nothing.
    ///
    /// ```
    /// use solvekit_core::{Certificate, StepCost, Iteration};
    /// # struct Halve;
    /// # impl Iteration for Halve {
    /// #     type Real = f32;
    /// #     type State = f32;
    /// #     const CERTIFICATE: Certificate = Certificate::ResidualNorm;
    /// #     fn step(&self, x: &mut f32) { *x *= 0.5 }
    /// #     fn residual(&self, x: &mut f32) -> f32 { x.abs() }
    /// #     fn reference(&self) -> f32 { 1.0 }
    /// #     fn restore(&self, x: &mut f32) { *x = 0.0 }
    /// # }
    /// let mut now = 0; // on a target: || DWT::cycle_count()
    /// let cost = StepCost::measured(&Halve, &mut 1.0, || { now += 7; now });
    /// assert_eq!((cost.step.get(), cost.look), (7, 7));
    /// ```
    pub fn measured<I: Iteration>(
        iteration: &I,
        state: &mut I::State,
        mut clock: impl FnMut() -> u32,
    ) -> Self {
        let (mut step, mut look) = (NonZeroU32::MIN, 0);
        for _ in 0..2 {
            let begun = clock();
            iteration.residual(state);
            iteration.certify(state);
            let looked = clock();
            iteration.step(state);
            iteration.breakdown(state);
            let stepped = clock();
            look = look.max(looked.wrapping_sub(begun));
            // A clock too coarse to see a step says that it costs 1.
            step = step.max(NonZeroU32::new(stepped.wrapping_sub(looked)).unwrap_or(step));
        }
        Self { step, look }
    }

    /// Of so many steps, looks among them every `check_every` steps, at the start and at the end.
    /// `None` beyond what 32 bits hold.
    pub fn of(&self, steps: u32, check_every: NonZeroU32) -> Option<u32> {
        let looks = steps.div_ceil(check_every.get()).checked_add(1)?;
        let looks = looks.checked_mul(self.look)?;
        steps.checked_mul(self.step.get())?.checked_add(looks)
    }

    /// The most steps that cost no more than `budget`, counted as by [`of`](Self::of); `None` where
    /// that is not even one.
    pub fn steps_within(&self, budget: u32, check_every: NonZeroU32) -> Option<NonZeroU32> {
        let (step, every) = (self.step.get(), check_every.get());
        let left = budget.checked_sub(self.look)?;
        // Steps up to a look, and that look; beyond 32 bits there is not one such round.
        let round = step.checked_mul(every).and_then(|steps| steps.checked_add(self.look));
        let (rounds, left) = match round.and_then(NonZeroU32::new) {
            Some(round) => (left / round, left % round),
            None => (0, left),
        };
        let rest = left.saturating_sub(self.look) / step;
        NonZeroU32::new(rounds.saturating_mul(every).saturating_add(rest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nonzero(value: u32) -> NonZeroU32 {
        NonZeroU32::new(value).expect("not zero")
    }

    /// By trying every number of steps.
    #[test]
    fn the_most_steps_are_within_and_one_more_is_not() {
        for (step, look, every) in [(7, 3, 1), (7, 3, 4), (1, 0, 1), (5, 100, 3), (100, 1, 10)] {
            let (cost, every) = (StepCost { step: nonzero(step), look }, nonzero(every));
            for budget in 0..1_000 {
                let most = (1..1_100).rev().find(|k| cost.of(*k, every).unwrap() <= budget);
                let found = cost.steps_within(budget, every).map(NonZeroU32::get);
                assert_eq!(found, most, "step {step}, look {look}, every {every}, of {budget}");
            }
        }
    }

    #[test]
    fn the_largest_numbers_neither_wrap_nor_divide_by_nothing() {
        let cost = StepCost { step: nonzero(u32::MAX), look: u32::MAX };
        assert_eq!(cost.steps_within(u32::MAX, NonZeroU32::MAX), None);
        let cheap = StepCost { step: nonzero(1), look: 0 };
        assert_eq!(cheap.steps_within(u32::MAX, NonZeroU32::MIN), Some(NonZeroU32::MAX));
        assert_eq!(cheap.steps_within(u32::MAX, NonZeroU32::MAX), Some(NonZeroU32::MAX));
        assert_eq!(cost.of(2, NonZeroU32::MIN), None);
    }
}
