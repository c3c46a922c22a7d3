//! `--method auto`: which method to use, by the work of the systems before.

use super::one::{Answer, One, Plan, Refusal};
use super::{Method, Order};
use crate::matrix::CsrMatrix;
use crate::precision::Precision;
use crate::vector::Vector;
use serde::Serialize;
use solvekit::choice::{Candidate, Effort, MethodChoice, Reason, Selection};
use solvekit::sor::AutoMemory;
use solvekit::{LinearOperator, RowOperator, Status};

/// What it chooses from, in the order of the candidates.
const METHODS: [Method; 4] = [Method::SsorCg, Method::Cg, Method::Sor, Method::Direct];
const DIRECT: usize = 3;

/// ω of the preconditioner: its steps hardly depend on it around here.
pub(super) const SSOR_CG_OMEGA: f64 = 1.5;

/// A method that does not fit the matrix needs more storage than there is.
const NEVER: usize = usize::MAX;

/// Learns across the systems of one pattern.
pub(super) struct Chooser<T> {
    /// What SOR remembers, where there is another system to remember it for.
    memory: Option<AutoMemory<T, Vector<T>>>,
    choice: MethodChoice<f64, 4>,
    plan: Plan,
    symmetric: bool,
    /// Numbers that a method may keep beside A, b and x.
    storage: usize,
}

/// What was taken for one system, and why.
#[derive(Clone, Debug, Serialize)]
pub struct Choice {
    /// The method that ended the solve.
    pub method: Method,
    /// Why it was taken.
    pub reason: Reason,
    /// The same in words.
    pub why: String,
    /// Multiplications spent, those of methods that lost too.
    pub work: f64,
    /// Methods that were begun and given up before, with their steps.
    pub given_up: Vec<GivenUp>,
}

/// A method that did not end the solve.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct GivenUp {
    /// The method.
    pub method: Method,
    /// Its steps.
    pub iterations: u32,
    /// How it ended; `running` when its budget was used up.
    pub status: Status,
}

impl<T: Precision> Chooser<T> {
    /// Knows the pattern of `a` and nothing else. `bytes` is what a method may keep beside A, b and
    /// x.
    pub(super) fn new(a: &CsrMatrix<T>, bytes: Option<usize>, sequence: bool) -> Self {
        let symmetric = a.is_symmetric();
        let storage = bytes.map_or(NEVER - 1, |bytes| bytes / size_of::<T>());
        let memory = sequence.then(|| AutoMemory::new(Vector::default()));
        Self {
            memory,
            choice: MethodChoice::new(),
            plan: Plan::of(a, symmetric),
            symmetric,
            storage,
        }
    }

    /// Solves one system with the method that is expected to be the cheapest.
    pub(super) fn solve(
        &mut self,
        one: &mut One<'_, T>,
        tolerance: T,
    ) -> Result<(Answer<T>, Choice), Refusal> {
        let mut candidates = self.candidates(one.a);
        let start = one.start.clone();
        let mut given_up = Vec::new();
        let mut work = 0.0;
        let mut last = None;
        let mut next = self.choice.choose(&candidates, self.storage);
        while let Some(selection) = next {
            let (index, candidate) = (selection.method, candidates[selection.method]);
            one.budget = selection.budget;
            let answer = match self.run(one, METHODS[index], tolerance) {
                Ok(answer) => answer,
                Err(refusal) => {
                    self.choice.learn(index, Effort::Lost);
                    candidates[index].storage = NEVER;
                    last = last.or(Some(Err(refusal)));
                    one.start = start.clone();
                    next = self.choice.choose(&candidates, self.storage);
                    continue;
                }
            };
            let (status, iterations) = (answer.report.status, answer.report.iterations);
            work += candidate.setup + f64::from(iterations) * candidate.step;
            let chosen = |given_up: Vec<GivenUp>| Choice {
                method: METHODS[index],
                reason: selection.reason,
                why: why(&selection, &candidates, &given_up),
                work,
                given_up,
            };
            let choice = chosen(given_up.clone());
            if status == Status::Converged {
                self.choice.learn(index, Effort::Solved(iterations));
                return Ok((answer, choice));
            }
            if one.interrupt.is_asked() {
                return Ok((answer, choice));
            }
            self.choice.learn(index, Effort::Lost);
            candidates[index].storage = NEVER;
            // What a method that failed has left is no place to start from.
            let usable = matches!(status, Status::Running | Status::IterationLimit);
            one.start = if usable { answer.x.clone() } else { start.clone() };
            last = Some(Ok((answer, choice)));
            given_up.push(GivenUp { method: METHODS[index], iterations, status });
            // No second trial after a lost one: the best known method ends it.
            next = match selection.fallback {
                Some(method) => Some(known(method)),
                None => self.choice.choose(&candidates, self.storage),
            };
        }
        self.choice.give_up();
        last.unwrap_or(Err(Refusal::NoRoom))
    }

    fn run(
        &mut self,
        one: &mut One<'_, T>,
        method: Method,
        tolerance: T,
    ) -> Result<Answer<T>, Refusal> {
        match method {
            Method::Cg => one.cg(),
            Method::SsorCg => one.ssor_cg(T::from_f64(SSOR_CG_OMEGA)),
            Method::Direct => one.direct(&self.plan),
            _ => match &mut self.memory {
                Some(memory) => one.auto(memory, tolerance, Order::Forward, &mut None),
                None => one.adaptive(),
            },
        }
    }

    /// Work counts multiplications; storage, numbers.
    fn candidates(&self, a: &CsrMatrix<T>) -> [Candidate<f64>; 4] {
        let (n, entries) = (a.rows(), a.entries() as f64);
        let vectors = |count: f64| count * n as f64;
        let iterative = |step, storage, fits: bool| Candidate {
            setup: entries,
            step,
            steps: None,
            storage: if fits { storage } else { NEVER },
        };
        let remembered = if self.memory.is_some() { 2 * n } else { n };
        let positive = (0..n).all(|row| a.diagonal(row) > T::ZERO);
        let regular = (0..n).all(|row| a.diagonal(row) != T::ZERO);
        let definite = self.symmetric && positive;
        let (factor_work, solve_work, factor) = match &self.plan {
            Plan::Envelope(envelope) => {
                (envelope.factor_work(), envelope.solve_work(), envelope.entries())
            }
            Plan::Band(band) => (band.factor_work(), band.solve_work(), band.entries()),
        };
        [
            iterative(1.5 * entries + vectors(10.0), 6 * n, definite),
            iterative(entries + vectors(6.0), 3 * n, definite),
            iterative(2.0 * entries + vectors(6.0), remembered, regular),
            Candidate {
                setup: factor_work,
                step: solve_work + 2.0 * entries,
                steps: Some(1),
                storage: factor + 2 * n,
            },
        ]
    }
}

/// The best known method, after a trial has lost.
const fn known(method: usize) -> Selection<f64> {
    Selection { method, reason: Reason::Cheapest, budget: None, fallback: None, expected: None }
}

/// The reason in words, with the numbers behind it.
fn why(selection: &Selection<f64>, all: &[Candidate<f64>; 4], given_up: &[GivenUp]) -> String {
    let name = METHODS[selection.method].name();
    let direct = all[DIRECT].setup + all[DIRECT].step;
    let after = given_up.iter().map(|lost| {
        let (method, steps) = (lost.method.name(), lost.iterations);
        match lost.status {
            Status::Running => format!("{method} had not converged within {steps} steps"),
            status => format!("{method} ended as {status} after {steps} steps"),
        }
    });
    let after = after.collect::<Vec<_>>().join(", ");
    let reason = match (selection.reason, selection.expected, selection.budget) {
        (Reason::Trial, _, Some(budget)) => format!(
            "{name} may be cheaper than what is known (a direct solve: {direct:.1e} \
             multiplications), so it gets that much: {budget} steps"
        ),
        (Reason::Cheapest, Some(work), _) => {
            format!("{name} is expected to take {work:.1e} multiplications, the least")
        }
        (Reason::Cheapest, ..) => format!("{name} is the best that is known"),
        (Reason::OnlyOne, ..) => format!("only {name} is left that fits matrix and memory"),
        _ => format!("nothing is known yet, and {name} costs the least for a few steps"),
    };
    if after.is_empty() { reason } else { format!("{after}; {reason}") }
}
