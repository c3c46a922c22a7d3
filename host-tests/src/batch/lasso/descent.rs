//! [`SideBySide`]: the fits of one part, as many at a time as there are lanes, one of them too.

use super::super::Part;
use super::super::lanes::{Laned, OnLanes, Side};
use super::super::slots::{Group, Slots};
use super::super::told::Told;
use super::LassoBatch;
use super::columns::{Columns, Own, Same};
use solvekit::fit::FitError;
use solvekit::lasso::LassoError;
use solvekit::sum::dot;
use solvekit::{Certificate, Lanes, Real, Scalar};

/// The fits of a part.
pub(super) struct SideBySide<'b, 'a, R: Laned> {
    pub(super) batch: &'b LassoBatch<'a, R>,
    pub(super) part: Part<'b, LassoBatch<'a, R>>,
}

impl<R: Laned> OnLanes<R> for SideBySide<'_, '_, R> {
    type Output = ();

    #[inline(always)]
    fn run<T: Side<Real = R>>(self) {
        let Self { batch, part } = self;
        if batch.is_shared() {
            solve_all::<T, _>(batch, part, Same(batch.design(0)));
        } else {
            let designs = Own(vec![T::ZERO; batch.rows * batch.columns]);
            solve_all::<T, _>(batch, part, designs);
        }
    }
}

#[inline(always)]
fn solve_all<'b, 'a, T: Side<Real: Laned>, C: Columns<T>>(
    batch: &'b LassoBatch<'a, T::Real>,
    part: Part<'b, LassoBatch<'a, T::Real>>,
    designs: C,
) {
    let mut fits = Fits::new(batch, designs);
    let mut slots = Slots::new(batch, part, T::LANES, batch.stop);
    while slots.fill(&mut fits) {
        loop {
            fits.pass();
            if slots.is_due() {
                fits.look();
            }
            if slots.advance(&mut fits) {
                break;
            }
        }
    }
}

/// As many fits as there are lanes.
struct Fits<'b, 'a, T: Side<Real: Laned>, C> {
    batch: &'b LassoBatch<'a, T::Real>,
    designs: C,
    w: Vec<T>,
    /// y − A w.
    r: Vec<T>,
    /// ‖aⱼ‖² and its reciprocal, which is zero for a zero column.
    squares: Vec<T>,
    inverses: Vec<T>,
    lambda: T,
    gap: T,
    /// Aᵀr, where a gap is looked at.
    pulls: Vec<T>,
}

impl<'b, 'a, R: Laned, T: Side<Real = R>, C: Columns<T>> Fits<'b, 'a, T, C> {
    /// Nothing in any lane: a fit whose answer is zero.
    fn new(batch: &'b LassoBatch<'a, R>, designs: C) -> Self {
        let zeros = || vec![T::ZERO; batch.columns];
        let (w, squares, inverses, pulls) = (zeros(), zeros(), zeros(), zeros());
        let r = vec![T::ZERO; batch.rows];
        let (lambda, gap) = (T::ZERO, T::ZERO);
        Self { batch, designs, w, r, squares, inverses, lambda, gap, pulls }
    }

    /// Each coordinate to its best value, one after the other.
    #[inline(always)]
    fn pass(&mut self) {
        let mut column = 0;
        while column < self.w.len() {
            let old = self.w[column];
            let v = self.designs.dot(column, &self.r) + self.squares[column] * old;
            // v less what of it lies in [−λ, λ].
            let within = v.max(-self.lambda).min(self.lambda);
            let new = (v - within) * self.inverses[column];
            let change = new - old;
            // Columns that stay where they are in every lane are half the work. A change of zero
            // beside others changes no more than the sign of a zero of r, which nothing depends on.
            if !change.is_zero() {
                self.w[column] = new;
                self.designs.add(column, -change, &mut self.r);
            }
            column += 1;
        }
    }

    /// Evaluates the gap of every lane.
    #[inline(always)]
    fn look(&mut self) {
        let mut column = 0;
        while column < self.w.len() {
            self.pulls[column] = self.designs.dot(column, &self.r);
            column += 1;
        }
        let squares = super::super::lanes::dot(&self.r, &self.r);
        self.gap = gap(&self.w, &self.pulls, squares, self.lambda);
    }
}

/// ½ (1 − s)² ‖r‖² + Σ (λ |wⱼ| − s wⱼ cⱼ) for c = Aᵀr and the best s with s ‖c‖_∞ ≤ λ: no term is
/// negative, nothing cancels.
#[inline(always)]
fn gap<T: Side>(w: &[T], c: &[T], squares: T, lambda: T) -> T {
    let (zero, one) = (T::ZERO, T::ONE);
    let (mut largest, mut along) = (zero, [zero; 4]);
    for (k, (w, c)) in w.iter().zip(c).enumerate() {
        largest = largest.max(c.abs());
        along[k & 3] += *w * *c;
    }
    let along = (along[0] + along[1]) + (along[2] + along[3]);
    let best = zero.if_less(squares, one + along / squares, one);
    let bound = zero.if_less(largest, lambda / largest, best);
    let factor = best.min(bound).max(zero);
    let mut terms = [zero; 4];
    for (k, (w, c)) in w.iter().zip(c).enumerate() {
        // Rounding may leave a negative one.
        terms[k & 3] += (lambda * w.abs() - factor * *w * *c).max(zero);
    }
    let rest = one - factor;
    let half = T::splat(T::Real::from_f64(0.5));
    half * rest * rest * squares + ((terms[0] + terms[1]) + (terms[2] + terms[3]))
}

impl<R: Laned, T: Side<Real = R>, C: Columns<T>> Group for Fits<'_, '_, T, C> {
    type Real = R;
    type Refusal = LassoError;
    const CERTIFICATE: Certificate = Certificate::DualityGap;

    fn load(&mut self, lane: usize, fit: usize) -> Result<Told<R>, LassoError> {
        let (design, y) = (self.batch.design(fit), self.batch.response(fit));
        let lambda = self.batch.lambda_of(fit);
        let checked = Checked::new(design, y, lambda)?;
        self.designs.load(lane, design);
        for (slot, number) in self.r.iter_mut().zip(y) {
            slot.lanes_mut()[lane] = *number;
        }
        for (column, square) in checked.squares.iter().enumerate() {
            self.w[column].lanes_mut()[lane] = R::ZERO;
            self.squares[column].lanes_mut()[lane] = *square;
            let inverse = (R::ONE / *square).finite_or(R::ZERO);
            self.inverses[column].lanes_mut()[lane] = inverse;
        }
        self.lambda.lanes_mut()[lane] = lambda;
        Ok(Told::new(checked.gap, R::from_f64(0.5) * checked.energy))
    }

    fn residual(&self, lane: usize, _fit: usize) -> R {
        self.gap.lanes()[lane]
    }

    fn unload(&mut self, lane: usize, answer: &mut [R]) {
        for (w, answer) in self.w.iter_mut().zip(answer) {
            *answer = w.lanes()[lane];
            w.lanes_mut()[lane] = R::ZERO;
        }
        // Zero from now on: neither denormal numbers nor infinite ones.
        self.r.iter_mut().for_each(|r| r.lanes_mut()[lane] = R::ZERO);
    }
}

/// A fit that has passed the checks of [`Lasso::new`](solvekit::lasso::Lasso::new), at w = 0.
struct Checked<R> {
    squares: Vec<R>,
    energy: R,
    gap: R,
}

impl<R: Laned> Checked<R> {
    fn new(design: &[R], y: &[R], lambda: R) -> Result<Self, LassoError> {
        let energy = dot(y, y);
        if !energy.is_finite() {
            let row = y.iter().position(|y| !y.is_finite());
            let error =
                row.map_or(FitError::HugeResponse, |row| FitError::NonFiniteResponse { row });
            return Err(error.into());
        }
        let smallest = R::ONE / (R::MAX * R::EPSILON);
        if energy < smallest && y.iter().any(|y| *y != R::ZERO) {
            return Err(LassoError::TinyResponse);
        }
        let columns = || design.chunks_exact(y.len());
        let squares: Vec<R> = columns().map(|column| dot(column, column)).collect();
        // A square that is finite was a sum of finite numbers.
        if let Some(column) = squares.iter().position(|square| !square.is_finite()) {
            let place = design.iter().position(|entry| !entry.is_finite());
            let error = place.map_or(FitError::HugeColumn { column }, |place| {
                FitError::NonFiniteEntry { row: place % y.len(), column: place / y.len() }
            });
            return Err(error.into());
        }
        if !(lambda >= R::ZERO && lambda.is_finite()) {
            return Err(LassoError::Lambda);
        }
        let w: Vec<Lanes<1, R>> = vec![Scalar::ZERO; squares.len()];
        let c: Vec<Lanes<1, R>> = columns().map(|column| Lanes([dot(column, y)])).collect();
        let gap = gap(&w, &c, Lanes([energy]), Lanes([lambda])).0[0];
        Ok(Self { squares, energy, gap })
    }
}
