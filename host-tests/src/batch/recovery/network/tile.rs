//! [`NetworkTile`]: layers on the signals of all lanes.

use super::super::panels::{Panels, Plain, multiply, padded};
use super::super::proposal::{HARD, NONE, SOFT, Step, clamped};
use super::Inferred;
use super::layers::{Layers, Prepared};
use super::select::{Shrink, count_of, shrink};
use crate::batch::lanes::{Side, scatter_all};
use crate::vector::Vector;
use solvekit::network::HyperNumbers;
use solvekit::sum::{norm, square};
use solvekit::{Real, Scalar};

/// As many signals as there are lanes, each unknown and measurement of all of them side by side.
#[derive(Debug)]
pub(super) struct NetworkTile<'b, T: Side<Real = f32>> {
    prepared: &'b Prepared<'b>,
    depth: usize,
    y: Vec<T>,
    x: Vec<T>,
    r: Vec<T>,
    /// Room for N numbers, and x of the layer before where layers remember it.
    room: Vec<T>,
    before: Vec<T>,
    /// B y or W₁ᵀy, and room for M numbers.
    driven: Vec<T>,
    other: Vec<T>,
    /// Entries that are selected from.
    list: Vec<T>,
    scale: T,
    reference: T,
    /// ‖A⁺y‖₁ of HyperLISTA.
    first: T,
}

#[inline(always)]
fn step<T: Side, const THRESHOLD: u8>(
    adjoint: &Panels<T::Real>,
    r: &[T],
    x: &mut [T],
    [step, threshold]: [T::Real; 2],
) {
    let (step, threshold) = (T::splat(step), T::splat(threshold));
    multiply(adjoint, r, Step::<_, THRESHOLD> { x, step, threshold });
}

impl<'b, T: Side<Real = f32>> NetworkTile<'b, T> {
    pub(super) fn new(prepared: &'b Prepared<'b>, depth: u32) -> Self {
        let (m, n) = (padded(prepared.products.rows), padded(prepared.products.columns));
        // What a kind has no use for takes no room.
        let [before, driven, other] = match prepared.layers {
            Layers::Hyper { .. } => [n, 0, 0],
            Layers::Lista { .. } => [0, n, 0],
            Layers::AdaLista { .. } => [0, m, m],
            _ => [0, 0, 0],
        };
        Self {
            prepared,
            depth: usize::try_from(depth).unwrap_or(usize::MAX),
            y: vec![T::ZERO; m],
            x: vec![T::ZERO; n],
            r: vec![T::ZERO; m],
            room: vec![T::ZERO; n],
            before: vec![T::ZERO; before],
            driven: vec![T::ZERO; driven],
            other: vec![T::ZERO; other],
            list: Vec::new(),
            scale: T::ONE,
            reference: T::ZERO,
            first: T::ZERO,
        }
    }

    /// No signal in any lane: zeros.
    pub(super) fn clear(&mut self) {
        self.y.fill(T::ZERO);
        self.x.fill(T::ZERO);
        self.scale = T::ONE;
        self.reference = T::ZERO;
    }

    pub(super) fn load(&mut self, lane: usize, y: &[f32], reference: f32) {
        for (own, y) in self.y.iter_mut().zip(y) {
            own.lanes_mut()[lane] = *y;
        }
        self.scale.lanes_mut()[lane] = reference.unit_scale();
        self.reference.lanes_mut()[lane] = reference;
    }

    /// All layers, and y − A x of what they leave.
    #[inline(always)]
    pub(super) fn infer(&mut self) {
        let prepared = self.prepared;
        // y − A · 0.
        self.r.copy_from_slice(&self.y);
        match &prepared.layers {
            Layers::Lista { b, .. } => {
                multiply(b, &self.y, Plain { start: None, out: &mut self.driven });
            }
            Layers::AdaLista { w1_adjoint, .. } => {
                multiply(w1_adjoint, &self.y, Plain { start: None, out: &mut self.driven });
            }
            _ => {}
        }
        let mut k = 0;
        while k < self.depth {
            self.layer(k);
            // Of the last layer for the report; else for the next layer, where it asks for it.
            let asked = !matches!(prepared.layers, Layers::Lista { .. } | Layers::AdaLista { .. });
            if asked || k + 1 == self.depth {
                let rows = Plain { start: Some(&self.y), out: &mut self.r };
                multiply(&prepared.products.minus, &self.x, rows);
            }
            k += 1;
        }
    }

    #[inline(always)]
    fn layer(&mut self, k: usize) {
        let prepared = self.prepared;
        let columns = prepared.products.columns;
        let spline = prepared.splines.get(k);
        match &prepared.layers {
            Layers::Ista(layers) => {
                step::<T, SOFT>(&prepared.products.adjoint, &self.r, &mut self.x, layers[k]);
            }
            Layers::Iht(layers) => {
                step::<T, HARD>(&prepared.products.adjoint, &self.r, &mut self.x, layers[k]);
            }
            Layers::Coupled { layers, adjoints } => {
                let layer = layers[k];
                let Some(adjoint) = adjoints.get(k).or(adjoints.first()) else { return };
                let numbers = [layer.step, layer.threshold];
                let passing = count_of(layer.passing, columns);
                if passing == 0 && spline.is_none() {
                    step::<T, SOFT>(adjoint, &self.r, &mut self.x, numbers);
                    return;
                }
                step::<T, NONE>(adjoint, &self.r, &mut self.x, numbers);
                let theta = T::splat(layer.threshold);
                let how = Shrink { theta, spline: spline.map(|one| (one, layer.threshold)) };
                let passing = [passing; MOST_LANES];
                shrink(&mut self.x[..columns], &passing[..T::LANES], &mut self.list, how);
            }
            Layers::Lista { thresholds, c, .. } => {
                let rows = Plain { start: Some(&self.driven), out: &mut self.room };
                multiply(c, &self.x, rows);
                std::mem::swap(&mut self.x, &mut self.room);
                self.threshold(k, thresholds[k]);
            }
            Layers::AdaLista { layers, w2, w2_adjoint, .. } => {
                let products = &prepared.products;
                // −D x, −W₂D x, W₁ᵀy − W₂ᵀW₂D x.
                multiply(&products.minus, &self.x, Plain { start: None, out: &mut self.r });
                multiply(w2, &self.r, Plain { start: None, out: &mut self.other });
                let rows = Plain { start: Some(&self.driven), out: &mut self.r };
                multiply(w2_adjoint, &self.other, rows);
                let numbers = [layers[k].step, layers[k].threshold];
                step::<T, NONE>(&products.adjoint, &self.r, &mut self.x, numbers);
                self.threshold(k, layers[k].threshold);
            }
            Layers::Tista { tista, adjoint } => {
                let norms = self.residual_norms();
                let gamma = tista.steps()[k];
                step::<T, NONE>(adjoint, &self.r, &mut self.x, [gamma, 0.0]);
                let shape = (prepared.products.rows, columns);
                for lane in 0..T::LANES {
                    let Some(posterior) = tista.posterior(k, norms.lanes()[lane], shape) else {
                        return;
                    };
                    for x in &mut self.x[..columns] {
                        let x = &mut x.lanes_mut()[lane];
                        *x = posterior.mean(*x);
                    }
                }
            }
            Layers::Hyper { numbers, adjoint, inverse_scales } => {
                multiply(adjoint, &self.r, Plain { start: None, out: &mut self.room });
                self.hyper(k, *numbers, inverse_scales);
            }
        }
    }

    /// x ← S(x; θ).
    #[inline(always)]
    fn threshold(&mut self, k: usize, theta: f32) {
        match self.prepared.splines.get(k) {
            None => {
                let bound = T::splat(theta);
                for x in &mut self.x {
                    *x = *x - clamped(*x, bound);
                }
            }
            Some(pieces) => {
                for x in &mut self.x {
                    *x = pieces.value(*x, theta);
                }
            }
        }
    }

    /// HyperLISTA's layer, from Wᵀr on.
    #[inline(always)]
    fn hyper(&mut self, k: usize, numbers: HyperNumbers<f32>, inverse_scales: &[f32]) {
        let columns = self.prepared.products.columns;
        let (mut left, mut largest) = (T::ZERO, T::ZERO);
        for ((pull, x), scale) in self.room.iter().zip(&self.x).zip(inverse_scales) {
            left = left.plus_product(pull.abs(), T::splat(*scale));
            largest = x.abs().most(largest);
        }
        let (level, mut support) = (T::splat(0.01) * largest, T::ZERO);
        for x in &self.x {
            support += level.if_less(x.abs(), T::ONE, T::ZERO);
        }
        if k == 0 {
            self.first = left;
            self.before.fill(T::ZERO);
        }
        let (mut beta, mut passing) = (T::ZERO, [0; MOST_LANES]);
        for (lane, passing) in passing[..T::LANES].iter_mut().enumerate() {
            let (first, left) = (self.first.lanes()[lane], left.lanes()[lane]);
            let momentum = numbers.momentum * support.lanes()[lane];
            beta.lanes_mut()[lane] = Scalar::min(momentum, 1.0);
            // Where nothing is left all may pass: there is no logarithm to take.
            let fallen = if left > 0.0 { Real::ln(first / left) } else { f32::INFINITY };
            let share = Scalar::min(Scalar::max(numbers.passing * fallen, 0.0), 1.0);
            *passing = count_of(share.finite_or(0.0), columns);
        }
        // From zero nothing has moved.
        for ((x, before), pull) in self.x.iter_mut().zip(&mut self.before).zip(&self.room) {
            let moved = *x - *before;
            *before = *x;
            *x = (*x + *pull).plus_product(beta, moved);
        }
        let how = Shrink { theta: T::splat(numbers.threshold) * left, spline: None };
        shrink(&mut self.x[..columns], &passing[..T::LANES], &mut self.list, how);
    }

    /// ‖r‖ of every lane.
    #[inline(always)]
    fn residual_norms(&self) -> T {
        let mut squares = T::ZERO;
        for r in &self.r {
            let scaled = self.scale * *r;
            squares = squares.plus_product(scaled, scaled);
        }
        let mut norms = squares.sqrt() / self.scale;
        let tiny = square(square(f32::EPSILON));
        for lane in 0..T::LANES {
            let found = squares.lanes()[lane];
            if !(found >= tiny && found.is_finite()) {
                // Far larger or smaller than y: by itself.
                let r: Vector<f32> = self.r.iter().map(|r| r.lanes()[lane]).collect();
                norms.lanes_mut()[lane] = norm(&r);
            }
        }
        norms
    }

    /// What came out of the first lanes, whose answers stand one behind the other.
    #[inline(always)]
    pub(super) fn unload(&self, answers: &mut [f32]) -> Unloaded<T> {
        let columns = self.prepared.products.columns;
        scatter_all(&self.x[..columns], answers);
        let (mut taint, norms) = (T::ZERO, self.residual_norms());
        for x in &self.x {
            taint = taint.plus_product(*x, T::ZERO);
        }
        Unloaded { layers: self.depth, norms, taint, references: self.reference }
    }
}

/// How the signals of all lanes came through.
pub(super) struct Unloaded<T> {
    layers: usize,
    norms: T,
    /// Zero times the sum of an answer.
    taint: T,
    references: T,
}

impl<T: Side<Real = f32>> Unloaded<T> {
    /// One of them, whose answer is made finite.
    pub(super) fn one(&self, lane: usize, answer: &mut [f32]) -> Inferred {
        let taint = self.taint.lanes()[lane];
        let is_finite = taint == 0.0;
        if !is_finite {
            answer.iter_mut().for_each(|x| *x = x.finite_or(0.0));
        }
        let layers = u32::try_from(self.layers).unwrap_or(u32::MAX);
        let residual = self.norms.lanes()[lane] + taint;
        Inferred { layers, residual, reference: self.references.lanes()[lane], is_finite }
    }
}

/// More lanes than two of the longest registers have.
const MOST_LANES: usize = 32;
