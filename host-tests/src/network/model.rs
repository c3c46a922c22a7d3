//! [`Model`]: one network for one dictionary.

use super::layers::{ModelLayers, Stages};
use super::{Digest, Kind, Matrix, ModelError, Provenance, Splines, Varying};
use crate::matrix::DenseMatrix;
use crate::vector::Vector;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use solvekit::LinearOperator;
use solvekit::network::{
    AdaLayer, AdaLista, BernoulliGaussian, Coupled, CoupledLayer, Hyper, HyperNumbers, Lista,
    Network, NetworkError, Tista, Unfolded,
};
use solvekit::penalty::{L0, L1};
use solvekit::recovery::Sensing;
use std::slice::from_ref;

/// The numbers of one network, which dictionary they are for, and how they were found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Model {
    /// Which network, and its numbers.
    pub numbers: Numbers,
    /// M.
    pub rows: usize,
    /// N.
    pub columns: usize,
    /// T.
    pub layers: usize,
    /// [`Digest::of_matrix`] of the dictionary in `f32`.
    pub dictionary: Digest,
    /// How the dictionaries vary that the network is for, around that one; `None` where it is for
    /// that one alone. Of Ada-LISTA only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub varying: Option<Varying>,
    /// The learned shrinkage of each layer; none where layers threshold softly, or as is their own.
    /// Of kinds with [`learned_shrinkage`](Kind::learned_shrinkage) only.
    #[serde(default, skip_serializing_if = "is_empty")]
    pub splines: Splines,
    /// How the numbers were found.
    pub provenance: Provenance,
}

/// The numbers of a network, in the precision that firmware computes in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Numbers {
    /// [`Unfolded`] with L1.
    UnfoldedIsta {
        /// λ.
        lambda: f32,
        /// αₖ.
        steps: Vec<f32>,
    },
    /// [`Unfolded`] with L0.
    UnfoldedIht {
        /// λ.
        lambda: f32,
        /// αₖ.
        steps: Vec<f32>,
    },
    /// [`Coupled`] with weights for each layer.
    ListaCp {
        /// γₖ, θₖ, pₖ.
        layers: Vec<CoupledLayer<f32>>,
        /// Wₖ, M × N.
        weights: Vec<Matrix>,
    },
    /// [`Coupled`] with one weight matrix.
    Alista {
        /// γₖ, θₖ, pₖ.
        layers: Vec<CoupledLayer<f32>>,
        /// W, M × N.
        weight: Matrix,
    },
    /// [`Lista`].
    Lista {
        /// θₖ.
        thresholds: Vec<f32>,
        /// B, N × M, and C, N × N.
        weights: [Matrix; 2],
    },
    /// [`AdaLista`].
    AdaLista {
        /// γₖ, θₖ.
        layers: Vec<AdaLayer<f32>>,
        /// W₁ and W₂, M × M.
        weights: [Matrix; 2],
    },
    /// [`Tista`].
    Tista {
        /// p of the prior.
        density: f32,
        /// α² of the prior.
        variance: f32,
        /// σ².
        noise: f32,
        /// γₖ.
        steps: Vec<f32>,
        /// (AAᵀ)⁻¹A, M × N.
        weight: Matrix,
    },
    /// [`Hyper`].
    #[serde(rename = "hyperlista")]
    HyperLista {
        /// The three numbers.
        numbers: HyperNumbers<f32>,
        /// W, M × N.
        weight: Matrix,
        /// aⱼᵀ(AAᵀ)⁻¹aⱼ, one for each column.
        inverse_scales: Vec<f32>,
    },
}

impl Model {
    /// Which network.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match &self.numbers {
            Numbers::UnfoldedIsta { .. } => Kind::UnfoldedIsta,
            Numbers::UnfoldedIht { .. } => Kind::UnfoldedIht,
            Numbers::ListaCp { .. } => Kind::ListaCp,
            Numbers::Alista { .. } => Kind::Alista,
            Numbers::Lista { .. } => Kind::Lista,
            Numbers::AdaLista { .. } => Kind::AdaLista,
            Numbers::Tista { .. } => Kind::Tista,
            Numbers::HyperLista { .. } => Kind::HyperLista,
        }
    }

    /// Does the network suit this dictionary, and do its numbers make a network? One for dictionaries
    /// that vary suits all of its shape.
    ///
    /// # Errors
    /// [`ModelError::Shape`], [`ModelError::Dictionary`], [`ModelError::Numbers`].
    pub fn check(&self, dictionary: &DenseMatrix<f32>) -> Result<(), ModelError> {
        self.layers(dictionary).map(drop)
    }

    /// The layers that firmware runs, all of them.
    ///
    /// # Errors
    /// As [`check`](Self::check).
    pub fn layers(&self, dictionary: &DenseMatrix<f32>) -> Result<ModelLayers<'_>, ModelError> {
        let (expected, found) =
            ((self.rows, self.columns), (dictionary.rows(), dictionary.columns()));
        if expected != found {
            return Err(ModelError::Shape { expected, found });
        }
        let found = Digest::of_matrix(dictionary.rows(), dictionary.values());
        if found != self.dictionary && self.varying.is_none() {
            return Err(ModelError::Dictionary { expected: self.dictionary.clone(), found });
        }
        self.layers_on(dictionary, self.weights())
    }

    /// Recovers a signal from each column of measurements, on all cores: the bits that firmware
    /// finds. `depth` layers, all of them where none is given.
    ///
    /// # Errors
    /// As [`check`](Self::check); [`ModelError::Depth`]; [`ModelError::Measurements`] of the first
    /// column that is refused.
    pub fn recover(
        &self,
        dictionary: &DenseMatrix<f32>,
        measurements: &[Vector<f32>],
        depth: Option<u32>,
    ) -> Result<Vec<Vector<f32>>, ModelError> {
        let layers = self.first(dictionary, depth)?;
        let one = |(column, y): (usize, &Vector<f32>)| {
            let sensing = Sensing::new(dictionary, y)
                .map_err(|error| ModelError::Measurements { column, error })?;
            let network = Network::new(sensing, &layers);
            let mut state = network.start();
            network.infer(&mut state);
            Ok(state.x)
        };
        // The first refusal, whichever was found first.
        let all: Vec<_> = measurements.par_iter().enumerate().map(one).collect();
        all.into_iter().collect()
    }

    /// [`layers`](Self::layers), the first `depth` of them.
    ///
    /// # Errors
    /// As [`check`](Self::check); [`ModelError::Depth`].
    pub fn first(
        &self,
        dictionary: &DenseMatrix<f32>,
        depth: Option<u32>,
    ) -> Result<ModelLayers<'_>, ModelError> {
        let layers = self.layers(dictionary)?;
        let Some(asked) = depth else { return Ok(layers) };
        layers.first(asked).ok_or(ModelError::Depth { asked, most: self.layers })
    }

    fn refused(&self, cause: String) -> ModelError {
        let (kind, rows, columns) = (self.kind(), self.rows, self.columns);
        ModelError::Numbers { kind, rows, columns, cause }
    }

    /// The weight matrices: none, one for all layers, one for each, or the two of LISTA and
    /// Ada-LISTA.
    #[must_use]
    pub fn weights(&self) -> &[Matrix] {
        match &self.numbers {
            Numbers::UnfoldedIsta { .. } | Numbers::UnfoldedIht { .. } => &[],
            Numbers::ListaCp { weights, .. } => weights,
            Numbers::Alista { weight, .. }
            | Numbers::Tista { weight, .. }
            | Numbers::HyperLista { weight, .. } => from_ref(weight),
            Numbers::Lista { weights, .. } | Numbers::AdaLista { weights, .. } => weights,
        }
    }

    /// All layers on another form of the dictionary and of [`weights`](Self::weights), such as one in
    /// 8-bit codes.
    ///
    /// # Errors
    /// [`ModelError::Numbers`].
    pub fn layers_on<'m, A, O>(
        &'m self,
        dictionary: &A,
        weights: &'m [O],
    ) -> Result<ModelLayers<'m, O>, ModelError>
    where
        A: LinearOperator<f32>,
        O: LinearOperator<f32>,
    {
        if self.varying.is_some() && self.kind() != Kind::AdaLista {
            let told = "only ada-lista is for dictionaries that vary".to_owned();
            return Err(self.refused(told));
        }
        if !self.splines.is_empty() && !self.kind().learned_shrinkage() {
            let told = "only alista, lista-cp, lista and ada-lista have a learned shrinkage";
            return Err(self.refused(told.to_owned()));
        }
        let (stages, found) =
            self.stages(dictionary, weights).map_err(|error| self.refused(error.to_string()))?;
        if found != self.layers {
            let told = format!("its table has {found} layers, the network {}", self.layers);
            return Err(self.refused(told));
        }
        let depth = u32::try_from(self.layers).ok().filter(|depth| *depth > 0);
        let depth =
            depth.ok_or_else(|| self.refused(format!("it cannot have {} layers", self.layers)))?;
        Ok(ModelLayers { stages, depth })
    }

    /// The layers, where their own constructor accepts the numbers, and how many their table has.
    fn stages<'m, A, O>(
        &'m self,
        a: &A,
        weights: &'m [O],
    ) -> Result<(Stages<'m, O>, usize), NetworkError>
    where
        A: LinearOperator<f32>,
        O: LinearOperator<f32>,
    {
        Ok(match &self.numbers {
            Numbers::UnfoldedIsta { lambda, steps } => {
                let penalty = L1::new(*lambda).map_err(|_| NetworkError::Parameter)?;
                (Stages::Ista(Unfolded::new::<f32>(penalty, &**steps)?), steps.len())
            }
            Numbers::UnfoldedIht { lambda, steps } => {
                let penalty = L0::new(*lambda).map_err(|_| NetworkError::Parameter)?;
                (Stages::Iht(Unfolded::new::<f32>(penalty, &**steps)?), steps.len())
            }
            // One for all layers would be ALISTA's.
            Numbers::ListaCp { layers, .. } if weights.len() != layers.len() => {
                let (expected, found) = (layers.len(), weights.len());
                return Err(NetworkError::Length { expected, found });
            }
            Numbers::ListaCp { layers, .. } | Numbers::Alista { layers, .. } => {
                let coupled = Coupled::new(a, weights, &**layers)?;
                let stages = if self.splines.is_empty() {
                    Stages::Coupled(coupled)
                } else {
                    Stages::Curved(coupled.with_shrinkage(&*self.splines)?)
                };
                (stages, layers.len())
            }
            Numbers::Lista { thresholds, .. } => {
                let [b, c] = pair(weights)?;
                let lista = Lista::new(a, from_ref(b), from_ref(c), &**thresholds)?;
                let stages = if self.splines.is_empty() {
                    Stages::Lista(lista)
                } else {
                    Stages::CurvedLista(lista.with_shrinkage(&*self.splines)?)
                };
                (stages, thresholds.len())
            }
            Numbers::AdaLista { layers, .. } => {
                let [w1, w2] = pair(weights)?;
                let ada = AdaLista::new(a, w1, w2, &**layers)?;
                let stages = if self.splines.is_empty() {
                    Stages::AdaLista(ada)
                } else {
                    Stages::CurvedAdaLista(ada.with_shrinkage(&*self.splines)?)
                };
                (stages, layers.len())
            }
            Numbers::Tista { density, variance, noise, steps, .. } => {
                let prior = BernoulliGaussian::new(*density, *variance)?;
                let layers = Tista::new(a, one(weights)?, prior, *noise, &**steps)?;
                (Stages::Tista(layers), steps.len())
            }
            Numbers::HyperLista { numbers, inverse_scales, .. } => {
                let weight = one(weights)?;
                (Stages::Hyper(Hyper::new(a, weight, &**inverse_scales, *numbers)?), self.layers)
            }
        })
    }
}

fn is_empty(splines: &Splines) -> bool {
    splines.is_empty()
}

/// The only weight.
const fn one<O>(weights: &[O]) -> Result<&O, NetworkError> {
    match weights {
        [weight] => Ok(weight),
        _ => Err(NetworkError::Length { expected: 1, found: weights.len() }),
    }
}

/// The two weights.
const fn pair<O>(weights: &[O]) -> Result<[&O; 2], NetworkError> {
    match weights {
        [first, second] => Ok([first, second]),
        _ => Err(NetworkError::Length { expected: 2, found: weights.len() }),
    }
}
