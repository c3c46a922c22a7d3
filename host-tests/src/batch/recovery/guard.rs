//! [`Guard`]: which signals take the steps that are proposed to them.

use super::Products;
use super::panels::{Rows, multiply, rows, rows_mut};
use crate::batch::lanes::Side;
use solvekit::recovery::StepSize;
use solvekit::sum::square;
use solvekit::{Real, Scalar};

/// Residuals of signals at rest: y.
pub(super) fn settle<T: Side>(r: &mut [T], y: &[T], lane: Option<usize>) {
    let Some(lane) = lane else { return r.copy_from_slice(y) };
    for (r, y) in r.iter_mut().zip(y) {
        r.lanes_mut()[lane] = y.lanes()[lane];
    }
}

/// r⁺ = y − A x⁺, row by row.
struct Residual<'t, T> {
    y: &'t [T],
    r: &'t [T],
    next_r: &'t mut [T],
    scale: T,
    /// Zero times the sum of what was found.
    taint: T,
    /// ‖s (r⁺ − r)‖².
    curved: T,
}

impl<T: Side> Rows<T> for Residual<'_, T> {
    #[inline(always)]
    fn start<const COUNT: usize>(&self, first: usize) -> [T; COUNT] {
        *rows(self.y, first)
    }
    #[inline(always)]
    fn end<const COUNT: usize>(&mut self, first: usize, sums: [T; COUNT]) {
        let r = rows::<T, COUNT>(self.r, first);
        *rows_mut(self.next_r, first) = sums;
        let mut i = 0;
        while i < COUNT {
            self.taint = self.taint.plus_product(sums[i], T::ZERO);
            let r = r[i];
            let apart = self.scale * (r - sums[i]);
            self.curved = self.curved.plus_product(apart, apart);
            i += 1;
        }
    }
}

/// r⁺ of the proposals x⁺: what is not finite, and how far residuals have moved, s times.
#[inline(always)]
pub(super) fn residuals<T: Side>(
    products: &Products<T::Real>,
    y: &[T],
    next: &[T],
    (r, next_r): (&[T], &mut [T]),
    scale: T,
) -> (T, T) {
    let rows = Residual { y, r, next_r, scale, taint: T::ZERO, curved: T::ZERO };
    let rows = multiply(&products.minus, next, rows);
    (rows.taint, rows.curved)
}

/// When a step may be taken.
#[derive(Clone, Copy, Debug)]
pub(super) struct Guard<T: Side> {
    pub(super) step_size: StepSize<T::Real>,
    /// s ‖y‖.
    pub(super) scaled_norm: T,
}

/// Which signals move: 1 or 0 of each.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moves<T> {
    all: bool,
    each: T,
}

impl<T: Side> Guard<T> {
    /// The step to try instead of `step`; `None` where that may be taken. `moved` is ‖s (x⁺ − x)‖²,
    /// `curved` ‖s (r⁺ − r)‖².
    pub(super) fn shorter(&self, lane: usize, moved: T, curved: T, step: T) -> Option<T::Real> {
        let [moved, curved, step, scaled_norm] =
            [moved, curved, step, self.scaled_norm].map(|all| all.lanes()[lane]);
        let is_guarded = self.step_size.is_guarded();
        is_guarded.then(|| shorter_step(moved, curved, step, scaled_norm)).flatten()
    }

    /// Those whose residual is finite, and whose step need not be `shortened(lane, to)`.
    pub(super) fn moves(
        &self,
        (taint, curved): (T, T),
        moved: T,
        step: T,
        mut shortened: impl FnMut(usize, T::Real),
    ) -> Moves<T> {
        let mut moves = Moves { all: true, each: T::ONE };
        for lane in 0..T::LANES {
            let shorter = self.shorter(lane, moved, curved, step);
            if let Some(shorter) = shorter {
                shortened(lane, shorter);
            }
            if shorter.is_some() || taint.lanes()[lane] != Scalar::ZERO {
                moves.each.lanes_mut()[lane] = Scalar::ZERO;
                moves.all = false;
            }
        }
        moves
    }
}

impl<T: Side> Moves<T> {
    /// Puts `next` in the place of `own` where a signal moves; what is in `next` then is of no use.
    #[inline(always)]
    pub(super) fn take(&self, own: &mut Vec<T>, next: &mut Vec<T>) {
        if self.all {
            std::mem::swap(own, next);
            return;
        }
        for (own, next) in own.iter_mut().zip(next) {
            *own = T::ZERO.if_less(self.each, *next, *own);
        }
    }
}

/// What [`Ista`](solvekit::recovery::Ista) asks of a guarded step: `None` where the model with
/// curvature 1/α covers it, else the step to try instead. `moved` is ‖s (x⁺ − x)‖², `curved`
/// ‖s (r⁺ − r)‖², `scaled_norm` s ‖y‖.
fn shorter_step<R: Real>(moved: R, curved: R, step: R, scaled_norm: R) -> Option<R> {
    let rounding = square(R::from_f64(16.0) * R::EPSILON * scaled_norm);
    if curved <= moved / step + rounding {
        return None;
    }
    let passing = R::from_f64(0.98) * moved / curved;
    Some(Scalar::max(passing, R::from_f64(0.5) * step).finite_or(step))
}
