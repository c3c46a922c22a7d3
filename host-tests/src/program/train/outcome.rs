//! What `train` reached, for people and for programs.

use super::Options;
use crate::network::{Digest, Kind, Model, Varying};
use crate::training::{Objective, Shrinkage};
use serde::Serialize;
use std::fmt;

/// How a training ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// All stages are through.
    Done,
    /// The loss left every bound; what was best before is kept.
    Diverged,
    /// Somebody asked for an early end; what was reached by then is kept.
    Interrupted,
}

impl End {
    /// The name in snake case, as in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Diverged => "diverged",
            Self::Interrupted => "interrupted",
        }
    }
}

/// The JSON object of `train`. What does not apply is null.
#[derive(Clone, Debug, Serialize)]
pub struct Outcome {
    /// How it ended.
    pub status: End,
    /// The mean loss on signals that training did not see.
    pub loss: Option<f64>,
    /// 10 log₁₀ Σ‖x − x*‖² / Σ‖x*‖² on them; null where they are not known.
    pub nmse_db: Option<f64>,
    /// Steps of the optimiser, or points of a search.
    pub steps: u64,
    /// Time spent on training, without files; of a resumed one since then.
    pub seconds: f64,
    /// Which network.
    pub network: Kind,
    /// Layers of the network that was kept.
    pub layers: usize,
    /// What was to be small.
    pub objective: Objective,
    /// λ.
    pub lambda: Option<f64>,
    /// M.
    pub rows: usize,
    /// N.
    pub unknowns: usize,
    /// Seed of every random draw.
    pub seed: u64,
    /// What it was trained on, in words.
    pub signals: Option<String>,
    /// Of the files it was trained on.
    pub data: Option<Digest>,
    /// Of the dictionary.
    pub dictionary: Digest,
    /// How the dictionaries varied around that one.
    pub vary: Option<Varying>,
    /// What is done to entries by their threshold, where that is open.
    pub shrinkage: Option<String>,
}

impl Outcome {
    pub(super) fn new(
        options: &Options,
        model: &Model,
        status: End,
        lambda: Option<f64>,
        seconds: f64,
    ) -> Self {
        let provenance = model.provenance.clone();
        Self {
            status,
            loss: provenance.validation_loss.filter(|loss| loss.is_finite()),
            nmse_db: provenance.nmse_db,
            steps: provenance.steps.unwrap_or(0),
            seconds,
            network: model.kind(),
            layers: model.layers,
            objective: options.loss,
            lambda,
            rows: model.rows,
            unknowns: model.columns,
            seed: options.seed,
            signals: provenance.signals,
            data: provenance.data,
            dictionary: model.dictionary.clone(),
            vary: model.varying,
            shrinkage: options.open_shrinkage().as_ref().map(Shrinkage::to_string),
        }
    }
}

/// The network and the end, in two lines.
impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { network, layers, rows, unknowns, steps, seconds, .. } = self;
        write!(f, "{network}, {layers} layers, {rows} measurements, {unknowns} unknowns")?;
        if let Some(varying) = self.vary {
            write!(f, ", dictionaries {varying}")?;
        }
        if let Some(shrinkage) = &self.shrinkage {
            write!(f, ", {shrinkage} shrinkage")?;
        }
        writeln!(f)?;
        let end = self.status.name();
        write!(f, "{end} after {steps} steps")?;
        if let Some(loss) = self.loss {
            write!(f, ", loss {loss:.4e}")?;
        }
        if let Some(lambda) = self.lambda {
            write!(f, ", λ = {lambda:.6e}")?;
        }
        if let Some(decibels) = self.nmse_db {
            write!(f, ", NMSE {decibels:.2} dB")?;
        }
        writeln!(f, ", {seconds:.1} s")
    }
}
