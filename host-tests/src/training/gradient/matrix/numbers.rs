//! [`MatrixNumbers`]: what is learned, and its derivatives.

use super::super::{Element, Evaluation};
use crate::matrix::DenseMatrix;
use solvekit::network::{Energies, MAX_KNOTS, NetworkError, Spline};

/// Which layers, with what of them is not learned.
#[derive(Clone, Debug, PartialEq)]
pub enum Form<T> {
    /// [`Lista`](solvekit::network::Lista): thresholds, B (N × M) and C (N × N) are learned.
    Lista,
    /// [`AdaLista`](solvekit::network::AdaLista): steps, thresholds, W₁ and W₂ (M × M) are learned.
    AdaLista,
    /// [`Tista`](solvekit::network::Tista): steps are learned.
    Tista(TistaForm<T>),
}

/// What of TISTA is given.
#[derive(Clone, Debug, PartialEq)]
pub struct TistaForm<T> {
    /// (AAᵀ)⁻¹A.
    pub weight: DenseMatrix<T>,
    /// p.
    pub density: T,
    /// α².
    pub variance: T,
    /// σ².
    pub noise: T,
    /// Of A and the weight.
    pub energies: Energies<T>,
}

/// The dictionary of each signal of a batch, by its place.
pub type Each<'d, T> = dyn Fn(usize) -> DenseMatrix<T> + Sync + 'd;

/// The numbers of all layers. What a form has none of is empty.
#[derive(Clone, Debug, PartialEq)]
pub struct MatrixNumbers<T> {
    /// γₖ.
    pub steps: Vec<T>,
    /// θₖ.
    pub thresholds: Vec<T>,
    /// What takes the place of soft thresholding in each layer of LISTA and Ada-LISTA; none where it
    /// stays. A value of zero counts as fixed: where layers leave zeros nothing is asked for.
    pub splines: Vec<Spline<T>>,
    /// The matrices that all layers share.
    pub weights: Vec<DenseMatrix<T>>,
}

impl<T: Element> MatrixNumbers<T> {
    pub(super) fn pair(&self) -> Result<[&DenseMatrix<T>; 2], NetworkError> {
        match &*self.weights {
            [first, second] => Ok([first, second]),
            all => Err(NetworkError::Length { expected: 2, found: all.len() }),
        }
    }
}

/// A loss and its derivatives by all numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct MatrixEvaluation<T> {
    /// The loss, and its derivatives by steps, thresholds and the values of splines.
    pub evaluation: Evaluation,
    /// By the matrices, each column by column.
    pub by_weights: Vec<Vec<T>>,
}

/// Derivatives as they are summed up.
#[derive(Clone, Debug)]
pub(super) struct Slopes<T> {
    pub(super) steps: Vec<f64>,
    pub(super) thresholds: Vec<f64>,
    /// By the values of each layer's spline.
    pub(super) values: Vec<[f64; MAX_KNOTS]>,
    pub(super) weights: Vec<Vec<T>>,
}

impl<T: Element> Slopes<T> {
    /// Zeros, one for each number.
    pub(super) fn of(numbers: &MatrixNumbers<T>) -> Self {
        Self {
            steps: vec![0.0; numbers.steps.len()],
            thresholds: vec![0.0; numbers.thresholds.len()],
            values: vec![[0.0; MAX_KNOTS]; numbers.splines.len()],
            weights: numbers.weights.iter().map(|w| vec![T::ZERO; w.values().len()]).collect(),
        }
    }

    /// Adds those of other signals.
    pub(super) fn add(&mut self, other: &Self) {
        let plain = self.steps.iter_mut().chain(&mut self.thresholds);
        let plain = plain.chain(self.values.as_flattened_mut());
        let others = other.steps.iter().chain(&other.thresholds);
        for (own, other) in plain.zip(others.chain(other.values.as_flattened())) {
            *own += *other;
        }
        for (own, other) in self.weights.iter_mut().zip(&other.weights) {
            add_scaled(own, T::ONE, other);
        }
    }
}

/// y ← y + factor x.
#[inline]
pub(super) fn add_scaled<T: Element>(y: &mut [T], factor: T, x: &[T]) {
    for (y, x) in y.iter_mut().zip(x) {
        *y += factor * *x;
    }
}

/// The matrix whose columns are `slopes` gains u vᵀ; zeros of v cost nothing.
pub(super) fn add_outer<T: Element>(slopes: &mut [T], u: &[T], v: &[T]) {
    if u.is_empty() {
        return;
    }
    for (column, v) in slopes.chunks_exact_mut(u.len()).zip(v) {
        if *v != T::ZERO {
            add_scaled(column, *v, u);
        }
    }
}

/// y ← the sum of columns, each times its factor; zeros cost nothing.
pub(super) fn combine<T: Element>(matrix: &DenseMatrix<T>, factors: &[T], y: &mut [T]) {
    y.fill(T::ZERO);
    for (j, factor) in factors.iter().enumerate() {
        if *factor != T::ZERO {
            add_scaled(y, *factor, matrix.column(j));
        }
    }
}
