//! [`Estimate`]: what a network takes of a board.

use super::fit::Line;
use super::{Counted, Demand, Part, Target, code, counted};
use crate::network::Kind;
use serde::Serialize;
use solvekit::network::MAX_KNOTS;
use thiserror::Error;

/// What a network takes of a board. As JSON the parts of the sums alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Estimate {
    /// Tables and code.
    #[serde(skip)]
    pub flash_bytes: u64,
    /// State, measurements and stack.
    #[serde(skip)]
    pub ram_bytes: u64,
    /// Executed for one signal: its check and all layers. Instructions, not cycles.
    #[serde(skip)]
    pub instructions: u64,
    /// To the byte.
    pub table_bytes: u64,
    /// As measured at this size, or the most of the sizes measured, the self-test included; without
    /// the arithmetic of the run-time library, which all that compute share.
    pub code_bytes: u64,
    /// To the byte.
    pub state_bytes: u64,
    /// y, to the byte.
    pub measurement_bytes: u64,
    /// Of `recover` or `self_test`, whichever takes more: as measured, and N or N + M numbers.
    pub stack_bytes: u64,
}

/// Why nothing can be foretold, or why it does not fit.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PlanError {
    /// This kind was not measured on this core.
    #[error("a network of kind {kind} was not measured on {target}")]
    Unmeasured {
        /// The kind.
        kind: Kind,
        /// The core.
        target: Target,
    },
    /// A kind whose layers have no splines.
    #[error("a network of kind {0} has a shrinkage of its own: no splines")]
    OwnShrinkage(Kind),
    /// More knots than a spline has room for.
    #[error("{0} knots: a spline has at most {MAX_KNOTS}")]
    Knots(u64),
    /// A size of zero, or one whose bytes cannot be counted.
    #[error("{rows} x {columns} with {layers} layers is no network that a board could hold")]
    Size {
        /// M.
        rows: u64,
        /// N.
        columns: u64,
        /// T.
        layers: u64,
    },
}

/// No board has so many of anything.
const MOST: u64 = 1 << 20;

/// What a network takes of a core.
///
/// # Errors
/// [`PlanError`].
pub fn estimate(demand: &Demand, target: Target) -> Result<Estimate, PlanError> {
    let Demand { kind, rows, columns, layers, knots, .. } = *demand;
    if [rows, columns, layers].iter().any(|size| *size == 0 || *size > MOST) {
        return Err(PlanError::Size { rows, columns, layers });
    }
    if knots > 0 && !kind.learned_shrinkage() {
        return Err(PlanError::OwnShrinkage(kind));
    }
    if knots > MAX_KNOTS as u64 {
        return Err(PlanError::Knots(knots));
    }
    let unmeasured = PlanError::Unmeasured { kind, target };
    let class = demand.class();
    let counted = counted(class, target);
    // Code follows no rule that would hold between sizes: the compiler unrolls as it likes.
    let sizes = code(class, target);
    let known = sizes.iter().find(|code| (code.rows, code.columns) == (rows, columns));
    let most = sizes.iter().max_by_key(|code| code.bytes);
    let code_bytes = known.or(most).ok_or_else(|| unmeasured.clone())?.bytes;
    let of = |part: Part| -> Vec<Counted> {
        counted.iter().filter(|one| one.part == part).copied().collect()
    };
    let line = |part: Part| Line::through(class, &of(part)).ok_or_else(|| unmeasured.clone());
    let at = |line: Line| line.at((rows, columns), knots);
    let count = at(line(Part::Check)?) + layers as f64 * at(line(Part::Layer)?);
    // The check has N correlations on the stack, the self-test a copy of M measurements beside them;
    // nothing else grows.
    let stack = |part: Part, grows: &dyn Fn(u64, u64) -> u64| {
        let beside = |one: &Counted| one.stack_bytes.saturating_sub(grows(one.rows, one.columns));
        of(part).iter().map(beside).max().unwrap_or(0) + grows(rows, columns)
    };
    let in_recover = stack(Part::Recover, &|_, columns| 4 * columns);
    let in_test = stack(Part::SelfTest, &|rows, columns| 4 * (rows + columns));
    let (table_bytes, state_bytes) = (demand.table_bytes(), demand.state_bytes());
    let (stack_bytes, measurement_bytes) = (in_recover.max(in_test), 4 * rows);
    Ok(Estimate {
        flash_bytes: table_bytes + code_bytes,
        ram_bytes: state_bytes + measurement_bytes + stack_bytes,
        instructions: count.round().max(0.0) as u64,
        table_bytes,
        code_bytes,
        state_bytes,
        measurement_bytes,
        stack_bytes,
    })
}
