//! [`Greedy`]: the rows that are violated most.

use super::RowRule;
use crate::bcd::rule::Picked;
use crate::rows::RowSystem;
use crate::{Buffer, Real, RowOperator};

/// The τ rows of the largest scores, in descending order; a row whose score is zero is not chosen, one
/// whose score is NaN comes first.
///
/// With one row and [`Distance`] a step is the longest that any single row allows. Storage: τ indices and τ numbers, here
/// and in the memory. Cost: one pass over A, about τ² log(M / τ) exchanges.
///
/// ```
/// use solvekit::rows::{Kaczmarz, rule::{Distance, Greedy}};
/// use solvekit::{SMatrix, SVector, Stop, operator::zeros, solve};
/// let a = SMatrix::<f32, 2, 2>::new(2.0, 1.0, 1.0, 3.0);
/// let b = SVector::from([3.0, 4.0]);
/// let farthest = Greedy::new(Distance, [0], zeros::<f32, 1, 1>());
/// let kaczmarz = Kaczmarz::new(&a, &b, farthest, 1.0)?;
/// let mut state = kaczmarz.start();
/// assert!(solve(&kaczmarz, &mut state, Stop::relative(1e-5)?).converged());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Source: Nutini et al., *Convergence Rates for Greedy Kaczmarz Algorithms*, UAI 2016 (maximum
/// residual, maximum distance).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Greedy<S, I, V> {
    score: S,
    blank: Picked<I, V>,
}

impl<S, I: AsRef<[usize]>, V> Greedy<S, I, V> {
    /// τ is the length of the shorter buffer; what they hold does not matter.
    pub const fn new(score: S, rows: I, scores: V) -> Self {
        Self { score, blank: Picked::new(rows, scores) }
    }
}

/// How much a row is violated.
pub trait RowScore<R: Real, A: RowOperator<R>> {
    /// Not negative; zero where there is nothing to gain.
    fn score(&self, system: &RowSystem<'_, R, A>, row: usize, x: &A::Domain) -> R;
}

/// |bᵢ − aᵢᵀx|: the maximum-residual rule. Depends on how the rows are scaled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Residual;

impl<R: Real, A: RowOperator<R>> RowScore<R, A> for Residual {
    fn score(&self, system: &RowSystem<'_, R, A>, row: usize, x: &A::Domain) -> R {
        system.residual(row, x).abs()
    }
}

/// (bᵢ − aᵢᵀx)² / ‖aᵢ‖², the squared distance of x from the solutions of the row: the maximum-distance
/// rule. A row of zeros is nowhere far away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Distance;

impl<R: Real, A: RowOperator<R>> RowScore<R, A> for Distance {
    fn score(&self, system: &RowSystem<'_, R, A>, row: usize, x: &A::Domain) -> R {
        let residual = system.residual(row, x);
        // In this order: the square of a small residual alone may be lost.
        (residual * system.inverse_square(row)) * residual
    }
}

impl<R, A, S, I, V> RowRule<R, A> for Greedy<S, I, V>
where
    R: Real,
    A: RowOperator<R>,
    S: RowScore<R, A>,
    I: AsRef<[usize]> + AsMut<[usize]> + Clone,
    V: Buffer<R>,
{
    type State = Picked<I, V>;

    fn start(&self) -> Self::State {
        self.blank.clone()
    }

    fn select<'a>(
        &'a self,
        system: &RowSystem<'_, R, A>,
        x: &A::Domain,
        picked: &'a mut Self::State,
    ) -> &'a [usize] {
        picked.clear();
        for row in 0..system.matrix().rows() {
            picked.offer(row, self.score.score(system, row, x));
        }
        picked.coordinates()
    }
}
