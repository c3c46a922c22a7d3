//! HyperLISTA, forward: what its three numbers make of a batch.

use super::aligned::Aligned;
use super::layer::{Shrink, Shrinkage};
use super::order::Order;
use super::packed::Packed;
use super::product::{adjoint, combine};
use super::tile::{Entries, TILE, squares, squares_apart};
use super::{Batch, Element};
use pulp::{Simd, WithSimd};
use rayon::prelude::*;
use solvekit::network::HyperNumbers;

/// A dictionary with its weight and scales, laid out for batches.
#[derive(Clone, Debug)]
pub struct HyperNetwork<T> {
    dictionary: Packed<T>,
    weight: Packed<T>,
    /// In the order of a batch, filled up with zeros.
    inverse_scales: Vec<T>,
}

impl<T: Element> HyperNetwork<T> {
    /// From A, W and 1 / sⱼ, as [`Hyper`](solvekit::network::Hyper) has them; `None` where they are
    /// not of one shape.
    #[must_use]
    pub fn new(dictionary: Packed<T>, weight: Packed<T>, inverse_scales: &[T]) -> Option<Self> {
        let columns = dictionary.columns;
        if (weight.rows, weight.columns) != (dictionary.rows, columns)
            || inverse_scales.len() != columns.len()
        {
            return None;
        }
        let mut placed = vec![T::ZERO; columns.padded()];
        columns.sort(inverse_scales, &mut placed);
        Some(Self { dictionary, weight, inverse_scales: placed })
    }

    /// A.
    pub(crate) const fn dictionary(&self) -> &Packed<T> {
        &self.dictionary
    }

    /// Σ‖x − x*‖² and Σ‖x*‖² after so many layers.
    #[must_use]
    pub fn errors(&self, numbers: HyperNumbers<T>, layers: usize, batch: &Batch<T>) -> (f64, f64) {
        let per_tile = self.pass(numbers, layers, batch, |run| (run.errors, run.squares));
        per_tile.into_iter().fold((0.0, 0.0), |sum, one| (sum.0 + one.0, sum.1 + one.1))
    }

    /// x after so many layers, signal by signal, each in its own order.
    #[must_use]
    pub fn infer(&self, numbers: HyperNumbers<T>, layers: usize, batch: &Batch<T>) -> Vec<Vec<T>> {
        let columns = self.dictionary.columns;
        let per_tile = self.pass(numbers, layers, batch, |run| {
            let x = run.x.chunks_exact(columns.padded()).take(run.signals);
            x.map(|x| columns.restore(x).collect()).collect::<Vec<Vec<T>>>()
        });
        per_tile.into_iter().flatten().collect()
    }

    fn pass<Out: Send>(
        &self,
        numbers: HyperNumbers<T>,
        layers: usize,
        batch: &Batch<T>,
        read: impl Fn(Run<'_, T>) -> Out + Sync,
    ) -> Vec<Out> {
        let count = batch.count();
        let tiles = (0..count.div_ceil(TILE)).into_par_iter().with_max_len(1);
        tiles
            .map(|tile| {
                let signals = tile * TILE..count.min((tile + 1) * TILE);
                let (y, truths) = (batch.y_of(signals.clone()), batch.x_of(signals.clone()));
                let mut run = Run::new(self, numbers, layers, y, truths);
                T::hyper(&mut run);
                read(run)
            })
            .collect()
    }
}

/// A tile on its way.
#[allow(unreachable_pub, missing_debug_implementations, reason = "sealed")]
pub struct Run<'a, T> {
    network: &'a HyperNetwork<T>,
    numbers: HyperNumbers<T>,
    layers: usize,
    y: &'a [T],
    truths: Option<&'a [T]>,
    signals: usize,
    x: Aligned<T>,
    before: Aligned<T>,
    pull: Aligned<T>,
    z: Aligned<T>,
    r: Aligned<T>,
    entries: Entries<T>,
    first: [T; TILE],
    errors: f64,
    squares: f64,
}

impl<'a, T: Element> Run<'a, T> {
    fn new(
        network: &'a HyperNetwork<T>,
        numbers: HyperNumbers<T>,
        layers: usize,
        y: &'a [T],
        truths: Option<&'a [T]>,
    ) -> Self {
        let (rows, columns) = (network.dictionary.rows.padded(), network.dictionary.columns);
        let wide = || Aligned::zeros(TILE * columns.padded());
        Self {
            network,
            numbers,
            layers,
            y,
            truths,
            signals: y.len() / rows.max(1),
            x: wide(),
            before: wide(),
            pull: wide(),
            z: Aligned::zeros(columns.padded()),
            r: Aligned::zeros(TILE * rows),
            entries: Entries::room_for(columns.padded()),
            first: [T::ZERO; TILE],
            errors: 0.0,
            squares: 0.0,
        }
    }

    /// r ← y − A x.
    #[inline(always)]
    fn residual<S: Simd>(&mut self, simd: S, s: usize) {
        let a = &self.network.dictionary;
        let (rows, stride) = (a.rows.padded(), a.columns.padded());
        let r = &mut self.r[s * rows..(s + 1) * rows];
        self.entries.collect(&self.x[s * stride..(s + 1) * stride], a.columns);
        combine(simd, a, self.entries.terms(&self.entries.values), r);
        for (r, y) in r.iter_mut().zip(&self.y[s * rows..(s + 1) * rows]) {
            *r = *y - *r;
        }
    }

    #[inline(always)]
    fn layer(&mut self, k: usize, s: usize) {
        let columns = self.network.dictionary.columns;
        let stride = columns.padded();
        let range = s * stride..(s + 1) * stride;
        let (x, before) = (&mut self.x[range.clone()], &mut self.before[range.clone()]);
        let pull = &self.pull[range];
        let left = weighed_sizes(pull, &self.network.inverse_scales, columns);
        let HyperNumbers { threshold, momentum, passing } = self.numbers;
        let beta = (momentum * T::from_u32(support(x))).min(T::ONE);
        if k == 0 {
            self.first[s] = left;
        }
        for (((x, before), pull), z) in x.iter_mut().zip(before).zip(pull).zip(self.z.iter_mut()) {
            let moved = if k == 0 { T::ZERO } else { *x - *before };
            *before = *x;
            *z = *x + *pull + beta * moved;
        }
        let fallen = if left > T::ZERO { (self.first[s] / left).ln() } else { T::INFINITY };
        let share = (passing * fallen).max(T::ZERO).min(T::ONE).finite_or(T::ZERO);
        let wanted = share * T::from_u32(u32::try_from(columns.len()).unwrap_or(u32::MAX));
        let passing = (wanted.wide() as usize).min(columns.len());
        let shrink = Shrink::Soft { threshold: threshold * left, passing };
        let _ = shrink.apply(&self.z, x, &mut self.entries.factors, columns.len());
    }
}

/// Σ |pull| · inverse scale, in the solvers' order.
#[inline(always)]
fn weighed_sizes<T: Element>(pull: &[T], inverse_scales: &[T], columns: Order) -> T {
    let mut sums = [-T::ZERO; 4];
    // One term of each sum in turn, so that none waits for its own.
    for k in 0..columns.starts[1] {
        for (quarter, sum) in sums.iter_mut().enumerate() {
            let place = columns.starts[quarter] + k;
            if place < columns.starts[quarter + 1] {
                *sum += pull[place].abs() * inverse_scales[place];
            }
        }
    }
    (sums[0] + sums[1]) + (sums[2] + sums[3])
}

/// Entries above a hundredth of the largest.
#[inline(always)]
fn support<T: Element>(x: &[T]) -> u32 {
    let largest = x.iter().fold(T::ZERO, |most, x| most.max(x.abs()));
    let level = T::from_f64(0.01) * largest;
    x.iter().map(|x| u32::from(x.abs() > level)).sum()
}

impl<T: Element> WithSimd for &mut Run<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        for k in 0..self.layers {
            for s in 0..self.signals {
                self.residual(simd, s);
            }
            adjoint(simd, &self.network.weight, &self.r[..self.y.len()], &mut self.pull);
            for s in 0..self.signals {
                self.layer(k, s);
            }
        }
        if let Some(truths) = self.truths {
            self.errors = squares_apart(&self.x[..truths.len()], truths);
            self.squares = squares(truths);
        }
    }
}
