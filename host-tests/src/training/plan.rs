//! [`Plan`]: how long and how boldly is trained.

use super::{Shrinkage, TrainError};
use crate::network::Varying;
use serde::{Deserialize, Serialize};

/// The stages of a training, what their steps are like, and what beside its layers is learned or
/// varied.
///
/// Stage S of T trains the first S layers, all their numbers free, with moments of its own; a new
/// layer starts where plain shrinkage has it. The last ones, if any, go on with all layers at lower
/// rates.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// T.
    pub layers: usize,
    /// Signals of one step.
    pub batch: usize,
    /// Steps of each stage.
    pub steps: u64,
    /// How far a step of Adam moves a number: a step size in units of 1 / ‖A‖², the logarithm of a
    /// threshold.
    pub rate: f64,
    /// How far it moves an entry of a weight matrix, where these are learned.
    pub weight_rate: f64,
    /// Parts of the rates for the stages after the last layer's.
    pub fine: Vec<f64>,
    /// Steps of each of these.
    pub fine_steps: u64,
    /// Does the output of every layer count?
    pub anytime: bool,
    /// Of every random draw.
    pub seed: u64,
    /// Signals on which the best numbers are chosen; training does not see them.
    pub validation: usize,
    /// Steps from one look at them to the next.
    pub look_every: u64,
    /// The longest step size that is allowed, in units of 1 / ‖A‖²; for firmware in fixed point.
    pub longest: Option<f64>,
    /// Gives each signal, also those for validation, a dictionary of its own: for Ada-LISTA.
    pub varying: Option<Varying>,
    /// What is done to entries by their threshold: for ALISTA, LISTA-CP, LISTA and Ada-LISTA.
    pub shrinkage: Shrinkage,
}

impl Plan {
    /// For so many layers: 400 steps of 100 signals a stage, at a rate of 0.02; nothing after it.
    #[must_use]
    pub const fn new(layers: usize, seed: u64) -> Self {
        Self {
            layers,
            batch: 100,
            steps: 400,
            rate: 0.02,
            weight_rate: 2e-4,
            fine: Vec::new(),
            fine_steps: 400,
            anytime: false,
            seed,
            validation: 1000,
            look_every: 50,
            longest: None,
            varying: None,
            shrinkage: Shrinkage::Soft,
        }
    }

    /// # Errors
    /// [`TrainError::Plan`] with the number that is outside its range.
    pub(super) fn check(&self) -> Result<(), TrainError> {
        let refused = |what, cause: String| Err(TrainError::Plan { what, cause });
        let counts = [
            ("layers", self.layers),
            ("batch", self.batch),
            ("validation", self.validation),
            ("steps", usize::try_from(self.steps.min(self.look_every)).unwrap_or(usize::MAX)),
        ];
        for (what, count) in counts {
            if count == 0 {
                return refused(what, "1 or more is needed".to_owned());
            }
        }
        for (what, most, count) in [
            ("layers", 1000, self.layers),
            ("batch", 1_000_000, self.batch),
            ("validation", 1_000_000, self.validation),
        ] {
            if count > most {
                return refused(what, format!("{count} is more than {most}"));
            }
        }
        let rates = [("rate", self.rate), ("weight-rate", self.weight_rate)];
        for (what, rate) in rates {
            if !(rate > 0.0 && rate <= 1.0) {
                return refused(what, format!("{rate} does not lie in (0, 1]"));
            }
        }
        if let Some(part) = self.fine.iter().find(|part| !(**part > 0.0 && **part <= 1.0)) {
            return refused("fine", format!("{part} does not lie in (0, 1]"));
        }
        if !self.fine.is_empty() && self.fine_steps == 0 {
            return refused("fine-steps", "1 or more is needed".to_owned());
        }
        if let Some(Err(cause)) = self.varying.map(Varying::check) {
            return refused("vary", cause);
        }
        if let Err(cause) = self.shrinkage.check() {
            return refused("shrinkage", cause);
        }
        match self.longest {
            Some(longest) if !(longest >= 1.0 && longest.is_finite()) => {
                refused("longest-step", format!("{longest} is not a finite number from 1 on"))
            }
            _ => Ok(()),
        }
    }

    /// Layers, part of the rates and steps of a stage; `None` after the last one.
    pub(super) fn stage(&self, stage: usize) -> Option<Stage> {
        if stage < self.layers {
            return Some(Stage { layers: stage + 1, part: 1.0, steps: self.steps });
        }
        let part = *self.fine.get(stage - self.layers)?;
        Some(Stage { layers: self.layers, part, steps: self.fine_steps })
    }

    /// Steps of all stages.
    #[must_use]
    pub const fn all_steps(&self) -> u64 {
        self.steps * self.layers as u64 + self.fine_steps * self.fine.len() as u64
    }
}

/// One stage of a plan.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Stage {
    pub(super) layers: usize,
    pub(super) part: f64,
    pub(super) steps: u64,
}
