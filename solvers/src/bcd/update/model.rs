//! [`Model`]: the quadratic model of a block, with its penalty, and its least value.

use crate::direct::{factor_in_place, packed, pairs, solve_in_place};
use crate::{Real, Separable};

/// mᵀ(z − x) + ½ (z − x)ᵀH(z − x) + Σ gⱼ(zⱼ), at x with the gradient m = `slope` of its smooth part.
pub(super) struct Model<'a, R, P> {
    pub(super) block: &'a [usize],
    pub(super) penalty: &'a P,
    pub(super) x: &'a mut [R],
    pub(super) slope: &'a mut [R],
    pub(super) direction: &'a mut [R],
    /// The packed lower triangle of H.
    pub(super) hessian: &'a mut [R],
    pub(super) factor: &'a mut [R],
}

/// What the blocks solved with were like.
pub(super) enum Shape<R> {
    /// Positive semidefinite; the largest amount added to a diagonal entry, relative to it.
    Regular(R),
    /// A pivot was negative, and the penalty has no share in it.
    Negative(R),
}

impl<R: Real, P: Separable<R>> Model<'_, R, P> {
    pub(super) fn fill(&mut self, second: impl Fn(usize, usize) -> R) {
        for (slot, (i, j)) in self.hessian.iter_mut().zip(pairs(self.block)) {
            *slot = second(i, j);
        }
    }

    /// Passes of coordinate descent, each with a solve on the pieces of the penalty where x is.
    pub(super) fn minimise(&mut self, passes: u32) -> Shape<R> {
        let mut added = R::ZERO;
        for _ in 0..passes {
            let floor = self.rounding();
            self.pass();
            match self.solve() {
                Shape::Regular(more) => added = added.max(more),
                negative => return negative,
            }
            // NaN goes on to the end.
            if self.distance() <= floor {
                break;
            }
        }
        Shape::Regular(added)
    }

    /// Hᵢⱼ for places in the block.
    fn entry(&self, i: usize, j: usize) -> R {
        let place = packed(i.max(j)) + i.min(j);
        self.hessian.get(place).copied().unwrap_or(R::ZERO)
    }

    /// xₖ ← `target`; the gradient follows.
    fn set(&mut self, k: usize, target: R) {
        let Some(x) = self.x.get_mut(k) else { return };
        let moved = target - *x;
        if moved == R::ZERO || !moved.is_finite() {
            return;
        }
        *x = target;
        for i in 0..self.slope.len() {
            let change = self.entry(i, k) * moved;
            if let Some(slope) = self.slope.get_mut(i) {
                *slope += change;
            }
        }
    }

    /// (j, xₖ, mₖ).
    fn at(&self, k: usize) -> Option<(usize, R, R)> {
        Some((*self.block.get(k)?, *self.x.get(k)?, *self.slope.get(k)?))
    }

    fn pass(&mut self) {
        for k in 0..self.block.len() {
            let Some((j, x, slope)) = self.at(k) else { return };
            let curvature = self.entry(k, k);
            let target = if curvature > R::ZERO {
                let step = R::ONE / curvature;
                self.penalty.prox(j, step, x - step * slope)
            } else {
                self.penalty.prox(j, R::MAX, x)
            };
            self.set(k, target);
        }
    }

    /// The largest distance from stationarity.
    fn distance(&self) -> R {
        let places = (0..self.block.len()).filter_map(|k| self.at(k));
        places.fold(R::ZERO, |most, (j, x, slope)| most.max(self.penalty.distance(j, x, slope)))
    }

    /// How small a distance rounding lets one tell.
    fn rounding(&self) -> R {
        let places = (0..self.block.len()).filter_map(|k| Some((k, self.at(k)?)));
        let largest = places.fold(R::ZERO, |most, (k, (_, x, slope))| {
            most.max(slope.abs()).max(self.entry(k, k) * x.abs())
        });
        R::EPSILON * R::from_u32(2 * self.block.len() as u32) * largest
    }

    /// Solves for the coordinates at no kink or bound, as far as their pieces reach.
    fn solve(&mut self) -> Shape<R> {
        let count = self.block.len();
        let mut bent = false;
        for row in 0..count {
            let free = self.is_free(row);
            for column in 0..=row {
                let entry =
                    if free && self.is_free(column) { self.entry(row, column) } else { R::ZERO };
                let own = match self.at(row) {
                    Some((j, x, _)) if row == column && free => {
                        let curvature = self.penalty.curvature(j, x);
                        bent |= curvature < R::ZERO;
                        curvature
                    }
                    _ => R::ZERO,
                };
                // A row and column of zeros keeps what its right-hand side is: zero.
                if let Some(slot) = self.factor.get_mut(packed(row) + column) {
                    *slot = entry + own;
                }
            }
            let rest = match self.at(row) {
                Some((j, x, slope)) if free => -(slope + self.penalty.slope(j, x)),
                _ => R::ZERO,
            };
            if let Some(slot) = self.direction.get_mut(row) {
                *slot = rest;
            }
        }
        let added = match factor_in_place(self.factor, count) {
            Ok(added) => added,
            // Where the penalty bends down that is no fault; coordinate descent goes on.
            Err(_) if bent => return Shape::Regular(R::ZERO),
            Err(pivot) => return Shape::Negative(pivot),
        };
        solve_in_place(self.factor, self.direction);
        self.go();
        Shape::Regular(added)
    }

    fn is_free(&self, k: usize) -> bool {
        self.at(k).is_some_and(|(j, x, _)| !self.penalty.sticks(j, x))
    }

    /// Follows the direction to its end, or to the first bound or kink on the way.
    fn go(&mut self) {
        let mut length = R::ONE;
        let mut end = None;
        for k in 0..self.block.len() {
            let (Some((j, x, _)), Some(d)) = (self.at(k), self.direction.get(k).copied()) else {
                continue;
            };
            let there = x + d;
            let stop = if !self.penalty.value(j, there).is_finite() {
                self.penalty.prox(j, R::ONE, there)
            } else if x * there < R::ZERO && self.penalty.sticks(j, R::ZERO) {
                R::ZERO
            } else {
                continue;
            };
            let part = (stop - x) / d;
            if part < length {
                (length, end) = (part, Some((k, stop)));
            }
        }
        // The direction comes from a model on the pieces where x lies; elsewhere the penalty must
        // not rise by more than that model has to give.
        let (mut gain, mut surplus) = (R::ZERO, R::ZERO);
        for k in 0..self.block.len() {
            let (Some((j, x, slope)), Some(d)) = (self.at(k), self.direction.get(k).copied())
            else {
                continue;
            };
            let (first, second) = (self.penalty.slope(j, x), self.penalty.curvature(j, x));
            if d != R::ZERO {
                gain -= length * d * (slope + first);
                let d = length * d;
                let rise = self.penalty.value(j, x + d) - self.penalty.value(j, x);
                surplus += rise - d * (first + R::from_f64(0.5) * second * d);
            }
        }
        // What rounding makes of values that are much larger than their changes.
        let noise = R::EPSILON * R::from_f64(16.0) * self.penalty_size();
        if surplus > R::from_f64(0.25) * gain + noise || !gain.is_finite() {
            return;
        }
        for k in 0..self.block.len() {
            let (Some((_, x, _)), Some(d)) = (self.at(k), self.direction.get(k).copied()) else {
                continue;
            };
            let target = match end {
                Some((last, stop)) if last == k => stop,
                _ => x + length * d,
            };
            self.set(k, target);
        }
    }

    fn penalty_size(&self) -> R {
        let places = (0..self.block.len()).filter_map(|k| self.at(k));
        let sizes = places.map(|(j, x, _)| self.penalty.value(j, x).abs());
        sizes.fold(R::ZERO, |sum, size| sum + size)
    }
}
