//! `--method bcd`: block coordinate descent on ½ xᵀA x − bᵀx, whose gradient is the residual.
//!
//! The rule, where none is given, is GSD with variable blocks of [`GREEDY_BLOCK`]. Passes to 1e-8 from
//! zero, b = A·1, in f64:
//!
//! | matrix | cyclic, 1 (Gauss–Seidel) | tree | gs, 24 | gsd, 8 | gsd, 24 | gsd, 40 | gsq, 24 |
//! |---|---|---|---|---|---|---|---|
//! | bcsstk01 | 2031 | 1703 | 40 | 710 | 40 | 17 | 19 |
//! | nos4 | 3308 | 5018 | 1544 | 1759 | 1570 | 1874 | 1372 |
//! | mesh1e1 | 14 | 21 | 12 | 11 | 13 | 5 | 6 |
//! | airfoil | 319 | 446 | 236 | 247 | 236 | 215 | 237 |
//! | gr_30_30 | 997 | 1540 | 693 | 715 | 693 | 675 | 694 |
//!
//! Of the greedy rules and sizes these take the least time in the geometric mean over the five; GS
//! does as well where the unknowns have like units, and GSD does not mind others. No greedy choice pays
//! for itself in time on matrices as sparse as these: single unknowns in turn are quicker on all but
//! bcsstk01.

use super::one::{Answer, One, Refusal};
use crate::matrix::CsrMatrix;
use crate::precision::Precision;
use crate::vector::Vector;
use clap::ValueEnum;
use rand_core::SeedableRng;
use rand_pcg::Pcg32;
use solvekit::bcd::rule::{
    Cyclic, GaussSouthwell, GaussSouthwellDiagonal, Greedy, GreedyQuadratic, Random, Rule,
};
use solvekit::bcd::tree::{GreedyTree, MessagePassing, MessagePassingState, Refusal as Refused};
use solvekit::bcd::update::{Coordinate, Matrix, MatrixState, Update};
use solvekit::bcd::{Descent, DescentState, Partition};
use solvekit::direct::packed;
use solvekit::fit::{DataFit, FitError, Point, Quadratic};
use solvekit::penalty::Unpenalized;
use solvekit::sum::{norm, sum_of};
use solvekit::{Certificate, Iteration, LinearOperator, Real, RowOperator};

/// Unknowns in a block of a greedy rule.
const GREEDY_BLOCK: usize = 24;

/// Which block `bcd` solves next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[non_exhaustive]
pub enum BlockRule {
    /// Neighbours in turn; in blocks of one this is Gauss–Seidel
    Cyclic,
    /// The unknowns of the largest residuals rᵢ²
    Gs,
    /// The largest rᵢ²/aᵢᵢ
    Gsd,
    /// Unknowns that promise much when they move together
    Gsq,
    /// As many of the largest rᵢ²/aᵢᵢ as close no cycle in the graph of A: a forest, solved in time
    /// proportional to its size
    Tree,
    /// Neighbours, each block alike likely
    Random,
}

type Fit<'a, T> = Quadratic<'a, T, CsrMatrix<T>>;
type Kept<T> = Point<Vector<T>, Vector<T>>;

/// Descent whose step is a pass, and whose certificate is ‖A x − b‖₂ as that of the other methods is:
/// the gradient that the fit keeps is A x − b.
struct Passes<'a, T: Real, S, U> {
    descent: Descent<Fit<'a, T>, Unpenalized, S, U>,
    /// Blocks to a pass.
    blocks: usize,
    b: &'a Vector<T>,
}

/// The memory of an update that may have met a curvature.
trait Curved<T> {
    fn curvature(&self) -> Option<T>;
}

impl<T> Curved<T> for () {
    fn curvature(&self) -> Option<T> {
        None
    }
}

impl<T: Real, V, M> Curved<T> for MatrixState<T, V, M> {
    fn curvature(&self) -> Option<T> {
        self.curvature()
    }
}

impl<T: Real, I, V> Curved<T> for MessagePassingState<T, I, V> {
    fn curvature(&self) -> Option<T> {
        match self.refusal() {
            Some(Refused::Curvature { pivot, .. }) => Some(pivot),
            _ => None,
        }
    }
}

type State<T, S, U> = DescentState<Kept<T>, S, U>;

impl<'a, T, S, U> Passes<'a, T, S, U>
where
    T: Precision,
    S: Rule<Fit<'a, T>, Unpenalized>,
    U: Update<Fit<'a, T>, Unpenalized, State: Curved<T>>,
{
    /// A block's pivot: vᵀA v for a v with an entry of 1. Or xᵀA x / xᵀx, where blocks cannot tell (a
    /// single unknown has a positive diagonal entry): it is kept, and negative once the descent has
    /// found how to go down without end.
    fn curvature(&self, state: &State<T, S::State, U::State>) -> Option<T> {
        let (x, gradient) = (&state.point.x, state.point.kept());
        state.update.curvature().or_else(|| {
            let product = |i: usize| x[i] * (gradient[i] + self.b[i]);
            let curvature = sum_of(x.len(), product);
            let size = sum_of(x.len(), |i| product(i).abs());
            // Far above the rounding of either; a negative curvature outgrows it soon.
            let is_negative = curvature < -T::EPSILON.sqrt() * size;
            is_negative.then(|| curvature / sum_of(x.len(), |i| x[i] * x[i]))
        })
    }
}

impl<'a, T, S, U> Iteration for Passes<'a, T, S, U>
where
    T: Precision,
    S: Rule<Fit<'a, T>, Unpenalized>,
    U: Update<Fit<'a, T>, Unpenalized, State: Curved<T>>,
{
    type Real = T;
    type State = State<T, S::State, U::State>;
    const CERTIFICATE: Certificate = Certificate::ResidualNorm;

    fn step(&self, state: &mut Self::State) {
        for _ in 0..self.blocks {
            self.descent.step(state);
            if self.descent.breakdown(state) {
                return;
            }
        }
    }

    fn residual(&self, state: &mut Self::State) -> T {
        norm(state.point.kept())
    }

    fn certify(&self, state: &mut Self::State) -> Option<T> {
        self.descent.fit().refresh(&mut state.point);
        Some(norm(state.point.kept()))
    }

    fn breakdown(&self, state: &Self::State) -> bool {
        self.descent.breakdown(state) || self.curvature(state).is_some()
    }

    fn reference(&self) -> T {
        norm(self.b)
    }

    fn restore(&self, state: &mut Self::State) {
        self.descent.restore(state);
    }
}

impl<'a, T: Precision> One<'a, T> {
    /// Block coordinate descent. `block` is for rules other than the tree's.
    pub(super) fn bcd(
        &mut self,
        rule: BlockRule,
        block: Option<usize>,
        seed: u64,
    ) -> Result<Answer<T>, Refusal> {
        let fit = Quadratic::new(self.a, self.b)?;
        let unknowns = fit.unknowns();
        if block.is_some_and(|block| block > unknowns) {
            return Err(Refusal::Block { unknowns });
        }
        let size = block.unwrap_or(match rule {
            BlockRule::Cyclic | BlockRule::Random => 1,
            _ => GREEDY_BLOCK.min(unknowns),
        });
        let indices = || vec![0; size];
        let numbers = |count| Vector::filled(count, T::ZERO);
        let matrix = || Matrix::new(numbers(size), numbers(packed(size)));
        let pass = unknowns.div_ceil(size);
        let neighbors = || {
            Partition::consecutive(vec![0; unknowns], size)
                .map_err(|_| Refusal::Fit(FitError::Empty))
        };
        match rule {
            // The same steps, one at a time and without a matrix of one entry.
            BlockRule::Cyclic if size == 1 => {
                self.descend(fit, (Cyclic::new(neighbors()?), Coordinate), pass)
            }
            BlockRule::Cyclic => self.descend(fit, (Cyclic::new(neighbors()?), matrix()), pass),
            BlockRule::Random => {
                let random = Pcg32::seed_from_u64(seed);
                self.descend(fit, (Random::new(neighbors()?, random), matrix()), pass)
            }
            BlockRule::Gs => {
                let rule = Greedy::new(GaussSouthwell, indices(), numbers(size));
                self.descend(fit, (rule, matrix()), pass)
            }
            BlockRule::Gsd => {
                let rule = Greedy::new(GaussSouthwellDiagonal, indices(), numbers(size));
                self.descend(fit, (rule, matrix()), pass)
            }
            BlockRule::Gsq => {
                let (trial, bound) = (fit.start(), scaled_bound(self.a));
                let (scores, values) = (numbers(size), numbers(size));
                let rule = GreedyQuadratic::new(bound, true, trial, indices(), scores, values);
                let rule = rule.map_err(|_| Refusal::Fit(FitError::Empty))?;
                self.descend(fit, (rule, matrix()), pass)
            }
            BlockRule::Tree => {
                let indices = || vec![0; unknowns];
                let all = || numbers(unknowns);
                let rule = GreedyTree::new(GaussSouthwellDiagonal, [indices(), indices()], all());
                let passing = MessagePassing::new([(); 4].map(|()| indices()), [all(), all()]);
                self.descend(fit, (rule, passing), 1)
            }
        }
    }

    fn descend<S, U>(
        &mut self,
        fit: Fit<'a, T>,
        (rule, update): (S, U),
        blocks: usize,
    ) -> Result<Answer<T>, Refusal>
    where
        S: Rule<Fit<'a, T>, Unpenalized>,
        U: Update<Fit<'a, T>, Unpenalized, State: Curved<T>>,
    {
        let b = self.b;
        let start = fit.start_at(self.take_start())?;
        let passes = Passes { descent: Descent::new(fit, Unpenalized, rule, update), blocks, b };
        let mut state = passes.descent.start_from(start);
        let report = self.drive(&passes, &mut state);
        let broke = report.status == solvekit::Status::Breakdown;
        let curvature = if broke { passes.curvature(&state) } else { None };
        let answer = Answer::new(state.point.x, report);
        Ok(Answer { curvature: curvature.map(T::to_f64), ..answer })
    }
}

/// The largest Σⱼ|aᵢⱼ|/√(aᵢᵢaⱼⱼ), which no eigenvalue of D^−½ A D^−½ exceeds.
fn scaled_bound<T: Precision>(a: &CsrMatrix<T>) -> T {
    let sums = (0..a.rows()).map(|i| {
        let (own, mut sum) = (a.diagonal(i).sqrt(), T::ZERO);
        a.visit_row(i, |j, value| {
            let size = own * a.diagonal(j).sqrt();
            if size > T::ZERO {
                sum += value.abs() / size;
            }
        });
        sum
    });
    sums.fold(T::ZERO, T::max)
}
