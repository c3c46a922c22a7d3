//! [`History`]: what has been observed, solve by solve.

use solvekit::{Observation, Status};
use std::collections::{BTreeMap, VecDeque};

/// Solves of which every look is kept; of those before only what their arms cost.
const KEPT: usize = 32;
/// Looks kept of one solve; beyond, every second one is dropped.
const LOOKS: usize = 4_096;

/// One solve.
#[derive(Clone, Debug, PartialEq)]
pub struct Solve {
    /// Its number, from 1.
    pub number: u64,
    /// Its looks, thinned out where they are many; never empty.
    pub looks: Vec<Observation<f32>>,
    /// Every so many of them are kept.
    stride: u32,
    /// Looks that came since the last one that was kept.
    skipped: u32,
    /// The newest look, kept or not.
    pub last: Observation<f32>,
}

impl Solve {
    fn begin(number: u64, first: Observation<f32>) -> Self {
        Self { number, looks: vec![first], stride: 1, skipped: 0, last: first }
    }

    fn add(&mut self, seen: &Observation<f32>) {
        self.last = *seen;
        self.skipped += 1;
        if self.skipped < self.stride && !seen.status.is_final() {
            return;
        }
        self.skipped = 0;
        self.looks.push(*seen);
        if self.looks.len() > LOOKS {
            self.stride *= 2;
            let mut index = 0;
            self.looks.retain(|look| {
                index += 1;
                index % 2 == 1 || look.status.is_final()
            });
        }
    }
}

/// What the solves with one arm have cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Arm {
    /// Solves that ended.
    pub solves: u64,
    /// Their iterations together.
    pub iterations: u64,
}

/// Observations as solves. A solve begins with a look at iteration 0, or where the count goes back
/// because that one was lost.
#[derive(Clone, Debug, Default)]
pub struct History {
    kept: VecDeque<Solve>,
    solves: u64,
    converged: u64,
    failed: u64,
    arms: BTreeMap<u16, Arm>,
}

impl History {
    /// Another observation.
    pub fn add(&mut self, seen: &Observation<f32>) {
        let goes_on = |solve: &&mut Solve| {
            !solve.last.status.is_final() && seen.iteration > solve.last.iteration
        };
        match self.kept.back_mut().filter(goes_on) {
            Some(solve) => solve.add(seen),
            None => {
                self.solves += 1;
                if self.kept.len() == KEPT {
                    self.kept.pop_front();
                }
                self.kept.push_back(Solve::begin(self.solves, *seen));
            }
        }
        if !seen.status.is_final() {
            return;
        }
        if seen.status == Status::Converged {
            self.converged += 1;
        } else {
            self.failed += 1;
        }
        if let Some(arm) = seen.arm {
            let arm = self.arms.entry(arm).or_default();
            arm.solves += 1;
            arm.iterations += u64::from(seen.iteration);
        }
    }

    /// Solves that began.
    pub const fn solves(&self) -> u64 {
        self.solves
    }

    /// Solves that converged.
    pub const fn converged(&self) -> u64 {
        self.converged
    }

    /// Solves that ended otherwise.
    pub const fn failed(&self) -> u64 {
        self.failed
    }

    /// Solves that ended.
    pub const fn ended(&self) -> u64 {
        self.converged + self.failed
    }

    /// The newest solves, oldest first.
    pub fn kept(&self) -> impl DoubleEndedIterator<Item = &Solve> + ExactSizeIterator {
        self.kept.iter()
    }

    /// The newest solve.
    pub fn last(&self) -> Option<&Solve> {
        self.kept.back()
    }

    /// Arms that were pulled, and what their solves cost.
    pub const fn arms(&self) -> &BTreeMap<u16, Arm> {
        &self.arms
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(iteration: u32, status: Status) -> Observation<f32> {
        let residual = 1.0 / (1 + iteration) as f32;
        Observation { iteration, residual, parameter: None, arm: Some(2), status }
    }

    #[test]
    fn solves_begin_at_zero_or_where_the_count_goes_back() {
        let mut history = History::default();
        for (iteration, status) in [
            (0, Status::Running),
            (4, Status::Converged),
            (0, Status::Converged),
            (0, Status::Running),
            (5, Status::Running),
            // The start and all before 3 was lost.
            (3, Status::Stalled),
            (9, Status::Running),
        ] {
            history.add(&seen(iteration, status));
        }
        let solves: Vec<_> =
            history.kept().map(|s| (s.number, s.looks.len(), s.last.status)).collect();
        let expected = [
            (1, 2, Status::Converged),
            (2, 1, Status::Converged),
            (3, 2, Status::Running),
            (4, 1, Status::Stalled),
            (5, 1, Status::Running),
        ];
        assert_eq!(solves, expected);
        assert_eq!((history.converged(), history.failed()), (2, 1));
        assert_eq!(history.arms()[&2], Arm { solves: 3, iterations: 7 });
    }

    #[test]
    fn memory_is_bounded_by_thinning_out() {
        let mut history = History::default();
        for iteration in 0..100_000 {
            history.add(&seen(iteration, Status::Running));
        }
        history.add(&seen(100_000, Status::IterationLimit));
        let solve = history.last().unwrap();
        assert!(solve.looks.len() <= LOOKS && solve.looks.len() > LOOKS / 4);
        assert!(solve.looks.is_sorted_by_key(|look| look.iteration));
        assert_eq!(solve.looks.last(), Some(&solve.last));
        (0..100).for_each(|_| history.add(&seen(0, Status::Converged)));
        assert_eq!((history.kept().len(), history.solves()), (KEPT, 101));
    }
}
