//! [`SideBySide`]: the systems of one part, as many at a time as there are lanes.

use super::super::Part;
use super::super::lanes::{Laned, OnLanes, Side, gather, scatter};
use super::super::told::Told;
use super::factored::{Factored, Own, Same};
use super::{CholeskyBatch, DirectError};
use solvekit::direct::{Cholesky, packed};
use solvekit::sum::square;
use solvekit::{Certificate, Real, Run};

/// The systems of a part, to be solved with lanes.
pub(super) struct SideBySide<'b, 'a, R: Laned> {
    pub(super) batch: &'b CholeskyBatch<'a, R>,
    pub(super) part: Part<'b, CholeskyBatch<'a, R>>,
}

impl<R: Laned> OnLanes<R> for SideBySide<'_, '_, R> {
    type Output = ();

    #[inline(always)]
    fn run<T: Side<Real = R>>(self) {
        let Self { batch, part } = self;
        let (order, systems) = (batch.systems.order(), &batch.systems);
        let mut memory = vec![R::ZERO; packed(order)];
        if !systems.is_shared() {
            solve_all::<T, _>(batch, part, Own::new(order));
            return;
        }
        match Cholesky::factor(&systems.matrix(0), &mut memory) {
            Ok(_) => solve_all::<T, _>(batch, part, Same::new(systems.matrix(0), &memory)),
            Err(refusal) => part.outcomes.fill(Some(Err(DirectError::Factor(refusal)))),
        }
    }
}

#[inline(always)]
fn solve_all<T: Side<Real: Laned>, F: Factored<T>>(
    batch: &CholeskyBatch<'_, T::Real>,
    mut part: Part<'_, CholeskyBatch<'_, T::Real>>,
    factored: F,
) {
    let mut group = Group::new(batch, factored);
    let mut first = 0;
    while first < part.problems.len() {
        let count = (part.problems.len() - first).min(T::LANES);
        group.load(part.problems.start + first, count);
        group.begin();
        loop {
            group.step();
            group.look();
            // The few that take longer are not waited for.
            if 4 * group.judge(&mut part, first) <= count {
                break;
            }
        }
        group.finish_alone(&mut part, first);
        first += count;
    }
}

/// How one lane stands.
#[derive(Clone, Copy, Debug)]
enum Standing<R> {
    /// With what its tolerance refers to.
    Running(Run<R>, R),
    Done,
    /// Somebody has to look at it alone.
    Alone,
}

/// As many systems as there are lanes.
struct Group<'b, 'a, T: Side<Real: Laned>, F> {
    batch: &'b CholeskyBatch<'a, T::Real>,
    factored: F,
    b: Vec<T>,
    x: Vec<T>,
    /// The residuals, times a power of two that brings the largest of each to about 1.
    r: Vec<T>,
    scale: T,
    norms: T,
    /// What the scaled residuals were scaled by once more, for their squares; 1 but at the ends of
    /// the range.
    again: T,
    room: Vec<T::Real>,
    standing: Vec<Standing<T::Real>>,
}

impl<'b, 'a, R: Laned, T: Side<Real = R>, F: Factored<T>> Group<'b, 'a, T, F> {
    fn new(batch: &'b CholeskyBatch<'a, R>, factored: F) -> Self {
        let zeros = || vec![T::ZERO; batch.systems.order()];
        let (b, x, r) = (zeros(), zeros(), zeros());
        let standing = Vec::with_capacity(T::LANES);
        let room = vec![R::ZERO; packed(batch.systems.order())];
        let (scale, again, norms) = (T::ONE, T::ONE, T::ZERO);
        Self { batch, factored, b, x, r, scale, norms, again, room, standing }
    }

    #[inline(always)]
    fn load(&mut self, first: usize, count: usize) {
        let systems = self.batch.systems.range(first, count);
        self.factored.load(&systems);
        gather(systems.right_hand_sides(), &mut self.b);
        self.standing.clear();
        let mut k = 0;
        while k < count {
            let sound =
                T::all_finite(systems.matrix(k).numbers()) && is_plain(systems.right_hand_side(k));
            let start = Standing::Running(Run::new(self.batch.stop), R::ZERO);
            self.standing.push(if sound { start } else { Standing::Alone });
            k += 1;
        }
    }

    /// The factors, and r for x = 0.
    #[inline(always)]
    fn begin(&mut self) {
        // Where no pivot is near this, no sum of squares of a row has come above its diagonal entry
        // in whatever order they are added.
        let floor = R::from_u32(8 * self.b.len() as u32) * R::EPSILON;
        let least = self.factored.factor(T::splat(floor));
        self.x.fill(T::ZERO);
        self.r.copy_from_slice(&self.b);
        self.norm();
        self.judge_begin(least);
    }

    fn judge_begin(&mut self, least: T) {
        for (lane, standing) in self.standing.iter_mut().enumerate() {
            let reference = self.norms.lanes()[lane];
            let plain = reference.is_finite() && self.again.lanes()[lane] == R::ONE;
            if let Standing::Running(run, own) = standing {
                let told = Told::new(reference, reference);
                let report = told.tell(run, Certificate::ResidualNorm, 0);
                *own = reference;
                if least.lanes()[lane] <= R::ZERO || !plain || report.status.is_final() {
                    *standing = Standing::Alone;
                }
            }
        }
    }

    /// x ← x + (L Lᵀ)⁻¹ r.
    #[inline(always)]
    fn step(&mut self) {
        self.factored.solve(&mut self.r);
        let back = T::ONE / self.scale;
        for (x, correction) in self.x.iter_mut().zip(&self.r) {
            *x = (*x + *correction * back).finite_or(*x);
        }
    }

    /// r ← b − A x.
    #[inline(always)]
    fn look(&mut self) {
        let mut row = 0;
        while row < self.b.len() {
            self.r[row] = self.b[row] - self.factored.row_dot(row, &self.x);
            row += 1;
        }
        self.norm();
    }

    /// Scales r, and takes the norm of what it was.
    #[inline(always)]
    fn norm(&mut self) {
        let mut largest = T::ZERO;
        for r in &self.r {
            largest = largest.max(r.abs());
        }
        self.scale = largest.unit_scale();
        self.again = (largest * self.scale).unit_scale();
        let mut sums = [-T::ZERO; 4];
        for (k, r) in self.r.iter_mut().enumerate() {
            *r *= self.scale;
            sums[k & 3] += square(*r * self.again);
        }
        let squares = (sums[0] + sums[1]) + (sums[2] + sums[3]);
        self.norms = squares.sqrt() / self.again / self.scale;
    }

    /// Counts a step of all lanes, and takes the answers of those that are done; how many go on?
    fn judge(&mut self, part: &mut Part<'_, CholeskyBatch<'_, R>>, first: usize) -> usize {
        let (mut running, width) = (0, self.x.len());
        for (lane, standing) in self.standing.iter_mut().enumerate() {
            if let Standing::Running(run, reference) = standing {
                let residual = self.norms.lanes()[lane];
                let told = Told::new(residual, *reference);
                let report = told.tell(run, Certificate::ResidualNorm, 1);
                if !residual.is_finite() {
                    *standing = Standing::Alone;
                } else if report.status.is_final() {
                    let problem = first + lane;
                    scatter(&self.x, lane, &mut part.numbers[problem * width..][..width]);
                    part.outcomes[problem] = Some(Ok(report));
                    *standing = Standing::Done;
                } else {
                    running += 1;
                }
            }
        }
        running
    }

    /// Solves those one by one that lanes did not.
    fn finish_alone(&mut self, part: &mut Part<'_, CholeskyBatch<'_, R>>, first: usize) {
        let width = self.x.len();
        for (lane, standing) in self.standing.iter().enumerate() {
            if !matches!(standing, Standing::Done) {
                let problem = first + lane;
                let answer = &mut part.numbers[problem * width..][..width];
                let outcome = self.batch.one(part.problems.start + problem, &mut self.room, answer);
                part.outcomes[problem] = Some(outcome);
            }
        }
    }
}

/// Finite, and without a −0, whose sign x = 0 would take away.
#[inline(always)]
fn is_plain<R: Real>(numbers: &[R]) -> bool {
    numbers
        .iter()
        .fold(true, |plain, x| plain & x.is_finite() & (*x != R::ZERO || R::ONE / *x > R::ZERO))
}
