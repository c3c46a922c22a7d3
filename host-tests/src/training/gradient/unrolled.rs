//! [`Unrolled`]: losses and their derivatives, of batches.

use super::layer::{Layer, Shrink};
use super::packed::Packed;
use super::tile::{TILE, Tile};
use super::{Batch, Element, Goal};
use crate::matrix::DenseMatrix;
use pulp::{Simd, WithSimd};
use rayon::prelude::*;
use solvekit::LinearOperator;

/// W of each layer.
#[derive(Clone, Debug)]
pub enum Weights<T> {
    /// A itself.
    Dictionary,
    /// One for all layers.
    Shared(Packed<T>),
    /// One for each.
    Each(Vec<Packed<T>>),
}

/// A dictionary and weights, laid out for training.
#[derive(Clone, Debug)]
pub struct Unrolled<T> {
    dictionary: Packed<T>,
    weights: Weights<T>,
    /// AᵀW, column by column, where W is one and it has no more entries than are worth it.
    gram: Option<Packed<T>>,
}

/// A loss and its derivatives.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Evaluation {
    /// The mean over signals.
    pub loss: f64,
    /// Σ ‖x − x*‖² after the last layer; zero where signals are not known.
    pub errors: f64,
    /// Σ ‖x*‖².
    pub squares: f64,
    /// ∂loss/∂γ of each layer.
    pub by_step: Vec<f64>,
    /// ∂loss/∂θ of each layer.
    pub by_threshold: Vec<f64>,
    /// ∂loss/∂w of each layer's spline, value by value; empty of layers without one.
    pub by_value: Vec<Vec<f64>>,
}

impl Evaluation {
    /// 10 log₁₀ Σ‖x − x*‖² / Σ‖x*‖²; `None` where that is no number.
    #[must_use]
    pub fn nmse_db(&self) -> Option<f64> {
        Some(10.0 * (self.errors / self.squares).log10()).filter(|db| db.is_finite())
    }
}

/// Room that evaluations of batches use again and again.
#[derive(Debug, Default)]
pub struct Space<T> {
    tiles: Vec<Tile<T>>,
}

impl<T> Space<T> {
    /// None yet.
    #[must_use]
    pub const fn new() -> Self {
        Self { tiles: Vec::new() }
    }
}

impl<T: Element> Unrolled<T> {
    /// From a dictionary and weights of its shape; `None` where one has another.
    #[must_use]
    pub fn new(dictionary: &DenseMatrix<T>, weights: Weights<T>) -> Option<Self> {
        let packed = Packed::new(dictionary);
        let all = match &weights {
            Weights::Dictionary => &[],
            Weights::Shared(weight) => std::slice::from_ref(weight),
            Weights::Each(all) => all.as_slice(),
        };
        if all.iter().any(|one| (one.rows, one.columns) != (packed.rows, packed.columns)) {
            return None;
        }
        let (rows, columns) = (dictionary.rows(), dictionary.columns());
        // A sum of n of its columns then costs less than one of A's and a product with Aᵀ.
        let worth = columns <= 8 * rows && columns <= 4096;
        let gram = match &weights {
            Weights::Dictionary if worth => Some(gram(dictionary, dictionary.values())),
            Weights::Shared(weight) if worth => Some(gram(dictionary, &weight.values())),
            _ => None,
        };
        Some(Self { dictionary: packed, weights, gram })
    }

    /// A.
    #[must_use]
    pub const fn dictionary(&self) -> &Packed<T> {
        &self.dictionary
    }

    pub(super) const fn gram(&self) -> Option<&Packed<T>> {
        self.gram.as_ref()
    }

    pub(super) const fn is_tied(&self) -> bool {
        matches!(self.weights, Weights::Dictionary)
    }

    /// W of layer k; the last one's beyond it.
    #[inline(always)]
    pub fn weight(&self, k: usize) -> &Packed<T> {
        match &self.weights {
            Weights::Dictionary => &self.dictionary,
            Weights::Shared(weight) => weight,
            Weights::Each(all) => all.get(k).or(all.last()).unwrap_or(&self.dictionary),
        }
    }

    /// W of every layer, where each has its own; else none.
    pub fn weights_mut(&mut self) -> &mut [Packed<T>] {
        match &mut self.weights {
            Weights::Each(all) => all,
            _ => &mut [],
        }
    }

    /// The loss of a batch after these layers.
    pub fn loss(
        &self,
        layers: &[Layer<T>],
        goal: &Goal,
        batch: &Batch<T>,
        space: &mut Space<T>,
    ) -> Evaluation {
        self.pass(layers, goal, batch, space, false)
    }

    /// The loss of a batch and its derivatives. How many threads work changes no bit.
    pub fn gradient(
        &self,
        layers: &[Layer<T>],
        goal: &Goal,
        batch: &Batch<T>,
        space: &mut Space<T>,
    ) -> Evaluation {
        self.pass(layers, goal, batch, space, true)
    }

    /// ∂loss/∂W of every layer as [`Packed::numbers`] has W, of the batch whose
    /// [`gradient`](Self::gradient) was taken last; for so many layers.
    pub fn weight_gradients(&self, layers: usize, space: &Space<T>, out: &mut [Vec<T>]) {
        let stride = self.dictionary.rows.padded();
        out.par_iter_mut().take(layers).enumerate().for_each(|(k, out)| {
            out.clear();
            out.resize(stride * self.dictionary.columns.padded(), T::ZERO);
            for tile in &space.tiles {
                // More layers than there were have no derivatives.
                let Some(all) = tile.entries.get(k) else { continue };
                for (s, entries) in all[..tile.signals].iter().enumerate() {
                    let r = &tile.r[k][s * stride..(s + 1) * stride];
                    for (place, factor) in entries.places().iter().zip(&entries.factors) {
                        let start = *place as usize * stride;
                        for (out, r) in out[start..start + stride].iter_mut().zip(r) {
                            *out += *factor * *r;
                        }
                    }
                }
            }
        });
    }

    /// ∂loss/∂W of each of the layers, column by column, of the batch whose
    /// [`gradient`](Self::gradient) was taken last with this room.
    #[must_use]
    pub fn weight_derivatives(&self, layers: usize, space: &Space<T>) -> Vec<Vec<T>> {
        let mut all = vec![Vec::new(); layers];
        self.weight_gradients(layers, space, &mut all);
        let (rows, columns) = (self.dictionary.rows, self.dictionary.columns);
        let natural = |one: Vec<T>| {
            let column = |j: usize| &one[columns.place(j) * rows.padded()..][..rows.padded()];
            (0..columns.len()).flat_map(|j| rows.restore(column(j))).collect()
        };
        all.into_iter().map(natural).collect()
    }

    /// x after these layers, signal by signal, each in its own order.
    pub fn infer(&self, layers: &[Layer<T>], batch: &Batch<T>) -> Vec<Vec<T>> {
        let mut space = Space::new();
        let goal = Goal { loss: super::Loss::Supervised, weights: Vec::new() };
        self.pass(layers, &goal, batch, &mut space, false);
        let (columns, stride) = (self.dictionary.columns, self.dictionary.columns.padded());
        let signals = space.tiles.iter().flat_map(|tile| {
            let x = tile.x.chunks_exact(stride).take(tile.signals);
            x.map(|x| columns.restore(x).collect())
        });
        signals.collect()
    }

    fn pass(
        &self,
        layers: &[Layer<T>],
        goal: &Goal,
        batch: &Batch<T>,
        space: &mut Space<T>,
        with_gradient: bool,
    ) -> Evaluation {
        let (rows, columns) = (self.dictionary.rows, self.dictionary.columns);
        let count = batch.count();
        space.tiles.resize_with(count.div_ceil(TILE), || Tile::new(rows, columns));
        let share = 1.0 / count as f64;
        space.tiles.par_iter_mut().enumerate().with_max_len(1).for_each(|(index, tile)| {
            let signals = index * TILE..count.min((index + 1) * TILE);
            let (y, truths) = (batch.y_of(signals.clone()), batch.x_of(signals));
            let network = self;
            T::pass(Pass { network, layers, goal, y, truths, share, tile, with_gradient });
        });
        let mut all = Evaluation::default();
        let derivatives = if with_gradient { layers.len() } else { 0 };
        all.by_step.resize(derivatives, 0.0);
        all.by_threshold.resize(derivatives, 0.0);
        all.by_value.extend(layers[..derivatives].iter().map(|layer| match &layer.shrink {
            Shrink::Spline { spline, .. } => vec![0.0; spline.knots().len()],
            _ => Vec::new(),
        }));
        for tile in &space.tiles {
            all.loss += tile.sums.loss;
            all.errors += tile.sums.errors;
            all.squares += tile.sums.squares;
            let slopes = all.by_step.iter_mut().zip(&mut all.by_threshold);
            for ((by_step, by_threshold), tile) in slopes.zip(&tile.sums.slopes) {
                *by_step += tile[0];
                *by_threshold += tile[1];
            }
            for (all, tile) in all.by_value.iter_mut().zip(&tile.sums.by_value) {
                all.iter_mut().zip(tile).for_each(|(all, tile)| *all += tile);
            }
        }
        all.loss *= share;
        all
    }
}

/// AᵀW, each entry summed in `f64`.
fn gram<T: Element>(a: &DenseMatrix<T>, w: &[T]) -> Packed<T> {
    let (rows, columns) = (a.rows(), a.columns());
    let wide = |values: &[T]| {
        nalgebra::DMatrix::from_iterator(rows, columns, values.iter().map(|value| value.wide()))
    };
    let product = wide(a.values()).transpose() * wide(w);
    let values = product.iter().map(|value| T::from_f64(*value)).collect();
    // A matrix with a column has rows.
    DenseMatrix::from_columns(columns.max(1), values)
        .map_or_else(|_| Packed::new(a), |gram| Packed::new(&gram))
}

/// One tile, with the instructions that the processor has.
#[allow(unreachable_pub, missing_debug_implementations, reason = "sealed")]
pub struct Pass<'a, T> {
    network: &'a Unrolled<T>,
    layers: &'a [Layer<T>],
    goal: &'a Goal,
    y: &'a [T],
    truths: Option<&'a [T]>,
    share: f64,
    tile: &'a mut Tile<T>,
    with_gradient: bool,
}

impl<T: Element> WithSimd for Pass<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Pass { network, layers, goal, y, truths, share, tile, with_gradient } = self;
        tile.forward(simd, network, layers, goal, (y, truths), with_gradient);
        if with_gradient {
            tile.reverse(simd, network, layers, goal, truths, share);
        }
    }
}
