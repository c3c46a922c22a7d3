//! [`Pass`]: a batch through layers, and back.

use super::super::{Batch, Element, Evaluation, Goal};
use super::numbers::{Each, MatrixEvaluation, MatrixNumbers, Slopes};
use crate::matrix::DenseMatrix;
use crate::vector::Vector;
use rayon::prelude::*;
use solvekit::network::{Layers, Network};
use solvekit::recovery::Sensing;
use solvekit::{Iteration, LinearOperator};

/// Shares that a batch is dealt to: each has room for the derivatives by all weights.
const SHARES: usize = 16;

/// One layer of one signal.
pub(super) struct Seen<'a, T> {
    pub(super) layer: usize,
    pub(super) dictionary: &'a DenseMatrix<T>,
    pub(super) y: &'a Vector<T>,
    /// x before the layer.
    pub(super) before: &'a Vector<T>,
    /// x after it.
    pub(super) after: &'a Vector<T>,
}

/// The way back through layers.
pub(super) trait Back<T>: Sync {
    /// What one signal needs.
    type Room: Send;

    fn room(&self) -> Self::Room;

    /// From ∂loss/∂x after a layer to that before it; adds the derivatives by its numbers.
    fn layer(
        &self,
        seen: &Seen<'_, T>,
        slope: &mut Vector<T>,
        room: &mut Self::Room,
        slopes: &mut Slopes<T>,
    );

    /// After the first layer of a signal, the last one on the way back.
    fn signal(&self, _y: &Vector<T>, _room: &mut Self::Room, _slopes: &mut Slopes<T>) {}
}

/// By what signals are measured.
#[derive(Clone, Copy)]
pub(super) enum Dictionaries<'a, T> {
    One(&'a DenseMatrix<T>),
    Each(&'a Each<'a, T>),
}

/// What a batch is run for.
pub(super) struct Pass<'a, T> {
    pub(super) dictionaries: Dictionaries<'a, T>,
    pub(super) numbers: &'a MatrixNumbers<T>,
    pub(super) goal: &'a Goal,
    pub(super) batch: &'a Batch<T>,
    pub(super) with_gradient: bool,
}

/// Of some signals.
struct Share<T> {
    loss: f64,
    errors: f64,
    squares: f64,
    slopes: Option<Slopes<T>>,
}

/// x after each of the deployed layers.
pub(super) fn forward<T: Element, L: Layers<T, DenseMatrix<T>>>(
    a: &DenseMatrix<T>,
    layers: &L,
    y: &Vector<T>,
) -> Option<Vec<Vector<T>>> {
    let network = Network::new(Sensing::new(a, y).ok()?, layers);
    let mut state = network.start();
    let count = layers.layers().unwrap_or(0);
    let step = |_| {
        network.step(&mut state);
        state.x.clone()
    };
    Some((0..count).map(step).collect())
}

impl<T: Element> Pass<'_, T> {
    pub(super) fn run<L, B>(&self, layers: &L, back: &B) -> MatrixEvaluation<T>
    where
        L: Layers<T, DenseMatrix<T>> + Sync,
        B: Back<T>,
    {
        let count = self.batch.count();
        let each = count.div_ceil(SHARES).max(1);
        let shares = (0..count.div_ceil(each)).into_par_iter().with_max_len(1);
        let shares: Vec<Share<T>> = shares
            .map(|share| {
                let signals = share * each..count.min((share + 1) * each);
                self.share(signals, layers, back)
            })
            .collect();
        let mut all = Evaluation::default();
        let mut slopes = self.with_gradient.then(|| Slopes::of(self.numbers));
        for share in &shares {
            all.loss += share.loss;
            all.errors += share.errors;
            all.squares += share.squares;
            if let (Some(all), Some(own)) = (&mut slopes, &share.slopes) {
                all.add(own);
            }
        }
        all.loss /= count as f64;
        let Some(Slopes { steps, thresholds, values, weights }) = slopes else {
            return MatrixEvaluation { evaluation: all, by_weights: Vec::new() };
        };
        (all.by_step, all.by_threshold) = (steps, thresholds);
        let splines = self.numbers.splines.iter().zip(values);
        all.by_value =
            splines.map(|(spline, slopes)| slopes[..spline.knots().len()].to_vec()).collect();
        MatrixEvaluation { evaluation: all, by_weights: weights }
    }

    fn share<L, B>(&self, signals: std::ops::Range<usize>, layers: &L, back: &B) -> Share<T>
    where
        L: Layers<T, DenseMatrix<T>>,
        B: Back<T>,
    {
        let slopes = self.with_gradient.then(|| Slopes::of(self.numbers));
        let mut share = Share { loss: 0.0, errors: 0.0, squares: 0.0, slopes };
        let mut room = back.room();
        let part = T::from_f64(2.0 / self.batch.count() as f64);
        for signal in signals {
            let own;
            let dictionary = match self.dictionaries {
                Dictionaries::One(dictionary) => dictionary,
                Dictionaries::Each(each) => {
                    own = each(signal);
                    &own
                }
            };
            let start = dictionary.zero_domain();
            let (y, truth) = self.batch.get(signal);
            let truth = truth.unwrap_or_else(|| start.to_vec());
            let y = Vector::from(y);
            let Some(all) = forward(dictionary, layers, &y) else {
                share.loss = f64::NAN;
                continue;
            };
            for (k, x) in all.iter().enumerate() {
                let weight = self.goal.weight(k);
                if weight > 0.0 {
                    share.loss += weight * apart(x, &truth);
                }
            }
            share.errors += apart(all.last().unwrap_or(&start), &truth);
            share.squares += apart(&start, &truth);
            let Some(slopes) = &mut share.slopes else { continue };
            let mut slope = start.clone();
            for (layer, after) in all.iter().enumerate().rev() {
                let weight = part * T::from_f64(self.goal.weight(layer));
                for ((slope, x), truth) in slope.iter_mut().zip(after.iter()).zip(&truth) {
                    *slope += weight * (*x - *truth);
                }
                let before = layer.checked_sub(1).and_then(|k| all.get(k)).unwrap_or(&start);
                let seen = Seen { layer, dictionary, y: &y, before, after };
                back.layer(&seen, &mut slope, &mut room, slopes);
            }
            back.signal(&y, &mut room, slopes);
        }
        share
    }
}

/// Σ (a − b)², in `f64`.
fn apart<T: Element>(a: &[T], b: &[T]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a.wide() - b.wide()).powi(2)).sum()
}
