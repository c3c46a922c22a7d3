//! [`Seats`]: which signal is in which lane of a tile, and how its run stands.

use super::check::norm_of;
use super::{RecoveryBatch, Tiled, Weight};
use crate::batch::told::Told;
use crate::batch::{Batch, Part};
use solvekit::recovery::RecoveryError;
use solvekit::{Certificate, Real, Report, Run, Scalar, Status};

/// A method on the signals of all lanes. Everything that is `#[inline(always)]` has to be.
///
/// A signal that enters a tile is at rest, x = 0, until the next proposal tells ‖Aᵀy‖_∞ and the
/// certificate it begins with; in between an update leaves it as it is.
pub(super) trait Tile {
    type Real: Real;
    /// Is it the update that tells how far a signal is, by an estimate, and the proposal only where
    /// the estimate is to be confirmed?
    const ESTIMATES: bool;

    /// Makes everything zero in all lanes, as it is to be where there is no signal: neither denormal
    /// numbers nor infinite ones.
    fn clear(&mut self);
    /// The same in one lane.
    fn clear_lane(&mut self, lane: usize);
    /// Puts measurements with that norm into a lane that is clear, at rest after
    /// [`settle`](Self::settle).
    fn load(&mut self, lane: usize, y: &[Self::Real], y_norm: Self::Real);
    /// Makes residuals at rest what they are, of all lanes or of one. Of all at once since numbers of
    /// single lanes lie far apart.
    fn settle(&mut self, lane: Option<usize>);
    /// λ of a signal at rest, of a method that has one.
    fn weigh(&mut self, _lane: usize, _lambda: Self::Real) {}
    /// The next iterate of all signals, and with it what is asked.
    fn propose(&mut self, asked: Asked);
    /// ‖Aᵀy‖_∞ of a signal at rest, after a look.
    fn correlation(&self, lane: usize) -> Self::Real;
    /// The certificate, after a look.
    fn certificate(&self, lane: usize) -> Self::Real;
    /// The signal is no longer at rest.
    fn begin(&mut self, _lane: usize) {}
    /// Moves to the proposals, as far as the method does.
    fn update(&mut self);
    /// What stands for the certificate after an update.
    fn estimate(&self, lane: usize) -> Self::Real {
        self.certificate(lane)
    }
    /// Goes on from x as if from a start, so that the next look is one at x.
    fn confirm(&mut self, _lane: usize) {}
    /// Has a lane lost the iterate that its signal would end with? Then the signal is recovered anew, by
    /// itself.
    fn is_lost(&self, _lane: usize) -> bool {
        false
    }
    /// The answer that is in a lane.
    fn unload(&self, lane: usize, answer: &mut [Self::Real]);
}

/// What a proposal is to tell. Whoever does more than is asked does no harm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    Nothing,
    /// Correlations and certificates. All signals are at rest: what they move from is zero.
    Start,
    /// Certificates. No signal will take the step.
    End,
    /// Correlations and certificates.
    All,
}

/// What all these methods evaluate.
pub(super) const CERTIFICATE: Certificate = Certificate::ProximalResidual;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// λ is to follow from the correlation.
    Unweighed,
    /// At rest.
    Fresh,
    Running,
    /// The estimate says that it is done.
    ToConfirm,
}

#[derive(Clone, Copy, Debug)]
struct Seat<R> {
    /// Counted from the part's first.
    signal: usize,
    stage: Stage,
    run: Run<R>,
    /// ‖Aᵀy‖_∞.
    reference: R,
    estimate: R,
}

impl<R: Real> Seat<R> {
    /// May the signal take no step after so many that its run has not been told of?
    fn is_at_cap(&self, untold: u32) -> bool {
        let taken = self.run.report(CERTIFICATE).iterations.saturating_add(untold);
        taken >= self.run.limits().max_iterations
    }
}

/// The lanes of a tile, and the signals that wait for one.
#[derive(Debug)]
pub(super) struct Seats<'p, 'b, R: Tiled> {
    batch: &'p RecoveryBatch<'b, R>,
    part: Part<'p, RecoveryBatch<'b, R>>,
    /// Of a method that has one.
    weight: Option<Weight<R>>,
    next: usize,
    seats: Vec<Option<Seat<R>>>,
    /// Steps since the runs were told.
    untold: u32,
    /// Steps until a run has to be.
    quiet: u32,
    /// Has a lane become free?
    is_freed: bool,
}

impl<'p, 'b, R: Tiled> Seats<'p, 'b, R> {
    pub(super) fn new(
        batch: &'p RecoveryBatch<'b, R>,
        part: Part<'p, RecoveryBatch<'b, R>>,
        lanes: usize,
        weight: Option<Weight<R>>,
    ) -> Self {
        let seats = vec![None; lanes];
        Self { batch, part, weight, next: 0, seats, untold: 0, quiet: 0, is_freed: true }
    }

    /// Recovers every signal of the part.
    #[inline(always)]
    pub(super) fn run<T: Tile<Real = R>>(mut self, tile: &mut T) {
        self.fill(tile);
        while self.seats.iter().any(Option::is_some) {
            let asked = self.asked::<T>();
            tile.propose(asked);
            if asked != Asked::Nothing {
                self.judge(tile);
            }
            self.fill(tile);
            // Where nobody has moved yet, nobody has anything to move to.
            if !self.is_any(|stage| matches!(stage, Stage::Running)) {
                continue;
            }
            tile.update();
            self.untold += 1;
            self.quiet = self.quiet.saturating_sub(1);
            if !self.is_any(|stage| !matches!(stage, Stage::Running)) {
                for _ in 0..self.quiet {
                    tile.propose(Asked::Nothing);
                    tile.update();
                }
                self.untold += self.quiet;
                self.quiet = 0;
            }
            if T::ESTIMATES && self.quiet == 0 {
                self.judge_estimates(tile);
            }
        }
    }

    fn is_any(&self, test: impl Fn(Stage) -> bool) -> bool {
        self.seats.iter().flatten().any(|seat| test(seat.stage))
    }

    fn asked<T: Tile<Real = R>>(&self) -> Asked {
        let is_at_rest = |stage| matches!(stage, Stage::Unweighed | Stage::Fresh);
        if !self.is_any(|stage| !is_at_rest(stage)) {
            Asked::Start
        } else if self.is_any(|stage| stage != Stage::Running) {
            Asked::All
        } else if T::ESTIMATES || self.quiet > 0 {
            Asked::Nothing
        } else if self.seats.iter().flatten().all(|seat| seat.is_at_cap(self.untold)) {
            Asked::End
        } else {
            Asked::All
        }
    }

    /// Fills every lane that is free, as long as there are signals.
    fn fill<T: Tile<Real = R>>(&mut self, tile: &mut T) {
        let all = !self.is_any(|_| true);
        if !self.is_freed || (all && self.next == self.part.problems.len()) {
            return;
        }
        self.is_freed = false;
        if all {
            tile.clear();
        }
        for lane in 0..self.seats.len() {
            if self.seats[lane].is_some() {
                continue;
            }
            if !all {
                tile.clear_lane(lane);
            }
            while self.seats[lane].is_none() && self.next < self.part.problems.len() {
                self.seat(lane, tile);
            }
            if !all {
                tile.settle(Some(lane));
            }
        }
        if all {
            tile.settle(None);
        }
    }

    /// Puts the next signal into a lane, unless it is refused.
    fn seat<T: Tile<Real = R>>(&mut self, lane: usize, tile: &mut T) {
        let signal = self.next;
        self.next += 1;
        let y = self.batch.measurements(self.part.problems.start + signal);
        let y_norm = match norm_of(y) {
            Ok(y_norm) => y_norm,
            Err(refusal) => {
                self.part.outcomes[signal] = Some(Err(refusal));
                return;
            }
        };
        tile.load(lane, y, y_norm);
        let stage = match self.weight {
            Some(Weight::Is(penalty)) => {
                tile.weigh(lane, penalty.lambda());
                Stage::Fresh
            }
            Some(Weight::Fraction(_)) => Stage::Unweighed,
            None => Stage::Fresh,
        };
        let (reference, estimate) = (R::ZERO, R::ZERO);
        let run = Run::new(self.batch.stop);
        self.seats[lane] = Some(Seat { signal, stage, run, reference, estimate });
    }

    /// After a look: begins what is at rest, confirms what is to be confirmed, and goes on with the
    /// rest where the certificate is what counts.
    fn judge<T: Tile<Real = R>>(&mut self, tile: &mut T) {
        // Of an estimating method they are not due: it told of those that were after the update.
        let steps = self.untold;
        for lane in 0..self.seats.len() {
            let Some(seat) = &mut self.seats[lane] else { continue };
            let certificate = tile.certificate(lane);
            let told =
                |residual, reference| Told { residual, certificate: Some(certificate), reference };
            let report = match seat.stage {
                Stage::Unweighed | Stage::Fresh => {
                    let correlation = tile.correlation(lane);
                    let weighed = match self.weight {
                        _ if !correlation.is_finite() => Err(RecoveryError::HugeMeasurements),
                        Some(weight) => weight.of(correlation).map(Some),
                        None => Ok(None),
                    };
                    match weighed {
                        Err(refusal) => {
                            self.leave(lane, Err(refusal));
                            continue;
                        }
                        Ok(Some(penalty)) if seat.stage == Stage::Unweighed => {
                            tile.weigh(lane, penalty.lambda());
                            seat.stage = Stage::Fresh;
                            continue;
                        }
                        Ok(_) => {}
                    }
                    seat.reference = correlation;
                    seat.stage = Stage::Running;
                    tile.begin(lane);
                    let report = told(certificate, correlation).tell(&mut seat.run, CERTIFICATE, 0);
                    if report.status.is_final() {
                        // Nobody asks the tile, which may have moved on: an answer is zeros.
                        self.leave(lane, Ok(report));
                    }
                    continue;
                }
                Stage::ToConfirm => {
                    seat.stage = Stage::Running;
                    told(seat.estimate, seat.reference).tell(&mut seat.run, CERTIFICATE, 1)
                }
                Stage::Running => {
                    told(certificate, seat.reference).tell(&mut seat.run, CERTIFICATE, steps)
                }
            };
            if report.status.is_final() {
                self.finish(lane, report, tile);
            }
        }
        self.untold = 0;
        self.listen();
    }

    /// After an update: who is done by the estimate has to be confirmed.
    fn judge_estimates<T: Tile<Real = R>>(&mut self, tile: &mut T) {
        for lane in 0..self.seats.len() {
            let Some(seat) = &mut self.seats[lane] else { continue };
            if seat.stage != Stage::Running {
                continue;
            }
            let residual = tile.estimate(lane);
            let told = Told::new(residual, seat.reference);
            let _ = told.tell(&mut seat.run, CERTIFICATE, self.untold - 1);
            let mut next = seat.run;
            let report = told.tell(&mut next, CERTIFICATE, 1);
            if report.status.is_final() && report.status != Status::NonFinite {
                (seat.stage, seat.estimate) = (Stage::ToConfirm, residual);
                tile.confirm(lane);
                continue;
            }
            seat.run = next;
            if report.status.is_final() {
                self.finish(lane, report, tile);
            }
        }
        self.untold = 0;
        self.listen();
    }

    /// Counts how long no run has to be told anything.
    fn listen(&mut self) {
        let running = self.seats.iter().flatten().filter(|seat| seat.stage == Stage::Running);
        self.quiet = running.map(|seat| seat.run.until_due()).min().unwrap_or(0);
    }

    fn finish<T: Tile<Real = R>>(&mut self, lane: usize, report: Report<R>, tile: &mut T) {
        let Some(seat) = &self.seats[lane] else { return };
        let width = self.batch.width();
        let answer = &mut self.part.numbers[seat.signal * width..(seat.signal + 1) * width];
        if tile.is_lost(lane) {
            let anew = self.batch.one(self.part.problems.start + seat.signal, answer);
            return self.leave(lane, anew);
        }
        tile.unload(lane, answer);
        if report.status == Status::NonFinite {
            // As an iteration's `restore` does.
            answer.iter_mut().for_each(|x| *x = Scalar::finite_or(*x, R::ZERO));
        }
        self.leave(lane, Ok(report));
    }

    /// The lane is free again.
    fn leave(&mut self, lane: usize, outcome: Result<Report<R>, RecoveryError>) {
        if let Some(seat) = self.seats[lane].take() {
            self.part.outcomes[seat.signal] = Some(outcome);
            self.is_freed = true;
        }
    }
}
