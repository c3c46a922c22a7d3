//! [`Learner`]: what a network learns, as numbers that an optimiser moves.

use super::gradient::{
    Batch, Each, Evaluation, Goal, Layer, Loss, MatrixNumbers, Packed, Space, Unrolled, Weights,
};
use super::matrices::Matrices;
use super::{Network, Passing, Plan, Shrinkage, Source, TrainError};
use crate::matrix::DenseMatrix;
use crate::network::{Matrix, Numbers, analytic};
use serde::{Deserialize, Serialize};
use solvekit::LinearOperator;
use solvekit::network::{CoupledLayer, Spline};
use solvekit::recovery::largest_eigenvalue;

/// Step sizes stay above this many units.
const SHORTEST: f64 = 1e-4;
/// λ of the first threshold of coupled layers, as their authors have it.
const FIRST_LAMBDA: f64 = 0.4;

/// The numbers that a training moves.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Variables {
    /// Step sizes of the layers there are: α‖A‖² of unfolded networks, γ‖A‖² of Ada-LISTA, γ of
    /// coupled layers and of TISTA; LISTA has none.
    pub(super) steps: Vec<f64>,
    /// ln θ of layers that learn it.
    pub(super) thresholds: Vec<f64>,
    /// ln of the increments of each layer's spline, layer by layer.
    pub(super) increments: Vec<f64>,
}

/// A loss, and its derivatives by what is moved.
#[derive(Clone, Debug)]
pub(super) struct Slopes {
    pub(super) loss: f64,
    pub(super) steps: Vec<f64>,
    pub(super) thresholds: Vec<f64>,
    pub(super) increments: Vec<f64>,
}

impl Variables {
    /// Layers there are.
    pub(super) fn layers(&self) -> usize {
        self.steps.len().max(self.thresholds.len())
    }
}

/// A network on its dictionary, between the numbers that training moves and those it has.
#[derive(Clone, Debug)]
pub(super) struct Learner {
    network: Network,
    shrinkage: Shrinkage,
    columns: usize,
    /// ‖A‖².
    pub(super) square_norm: f64,
    longest: f64,
    pub(super) unrolled: Unrolled<f32>,
    /// W as it follows from the dictionary.
    weight: Option<Matrix>,
    /// Of LISTA, Ada-LISTA and TISTA, which `unrolled` has the dictionary for alone.
    matrices: Option<Matrices>,
}

/// Room for batches.
#[derive(Debug, Default)]
pub(super) struct Room {
    space: Space<f32>,
    by_weights: Vec<Vec<f32>>,
}

impl Learner {
    pub(super) fn new(
        network: Network,
        dictionary: &DenseMatrix<f32>,
        plan: &Plan,
        (source, kept): (&Source, usize),
    ) -> Result<Self, TrainError> {
        network.check()?;
        if dictionary.non_finite().is_some() {
            return Err(TrainError::Dictionary("an entry is not a finite number"));
        }
        let wide = dictionary.values().iter().map(|value| f64::from(*value)).collect();
        let wide = DenseMatrix::from_columns(dictionary.rows(), wide)
            .map_err(|_| TrainError::Dictionary("it has no rows"))?;
        let square_norm = largest_eigenvalue(&wide, 100);
        // Also as f32, which the steps are.
        if !((square_norm as f32) > 0.0 && (square_norm as f32).is_finite()) {
            return Err(TrainError::Dictionary("it is zero, or its squares are beyond f32"));
        }
        let weight = match network {
            Network::Alista(_) | Network::ListaCp(_) => Some(analytic(dictionary)?.weight),
            _ => None,
        };
        let matrices = Matrices::new(&network, dictionary, square_norm, (source, kept))?;
        let weights = match (&network, &weight) {
            // The dictionary alone, without its products.
            _ if matrices.is_some() => Weights::Each(Vec::new()),
            (Network::ListaCp(_), Some(weight)) => {
                Weights::Each(vec![Packed::new(weight.dense()); plan.layers])
            }
            (_, Some(weight)) => Weights::Shared(Packed::new(weight.dense())),
            (_, None) => Weights::Dictionary,
        };
        let unrolled = Unrolled::new(dictionary, weights)
            .ok_or(TrainError::Dictionary("its weights have another shape"))?;
        let longest = plan.longest.unwrap_or(f64::INFINITY);
        let shrinkage = plan.shrinkage;
        let columns = dictionary.columns();
        Ok(Self { network, shrinkage, columns, square_norm, longest, unrolled, weight, matrices })
    }

    /// Weights before the first stage; none where none are learned. LISTA-CP's are one for each of
    /// so many layers.
    pub(super) fn first_weights(&self, layers: usize) -> Vec<Vec<f32>> {
        match (&self.matrices, &self.network) {
            (Some(matrices), _) => matrices.start.clone(),
            (None, Network::ListaCp(_)) => {
                (0..layers).map(|k| self.unrolled.weight(k).numbers().to_vec()).collect()
            }
            _ => Vec::new(),
        }
    }

    /// How many of the weights take part in so many layers.
    pub(super) const fn weights_of(&self, layers: usize) -> usize {
        match &self.matrices {
            Some(matrices) => matrices.start.len(),
            None => match self.network {
                Network::ListaCp(_) => layers,
                _ => 0,
            },
        }
    }

    /// The mean loss of a batch, each signal by its own dictionary where these vary. NaN where the numbers make no layers.
    pub(super) fn loss(
        &self,
        (variables, weights): (&Variables, &[Vec<f32>]),
        goal: &Goal,
        (batch, each): (&Batch<f32>, Option<&Each<'_, f32>>),
        room: &mut Room,
    ) -> Evaluation {
        let Some(matrices) = &self.matrices else {
            return self.unrolled.loss(&self.layers(variables), goal, batch, &mut room.space);
        };
        let numbers = self.matrix_numbers(matrices, variables, weights);
        let found = match each {
            None => matrices.network.loss(&numbers, goal, batch),
            Some(each) => matrices.network.loss_over(&numbers, goal, batch, each),
        };
        found.unwrap_or_else(|_| no_number())
    }

    /// The mean loss, and its derivatives by all numbers as they are moved; those by weights are left
    /// in the room.
    pub(super) fn gradient(
        &self,
        (variables, weights): (&Variables, &[Vec<f32>]),
        goal: &Goal,
        (batch, each): (&Batch<f32>, Option<&Each<'_, f32>>),
        room: &mut Room,
    ) -> Slopes {
        let of = match &self.matrices {
            None => {
                let layers = self.layers(variables);
                self.unrolled.gradient(&layers, goal, batch, &mut room.space)
            }
            Some(matrices) => {
                let numbers = self.matrix_numbers(matrices, variables, weights);
                let found = match each {
                    None => matrices.network.gradient(&numbers, goal, batch),
                    Some(each) => matrices.network.gradient_over(&numbers, goal, batch, each),
                };
                match found {
                    Ok(found) => {
                        room.by_weights = found.by_weights;
                        found.evaluation
                    }
                    Err(_) => no_number(),
                }
            }
        };
        let (steps, thresholds) = self.derivatives(variables, &of);
        let increments = self.shrinkage.derivatives(&variables.increments, &of.by_value);
        Slopes { loss: of.loss, steps, thresholds, increments }
    }

    /// Derivatives by the weights of so many layers, of the batch whose gradient was taken last.
    pub(super) fn weight_slopes<'r>(&self, layers: usize, room: &'r mut Room) -> &'r [Vec<f32>] {
        let Room { space, by_weights } = room;
        if self.matrices.is_none() {
            by_weights.resize(layers, Vec::new());
            self.unrolled.weight_gradients(layers, space, by_weights);
        }
        by_weights
    }

    /// The loss without signals, of this network's own objective.
    pub(super) fn objective(&self) -> Option<Loss> {
        match self.network {
            Network::UnfoldedIsta { lambda } => Some(Loss::Lasso { lambda: lambda.into() }),
            Network::UnfoldedIht { lambda } => Some(Loss::Subset { lambda: lambda.into() }),
            _ => None,
        }
    }

    /// A new layer, where plain shrinkage has it; thresholds go on as those before them did, and a
    /// spline is the last one's.
    pub(super) fn add_layer(&self, variables: &mut Variables) {
        if self.network != Network::Lista {
            variables.steps.push(1.0);
        }
        if self.network.has_thresholds() {
            let known = &variables.thresholds;
            let next = match *known.as_slice() {
                [.., before, last] => last + (last - before).clamp(-1.0, 0.0),
                [last] => last,
                [] => (FIRST_LAMBDA / self.square_norm).ln(),
            };
            variables.thresholds.push(next);
        }
        let known = &variables.increments;
        let next = match known.len().checked_sub(self.shrinkage.increments()) {
            Some(last) if !known.is_empty() => known[last..].to_vec(),
            _ => self.shrinkage.start(),
        };
        variables.increments.extend(next);
    }

    /// The layers that these numbers make.
    fn layers(&self, variables: &Variables) -> Vec<Layer<f32>> {
        let splines = self.splines(variables);
        let layer = |(k, step): (usize, &f64)| match self.network {
            Network::UnfoldedIsta { lambda } => Layer::ista(self.step_size(*step), lambda),
            Network::UnfoldedIht { lambda } => Layer::iht(self.step_size(*step), lambda),
            Network::Alista(passing) | Network::ListaCp(passing) => {
                let CoupledLayer { step, threshold, passing } = coupled(variables, k, passing);
                let layer = Layer::coupled(step, threshold, passing, self.columns);
                splines.get(k).map_or(layer, |spline| layer.with_spline(*spline))
            }
            // They have layers of their own.
            Network::Lista | Network::AdaLista | Network::Tista(_) => {
                unreachable!("matrix networks are no layers of this form")
            }
        };
        variables.steps.iter().enumerate().map(layer).collect()
    }

    /// The same for layers that are products with matrices of their own.
    fn matrix_numbers(
        &self,
        matrices: &Matrices,
        variables: &Variables,
        weights: &[Vec<f32>],
    ) -> MatrixNumbers<f32> {
        let step = |moved| self.step_size(moved);
        matrices.numbers(variables, (weights, self.splines(variables)), step)
    }

    /// The spline of each layer; none where soft thresholding stays.
    pub(super) fn splines(&self, variables: &Variables) -> Vec<Spline<f32>> {
        self.shrinkage.splines(&variables.increments)
    }

    fn step_size(&self, units: f64) -> f32 {
        match self.network {
            Network::Tista(_) => units as f32,
            _ => (units / self.square_norm) as f32,
        }
    }

    /// Derivatives by the steps and the thresholds as they are moved.
    fn derivatives(&self, variables: &Variables, of: &Evaluation) -> (Vec<f64>, Vec<f64>) {
        let logarithms = || {
            let thresholds = of.by_threshold.iter().zip(&variables.thresholds);
            thresholds.map(|(slope, log)| slope * log.exp()).collect()
        };
        let by_units = || of.by_step.iter().map(|step| step / self.square_norm).collect();
        match self.network {
            Network::UnfoldedIsta { lambda } => {
                let both = of.by_step.iter().zip(&of.by_threshold);
                let sum = |(step, threshold): (&f64, &f64)| {
                    (step + f64::from(lambda) * threshold) / self.square_norm
                };
                (both.map(sum).collect(), Vec::new())
            }
            Network::UnfoldedIht { .. } => (by_units(), Vec::new()),
            Network::AdaLista => (by_units(), logarithms()),
            Network::Alista(_) | Network::ListaCp(_) | Network::Lista => {
                (of.by_step.clone(), logarithms())
            }
            Network::Tista(_) => (of.by_step.clone(), Vec::new()),
        }
    }

    /// Keeps the numbers where they make a network.
    pub(super) fn clamp(&self, variables: &mut Variables) {
        for step in &mut variables.steps {
            *step = step.clamp(SHORTEST, self.longest);
        }
        for threshold in &mut variables.thresholds {
            // Of what f32 holds, with room for what is made of it.
            *threshold = threshold.clamp(-60.0, 60.0);
        }
        Shrinkage::clamp(&mut variables.increments);
    }

    /// The network as a model has it.
    pub(super) fn numbers(&self, variables: &Variables, weights: &[Vec<f32>]) -> Numbers {
        if let Some(matrices) = &self.matrices {
            let numbers = self.matrix_numbers(matrices, variables, weights);
            // The state keeps as many weights as the form has.
            return matrices.of_model(numbers).unwrap_or_else(|| unreachable!("two matrices"));
        }
        let steps = || variables.steps.iter().map(|step| self.step_size(*step)).collect();
        let layers =
            |passing| (0..variables.steps.len()).map(|k| coupled(variables, k, passing)).collect();
        match (&self.network, &self.weight) {
            (Network::UnfoldedIht { lambda }, _) => {
                Numbers::UnfoldedIht { lambda: *lambda, steps: steps() }
            }
            (Network::UnfoldedIsta { lambda }, _) => {
                Numbers::UnfoldedIsta { lambda: *lambda, steps: steps() }
            }
            (Network::ListaCp(passing), Some(first)) => {
                let learned = weights.iter().take(variables.steps.len());
                let weights = learned.map(|numbers| {
                    let mut packed = Packed::new(first.dense());
                    packed.change(|own| own.copy_from_slice(numbers));
                    let values = packed.values();
                    DenseMatrix::from_columns(first.dense().rows(), values)
                        .map_or_else(|_| first.clone(), Matrix::from)
                });
                Numbers::ListaCp { layers: layers(*passing), weights: weights.collect() }
            }
            (Network::Alista(passing), Some(weight)) => {
                Numbers::Alista { layers: layers(*passing), weight: weight.clone() }
            }
            // `new` computes the weight of both coupled ones, and the matrices of the others.
            _ => unreachable!("coupled layers have weights"),
        }
    }
}

/// What numbers that make no layers evaluate to.
fn no_number() -> Evaluation {
    Evaluation { loss: f64::NAN, ..Evaluation::default() }
}

fn coupled(variables: &Variables, k: usize, passing: Passing) -> CoupledLayer<f32> {
    let threshold = variables.thresholds.get(k).map_or(0.0, |log| log.exp() as f32);
    let step = variables.steps.get(k).map_or(1.0, |step| *step as f32);
    CoupledLayer { step, threshold, passing: passing.of(k) }
}
