//! [`MethodChoice`]: the cheapest method so far, and when to doubt it.

use super::Candidate;
use crate::Real;

/// What is known of `K` methods across a sequence of systems.
///
/// *Choose.* Of the methods whose storage fits, the one with the least expected work
/// setup + steps · step is taken, where steps are known beforehand (a direct solver) or the mean of
/// its last solves. A method whose steps are unknown is tried first if it could win at all, that is
/// with [`LEAST_STEPS`](Self::LEAST_STEPS) steps; where several could, the one with the least work at that
/// count. A trial may cost as much as the best known method would: its budget. When that is used up, the
/// solve goes on from the same x with the best known method, so that a system costs at most twice what
/// the best known method would have cost, and a single solve too (the rule of the ski rental).
///
/// *Doubt.* Sequences drift. A method that lost, broke down or diverged is tried again after 2
/// rounds, then 4, 8, … up to 128; one that was displaced as the best, 16 rounds after it was last
/// used. A fresh trial replaces what was known of it.
///
/// Storage: 6 words for each method. Cost: a pass over the methods.
///
/// ```
/// use solvekit::choice::{Candidate, Effort, MethodChoice, Reason};
/// let iterative = Candidate { setup: 0.0_f32, step: 500.0, steps: None, storage: 100 };
/// let direct = Candidate { setup: 40_000.0, step: 2_000.0, steps: Some(1), storage: 1_000 };
/// let mut choice = MethodChoice::<f32, 2>::new();
///
/// let first = choice.choose(&[iterative, direct], usize::MAX).expect("both fit");
/// assert_eq!((first.method, first.reason, first.budget), (0, Reason::Trial, Some(84)));
/// choice.learn(first.method, Effort::Solved(20)); // 10,000 are less than 42,000
/// let second = choice.choose(&[iterative, direct], usize::MAX).expect("both fit");
/// assert_eq!((second.method, second.reason), (0, Reason::Cheapest));
/// ```
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
pub struct MethodChoice<R, const K: usize> {
    #[cfg_attr(feature = "serde", serde(with = "crate::array"))]
    methods: [Learned<R>; K],
    rounds: u32,
}

/// How a round with a method went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Effort {
    /// It solved the system in so many steps.
    Solved(u32),
    /// It used up its budget, stalled, broke down or diverged.
    Lost,
}

/// Why a method was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Reason {
    /// No other method fits the memory, or all others failed.
    OnlyOne,
    /// The least expected work.
    Cheapest,
    /// It could be cheaper, and its steps are not known yet, or not any more.
    Trial,
}

/// The method for the next solve.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Selection<R> {
    /// Its index.
    pub method: usize,
    /// Why.
    pub reason: Reason,
    /// Steps after which [`fallback`](Self::fallback) should go on from the same x.
    pub budget: Option<u32>,
    /// The best known method when this one is a trial.
    pub fallback: Option<usize>,
    /// Expected work, where the steps are known.
    pub expected: Option<R>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
struct Learned<R> {
    /// Mean steps of the last solves; none before the first and after a loss.
    steps: Option<R>,
    /// The round from which it may be tried again.
    next_trial: u32,
    /// Rounds to wait after the next loss.
    wait: u32,
}

/// Weight of the newest solve in the mean: recent enough for a sequence that drifts.
const NEWEST: f64 = 0.25;
/// Rounds after which a method that is not used any more is out of date.
const LAPSE: u32 = 16;
/// Wait after the first loss.
const FIRST_WAIT: u32 = 2;
/// Longest wait between two trials.
const LONGEST_WAIT: u32 = 128;

impl<R: Real, const K: usize> Default for MethodChoice<R, K> {
    fn default() -> Self {
        Self::new()
    }
}

impl<R: Real, const K: usize> MethodChoice<R, K> {
    /// No iterative method is expected to need fewer steps.
    pub const LEAST_STEPS: u32 = 8;

    /// Nothing is known yet.
    pub const fn new() -> Self {
        Self { methods: [Learned { steps: None, next_trial: 0, wait: FIRST_WAIT }; K], rounds: 0 }
    }

    /// The method for the next system; none when no method fits into `storage` numbers.
    pub fn choose(&self, candidates: &[Candidate<R>; K], storage: usize) -> Option<Selection<R>> {
        let fitting = || {
            let all = candidates.iter().zip(&self.methods).enumerate();
            all.filter(move |(_, (candidate, _))| candidate.storage <= storage)
        };
        let known = fitting().filter_map(|(method, (candidate, learned))| {
            Some((method, learned.expected(candidate, self.rounds)?))
        });
        let best = known.reduce(cheaper);
        let unknown = fitting()
            .filter(|(method, _)| best.is_none_or(|(best, _)| best != *method))
            .filter(|(_, (candidate, learned))| learned.is_open(candidate, self.rounds))
            .map(|(method, (candidate, _))| (method, at(candidate, Self::least_steps())));
        let trial = unknown.reduce(cheaper);
        let trial = trial.filter(|(_, least)| best.is_none_or(|(_, work)| *least < work));
        if let Some((method, _)) = trial {
            let candidate = candidates.get(method)?;
            return Some(Selection {
                method,
                reason: if fitting().count() == 1 { Reason::OnlyOne } else { Reason::Trial },
                budget: best.map(|(_, work)| steps_within(candidate, work)),
                fallback: best.map(|(method, _)| method),
                expected: None,
            });
        }
        let (method, expected) = match best {
            Some((method, work)) => (method, Some(work)),
            // All have failed and wait: the one that waits least.
            None => {
                let first = fitting()
                    .reduce(|a, b| if b.1.1.next_trial < a.1.1.next_trial { b } else { a });
                (first?.0, None)
            }
        };
        let alone = expected.is_none() || fitting().count() == 1;
        let reason = if alone { Reason::OnlyOne } else { Reason::Cheapest };
        Some(Selection { method, reason, budget: None, fallback: None, expected })
    }

    /// What `method` did in this round; a trial that lost and the fallback that finished are told one
    /// after the other. Ends the round when the system was solved.
    pub fn learn(&mut self, method: usize, effort: Effort) {
        let rounds = self.rounds;
        if let Some(learned) = self.methods.get_mut(method) {
            learned.learn(effort, rounds);
        }
        if matches!(effort, Effort::Solved(_)) {
            self.rounds = rounds.saturating_add(1);
        }
    }

    /// Ends a round in which no method solved the system.
    pub fn give_up(&mut self) {
        self.rounds = self.rounds.saturating_add(1);
    }

    /// Mean steps of a method's last solves, where there were any since it last lost.
    pub fn steps(&self, method: usize) -> Option<R> {
        self.methods.get(method).and_then(|learned| learned.steps)
    }

    /// Rounds so far.
    pub const fn rounds(&self) -> u32 {
        self.rounds
    }

    /// Whether every field has a value that [`new`](Self::new), `learn` and `give_up` could have
    /// left there: what was restored from storage need not.
    #[cfg(feature = "storage")]
    pub(crate) fn check(&self) -> bool {
        // Its length hidden, this stays a loop.
        core::hint::black_box(&self.methods[..]).iter().all(|learned| learned.check(self.rounds))
    }

    fn least_steps() -> R {
        R::from_u32(Self::LEAST_STEPS)
    }
}

impl<R: Real> Learned<R> {
    /// Expected work; none while nothing is known or after a failure.
    fn expected(&self, candidate: &Candidate<R>, round: u32) -> Option<R> {
        match candidate.steps {
            // Known beforehand, but not while it waits after a failure.
            Some(steps) => (self.next_trial <= round || self.steps.is_some())
                .then(|| at(candidate, R::from_u32(steps))),
            None => self.steps.map(|steps| at(candidate, steps)),
        }
    }

    /// Unknown or out of date, and not waiting.
    const fn is_open(&self, candidate: &Candidate<R>, round: u32) -> bool {
        candidate.steps.is_none() && self.next_trial <= round
    }

    #[cfg(feature = "storage")]
    fn check(&self, rounds: u32) -> bool {
        let due = |wait| self.next_trial <= rounds.saturating_add(wait);
        match self.steps {
            Some(steps) => {
                let range = steps >= R::ZERO && steps <= R::from_u32(u32::MAX);
                range && self.wait == FIRST_WAIT && self.next_trial >= LAPSE && due(LAPSE)
            }
            None if self.wait == FIRST_WAIT => self.next_trial == 0,
            // A loss doubled the wait.
            None => {
                let doubled = self.wait.is_power_of_two() && self.wait > FIRST_WAIT;
                let wait = self.wait <= LONGEST_WAIT && doubled;
                wait && self.next_trial >= FIRST_WAIT && due(self.wait)
            }
        }
    }

    fn learn(&mut self, effort: Effort, round: u32) {
        match effort {
            Effort::Solved(steps) => {
                let steps = R::from_u32(steps);
                let newest = R::from_f64(NEWEST);
                let mean = |before| before + (steps - before) * newest;
                let recent = self.steps.filter(|_| round < self.next_trial);
                self.steps = Some(recent.map_or(steps, mean));
                self.next_trial = round.saturating_add(LAPSE);
                self.wait = FIRST_WAIT;
            }
            Effort::Lost => {
                self.steps = None;
                self.next_trial = round.saturating_add(self.wait);
                self.wait = self.wait.saturating_mul(2).min(LONGEST_WAIT);
            }
        }
    }
}

fn at<R: Real>(candidate: &Candidate<R>, steps: R) -> R {
    candidate.setup + steps * candidate.step
}

/// Steps that cost at most `work`; at least 1, so that a trial is one.
fn steps_within<R: Real>(candidate: &Candidate<R>, work: R) -> u32 {
    let room = (work - candidate.setup) / candidate.step;
    // Doubling and halving: `Real` has no conversion to integers.
    let mut steps = 0_u32;
    let mut bit = 1_u32 << 30;
    while bit > 0 {
        if R::from_u32(steps + bit) <= room {
            steps += bit;
        }
        bit >>= 1;
    }
    steps.max(1)
}

/// The one with less work; the first at a tie.
fn cheaper<R: Real>(a: (usize, R), b: (usize, R)) -> (usize, R) {
    if b.1 < a.1 { b } else { a }
}
