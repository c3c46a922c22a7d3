//! [`Estimate`]: what a network takes of a board.

use super::fit::Line;
use super::{Counted, Demand, Target, counted, record};
use crate::export::Weights;
use crate::network::Kind;
use serde::Serialize;
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
    /// Executed for one signal: its check and all layers. Instructions, not cycles. Null for 8-bit
    /// codes, which were not counted.
    #[serde(skip)]
    pub instructions: Option<u64>,
    /// To the byte.
    pub table_bytes: u64,
    /// As measured for a network of 24 × 48, its self-test included; without the arithmetic of the
    /// run-time library, which all that compute share.
    pub code_bytes: u64,
    /// To the byte.
    pub state_bytes: u64,
    /// y, to the byte.
    pub measurement_bytes: u64,
    /// As measured, and N numbers.
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
    let Demand { kind, rows, columns, layers, weights } = *demand;
    if [rows, columns, layers].iter().any(|size| *size == 0 || *size > MOST) {
        return Err(PlanError::Size { rows, columns, layers });
    }
    let unmeasured = PlanError::Unmeasured { kind, target };
    let recorded = record::of(kind, target).ok_or_else(|| unmeasured.clone())?;
    let counted = counted(kind, target);
    let (layer, check): (Vec<Counted>, Vec<Counted>) =
        counted.into_iter().partition(|one| one.is_layer);
    let (Some(of_layer), Some(of_check)) = (Line::through(&layer), Line::through(&check)) else {
        return Err(unmeasured);
    };
    let count = of_check.at(rows, columns) + layers as f64 * of_layer.at(rows, columns);
    // The check has N correlations on the stack; a layer has nothing that grows.
    let beside = |one: &Counted| one.stack_bytes.saturating_sub(4 * one.columns);
    let in_check = check.iter().map(beside).max().unwrap_or(0) + 4 * columns;
    let in_layer = layer.iter().map(|one| one.stack_bytes).max().unwrap_or(0);
    let (table_bytes, state_bytes) = (demand.table_bytes(), demand.state_bytes());
    let (stack_bytes, measurement_bytes) = (in_check.max(in_layer), 4 * rows);
    Ok(Estimate {
        flash_bytes: table_bytes + recorded.code_bytes,
        ram_bytes: state_bytes + measurement_bytes + stack_bytes,
        instructions: (weights == Weights::F32).then_some(count.round().max(0.0) as u64),
        table_bytes,
        code_bytes: recorded.code_bytes,
        state_bytes,
        measurement_bytes,
        stack_bytes,
    })
}
