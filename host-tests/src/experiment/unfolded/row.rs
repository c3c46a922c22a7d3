//! [`Row`]: one recovery under one condition with one dictionary.

use super::score::Score;
use super::setup::{Condition, Problem};
use std::fmt;

/// How signals were recovered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Recovery {
    /// As many plain steps as the networks have layers.
    Plain,
    /// Plain steps to convergence, 2000 at most.
    Converged,
    /// Steps learned with the true signals.
    Supervised,
    /// Steps learned from measurements alone.
    Unsupervised,
}

impl Recovery {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Plain, Self::Converged, Self::Supervised, Self::Unsupervised];
}

impl fmt::Display for Recovery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Plain => "plain",
            Self::Converged => "converged",
            Self::Supervised => "supervised",
            Self::Unsupervised => "unsupervised",
        })
    }
}

/// One line of the table.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// What is made small.
    pub problem: Problem,
    /// How.
    pub recovery: Recovery,
    /// On which signals.
    pub condition: Condition,
    /// Seed of the dictionary.
    pub seed: u64,
    /// How well.
    pub score: Score,
}

/// The steps of one network, times ‖A‖².
#[derive(Clone, Debug)]
pub struct Learned {
    /// Of which problem.
    pub problem: Problem,
    /// With which loss.
    pub recovery: Recovery,
    /// Seed of the dictionary.
    pub seed: u64,
    /// αₖ ‖A‖².
    pub steps: Vec<f64>,
}
