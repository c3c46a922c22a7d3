//! [`Lasso`]: the problem, checked, and its duality gap.

use super::held::Held;
use super::{LassoError, Workspace};
use crate::fit::FitError;
use crate::penalty::soft_threshold;
use crate::sum::dot;
use crate::system::first_non_finite;
use crate::{Buffer, ColumnOperator, Real};
use core::marker::PhantomData;

/// The lasso and the elastic net: least ½‖y − A x‖² + λ (α‖x‖₁ + ½ (1 − α)‖x‖²), with x ≥ 0 if asked.
///
/// See the [module](super) for the method, the certificate and an example. `G` and `I` are the
/// buffers of the [`Workspace`] that [`start`](Self::start) is given. Storage: 2 N + 8 numbers.
#[derive(Clone, Debug)]
pub struct Lasso<'a, R: Real, A: ColumnOperator<R>, G, I> {
    pub(super) design: &'a A,
    pub(super) response: &'a A::Range,
    lambda: R,
    share: R,
    /// α λ, the weight of ‖x‖₁.
    pub(super) l1: R,
    /// (1 − α) λ, the weight of ½‖x‖².
    pub(super) ridge: R,
    pub(super) nonnegative: bool,
    pub(super) squared_norms: Held<'a, A::Domain>,
    /// Aᵀy.
    pub(super) correlations: Held<'a, A::Domain>,
    /// ‖y‖².
    pub(super) energy: R,
    memory: PhantomData<fn() -> Workspace<G, I>>,
}

/// A duality gap, and the factor s of the dual point s (y − A x) that shows it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Gap<R> {
    pub(super) gap: R,
    /// The gap of that very point, at most as good; screening is about this one.
    pub(super) scaled: R,
    pub(super) factor: R,
}

impl<'a, R: Real, A: ColumnOperator<R>, G, I> Lasso<'a, R, A, G, I> {
    /// Checks the data once, in one pass over A, and keeps ‖aⱼ‖² and Aᵀy. λ ≥ 0 is not divided by
    /// the number of rows.
    ///
    /// # Errors
    /// [`LassoError`]: `Fit` (`Empty`, `Length`, `NonFiniteEntry`, `NonFiniteResponse`,
    /// `HugeResponse`, `HugeColumn`), `TinyResponse`, `Lambda`.
    pub fn new(design: &'a A, response: &'a A::Range, lambda: R) -> Result<Self, LassoError> {
        let (rows, columns) = (design.rows(), design.columns());
        if rows == 0 || columns == 0 {
            return Err(FitError::Empty.into());
        }
        let y = response.as_slice();
        if y.len() != rows {
            return Err(FitError::Length { expected: rows, found: y.len() }.into());
        }
        let energy = dot(y, y);
        if !energy.is_finite() {
            let row = first_non_finite(y);
            let error =
                row.map_or(FitError::HugeResponse, |row| FitError::NonFiniteResponse { row });
            return Err(error.into());
        }
        let smallest = R::ONE / (R::MAX * R::EPSILON);
        if energy < smallest && y.iter().any(|y| *y != R::ZERO) {
            return Err(LassoError::TinyResponse);
        }
        let (mut squared_norms, mut correlations) = (design.zero_domain(), design.zero_domain());
        let squares = squared_norms.as_mut_slice().chunks_mut(4);
        for (block, (squares, dots)) in
            squares.zip(correlations.as_mut_slice().chunks_mut(4)).enumerate()
        {
            // Beyond the last column its neighbours before it are asked again.
            let at = core::array::from_fn(|k| (4 * block + k).min(columns - 1));
            copy(squares, design.column_squares(at));
            copy(dots, design.column_dots(at, response));
        }
        // A square that is finite was a sum of finite numbers.
        if let Some(column) = first_non_finite(squared_norms.as_slice()) {
            let entry = design.non_finite();
            let error = entry.map_or(FitError::HugeColumn { column }, |(row, column)| {
                FitError::NonFiniteEntry { row, column }
            });
            return Err(error.into());
        }
        let (share, ridge, nonnegative) = (R::ONE, R::ZERO, false);
        let lasso = Self {
            design,
            response,
            lambda,
            share,
            l1: lambda,
            ridge,
            nonnegative,
            squared_norms: Held::Owned(squared_norms),
            correlations: Held::Owned(correlations),
            energy,
            memory: PhantomData,
        };
        lasso.with_lambda(lambda)
    }

    /// Another λ for the same data, at no cost. A state goes on from where it is.
    ///
    /// # Errors
    /// [`LassoError::Lambda`] where it is negative, NaN or infinite.
    pub fn with_lambda(mut self, lambda: R) -> Result<Self, LassoError> {
        self.set_lambda(lambda)?;
        Ok(self)
    }

    pub(super) fn set_lambda(&mut self, lambda: R) -> Result<(), LassoError> {
        if lambda >= R::ZERO && lambda.is_finite() {
            self.lambda = lambda;
            (self.l1, self.ridge) = (self.share * lambda, (R::ONE - self.share) * lambda);
            Ok(())
        } else {
            Err(LassoError::Lambda)
        }
    }

    /// The same data with another weight of ‖x‖₁, nothing copied.
    pub(super) fn weighing(&self, l1: R) -> Lasso<'_, R, A, G, I> {
        Lasso {
            l1,
            squared_norms: Held::Lent(&self.squared_norms),
            correlations: Held::Lent(&self.correlations),
            ..*self
        }
    }

    /// The elastic net: the share α of ‖x‖₁, the rest of λ being the weight of ½‖x‖². 1 is the
    /// lasso, 0 is ridge regression.
    ///
    /// # Errors
    /// [`LassoError::Share`] where it is NaN or outside [0, 1].
    pub fn with_share(self, share: R) -> Result<Self, LassoError> {
        if share >= R::ZERO && share <= R::ONE {
            let lambda = self.lambda;
            Self { share, ..self }.with_lambda(lambda)
        } else {
            Err(LassoError::Share)
        }
    }

    /// Asks for x ≥ 0.
    #[must_use]
    pub fn nonnegative(self) -> Self {
        Self { nonnegative: true, ..self }
    }

    /// λ.
    pub const fn lambda(&self) -> R {
        self.lambda
    }

    /// α.
    pub const fn share(&self) -> R {
        self.share
    }

    /// λ_max, from which on x = 0 is the answer: ‖Aᵀy‖_∞ / α, or max aⱼᵀy / α where x ≥ 0. Infinite
    /// for α = 0 unless Aᵀy = 0.
    pub fn largest_lambda(&self) -> R {
        let sizes = self.correlations.as_slice().iter().map(|c| self.pull(*c));
        let largest = sizes.fold(R::ZERO, |largest, c| largest.max(c));
        if largest == R::ZERO { R::ZERO } else { largest / self.share }
    }

    /// ½‖y − A x‖² + λ (α‖x‖₁ + ½ (1 − α)‖x‖²), from x alone. Cost: one pass over the columns where x
    /// is not zero.
    pub fn objective(&self, x: &A::Domain) -> R {
        let mut r = self.response.clone();
        self.subtract(x.as_slice(), &mut r);
        let half = R::from_f64(0.5);
        let squares =
            dot(r.as_slice(), r.as_slice()) + self.ridge * dot(x.as_slice(), x.as_slice());
        let sizes = x.as_slice().iter().fold(R::ZERO, |sum, x| sum + x.abs());
        half * squares + self.l1 * sizes
    }

    /// r ← r − A x.
    pub(super) fn subtract(&self, x: &[R], r: &mut A::Range) {
        for (j, x) in x.iter().enumerate().filter(|(_, x)| **x != R::ZERO) {
            self.design.add_column(j, -*x, r);
        }
    }

    /// How strongly aⱼᵀr draws a coordinate away from zero: |c|, or c alone where x ≥ 0. NaN stays.
    #[inline]
    pub(super) fn pull(&self, c: R) -> R {
        if self.nonnegative { c.max(R::ZERO) } else { c.abs() }
    }

    /// argmin over x of ½ x² / `inverse` − v x + λ α |x|, for `inverse` = 1 / (‖aⱼ‖² + (1 − α) λ).
    #[inline]
    pub(super) fn coordinate(&self, v: R, inverse: R) -> R {
        let moved = soft_threshold(v, self.l1) * inverse;
        if self.nonnegative { moved.max(R::ZERO) } else { moved }
    }

    /// 1 / (‖aⱼ‖² + (1 − α) λ); zero for a zero column, whose coordinate is best at zero.
    pub(super) fn inverse(&self, squared_norm: R) -> R {
        let curvature = squared_norm + self.ridge;
        if squared_norm > R::ZERO { (R::ONE / curvature).finite_or(R::ZERO) } else { R::ZERO }
    }

    /// The gap at coordinates x with c = Aᵀr and ‖r‖², for r = y − A x. Both sequences may leave out
    /// coordinates that are zero in every solution.
    ///
    /// With the augmented problem (√μ I under A, zeros under y, μ = (1 − α) λ) any s that keeps
    /// s |c − μ x| ≤ α λ gives a feasible point, and the gap is
    /// ½ (1 − s)² (‖r‖² + μ‖x‖²) + Σ (α λ |xⱼ| − s xⱼ (cⱼ − μ xⱼ)): no term is negative, nothing cancels.
    /// With μ > 0 the point r itself is feasible too, with a second part of its own; the better one
    /// counts.
    pub(super) fn gap(&self, x: &[R], c: &[R], squares: R) -> Gap<R> {
        let half = R::from_f64(0.5);
        // In lanes: one sum alone waits for each of its own additions.
        let (mut largest, mut along, mut size) = ([R::ZERO; 4], [R::ZERO; 4], [R::ZERO; 4]);
        in_fours(x, c, |k, x, c| {
            let c = c - self.ridge * x;
            largest[k] = largest[k].max(self.pull(c));
            along[k] += x * c;
            size[k] += x * x;
        });
        let largest = largest.into_iter().fold(R::ZERO, R::max);
        let (along, size) = (total(along), total(size));
        let squares = squares + self.ridge * size;
        let best = if squares > R::ZERO { R::ONE + along / squares } else { R::ONE };
        let bound = if largest > R::ZERO { self.l1 / largest } else { best };
        let factor = best.min(bound).max(R::ZERO);
        let rest = R::ONE - factor;
        let mut terms = [R::ZERO; 4];
        in_fours(x, c, |k, x, c| {
            let term = self.l1 * x.abs() - factor * x * (c - self.ridge * x);
            // Rounding may leave a negative one.
            terms[k] += term.max(R::ZERO);
        });
        let scaled = half * rest * rest * squares + total(terms);
        let gap = if self.ridge > R::ZERO { scaled.min(self.fenchel(x, c)) } else { scaled };
        Gap { gap, scaled, factor }
    }

    /// Σ g(xⱼ) + g*(cⱼ) − xⱼ cⱼ for g(x) = α λ |x| + ½ μ x²: the gap of the dual point r where μ > 0.
    fn fenchel(&self, x: &[R], c: &[R]) -> R {
        let half = R::from_f64(0.5);
        let mut sum = R::ZERO;
        for (x, c) in x.iter().zip(c) {
            let excess = (self.pull(*c) - self.l1).max(R::ZERO);
            let same_side = *x * *c > R::ZERO;
            sum += if excess > R::ZERO && (same_side || *x == R::ZERO) {
                let off = self.ridge * x.abs() - excess;
                half * off * off / self.ridge
            } else {
                let pair = self.l1 * x.abs() - *x * *c + half * self.ridge * *x * *x;
                pair.max(R::ZERO) + half * excess * excess / self.ridge
            };
        }
        sum
    }
}

/// The first entries of `from`, as many as there is room for.
#[inline]
pub(super) fn copy<R: Real>(to: &mut [R], from: [R; 4]) {
    to.iter_mut().zip(from).for_each(|(to, from)| *to = from);
}

/// Every pair, the k-th in lane k mod 4.
#[inline(always)]
fn in_fours<R: Real>(x: &[R], c: &[R], mut visit: impl FnMut(usize, R, R)) {
    let shorter = x.len().min(c.len());
    let (x, c) = (x.get(..shorter).unwrap_or(x), c.get(..shorter).unwrap_or(c));
    let (x4, x_rest) = x.as_chunks::<4>();
    let (c4, c_rest) = c.as_chunks::<4>();
    for (x, c) in x4.iter().zip(c4) {
        for (k, (x, c)) in x.iter().zip(c).enumerate() {
            visit(k, *x, *c);
        }
    }
    for (k, (x, c)) in x_rest.iter().zip(c_rest).enumerate() {
        visit(k & 3, *x, *c);
    }
}

fn total<R: Real>([a, b, c, d]: [R; 4]) -> R {
    (a + b) + (c + d)
}
