//! What `plan` foretells of a network, for people and for programs.

use super::Options;
use crate::export::Weights;
use crate::network::Kind;
use crate::plan::{Demand, Estimate, Target};
use crate::program::budget::{Budget, Needs};
use serde::Serialize;
use std::fmt;

/// The JSON object of `plan` of a network.
#[derive(Clone, Debug, Serialize)]
pub struct Outcome {
    /// Which network.
    pub network: Kind,
    /// M.
    pub rows: u64,
    /// N.
    pub columns: u64,
    /// T.
    pub layers: u64,
    /// Knots of each layer's spline; null where layers threshold softly or have a shrinkage of their
    /// own.
    pub knots: Option<u64>,
    /// How matrices are stored.
    pub weights: Weights,
    /// The core.
    pub target: Target,
    /// Tables and code.
    pub flash_bytes: u64,
    /// State, measurements and stack.
    pub ram_bytes: u64,
    /// For one signal.
    pub instructions: u64,
    /// What the bytes are made of.
    pub parts: Estimate,
    /// What the board has to give; null where that was not said.
    pub budget: Budget,
    /// Instructions that there are; null where that was not said.
    pub instructions_given: Option<u64>,
    /// Does it fit?
    pub fits: bool,
    /// What does not, in words.
    #[serde(skip)]
    pub(super) excess: Option<String>,
}

impl Outcome {
    pub(super) fn new(demand: Demand, estimate: Estimate, options: &Options) -> Self {
        let (target, budget) = (options.target, options.budget);
        let needs = Needs::from(&estimate);
        let excess = super::excess(needs, Some(estimate.instructions), options);
        Self {
            network: demand.kind,
            rows: demand.rows,
            columns: demand.columns,
            layers: demand.layers,
            knots: Some(demand.knots).filter(|knots| *knots > 0),
            weights: demand.weights,
            target,
            flash_bytes: estimate.flash_bytes,
            ram_bytes: estimate.ram_bytes,
            instructions: estimate.instructions,
            parts: estimate,
            budget,
            instructions_given: options.instructions,
            fits: excess.is_none(),
            excess,
        }
    }
}

/// Four lines.
impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { flash_bytes, ram_bytes, parts: of, .. } = self;
        write!(f, "{} of {} layers", self.network, self.layers)?;
        if let Some(knots) = self.knots {
            write!(f, " with splines of {knots} knots")?;
        }
        writeln!(f, ", {} x {}, {} on {}", self.rows, self.columns, self.weights, self.target)?;
        writeln!(
            f,
            "flash {flash_bytes} bytes: {} tables, {} code",
            of.table_bytes, of.code_bytes
        )?;
        writeln!(
            f,
            "RAM {ram_bytes} bytes: {} state, {} measurements, {} stack",
            of.state_bytes, of.measurement_bytes, of.stack_bytes
        )?;
        writeln!(f, "{} instructions for a signal", self.instructions)
    }
}
