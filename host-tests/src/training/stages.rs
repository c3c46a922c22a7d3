//! [`Training`]: stages of steps, which can be left and taken up again.

use super::gradient::{Batch, Each, Evaluation, Goal, Loss};
use super::learner::{Learner, Room, Slopes};
use super::plan::Stage;
use super::signals::{Signals, Which};
use super::state::{Best, Moments, State};
use super::varied::Varied;
use super::{
    Network, Objective, Plan, Reached, Shrinkage, Source, Standing, TrainError, checkpoint,
};
use crate::matrix::DenseMatrix;
use crate::network::{Digest, Model, Provenance};
use rayon::prelude::*;
use solvekit::LinearOperator;
use std::path::Path;

/// One training. Its state is plain data: [`advance`](Self::advance) it, write it down, go on.
#[derive(Debug)]
pub struct Training<'a> {
    plan: Plan,
    source: &'a Source,
    dictionary: &'a DenseMatrix<f32>,
    loss: Loss,
    objective: Objective,
    learner: Learner,
    state: State,
    validation: Batch<f32>,
    room: Room,
    /// For looks at the signals for validation, which are many.
    wide_room: Room,
    batch: Batch<f32>,
    /// Of all that the result depends on.
    identity: Digest,
}

impl<'a> Training<'a> {
    /// Before the first step.
    ///
    /// # Errors
    /// [`TrainError`]: a plan, a network, a dictionary or signals that make no training.
    pub fn new(
        plan: Plan,
        network: Network,
        objective: Objective,
        dictionary: &'a DenseMatrix<f32>,
        source: &'a Source,
    ) -> Result<Self, TrainError> {
        plan.check()?;
        let shape = (dictionary.rows(), dictionary.columns());
        source.check(shape)?;
        if plan.varying.is_some() {
            if network != Network::AdaLista {
                return Err(TrainError::OneDictionary(network.kind()));
            }
            if matches!(source, Source::Stored(stored) if stored.measurements.is_some()) {
                let cause = "measurements from a table are by one dictionary: those here vary";
                return Err(TrainError::Signals(cause.to_owned()));
            }
        }
        let identity = checkpoint::identity(&plan, &network, objective, dictionary, source);
        if plan.shrinkage != Shrinkage::Soft && !network.kind().learned_shrinkage() {
            return Err(TrainError::OwnShrinkage(network.kind()));
        }
        let from = (source, source.kept(plan.validation));
        let learner = Learner::new(network, dictionary, &plan, from)?;
        let loss = match objective {
            Objective::Supervised => Loss::Supervised,
            Objective::Unsupervised => learner.objective().ok_or_else(|| {
                TrainError::Signals(
                    "this network has no objective: it is trained supervised".into(),
                )
            })?,
        };
        let state = State::new(&learner, plan.layers);
        let signals = signals(source, &learner, &plan, dictionary);
        if loss == Loss::Supervised && !signals.has_truths() {
            let cause = "without them there is nothing to supervise".to_owned();
            return Err(TrainError::Signals(cause));
        }
        let validation = signals.validation(plan.validation);
        let batch = Batch::zeros(shape, plan.batch, signals.has_truths());
        Ok(Self {
            plan,
            source,
            dictionary,
            loss,
            objective,
            learner,
            state,
            validation,
            room: Room::default(),
            wide_room: Room::default(),
            batch,
            identity,
        })
    }

    /// Up to so many steps.
    pub fn advance(&mut self, steps: u64) -> Standing {
        for _ in 0..steps {
            match self.standing() {
                Standing::Running => self.step(),
                other => return other,
            }
        }
        self.standing()
    }

    /// Where it stands.
    #[must_use]
    pub fn standing(&self) -> Standing {
        if self.state.diverged {
            Standing::Diverged
        } else if self.plan.stage(self.state.stage).is_some() {
            Standing::Running
        } else {
            Standing::Done
        }
    }

    /// How far it is.
    #[must_use]
    pub fn reached(&self) -> Reached {
        let State { steps, best, .. } = &self.state;
        let layers = best.variables.layers();
        Reached { steps: *steps, layers, loss: best.loss, nmse_db: best.nmse_db }
    }

    fn step(&mut self) {
        let Some(stage) = self.plan.stage(self.state.stage) else { return };
        if self.state.step == 0 {
            self.begin(stage);
        }
        let first = self.state.drawn;
        let signals = signals(self.source, &self.learner, &self.plan, self.dictionary);
        signals.fill(first, &mut self.batch);
        let varied = signals.varied;
        let each = varied.map(|varied| move |s: usize| varied.of(Which::Trained(first + s as u64)));
        let each = each.as_ref().map(|each| each as &Each<'_, f32>);
        self.state.drawn += self.plan.batch as u64;
        let goal = self.goal(stage.layers);
        let numbers = (&self.state.variables, &*self.state.weights);
        let found = self.learner.gradient(numbers, &goal, (&self.batch, each), &mut self.room);
        let Slopes { loss, steps, thresholds, increments } = found;
        let all = steps.iter().chain(&thresholds).chain(&increments);
        let finite = all.copied().all(f64::is_finite);
        // Ten times what doing nothing gives is beyond what noise of batches makes of a good start.
        let limit = 10.0 * self.state.start.max(self.nothing(&self.batch));
        if !finite || loss.is_nan() || loss > limit {
            self.state.diverged = true;
            return;
        }
        let rate = self.plan.rate * stage.part;
        let State { variables, moments, .. } = &mut self.state;
        moments.steps.step(&mut variables.steps, &steps, rate);
        moments.thresholds.step(&mut variables.thresholds, &thresholds, rate);
        moments.increments.step(&mut variables.increments, &increments, rate);
        self.learner.clamp(variables);
        self.step_weights(stage);
        self.state.step += 1;
        self.state.steps += 1;
        let ends = self.state.step >= stage.steps;
        if ends || self.state.step.is_multiple_of(self.plan.look_every) {
            self.look(stage.layers);
        }
        if ends {
            self.state.variables = self.state.best.variables.clone();
            self.set_weights(self.state.best.weights.clone());
            self.state.stage += 1;
            self.state.step = 0;
        }
    }

    /// A stage's own layers and moments.
    fn begin(&mut self, stage: Stage) {
        while self.state.variables.layers() < stage.layers {
            self.learner.add_layer(&mut self.state.variables);
        }
        self.learner.clamp(&mut self.state.variables);
        let weights = self.learner.weights_of(stage.layers);
        let weights = self.state.weights.get(..weights).unwrap_or_default();
        self.state.moments = Moments::new(&self.state.variables, weights);
        let start = self.validate(stage.layers);
        self.state.start = start.loss;
        self.state.best = Best { loss: f64::INFINITY, ..Best::default() };
        self.keep(&start);
    }

    fn step_weights(&mut self, stage: Stage) {
        let State { weights, moments, .. } = &mut self.state;
        if moments.weights.is_empty() {
            return;
        }
        let slopes = self.learner.weight_slopes(stage.layers, &mut self.room);
        let rate = self.plan.weight_rate * stage.part;
        let all = weights.par_iter_mut().zip(&mut moments.weights).zip(slopes);
        all.for_each(|((weight, adam), slopes)| adam.step(weight, slopes, rate));
        let packed = self.learner.unrolled.weights_mut().par_iter_mut().zip(weights);
        packed.take(stage.layers).for_each(|(packed, weight)| {
            packed.change(|own| own.copy_from_slice(weight));
        });
    }

    fn set_weights(&mut self, weights: Vec<Vec<f32>>) {
        for (packed, weight) in self.learner.unrolled.weights_mut().iter_mut().zip(&weights) {
            packed.change(|own| own.copy_from_slice(weight));
        }
        self.state.weights = weights;
    }

    fn goal(&self, layers: usize) -> Goal {
        if self.plan.anytime {
            Goal::anytime(self.loss, layers)
        } else {
            Goal::last(self.loss, layers)
        }
    }

    fn validate(&mut self, layers: usize) -> Evaluation {
        let goal = self.goal(layers);
        let numbers = (&self.state.variables, &*self.state.weights);
        let varied = varied(&self.plan, self.dictionary);
        let each = varied.map(|varied| move |s: usize| varied.of(Which::Kept(s as u64)));
        let each = each.as_ref().map(|each| each as &Each<'_, f32>);
        self.learner.loss(numbers, &goal, (&self.validation, each), &mut self.wide_room)
    }

    /// Keeps the numbers where they are the best of this stage.
    fn look(&mut self, layers: usize) {
        let found = self.validate(layers);
        self.keep(&found);
    }

    fn keep(&mut self, found: &Evaluation) {
        // A loss that is no number is below nothing.
        if found.loss < self.state.best.loss || self.state.best.variables.layers() == 0 {
            self.state.best = Best {
                variables: self.state.variables.clone(),
                weights: self.state.weights.clone(),
                loss: found.loss,
                nmse_db: found.nmse_db().filter(|_| self.validation.has_truths()),
            };
        }
    }

    /// The loss of x = 0.
    fn nothing(&self, batch: &Batch<f32>) -> f64 {
        let all = match self.loss {
            Loss::Supervised => batch.signal_squares(),
            _ => 0.5 * batch.measurement_squares(),
        };
        all / batch.count() as f64
    }

    /// The network with the best numbers.
    ///
    /// # Errors
    /// [`TrainError::Model`] where they make none.
    pub fn model(&self) -> Result<Model, TrainError> {
        let best = &self.state.best;
        let numbers = self.learner.numbers(&best.variables, &best.weights);
        let objective = match self.objective {
            Objective::Supervised => "supervised",
            Objective::Unsupervised => "unsupervised",
        };
        let model = Model {
            numbers,
            rows: self.dictionary.rows(),
            columns: self.dictionary.columns(),
            layers: best.variables.layers(),
            dictionary: Digest::of_matrix(self.dictionary.rows(), self.dictionary.values()),
            varying: self.plan.varying,
            splines: self.learner.splines(&best.variables).into(),
            provenance: Provenance {
                loss: Some(objective.to_owned()),
                seed: Some(self.plan.seed),
                data: self.source.digest(),
                signals: Some(self.source.to_string()),
                steps: Some(self.state.steps),
                validation_loss: Some(best.loss),
                nmse_db: best.nmse_db,
            },
        };
        model.check(self.dictionary)?;
        Ok(model)
    }

    /// Writes everything down, whole or not at all.
    ///
    /// # Errors
    /// [`TrainError::File`], [`TrainError::Checkpoint`].
    pub fn write(&self, path: &Path) -> Result<(), TrainError> {
        checkpoint::write(&self.state, &self.identity, path)
    }

    /// Takes up a training that was written down: the same plan, network, dictionary and signals.
    /// It ends with the bits of one that was never left.
    ///
    /// # Errors
    /// [`TrainError::File`], [`TrainError::Checkpoint`].
    pub fn resume(&mut self, path: &Path) -> Result<(), TrainError> {
        self.state = checkpoint::read(&self.identity, path)?;
        self.set_weights(self.state.weights.clone());
        Ok(())
    }
}

fn signals<'s>(
    source: &'s Source,
    learner: &'s Learner,
    plan: &Plan,
    base: &'s DenseMatrix<f32>,
) -> Signals<'s> {
    let kept = source.kept(plan.validation);
    let shape = (base.rows(), base.columns());
    let varied = varied(plan, base);
    let dictionary = learner.unrolled.dictionary();
    Signals { source, dictionary, shape, seed: plan.seed, kept, varied }
}

fn varied<'d>(plan: &Plan, base: &'d DenseMatrix<f32>) -> Option<Varied<'d>> {
    plan.varying.map(|varying| Varied { base, varying, seed: plan.seed })
}
