//! [`State`]: everything that a training has got so far.

use super::adam::Adam;
use super::learner::{Learner, Variables};
use serde::{Deserialize, Serialize};

/// Numbers of a network, and what they reached.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Best {
    pub(super) variables: Variables,
    /// Column by column in the order of training's memory.
    pub(super) weights: Vec<Vec<f32>>,
    /// On the signals for validation.
    pub(super) loss: f64,
    pub(super) nmse_db: Option<f64>,
}

/// A training between two steps; with the plan and the signals it says all that follows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct State {
    pub(super) variables: Variables,
    pub(super) weights: Vec<Vec<f32>>,
    pub(super) moments: Moments,
    pub(super) stage: usize,
    /// Of this stage.
    pub(super) step: u64,
    /// Of all stages.
    pub(super) steps: u64,
    /// Number of the next signal.
    pub(super) drawn: u64,
    /// Of this stage, first of all where it started.
    pub(super) best: Best,
    /// The loss that this stage began with.
    pub(super) start: f64,
    pub(super) diverged: bool,
}

/// What the optimiser remembers of this stage.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Moments {
    pub(super) steps: Adam<f64>,
    pub(super) thresholds: Adam<f64>,
    pub(super) increments: Adam<f64>,
    pub(super) weights: Vec<Adam<f32>>,
}

impl State {
    /// Before the first stage.
    pub(super) fn new(learner: &Learner, layers: usize) -> Self {
        let weights = learner.first_weights(layers);
        Self {
            variables: Variables::default(),
            weights,
            moments: Moments::new(&Variables::default(), &[]),
            stage: 0,
            step: 0,
            steps: 0,
            drawn: 0,
            best: Best::default(),
            start: 0.0,
            diverged: false,
        }
    }
}

impl Moments {
    pub(super) fn new(variables: &Variables, weights: &[Vec<f32>]) -> Self {
        Self {
            steps: Adam::new(variables.steps.len()),
            thresholds: Adam::new(variables.thresholds.len()),
            increments: Adam::new(variables.increments.len()),
            weights: weights.iter().map(|weight| Adam::new(weight.len())).collect(),
        }
    }
}
