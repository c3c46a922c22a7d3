//! [`Tile`]: a few signals on their way through all layers.

use super::aligned::Aligned;
use super::bend::Bend;
use super::layer::{Layer, Shrink, Shrinkage};
use super::order::Order;
use super::product::{Terms, adjoint, combine};
use super::unrolled::Unrolled;
use super::{Element, Goal, Loss};
use pulp::Simd;
use solvekit::network::MAX_KNOTS;

/// Signals that go side by side. Their sums are added in the order of tiles, so that it is part of
/// the result: the same on every machine.
pub(super) const TILE: usize = 8;

/// The entries that a layer left, of one signal.
#[derive(Clone, Debug)]
pub(super) struct Entries<T> {
    pub(super) count: usize,
    pub(super) starts: [usize; 5],
    pub(super) places: Vec<u32>,
    /// x.
    pub(super) values: Vec<T>,
    /// Wᵀr of the layer that made them.
    pub(super) pulls: Vec<T>,
    /// ∂x/∂θ: −1, 0 or 1.
    pub(super) slopes: Vec<T>,
    /// Aᵀr of x, where a loss asks for it.
    pub(super) ascents: Vec<T>,
    /// γ times the derivative of the loss by z, after the way back.
    pub(super) factors: Vec<T>,
    /// Of a spline; it has the slopes too, which are zeros then.
    pub(super) bends: Vec<Bend<T>>,
}

impl<T: Element> Entries<T> {
    pub(super) fn room_for(n: usize) -> Self {
        let zeros = || vec![T::ZERO; n];
        Self {
            count: 0,
            starts: [0; 5],
            places: vec![0; n],
            values: zeros(),
            pulls: zeros(),
            slopes: zeros(),
            ascents: zeros(),
            factors: zeros(),
            bends: Vec::new(),
        }
    }

    pub(super) fn places(&self) -> &[u32] {
        &self.places[..self.count]
    }

    #[inline(always)]
    pub(super) fn terms<'s>(&'s self, factors: &'s [T]) -> Terms<'s, T> {
        Terms { places: &self.places, factors, starts: &self.starts }
    }

    /// The places and values of what is not zero.
    #[inline(always)]
    pub(super) fn collect(&mut self, x: &[T], columns: Order) {
        let mut count = 0;
        let mut quarter = 0;
        while quarter < 4 {
            self.starts[quarter] = count;
            // Without a branch for each entry, which nobody could foresee.
            let (from, to) = (columns.starts[quarter], columns.starts[quarter + 1]);
            for (j, x) in (from as u32..).zip(&x[from..to]) {
                self.places[count] = j;
                count += usize::from(*x != T::ZERO);
            }
            quarter += 1;
        }
        self.starts[4] = count;
        self.count = count;
        for (value, place) in self.values.iter_mut().zip(&self.places[..count]) {
            *value = x[*place as usize];
        }
    }
}

/// Room for [`TILE`] signals, and what the way forward leaves for the way back.
#[derive(Debug)]
pub(super) struct Tile<T> {
    pub(super) signals: usize,
    /// Is every layer kept for the way back?
    keeps: bool,
    pub(super) rows: Order,
    pub(super) columns: Order,
    /// x, dense, of all signals.
    pub(super) x: Aligned<T>,
    pub(super) pull: Aligned<T>,
    z: Aligned<T>,
    /// y − A x of what goes into each layer, and of what comes out of the last.
    pub(super) r: Vec<Aligned<T>>,
    /// By layer and signal.
    pub(super) entries: Vec<Vec<Entries<T>>>,
    pub(super) back: super::reverse::Room<T>,
    pub(super) sums: Sums,
}

/// What is added up over the signals of a tile.
#[derive(Clone, Debug, Default)]
pub(super) struct Sums {
    /// Σ weight · loss.
    pub(super) loss: f64,
    /// Σ ‖x − x*‖² after the last layer.
    pub(super) errors: f64,
    /// Σ ‖x*‖².
    pub(super) squares: f64,
    /// Derivatives by γ and θ of each layer.
    pub(super) slopes: Vec<[f64; 2]>,
    /// Derivatives by the values of each layer's spline.
    pub(super) by_value: Vec<[f64; MAX_KNOTS]>,
}

impl<T: Element> Tile<T> {
    pub(super) fn new(rows: Order, columns: Order) -> Self {
        let wide = || Aligned::zeros(TILE * columns.padded());
        Self {
            signals: 0,
            keeps: false,
            rows,
            columns,
            x: wide(),
            pull: wide(),
            z: Aligned::zeros(columns.padded()),
            r: Vec::new(),
            entries: Vec::new(),
            back: super::reverse::Room::new(rows, columns),
            sums: Sums::default(),
        }
    }

    /// Where what belongs to layer k is kept.
    const fn slot(&self, k: usize) -> usize {
        if self.keeps { k } else { 0 }
    }

    /// Room for so many layers.
    fn extend(&mut self, layers: usize) {
        let (rows, columns) = (self.rows.padded(), self.columns.padded());
        self.r.resize_with((layers + 1).max(self.r.len()), || Aligned::zeros(TILE * rows));
        self.entries.resize_with(layers.max(self.entries.len()), || {
            (0..TILE).map(|_| Entries::room_for(columns)).collect()
        });
    }

    /// All layers, forward.
    #[inline(always)]
    pub(super) fn forward<S: Simd>(
        &mut self,
        simd: S,
        network: &Unrolled<T>,
        layers: &[Layer<T>],
        goal: &Goal,
        (y, truths): (&[T], Option<&[T]>),
        with_gradient: bool,
    ) {
        let last = layers.len();
        self.keeps = with_gradient;
        self.extend(if with_gradient { last } else { 1 });
        self.signals = y.len() / self.rows.padded();
        self.sums = Sums::default();
        self.x.fill(T::ZERO);
        self.r[0][..y.len()].copy_from_slice(y);
        let supervised = goal.loss.is_supervised();
        // Is Wᵀr also what an objective asks for?
        let shared = network.is_tied();
        let mut k = 0;
        while k < last {
            if k > 0 {
                self.residuals(simd, network, k, y);
            }
            let asked = k > 0 && !supervised && goal.weight(k - 1) > 0.0;
            if asked {
                self.add_objectives(k, goal.loss, goal.weight(k - 1));
                if with_gradient && !shared {
                    self.ascend(simd, network, k);
                }
            }
            let across = self.signals * self.rows.padded();
            let r = self.slot(k);
            adjoint(simd, network.weight(k), &self.r[r][..across], &mut self.pull);
            if asked && with_gradient && shared {
                self.keep_ascents(k);
            }
            self.shrink(k, &layers[k], with_gradient);
            if let (true, Some(truths)) = (supervised, truths) {
                self.add_errors(truths, goal.weight(k));
            }
            k += 1;
        }
        if !supervised && last > 0 && goal.weight(last - 1) > 0.0 {
            self.residuals(simd, network, last, y);
            self.add_objectives(last, goal.loss, goal.weight(last - 1));
            if with_gradient {
                self.ascend(simd, network, last);
            }
        }
        if let Some(truths) = truths {
            let across = truths.len();
            self.sums.errors = squares_apart(&self.x[..across], truths);
            self.sums.squares = squares(truths);
        }
    }

    /// r ← y − A x of what layer k − 1 left.
    #[inline(always)]
    fn residuals<S: Simd>(&mut self, simd: S, network: &Unrolled<T>, k: usize, y: &[T]) {
        let stride = self.rows.padded();
        let (own, before) = (self.slot(k), self.slot(k - 1));
        let mut s = 0;
        while s < self.signals {
            let r = &mut self.r[own][s * stride..(s + 1) * stride];
            let entries = &self.entries[before][s];
            combine(simd, network.dictionary(), entries.terms(&entries.values), r);
            for (r, y) in r.iter_mut().zip(&y[s * stride..(s + 1) * stride]) {
                *r = *y - *r;
            }
            s += 1;
        }
    }

    /// Aᵀr of x, by a product of its own.
    #[inline(always)]
    fn ascend<S: Simd>(&mut self, simd: S, network: &Unrolled<T>, k: usize) {
        let across = self.signals * self.rows.padded();
        adjoint(simd, network.dictionary(), &self.r[k][..across], &mut self.pull);
        self.keep_ascents(k);
    }

    #[inline(always)]
    fn keep_ascents(&mut self, k: usize) {
        let stride = self.columns.padded();
        for (s, entries) in self.entries[k - 1][..self.signals].iter_mut().enumerate() {
            let pull = &self.pull[s * stride..(s + 1) * stride];
            for (ascent, place) in entries.ascents.iter_mut().zip(&entries.places[..entries.count])
            {
                *ascent = pull[*place as usize];
            }
        }
    }

    /// x ← shrink(x + γ Wᵀr).
    #[inline(always)]
    fn shrink(&mut self, k: usize, layer: &Layer<T>, with_gradient: bool) {
        let (stride, own) = (self.columns.padded(), self.slot(k));
        let z = &mut self.z[..stride];
        for (s, entries) in self.entries[own][..self.signals].iter_mut().enumerate() {
            let x = &mut self.x[s * stride..(s + 1) * stride];
            let pull = &self.pull[s * stride..(s + 1) * stride];
            for ((z, x), pull) in z.iter_mut().zip(x.iter()).zip(pull) {
                *z = *x + layer.step * *pull;
            }
            // Room that the way back fills anew.
            let level = layer.shrink.apply(z, x, &mut entries.factors, self.columns.len());
            entries.collect(x, self.columns);
            entries.bends.clear();
            if with_gradient {
                let soft = matches!(layer.shrink, Shrink::Soft { .. });
                let places = &entries.places[..entries.count];
                for ((place, slope), to) in
                    places.iter().zip(&mut entries.slopes).zip(&mut entries.pulls)
                {
                    let z = z[*place as usize];
                    *to = pull[*place as usize];
                    let spared = !soft || z.abs() >= level;
                    let down = if z > T::ZERO { -T::ONE } else { T::ONE };
                    *slope = if spared { T::ZERO } else { down };
                }
                if let Shrink::Spline { threshold, spline, .. } = &layer.shrink {
                    entries.bends.extend(places.iter().map(|place| {
                        let z = z[*place as usize];
                        let spared = z.abs() > *threshold && z.abs() >= level;
                        if spared { Bend::SPARED } else { Bend::new(spline, z, *threshold) }
                    }));
                }
            }
        }
    }

    #[inline(always)]
    fn add_errors(&mut self, truths: &[T], weight: f64) {
        if weight > 0.0 {
            self.sums.loss += weight * squares_apart(&self.x[..truths.len()], truths);
        }
    }

    /// The objective of what layer k − 1 left.
    #[inline(always)]
    fn add_objectives(&mut self, k: usize, loss: Loss, weight: f64) {
        let across = self.signals * self.rows.padded();
        let (own, before) = (self.slot(k), self.slot(k - 1));
        let mut all = 0.5 * squares(&self.r[own][..across]);
        for entries in &self.entries[before][..self.signals] {
            all += match loss {
                Loss::Supervised => 0.0,
                Loss::Subset { lambda } => lambda * entries.count as f64,
                Loss::Lasso { lambda } => {
                    let sizes = entries.values[..entries.count].iter().map(|x| x.abs().wide());
                    lambda * sizes.sum::<f64>()
                }
            };
        }
        self.sums.loss += weight * all;
    }
}

/// Σ (a − b)², in `f64`, in eight sums side by side.
#[inline(always)]
pub(super) fn squares_apart<T: Element>(a: &[T], b: &[T]) -> f64 {
    let mut sums = [0.0; 8];
    for (a, b) in a.as_chunks::<8>().0.iter().zip(b.as_chunks::<8>().0) {
        for ((sum, a), b) in sums.iter_mut().zip(a).zip(b) {
            let apart = a.wide() - b.wide();
            *sum += apart * apart;
        }
    }
    sums.iter().sum()
}

/// Σ a².
#[inline(always)]
pub(super) fn squares<T: Element>(a: &[T]) -> f64 {
    let mut sums = [0.0; 8];
    for a in a.as_chunks::<8>().0 {
        for (sum, a) in sums.iter_mut().zip(a) {
            *sum += a.wide() * a.wide();
        }
    }
    sums.iter().sum()
}
