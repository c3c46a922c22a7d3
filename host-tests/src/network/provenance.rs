//! [`Provenance`]: how a model was found.

use super::Digest;
use serde::{Deserialize, Serialize};

/// What has to be known to train a model again, and what it reached.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Provenance {
    /// `supervised`, `unsupervised`, or `search` for numbers that were not found by gradients.
    pub loss: Option<String>,
    /// Seed of every random draw.
    pub seed: Option<u64>,
    /// Of the signals and measurements that were read from files; none where they were drawn.
    pub data: Option<Digest>,
    /// What was drawn, in words: sparsity, amplitudes, signal-to-noise ratio.
    pub signals: Option<String>,
    /// Steps of the optimiser in all.
    pub steps: Option<u64>,
    /// The loss on signals that training did not see.
    pub validation_loss: Option<f64>,
    /// 10 log₁₀ Σ‖x − x*‖² / Σ‖x*‖² on them.
    pub nmse_db: Option<f64>,
}
