//! The matrix networks' own part of a learner: where they start, and what of them is given.

use super::Network;
use super::gradient::{Form, MatrixNetwork, MatrixNumbers, TistaForm};
use super::learner::Variables;
use super::{Prior, Source, TrainError};
use crate::matrix::DenseMatrix;
use crate::network::{Matrix, Numbers, pseudo_inverse};
use nalgebra::DMatrix;
use solvekit::LinearOperator;
use solvekit::network::{AdaLayer, Energies, Spline};

/// A network whose layers are products with matrices of their own.
#[derive(Clone, Debug)]
pub(super) struct Matrices {
    pub(super) network: MatrixNetwork<f32>,
    /// Rows of each matrix that is learned.
    rows: Vec<usize>,
    /// Where they start, column by column.
    pub(super) start: Vec<Vec<f32>>,
}

impl Matrices {
    /// `None` for other networks. `square_norm` is ‖A‖².
    pub(super) fn new(
        network: &Network,
        dictionary: &DenseMatrix<f32>,
        square_norm: f64,
        (source, kept): (&Source, usize),
    ) -> Result<Option<Self>, TrainError> {
        let (m, n) = (dictionary.rows(), dictionary.columns());
        let (form, rows, start) = match network {
            Network::Lista => (Form::Lista, vec![n, n], as_ista(dictionary, square_norm)),
            Network::AdaLista => (Form::AdaLista, vec![m, m], vec![identity(m); 2]),
            Network::Tista(given) => {
                let prior = match given {
                    Some(prior) => *prior,
                    None => Prior::of(source, kept, dictionary)?,
                };
                prior.check()?;
                (Form::Tista(tista(dictionary, prior)?), Vec::new(), Vec::new())
            }
            _ => return Ok(None),
        };
        let network = MatrixNetwork::new(dictionary.clone(), form);
        Ok(Some(Self { network, rows, start }))
    }

    /// The numbers that the layers are made of. `step` makes a step of what is moved.
    pub(super) fn numbers(
        &self,
        variables: &Variables,
        (weights, splines): (&[Vec<f32>], Vec<Spline<f32>>),
        step: impl Fn(f64) -> f32,
    ) -> MatrixNumbers<f32> {
        let one = |(rows, values): (&usize, &Vec<f32>)| {
            // A dictionary that is not zero has rows and columns, and whole columns are kept.
            DenseMatrix::from_columns(*rows, values.clone()).ok()
        };
        MatrixNumbers {
            steps: variables.steps.iter().map(|moved| step(*moved)).collect(),
            thresholds: variables.thresholds.iter().map(|log| log.exp() as f32).collect(),
            splines,
            weights: self.rows.iter().zip(weights).filter_map(one).collect(),
        }
    }

    /// The same as a model has them, but for splines, which it has apart.
    pub(super) fn of_model(&self, numbers: MatrixNumbers<f32>) -> Option<Numbers> {
        let MatrixNumbers { steps, thresholds, weights, .. } = numbers;
        let pair =
            || <[_; 2]>::try_from(weights.iter().cloned().map(Matrix::from).collect::<Vec<_>>());
        Some(match self.network.form() {
            Form::Lista => Numbers::Lista { thresholds, weights: pair().ok()? },
            Form::AdaLista => {
                let both = steps.into_iter().zip(thresholds);
                let layers = both.map(|(step, threshold)| AdaLayer { step, threshold }).collect();
                Numbers::AdaLista { layers, weights: pair().ok()? }
            }
            Form::Tista(TistaForm { weight, density, variance, noise, .. }) => Numbers::Tista {
                density: *density,
                variance: *variance,
                noise: *noise,
                steps,
                weight: weight.clone().into(),
            },
        })
    }
}

/// B = Aᵀ / L and C = I − AᵀA / L, computed in `f64` and rounded once.
fn as_ista(dictionary: &DenseMatrix<f32>, square_norm: f64) -> Vec<Vec<f32>> {
    let (rows, columns) = (dictionary.rows(), dictionary.columns());
    let wide = dictionary.values().iter().map(|value| f64::from(*value));
    let a = DMatrix::from_iterator(rows, columns, wide);
    let b = a.transpose() / square_norm;
    let c = DMatrix::identity(columns, columns) - &b * a;
    [b, c].map(|matrix| matrix.iter().map(|value| *value as f32).collect()).into()
}

fn identity(size: usize) -> Vec<f32> {
    let entry = |place: usize| if place % size == place / size { 1.0 } else { 0.0 };
    (0..size * size).map(entry).collect()
}

fn tista(dictionary: &DenseMatrix<f32>, prior: Prior) -> Result<TistaForm<f32>, TrainError> {
    let weight = pseudo_inverse(dictionary)?.dense().clone();
    let Prior { density, variance, noise } = prior;
    let energies = Energies::of(dictionary, &weight);
    Ok(TistaForm { weight, density, variance, noise, energies })
}
