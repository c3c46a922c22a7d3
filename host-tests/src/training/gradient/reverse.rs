//! The way back through the layers: exact derivatives, in reverse mode.
//!
//! With D = ∂loss/∂x⁺ and E = D on the entries that the layer left (zero elsewhere),
//! ∂/∂γ = ⟨E, Wᵀr⟩, ∂/∂θ = Σ slope · E, ∂/∂W = γ r Eᵀ, and D ← E − γ Aᵀ(W E). Which entries are left
//! and which are spared counts as fixed. A spline has a slope of its own, by which D is multiplied. Only entries that the layer before left are asked for, and E
//! has few: with AᵀW at hand a layer costs a sum of a few of its columns.

use super::aligned::Aligned;
use super::layer::Layer;
use super::order::Order;
use super::product::{adjoint, combine};
use super::tile::{TILE, Tile};
use super::unrolled::Unrolled;
use super::{Element, Goal, Loss};
use pulp::Simd;
use solvekit::network::MAX_KNOTS;

/// What the way back needs.
#[derive(Debug)]
pub(super) struct Room<T> {
    /// D, right where the layer before left an entry.
    flow: Aligned<T>,
    /// E of one signal among zeros.
    own: Aligned<T>,
    /// Aᵀ(W E).
    image: Aligned<T>,
    /// W E.
    small: Aligned<T>,
}

impl<T: Element> Room<T> {
    pub(super) fn new(rows: Order, columns: Order) -> Self {
        let wide = || Aligned::zeros(TILE * columns.padded());
        Self {
            flow: wide(),
            own: Aligned::zeros(columns.padded()),
            image: wide(),
            small: Aligned::zeros(TILE * rows.padded()),
        }
    }
}

impl<T: Element> Tile<T> {
    /// All layers, backward. `share` is what one signal is of the mean.
    #[inline(always)]
    pub(super) fn reverse<S: Simd>(
        &mut self,
        simd: S,
        network: &Unrolled<T>,
        layers: &[Layer<T>],
        goal: &Goal,
        truths: Option<&[T]>,
        share: f64,
    ) {
        self.sums.slopes.clear();
        self.sums.slopes.resize(layers.len(), [0.0; 2]);
        self.sums.by_value.clear();
        self.sums.by_value.resize(layers.len(), [0.0; MAX_KNOTS]);
        self.back.flow.fill(T::ZERO);
        let mut k = layers.len();
        while k > 0 {
            k -= 1;
            let weight = goal.weight(k) * share;
            let mut s = 0;
            while s < self.signals {
                self.pull_back(simd, (k, s), layers[k].step, goal.loss, weight, truths, network);
                s += 1;
            }
            if k > 0 {
                self.flow_on(simd, network, k);
            }
        }
    }

    /// E of one signal and layer, and what it adds to the derivatives.
    #[inline(always)]
    #[allow(clippy::too_many_arguments, reason = "one loop's body, apart for its length")]
    fn pull_back<S: Simd>(
        &mut self,
        simd: S,
        (k, s): (usize, usize),
        step: T,
        loss: Loss,
        weight: f64,
        truths: Option<&[T]>,
        network: &Unrolled<T>,
    ) {
        let stride = self.columns.padded();
        let range = s * stride..(s + 1) * stride;
        let flow = &mut self.back.flow[range.clone()];
        let entries = &mut self.entries[k][s];
        let count = entries.count;
        if weight > 0.0 {
            let places = entries.places[..count].iter().zip(&entries.values);
            if let (Loss::Supervised, Some(truths)) = (loss, truths) {
                let (truths, twice) = (&truths[range.clone()], T::from_f64(2.0 * weight));
                for (place, x) in places {
                    flow[*place as usize] += twice * (*x - truths[*place as usize]);
                }
            } else {
                let weight = T::from_f64(weight);
                // ‖x‖₀ has no slope.
                let lambda = if matches!(loss, Loss::Lasso { .. }) { loss.lambda() } else { 0.0 };
                let lambda = T::from_f64(lambda);
                for ((place, x), ascent) in places.zip(&entries.ascents) {
                    let down = if *x > T::ZERO { lambda } else { -lambda };
                    flow[*place as usize] += weight * (down - *ascent);
                }
            }
        }
        let [mut by_step, mut by_threshold] = [0.0; 2];
        for (bend, place) in entries.bends.iter().zip(&entries.places) {
            let slope = &mut flow[*place as usize];
            by_threshold += bend.pull_back(slope, &mut self.sums.by_value[k]);
        }
        for e in 0..count {
            let place = entries.places[e] as usize;
            let own = flow[place];
            by_step += own.wide() * entries.pulls[e].wide();
            by_threshold += own.wide() * entries.slopes[e].wide();
            entries.factors[e] = step * own;
        }
        self.sums.slopes[k][0] += by_step;
        self.sums.slopes[k][1] += by_threshold;
        if k > 0 {
            if let Some(gram) = network.gram() {
                let image = &mut self.back.image[range];
                combine(simd, gram, entries.terms(&entries.factors), image);
            } else {
                let rows = self.rows.padded();
                let small = &mut self.back.small[s * rows..(s + 1) * rows];
                combine(simd, network.weight(k), entries.terms(&entries.factors), small);
            }
        }
    }

    /// D ← E − γ Aᵀ(W E), where layer k − 1 left an entry.
    #[inline(always)]
    fn flow_on<S: Simd>(&mut self, simd: S, network: &Unrolled<T>, k: usize) {
        let Room { flow, own, image, small } = &mut self.back;
        if network.gram().is_none() {
            let across = self.signals * self.rows.padded();
            adjoint(simd, network.dictionary(), &small[..across], image);
        }
        let stride = self.columns.padded();
        for s in 0..self.signals {
            let flow = &mut flow[s * stride..(s + 1) * stride];
            let image = &image[s * stride..(s + 1) * stride];
            for place in self.entries[k][s].places() {
                own[*place as usize] = flow[*place as usize];
            }
            for place in self.entries[k - 1][s].places() {
                let place = *place as usize;
                flow[place] = own[place] - image[place];
            }
            for place in self.entries[k][s].places() {
                own[*place as usize] = T::ZERO;
            }
        }
    }
}
