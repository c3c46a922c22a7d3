//! [`Slots`]: which problem is in which lane, and how its run stands.

use super::told::Told;
use super::{Batch, Part};
use solvekit::{Certificate, Real, Report, Run, Status, Stop};

/// Problems that iterate in lanes.
pub(super) trait Group {
    type Real: Real;
    /// Why a problem is refused.
    type Refusal;
    /// What [`residual`](Self::residual) evaluates.
    const CERTIFICATE: Certificate;

    /// Puts a problem into a lane; where it begins.
    fn load(&mut self, lane: usize, problem: usize) -> Result<Told<Self::Real>, Self::Refusal>;
    /// The certificate of a lane, as it was last looked at.
    fn residual(&self, lane: usize, problem: usize) -> Self::Real;
    /// The answer that is in a lane, which is free afterwards and must not slow down the others.
    fn unload(&mut self, lane: usize, answer: &mut [Self::Real]);
}

#[derive(Clone, Copy, Debug)]
struct Slot<R> {
    /// Counted from the part's first.
    problem: usize,
    run: Run<R>,
    reference: R,
}

/// The lanes of a group, and the problems that wait for one.
#[derive(Debug)]
pub(super) struct Slots<'p, B: Batch> {
    part: Part<'p, B>,
    width: usize,
    next: usize,
    slots: Vec<Option<Slot<B::Number>>>,
    stop: Stop<B::Number>,
}

impl<'p, R, F, B> Slots<'p, B>
where
    R: Real,
    B: Batch<Number = R, Outcome = Result<Report<R>, F>>,
{
    pub(super) fn new(batch: &B, part: Part<'p, B>, lanes: usize, stop: Stop<R>) -> Self {
        Self { width: batch.width(), next: 0, slots: vec![None; lanes], part, stop }
    }

    /// Fills every lane that is free, as long as there are problems. Is there work?
    pub(super) fn fill<G: Group<Real = R, Refusal = F>>(&mut self, group: &mut G) -> bool {
        for lane in 0..self.slots.len() {
            while self.slots[lane].is_none() && self.next < self.part.problems.len() {
                let problem = self.next;
                self.next += 1;
                match group.load(lane, self.part.problems.start + problem) {
                    Err(refusal) => self.part.outcomes[problem] = Some(Err(refusal)),
                    Ok(begun) => {
                        let (run, reference) = (Run::new(self.stop), begun.reference);
                        let slot = self.slots[lane].insert(Slot { problem, run, reference });
                        let report = begun.tell(&mut slot.run, G::CERTIFICATE, 0);
                        if report.status.is_final() {
                            self.finish(lane, group, report);
                        }
                    }
                }
            }
        }
        self.slots.iter().any(Option::is_some)
    }

    /// Will a run look at its certificate after the next step?
    pub(super) fn is_due(&self) -> bool {
        self.slots.iter().flatten().any(|slot| slot.run.is_due())
    }

    /// After a step of the whole group: counts it, and empties the lanes that are done. Is one
    /// free?
    pub(super) fn advance<G: Group<Real = R, Refusal = F>>(&mut self, group: &mut G) -> bool {
        let mut free = false;
        for lane in 0..self.slots.len() {
            // Where it stands, not copied: this is done after every step of every problem.
            let Some(slot) = &mut self.slots[lane] else { continue };
            let residual = match slot.run.is_due() {
                true => group.residual(lane, self.part.problems.start + slot.problem),
                false => R::ZERO,
            };
            let told = Told::new(residual, slot.reference);
            let report = told.tell(&mut slot.run, G::CERTIFICATE, 1);
            if report.status.is_final() {
                self.finish(lane, group, report);
                free = true;
            }
        }
        free
    }

    /// Takes the answer of a lane, which is free then.
    fn finish<G: Group<Real = R>>(&mut self, lane: usize, group: &mut G, report: Report<R>) {
        let Some(slot) = self.slots[lane].take() else { return };
        let first = slot.problem * self.width;
        let answer = &mut self.part.numbers[first..first + self.width];
        group.unload(lane, answer);
        if report.status == Status::NonFinite {
            // As an iteration's `restore` does.
            answer.iter_mut().for_each(|x| *x = solvekit::Scalar::finite_or(*x, R::ZERO));
        }
        self.part.outcomes[slot.problem] = Some(Ok(report));
    }
}
