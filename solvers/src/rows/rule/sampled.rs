//! [`Sampled`]: rows drawn in proportion to their squared norms.

use super::RowRule;
use crate::draw::fraction;
use crate::rows::system::squared_norm;
use crate::rows::{RowSystem, RowsError};
use crate::{Buffer, Real, RowOperator};
use rand_core::Rng;

/// One row, drawn with probability ‖aᵢ‖² / ‖A‖²_F from the caller's generator (and so its seed); a row of
/// zeros never.
///
/// With it the expected ‖x − x*‖² shrinks by 1 − σ²_min / ‖A‖²_F with each row, σ_min the least singular
/// value that is not zero. Storage: M numbers here, the generator in the memory. Cost: M norms once,
/// log₂ M comparisons for each draw; the draw has 46 bits, as far as the number has them.
///
/// ```
/// use rand_core::SeedableRng;
/// use rand_pcg::Pcg32;
/// use solvekit::rows::{Kaczmarz, rule::Sampled};
/// use solvekit::{SMatrix, SVector, Stop, operator::zeros, solve};
/// let a = SMatrix::<f32, 2, 2>::new(2.0, 1.0, 1.0, 3.0);
/// let b = SVector::from([3.0, 4.0]);
/// let rule = Sampled::of(&a, zeros::<f32, 2, 1>(), Pcg32::seed_from_u64(7))?;
/// let kaczmarz = Kaczmarz::new(&a, &b, rule, 1.0)?;
/// let mut state = kaczmarz.start();
/// assert!(solve(&kaczmarz, &mut state, Stop::relative(1e-5)?).converged());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Source: Strohmer and Vershynin, *A Randomized Kaczmarz Algorithm with Exponential Convergence*, 2009.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sampled<V, G> {
    /// Σ ‖aₖ‖² over k ≤ i, times a power of two.
    cumulative: V,
    random: G,
}

/// The generator as it stands, and the row it drew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct SampledState<G> {
    random: G,
    row: [usize; 1],
}

impl<V, G> Sampled<V, G> {
    /// For the rows of `a`; what `cumulative` holds does not matter, only its length, M.
    ///
    /// # Errors
    /// [`RowsError::Length`]; [`RowsError::RowSize`] where ‖aᵢ‖² is not finite.
    pub fn of<R, A>(a: &A, mut cumulative: V, random: G) -> Result<Self, RowsError>
    where
        R: Real,
        A: RowOperator<R>,
        V: Buffer<R>,
    {
        let slots = cumulative.as_mut_slice();
        let (expected, found) = (a.rows(), slots.len());
        if expected != found {
            return Err(RowsError::Length { expected, found });
        }
        let mut largest = R::ZERO;
        for (row, slot) in slots.iter_mut().enumerate() {
            *slot = squared_norm(a, row);
            if !slot.is_finite() {
                return Err(RowsError::RowSize { row });
            }
            largest = largest.max(*slot);
        }
        let (scale, mut sum) = (largest.unit_scale(), R::ZERO);
        for slot in slots {
            sum += *slot * scale;
            *slot = sum;
        }
        Ok(Self { cumulative, random })
    }
}

impl<R, A, V, G> RowRule<R, A> for Sampled<V, G>
where
    R: Real,
    A: RowOperator<R>,
    V: Buffer<R>,
    G: Rng + Clone,
{
    type State = SampledState<G>;

    fn start(&self) -> Self::State {
        SampledState { random: self.random.clone(), row: [0] }
    }

    fn select<'a>(
        &'a self,
        _: &RowSystem<'_, R, A>,
        _: &A::Domain,
        state: &'a mut Self::State,
    ) -> &'a [usize] {
        let cumulative = self.cumulative.as_slice();
        let total = cumulative.last().copied().unwrap_or(R::ZERO);
        let target = fraction::<R>(&mut state.random) * total;
        let drawn = cumulative.partition_point(|sum| *sum <= target);
        // The product may round up to the total; the last row that adds something is then meant.
        let last = cumulative.partition_point(|sum| *sum < total);
        state.row = [drawn.min(last)];
        &state.row
    }
}
