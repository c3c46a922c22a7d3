//! [`Learner`]: what a network learns, as numbers that an optimiser moves.

use super::TrainError;
use super::gradient::{Evaluation, Layer, Loss, Packed, Unrolled, Weights};
use crate::matrix::DenseMatrix;
use crate::network::{Kind, Matrix, Numbers, analytic};
use serde::{Deserialize, Serialize};
use solvekit::LinearOperator;
use solvekit::network::CoupledLayer;
use solvekit::recovery::largest_eigenvalue;

/// Step sizes stay above this many units.
const SHORTEST: f64 = 1e-4;
/// λ of the first threshold of coupled layers, as their authors have it.
const FIRST_LAMBDA: f64 = 0.4;

/// What a trained network is, beside its numbers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Network {
    /// Steps for ISTA, with this λ.
    UnfoldedIsta {
        /// λ.
        lambda: f32,
    },
    /// Steps for IHT, with this λ.
    UnfoldedIht {
        /// λ.
        lambda: f32,
    },
    /// Steps and thresholds, with these shares that pass; weights that follow from the dictionary.
    Alista(Passing),
    /// The same, where each layer learns weights of its own.
    ListaCp(Passing),
}

/// Shares of entries that pass as they are: min(p (k + 1), p_max) in layer k, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Passing {
    /// p.
    pub each: f32,
    /// p_max.
    pub most: f32,
}

impl Passing {
    /// Of layer k, from 0.
    #[must_use]
    pub fn of(self, k: usize) -> f32 {
        (self.each * (k + 1) as f32).min(self.most)
    }
}

impl Network {
    /// Which one.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match self {
            Self::UnfoldedIsta { .. } => Kind::UnfoldedIsta,
            Self::UnfoldedIht { .. } => Kind::UnfoldedIht,
            Self::Alista(_) => Kind::Alista,
            Self::ListaCp(_) => Kind::ListaCp,
        }
    }

    const fn passing(&self) -> Option<Passing> {
        match self {
            Self::Alista(passing) | Self::ListaCp(passing) => Some(*passing),
            Self::UnfoldedIsta { .. } | Self::UnfoldedIht { .. } => None,
        }
    }

    /// # Errors
    /// `Lambda`, `Plan` for a share outside [0, 1].
    fn check(&self) -> Result<(), TrainError> {
        if let Self::UnfoldedIsta { lambda } | Self::UnfoldedIht { lambda } = self
            && !(*lambda > 0.0 && lambda.is_finite())
        {
            return Err(TrainError::Lambda(f64::from(*lambda)));
        }
        if let Some(Passing { each, most }) = self.passing() {
            for (what, share) in [("passing", each), ("most-passing", most)] {
                if !(0.0..=1.0).contains(&share) {
                    let cause = format!("{share} does not lie in [0, 1]");
                    return Err(TrainError::Plan { what, cause });
                }
            }
        }
        Ok(())
    }
}

/// The numbers that a training moves.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Variables {
    /// Step sizes of the layers there are: α‖A‖² of unfolded networks, γ of coupled ones.
    pub(super) steps: Vec<f64>,
    /// ln θ of coupled layers.
    pub(super) thresholds: Vec<f64>,
}

/// A network on its dictionary, between the numbers that training moves and those it has.
#[derive(Clone, Debug)]
pub(super) struct Learner {
    network: Network,
    columns: usize,
    /// ‖A‖².
    pub(super) square_norm: f64,
    longest: f64,
    pub(super) unrolled: Unrolled<f32>,
    /// W as it follows from the dictionary.
    weight: Option<Matrix>,
}

impl Learner {
    pub(super) fn new(
        network: Network,
        dictionary: &DenseMatrix<f32>,
        layers: usize,
        longest: Option<f64>,
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
            Network::UnfoldedIsta { .. } | Network::UnfoldedIht { .. } => None,
        };
        let weights = match (&network, &weight) {
            (Network::ListaCp(_), Some(weight)) => {
                Weights::Each(vec![Packed::new(weight.dense()); layers])
            }
            (_, Some(weight)) => Weights::Shared(Packed::new(weight.dense())),
            (_, None) => Weights::Dictionary,
        };
        let unrolled = Unrolled::new(dictionary, weights)
            .ok_or(TrainError::Dictionary("its weights have another shape"))?;
        let longest = longest.unwrap_or(f64::INFINITY);
        let columns = dictionary.columns();
        Ok(Self { network, columns, square_norm, longest, unrolled, weight })
    }

    /// Has each layer weights that are learned?
    pub(super) const fn learns_weights(&self) -> bool {
        matches!(self.network, Network::ListaCp(_))
    }

    /// The loss without signals, of this network's own objective.
    pub(super) fn objective(&self) -> Option<Loss> {
        match self.network {
            Network::UnfoldedIsta { lambda } => Some(Loss::Lasso { lambda: lambda.into() }),
            Network::UnfoldedIht { lambda } => Some(Loss::Subset { lambda: lambda.into() }),
            Network::Alista(_) | Network::ListaCp(_) => None,
        }
    }

    /// A new layer, where plain shrinkage has it; thresholds go on as those before them did.
    pub(super) fn add_layer(&self, variables: &mut Variables) {
        variables.steps.push(1.0);
        if self.network.passing().is_some() {
            let known = &variables.thresholds;
            let next = match *known.as_slice() {
                [.., before, last] => last + (last - before).clamp(-1.0, 0.0),
                [last] => last,
                [] => (FIRST_LAMBDA / self.square_norm).ln(),
            };
            variables.thresholds.push(next);
        }
    }

    /// The layers that these numbers make.
    pub(super) fn layers(&self, variables: &Variables) -> Vec<Layer<f32>> {
        let layer = |(k, step): (usize, &f64)| match self.network {
            Network::UnfoldedIsta { lambda } => Layer::ista(self.step_size(*step), lambda),
            Network::UnfoldedIht { lambda } => Layer::iht(self.step_size(*step), lambda),
            Network::Alista(passing) | Network::ListaCp(passing) => {
                let CoupledLayer { step, threshold, passing } = coupled(variables, k, passing);
                Layer::coupled(step, threshold, passing, self.columns)
            }
        };
        variables.steps.iter().enumerate().map(layer).collect()
    }

    fn step_size(&self, units: f64) -> f32 {
        (units / self.square_norm) as f32
    }

    /// Derivatives by the steps and the thresholds as they are moved.
    pub(super) fn derivatives(
        &self,
        variables: &Variables,
        of: &Evaluation,
    ) -> (Vec<f64>, Vec<f64>) {
        match self.network {
            Network::UnfoldedIsta { lambda } => {
                let both = of.by_step.iter().zip(&of.by_threshold);
                let sum = |(step, threshold): (&f64, &f64)| {
                    (step + f64::from(lambda) * threshold) / self.square_norm
                };
                (both.map(sum).collect(), Vec::new())
            }
            Network::UnfoldedIht { .. } => {
                (of.by_step.iter().map(|step| step / self.square_norm).collect(), Vec::new())
            }
            Network::Alista(_) | Network::ListaCp(_) => {
                let thresholds = of.by_threshold.iter().zip(&variables.thresholds);
                let by_logarithm = |(slope, log): (&f64, &f64)| slope * log.exp();
                (of.by_step.clone(), thresholds.map(by_logarithm).collect())
            }
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
    }

    /// The network as a model has it.
    pub(super) fn numbers(&self, variables: &Variables, weights: &[Vec<f32>]) -> Numbers {
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
            // `new` computes the weight of both.
            (Network::Alista(_) | Network::ListaCp(_), None) => {
                unreachable!("coupled layers have weights")
            }
        }
    }
}

fn coupled(variables: &Variables, k: usize, passing: Passing) -> CoupledLayer<f32> {
    let threshold = variables.thresholds.get(k).map_or(0.0, |log| log.exp() as f32);
    let step = variables.steps.get(k).map_or(1.0, |step| *step as f32);
    CoupledLayer { step, threshold, passing: passing.of(k) }
}
