//! [`Held`]: where a block was before a step was tried, to compare with and to go back to.

use crate::fit::DataFit;
use crate::{Buffer, Penalty, Real, Scalar};

/// x_b and ∇_b f before a step, and f there unless it is quadratic.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(super) struct Held<R, V> {
    x: V,
    gradient: V,
    value: R,
}

impl<R: Real, V: Buffer<R>> Held<R, V> {
    /// τ is the length of `room`.
    pub(super) fn new(room: V) -> Self {
        Self { x: room.clone(), gradient: room, value: R::ZERO }
    }

    /// What [`new`](Self::new) makes of this room, where it is.
    pub(super) fn restart(&mut self, room: &V) {
        self.x.clone_from(room);
        self.gradient.clone_from(room);
        self.value = R::ZERO;
    }

    pub(super) fn hold<F: DataFit<Real = R>>(
        &mut self,
        fit: &F,
        point: &F::Point,
        block: &[usize],
    ) {
        let slots = self.x.as_mut_slice().iter_mut().zip(self.gradient.as_mut_slice());
        for ((x, gradient), j) in slots.zip(block) {
            *x = fit.x(point).get(*j).copied().unwrap_or(R::ZERO);
            *gradient = fit.partial(point, *j);
        }
        if !F::QUADRATIC {
            self.value = fit.value(point);
        }
    }

    pub(super) fn x(&self) -> &[R] {
        self.x.as_slice()
    }

    pub(super) fn gradient(&self) -> &[R] {
        self.gradient.as_slice()
    }

    /// Moves the block to `at(k, xₖ, ∇ₖf)`, of what is held.
    pub(super) fn place<F: DataFit<Real = R>, P: Penalty<R>>(
        &self,
        (fit, penalty, point): (&F, &P, &mut F::Point),
        block: &[usize],
        at: impl Fn(usize, R, R) -> R,
    ) {
        let held = self.x().iter().zip(self.gradient());
        for (k, (j, (x, gradient))) in block.iter().zip(held).enumerate() {
            land((fit, penalty, point), *j, at(k, *x, *gradient));
        }
    }

    /// ‖x_b − what was‖².
    pub(super) fn squared_step<F: DataFit<Real = R>>(
        &self,
        fit: &F,
        point: &F::Point,
        block: &[usize],
    ) -> R {
        self.sum(fit, point, block, |_, delta, _| delta * delta)
    }

    /// Σ `term(j, xⱼ − what was, ∇ⱼf as it was)`.
    fn sum<F: DataFit<Real = R>>(
        &self,
        fit: &F,
        point: &F::Point,
        block: &[usize],
        term: impl Fn(usize, R, R) -> R,
    ) -> R {
        let (x, gradient) = (self.x(), self.gradient());
        crate::sum::sum_of(block.len(), |k| match (block.get(k), x.get(k), gradient.get(k)) {
            (Some(j), Some(x), Some(gradient)) => {
                let now = fit.x(point).get(*j).copied().unwrap_or(R::ZERO);
                term(*j, now - *x, *gradient)
            }
            _ => R::ZERO,
        })
    }

    /// f(now) − f(held) + `more`, as far as values of f can tell, which near the end they cannot.
    fn difference<F: DataFit<Real = R>>(&self, fit: &F, point: &F::Point, more: R) -> Option<R> {
        let value = fit.value(point);
        let difference = value - self.value + more;
        let noise = R::EPSILON * R::from_f64(64.0) * (value.abs() + self.value.abs());
        // Also where it is NaN.
        if difference.abs() <= noise { None } else { Some(difference) }
    }

    /// f(now) − f(held) by ½ Σ (∇f + ∇f before) Δ, which is exact for a quadratic. Otherwise by values;
    /// where these are too close to tell f is as good as quadratic.
    ///
    /// Source: Hager and Zhang 2005 (a conjugate gradient method with guaranteed descent), the approximate
    /// Wolfe conditions.
    pub(super) fn change<F: DataFit<Real = R>>(
        &self,
        fit: &F,
        point: &F::Point,
        block: &[usize],
    ) -> R {
        self.change_with(fit, point, block, |_| R::ZERO)
    }

    /// The same of f(x) + Σ cⱼ xⱼ, where cⱼ is `slope(j)`. Near the end ∇f and c cancel, so they are
    /// added first.
    pub(super) fn change_with<F: DataFit<Real = R>>(
        &self,
        fit: &F,
        point: &F::Point,
        block: &[usize],
        slope: impl Fn(usize) -> R,
    ) -> R {
        let by_slopes = || {
            self.sum(fit, point, block, |j, delta, before| {
                let (now, before) = (fit.partial(point, j) + slope(j), before + slope(j));
                R::from_f64(0.5) * (now + before) * delta
            })
        };
        if F::QUADRATIC {
            return by_slopes();
        }
        let more = self.sum(fit, point, block, |j, delta, _| slope(j) * delta);
        self.difference(fit, point, more).unwrap_or_else(by_slopes)
    }

    /// f(now) − f(held) − Σ (∇f before) Δ, the part beyond the first order. Where values are too close
    /// to tell it is the bound that convexity gives, Σ (∇f − ∇f before) Δ: never too small.
    pub(super) fn beyond<F: DataFit<Real = R>>(
        &self,
        fit: &F,
        point: &F::Point,
        block: &[usize],
    ) -> R {
        let turn = self
            .sum(fit, point, block, |j, delta, before| (fit.partial(point, j) - before) * delta);
        if F::QUADRATIC {
            return R::from_f64(0.5) * turn;
        }
        match self.difference(fit, point, R::ZERO) {
            Some(change) => {
                let linear = self.sum(fit, point, block, |_, delta, before| before * delta);
                (change - linear).min(turn)
            }
            None => turn,
        }
    }

    /// The step that needs no search: prox(x_b − ∇_b f / L) with L the largest row sum of the block.
    pub(super) fn sure_step<F: DataFit<Real = R>, P: Penalty<R>>(
        &self,
        (fit, penalty, point): (&F, &P, &mut F::Point),
        block: &[usize],
    ) {
        let lipschitz = crate::bcd::row_sum_lipschitz(fit, block);
        if lipschitz > R::ZERO {
            let step = R::ONE / lipschitz;
            self.place((fit, penalty, point), block, |k, x, gradient| match block.get(k) {
                Some(j) => penalty.prox(*j, step, x - step * gradient),
                None => x,
            });
        } else {
            self.place((fit, penalty, point), block, |_, x, _| x);
        }
    }
}

/// Moves coordinates of the block that are not allowed (an infinite penalty) to where they are.
pub(super) fn make_feasible<F: DataFit, P: Penalty<F::Real>>(
    (fit, penalty, point): (&F, &P, &mut F::Point),
    block: &[usize],
) {
    for j in block {
        let Some(x) = fit.x(point).get(*j).copied() else { continue };
        if !penalty.value(*j, x).is_finite() {
            land((fit, penalty, point), *j, penalty.prox(*j, F::Real::ONE, x));
        }
    }
}

/// xⱼ ← `target`. A shift by the difference may miss by a rounding; at a bound or a kink that would
/// count, and a second shift, which is exact, meets it.
#[inline]
pub(super) fn land<F: DataFit, P: Penalty<F::Real>>(
    (fit, penalty, point): (&F, &P, &mut F::Point),
    j: usize,
    target: F::Real,
) {
    let Some(now) = fit.x(point).get(j).copied() else { return };
    if target == now {
        return;
    }
    fit.shift(point, j, target - now);
    let there = fit.x(point).get(j).copied().unwrap_or(target);
    if there != target && penalty.sticks(j, target) {
        shift_again(fit, point, j, target - there);
    }
}

/// The second shift, out of the way of the first.
#[cold]
#[inline(never)]
pub(super) fn shift_again<F: DataFit>(fit: &F, point: &mut F::Point, j: usize, delta: F::Real) {
    fit.shift(point, j, delta);
}
