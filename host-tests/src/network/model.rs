//! [`Model`]: one network for one dictionary.

use super::{Digest, Kind, Matrix, ModelError, Provenance};
use crate::matrix::DenseMatrix;
use serde::{Deserialize, Serialize};
use solvekit::LinearOperator;
use solvekit::network::{Coupled, CoupledLayer, Hyper, HyperNumbers, NetworkError, Unfolded};
use solvekit::penalty::{L0, L1};

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
            Numbers::HyperLista { .. } => Kind::HyperLista,
        }
    }

    /// Does the network suit this dictionary, and do its numbers make a network?
    ///
    /// # Errors
    /// [`ModelError::Shape`], [`ModelError::Dictionary`], [`ModelError::Numbers`].
    pub fn check(&self, dictionary: &DenseMatrix<f32>) -> Result<(), ModelError> {
        let (expected, found) =
            ((self.rows, self.columns), (dictionary.rows(), dictionary.columns()));
        if expected != found {
            return Err(ModelError::Shape { expected, found });
        }
        let found = Digest::of_matrix(dictionary.rows(), dictionary.values());
        if found != self.dictionary {
            return Err(ModelError::Dictionary { expected: self.dictionary.clone(), found });
        }
        let refused = |cause: String| ModelError::Numbers {
            kind: self.kind(),
            rows: self.rows,
            columns: self.columns,
            cause,
        };
        let layers = self.build(dictionary).map_err(|error| refused(error.to_string()))?;
        if layers.is_some_and(|layers| layers != self.layers) || self.layers == 0 {
            let table = layers.unwrap_or(0);
            return Err(refused(format!("a table of {table} layers for {}", self.layers)));
        }
        Ok(())
    }

    /// The layers that the tables have, where the network's own constructor accepts them.
    fn build(&self, a: &DenseMatrix<f32>) -> Result<Option<usize>, NetworkError> {
        match &self.numbers {
            Numbers::UnfoldedIsta { lambda, steps } => {
                let penalty = L1::new(*lambda).map_err(|_| NetworkError::Parameter)?;
                Unfolded::new::<f32>(penalty, steps.as_slice()).map(|_| Some(steps.len()))
            }
            Numbers::UnfoldedIht { lambda, steps } => {
                let penalty = L0::new(*lambda).map_err(|_| NetworkError::Parameter)?;
                Unfolded::new::<f32>(penalty, steps.as_slice()).map(|_| Some(steps.len()))
            }
            Numbers::ListaCp { layers, weights } => {
                let weights: Vec<_> = weights.iter().map(|w| w.dense().clone()).collect();
                Coupled::new(a, &weights, layers.as_slice()).map(|_| Some(layers.len()))
            }
            Numbers::Alista { layers, weight } => {
                let weight = std::slice::from_ref(weight.dense());
                Coupled::new(a, weight, layers.as_slice()).map(|_| Some(layers.len()))
            }
            Numbers::HyperLista { numbers, weight, inverse_scales } => {
                Hyper::new(a, weight.dense(), inverse_scales.as_slice(), *numbers).map(|_| None)
            }
        }
    }
}
