//! [`Prepared`]: a model's layers, laid out for the products of a tile.

use super::super::Products;
use super::super::panels::Panels;
use super::spline::Pieces;
use crate::matrix::DenseMatrix;
use crate::network::{Matrix, Model, ModelError, Numbers};
use solvekit::LinearOperator;
use solvekit::network::{
    AdaLayer, BernoulliGaussian, CoupledLayer, HyperNumbers, NetworkError, Tista,
};

/// A dictionary and layers that fit it.
#[derive(Clone, Debug)]
pub(super) struct Prepared<'a> {
    pub(super) products: Products<f32>,
    pub(super) layers: Layers<'a>,
    /// Of each layer; none where they threshold softly.
    pub(super) splines: Vec<Pieces>,
}

#[derive(Clone, Debug)]
pub(super) enum Layers<'a> {
    /// αₖ and the threshold αₖ λ.
    Ista(Vec<[f32; 2]>),
    /// αₖ and the threshold √(2 λ αₖ).
    Iht(Vec<[f32; 2]>),
    /// Wᵀ, one or one for each layer.
    Coupled {
        layers: &'a [CoupledLayer<f32>],
        adjoints: Vec<Panels<f32>>,
    },
    Lista {
        thresholds: &'a [f32],
        b: Panels<f32>,
        c: Panels<f32>,
    },
    AdaLista {
        layers: &'a [AdaLayer<f32>],
        w1_adjoint: Panels<f32>,
        w2: Panels<f32>,
        w2_adjoint: Panels<f32>,
    },
    Tista {
        tista: Tista<'a, f32, Matrix, &'a [f32]>,
        adjoint: Panels<f32>,
    },
    Hyper {
        numbers: HyperNumbers<f32>,
        adjoint: Panels<f32>,
        inverse_scales: &'a [f32],
    },
}

impl<'a> Prepared<'a> {
    /// Of a model that was found to suit the dictionary.
    pub(super) fn new(a: &DenseMatrix<f32>, model: &'a Model) -> Result<Self, ModelError> {
        let refused = |error: NetworkError| ModelError::Numbers {
            kind: model.kind(),
            rows: model.rows,
            columns: model.columns,
            cause: error.to_string(),
        };
        let layers = match &model.numbers {
            Numbers::UnfoldedIsta { lambda, steps } => {
                Layers::Ista(steps.iter().map(|step| [*step, *lambda * *step]).collect())
            }
            Numbers::UnfoldedIht { lambda, steps } => {
                let threshold = |step: &f32| (2.0 * *lambda * *step).sqrt();
                Layers::Iht(steps.iter().map(|step| [*step, threshold(step)]).collect())
            }
            Numbers::ListaCp { layers, weights } => {
                Layers::Coupled { layers, adjoints: weights.iter().map(adjoint).collect() }
            }
            Numbers::Alista { layers, weight } => {
                Layers::Coupled { layers, adjoints: vec![adjoint(weight)] }
            }
            Numbers::Lista { thresholds, weights: [b, c] } => {
                Layers::Lista { thresholds, b: plain(b), c: plain(c) }
            }
            Numbers::AdaLista { layers, weights: [w1, w2] } => Layers::AdaLista {
                layers,
                w1_adjoint: adjoint(w1),
                w2: plain(w2),
                w2_adjoint: adjoint(w2),
            },
            Numbers::Tista { density, variance, noise, steps, weight } => {
                let prior = BernoulliGaussian::new(*density, *variance).map_err(refused)?;
                let tista = Tista::new(a, weight, prior, *noise, &**steps).map_err(refused)?;
                Layers::Tista { tista, adjoint: adjoint(weight) }
            }
            Numbers::HyperLista { numbers, weight, inverse_scales } => {
                let adjoint = adjoint(weight);
                Layers::Hyper { numbers: *numbers, adjoint, inverse_scales }
            }
        };
        let splines = model.splines.iter().map(Pieces::new).collect();
        Ok(Self { products: Products::new(a), layers, splines })
    }
}

fn plain(matrix: &Matrix) -> Panels<f32> {
    let dense = matrix.dense();
    Panels::new((dense.rows(), dense.columns()), |i, j| dense.column(j)[i])
}

fn adjoint(matrix: &Matrix) -> Panels<f32> {
    let dense = matrix.dense();
    Panels::new((dense.columns(), dense.rows()), |j, i| dense.column(j)[i])
}
