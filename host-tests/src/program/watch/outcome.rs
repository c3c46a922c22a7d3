//! [`Outcome`]: what was watched, in a few numbers.

use crate::program::Ending;
use crate::telemetry::{History, Solve, Tally};
use serde::Serialize;
use solvekit::Status;
use std::fmt;

/// What `--json` prints.
#[derive(Clone, Debug, Serialize)]
pub struct Outcome {
    /// Of the newest solve.
    pub status: Status,
    /// Its iterations.
    pub iterations: u32,
    /// Its certificate.
    pub residual: f32,
    /// Its parameter: ω of SOR.
    pub parameter: Option<f32>,
    /// The arm that was pulled for it.
    pub arm: Option<u16>,
    /// Solves that began.
    pub solves: u64,
    /// Solves that converged.
    pub converged: u64,
    /// Solves that ended otherwise.
    pub failed: u64,
    /// Observations that came.
    pub observations: u64,
    /// Observations known to be lost.
    pub lost: u64,
    /// Frames that were cut short or damaged.
    pub damaged: u64,
    /// Frames of something else.
    pub foreign: u64,
    /// What each arm's solves cost.
    pub arms: Vec<Counted>,
}

/// Of one arm.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Counted {
    /// The arm.
    pub arm: u16,
    /// Solves with it that ended.
    pub solves: u64,
    /// Their mean number of iterations.
    pub mean_iterations: f64,
}

impl Outcome {
    /// Of a history that is not empty; of an empty one, a solve that has not begun.
    pub fn new(history: &History, tally: Tally) -> Self {
        let last = history.last().map(|solve| solve.last);
        let arms = history.arms().iter().map(|(arm, cost)| Counted {
            arm: *arm,
            solves: cost.solves,
            mean_iterations: cost.iterations as f64 / cost.solves.max(1) as f64,
        });
        Self {
            status: last.map_or(Status::Running, |last| last.status),
            iterations: last.map_or(0, |last| last.iteration),
            residual: last.map_or(f32::NAN, |last| last.residual),
            parameter: last.and_then(|last| last.parameter),
            arm: last.and_then(|last| last.arm),
            solves: history.solves(),
            converged: history.converged(),
            failed: history.failed(),
            observations: tally.observations,
            lost: tally.lost,
            damaged: tally.damaged,
            foreign: tally.foreign,
            arms: arms.collect(),
        }
    }

    /// Did all that was watched converge?
    pub const fn ending(&self) -> Ending {
        let all = self.failed == 0 && self.status.is_final();
        if all { Ending::Done } else { Ending::NotConverged }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { solves, converged, failed, .. } = self;
        write!(f, "{solves} solves: {converged} converged, {failed} ended otherwise")?;
        let unended = solves - converged - failed;
        if unended > 0 {
            write!(f, ", of {unended} the end was not seen")?;
        }
        let Self { observations, lost, damaged, foreign, .. } = self;
        write!(
            f,
            "\n{observations} observations; {lost} lost, {damaged} frames damaged, {foreign} foreign"
        )?;
        for Counted { arm, solves, mean_iterations } in &self.arms {
            write!(f, "\narm {arm}: {solves} solves, {mean_iterations:.1} iterations each")?;
        }
        Ok(())
    }
}

/// One solve in a line.
pub(super) fn line(solve: &Solve) -> String {
    let last = &solve.last;
    let parameter = last.parameter.map_or_else(String::new, |p| format!(", ω {p:.4}"));
    let arm = last.arm.map_or_else(String::new, |arm| format!(", arm {arm}"));
    format!(
        "solve {}: {} after {} iterations, residual {:.2e}{parameter}{arm}",
        solve.number, last.status, last.iteration, last.residual,
    )
}
