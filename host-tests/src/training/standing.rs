//! What a training is after ([`Objective`]), whether it goes on ([`Standing`]), and how far it is
//! ([`Reached`]).

use serde::Serialize;

/// What is to be small.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum Objective {
    /// ‖x − x*‖²: signals have to be known
    Supervised,
    /// ½‖y − A x‖² + λ‖x‖₁ (or ‖x‖₀): measurements are enough
    Unsupervised,
}

/// Where a training stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Standing {
    /// There are stages left.
    Running,
    /// All stages are through.
    Done,
    /// The loss left every bound; what was best before is kept.
    Diverged,
}

/// How far a training is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reached {
    /// Steps of all stages.
    pub steps: u64,
    /// Layers that are trained.
    pub layers: usize,
    /// The best loss of this stage on signals that training does not see.
    pub loss: f64,
    /// The same signals' NMSE, where they are known.
    pub nmse_db: Option<f64>,
}
