//! [`Matrix`]: a step with the block's own matrix.

use super::Update;
use crate::bcd::rule::Chosen;
use crate::direct::{factor_in_place, packed, solve_in_place};
use crate::fit::DataFit;
use crate::penalty::Unpenalized;
use crate::{Buffer, Scalar};

/// x_b ← x_b − H_bb⁻¹ ∇_b f with H the global bound of the Hessian ([`DataFit::bound`]); on a
/// quadratic the exact least value over the block.
///
/// A block whose matrix is singular to rounding gets the least multiple of its own diagonal that
/// makes it regular: pivots below `N·ε` times their diagonal entry are raised to it, and
/// [`MatrixState::added`] keeps the largest amount. A pivot that is clearly negative is a
/// breakdown: the matrix is not positive semidefinite, and [`MatrixState::curvature`] says how far.
///
/// Decrease: at least ½ ∇_b fᵀ H_bb⁻¹ ∇_b f. Storage: τ + τ(τ + 1)/2 numbers, here and in the
/// state. Cost: τ²/2 entries of H, τ³/6 multiplications.
///
/// ```
/// use solvekit::bcd::{Descent, Partition, rule::Cyclic, update::Matrix};
/// use solvekit::direct::packed;
/// use solvekit::{SMatrix, SVector, Stop, fit::Quadratic, penalty::Unpenalized, solve};
/// let a = SMatrix::<f32, 3, 3>::new(4.0, 1.0, 0.0, 1.0, 4.0, 1.0, 0.0, 1.0, 4.0);
/// let b = SVector::from([5.0, 6.0, 5.0]);
/// let fit = Quadratic::new(&a, &b)?;
/// let blocks = Partition::consecutive([0; 3], 2)?;
/// let triangle = SVector::<f32, { packed(2) }>::zeros();
/// let two = SVector::<f32, 2>::zeros();
/// let descent = Descent::new(fit, Unpenalized, Cyclic::new(blocks), Matrix::new(two, triangle));
/// let mut state = descent.start_from(fit.start());
/// assert!(solve(&descent, &mut state, Stop::relative(1e-5)?).converged());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Source: Nutini, Laradji and Schmidt 2022 (matrix updates).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Matrix<V, M> {
    direction: V,
    factor: M,
}

/// Room for one block, and what was met.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct MatrixState<R, V, M> {
    direction: V,
    factor: M,
    added: R,
    curvature: Option<R>,
}

impl<R: crate::Real, V, M> MatrixState<R, V, M> {
    /// The largest amount that was added to a diagonal entry so far, relative to that entry.
    pub const fn added(&self) -> R {
        self.added
    }

    /// The negative pivot at which the method broke down.
    pub const fn curvature(&self) -> Option<R> {
        self.curvature
    }
}

impl<V, M> Matrix<V, M> {
    /// τ is the length of `direction`; `factor` needs [`packed`](crate::direct::packed)`(τ)` numbers.
    /// What they hold does not matter. A block of more coordinates is cut off.
    pub const fn new(direction: V, factor: M) -> Self {
        Self { direction, factor }
    }
}

impl<F, V, M> Update<F, Unpenalized> for Matrix<V, M>
where
    F: DataFit,
    V: Buffer<F::Real>,
    M: Buffer<F::Real>,
{
    type State = MatrixState<F::Real, V, M>;

    fn start(&self) -> Self::State {
        MatrixState {
            direction: self.direction.clone(),
            factor: self.factor.clone(),
            added: F::Real::ZERO,
            curvature: None,
        }
    }

    fn restart(&self, state: &mut Self::State) {
        state.direction.clone_from(&self.direction);
        state.factor.clone_from(&self.factor);
        (state.added, state.curvature) = (F::Real::ZERO, None);
    }

    fn apply(
        &self,
        fit: &F,
        _: &Unpenalized,
        point: &mut F::Point,
        chosen: Chosen<'_>,
        state: &mut Self::State,
    ) {
        let direction = state.direction.as_mut_slice();
        let block = chosen.coordinates;
        let block = block.get(..direction.len()).unwrap_or(block);
        let (Some(direction), Some(factor)) = (
            direction.get_mut(..block.len()),
            state.factor.as_mut_slice().get_mut(..packed(block.len())),
        ) else {
            return;
        };
        for (slot, j) in direction.iter_mut().zip(block) {
            *slot = -fit.partial(point, *j);
        }
        fit.fill_bound(block, factor);
        match factor_in_place(factor, block.len()) {
            Ok(added) => state.added = state.added.max(added),
            Err(curvature) => {
                state.curvature = Some(curvature);
                return;
            }
        }
        solve_in_place(factor, direction);
        fit.shift_block(point, block, direction);
    }

    fn breakdown(&self, state: &Self::State) -> bool {
        state.curvature.is_some()
    }
}
