//! [`Pass`]: one measurement through the layers and back.

use crate::recovery::half_square;
use crate::sum::sum_of;
use crate::{Buffer, LinearOperator, Real, Separable};

/// What a pass works on.
pub(super) struct Pass<'s, A, P, X, Y> {
    pub(super) a: &'s A,
    pub(super) penalty: &'s P,
    /// x after each layer.
    pub(super) history: &'s mut [X],
    /// ∂F / ∂x.
    pub(super) d: &'s mut X,
    pub(super) pull: &'s mut X,
    pub(super) r: &'s mut Y,
}

impl<A, P, X, Y> Pass<'_, A, P, X, Y> {
    /// Leaves x of every layer in the history and y − A x_T in r; returns F(x_T). The bits of x are
    /// those of [`Network::infer`](crate::network::Network::infer).
    pub(super) fn forward<R>(&mut self, y: &Y, steps: &[R]) -> R
    where
        R: Real,
        A: LinearOperator<R, Domain = X, Range = Y>,
        P: Separable<R>,
        X: Buffer<R>,
        Y: Buffer<R>,
    {
        let Self { a, penalty, history, pull, r, .. } = self;
        // Of x = 0 the residual is y.
        for (r, y) in r.as_mut_slice().iter_mut().zip(y.as_slice()) {
            *r = *y;
        }
        let mut total = R::ZERO;
        for (layer, step) in steps.iter().enumerate() {
            a.apply_adjoint(r, pull);
            let Some((before, after)) = history.split_at_mut_checked(layer) else { break };
            let Some(next) = after.first_mut() else { break };
            match before.last() {
                Some(x) => {
                    let terms = x.as_slice().iter().zip(pull.as_slice());
                    for (next, (x, pull)) in next.as_mut_slice().iter_mut().zip(terms) {
                        *next = *x + *step * *pull;
                    }
                }
                None => {
                    for (next, pull) in next.as_mut_slice().iter_mut().zip(pull.as_slice()) {
                        *next = R::ZERO + *step * *pull;
                    }
                }
            }
            penalty.prox_all(*step, next.as_mut_slice());
            a.apply(next, r);
            for (r, y) in r.as_mut_slice().iter_mut().zip(y.as_slice()) {
                *r = *y - *r;
            }
            total = penalty.total(next.as_slice());
        }
        half_square(*r) + total
    }

    /// Adds ∂F / ∂ln αₖ to `sums`, out of what [`forward`](Self::forward) left.
    ///
    /// Where g is smooth x⁺ = x + α (Aᵀr − g′(x⁺)), so that ∂x⁺ / ∂x = m (I − α AᵀA) and α ∂x⁺ / ∂α
    /// = m (x⁺ − x) with m = 1 / (1 + α g″(x⁺)); where x⁺ is held at a kink both are zero.
    pub(super) fn backward<R>(&mut self, steps: &[R], sums: &mut [R])
    where
        R: Real,
        A: LinearOperator<R, Domain = X, Range = Y>,
        P: Separable<R>,
        X: Buffer<R>,
        Y: Buffer<R>,
    {
        let Self { a, penalty, history, d, pull, r } = self;
        let Some(last) = history.last() else { return };
        a.apply_adjoint(r, d);
        let pairs = d.as_mut_slice().iter_mut().zip(last.as_slice());
        for (j, (d, x)) in pairs.enumerate() {
            *d = if penalty.sticks(j, *x) { R::ZERO } else { penalty.slope(j, *x) - *d };
        }
        for (layer, (step, sum)) in steps.iter().zip(sums).enumerate().rev() {
            let Some((before, after)) = history.split_at_checked(layer) else { continue };
            let Some(next) = after.first().map(Buffer::as_slice) else { continue };
            for (j, (d, x)) in d.as_mut_slice().iter_mut().zip(next).enumerate() {
                if penalty.sticks(j, *x) {
                    *d = R::ZERO;
                    continue;
                }
                let curvature = penalty.curvature(j, *x);
                if curvature != R::ZERO {
                    *d = *d / (R::ONE + *step * curvature);
                }
            }
            let (own, x) = (d.as_slice(), before.last().map(Buffer::as_slice));
            *sum += sum_of(own.len(), |j| match (own.get(j), next.get(j)) {
                (Some(d), Some(next)) => {
                    let x = x.and_then(|x| x.get(j)).copied().unwrap_or(R::ZERO);
                    *d * (*next - x)
                }
                _ => R::ZERO,
            });
            if layer > 0 {
                a.apply(d, r);
                a.apply_adjoint(r, pull);
                for (d, pull) in d.as_mut_slice().iter_mut().zip(pull.as_slice()) {
                    *d -= *step * *pull;
                }
            }
        }
    }
}
