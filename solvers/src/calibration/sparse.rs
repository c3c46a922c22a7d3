//! [`SparseProjectedGradient`]: the gradient method for a sparse signal.

use super::gains::{Steps, gain_step, or_zero, weighted_residual, weighted_square};
use super::gradient::{gain_change, relative, restore, size};
use super::prior::{length, squares};
use super::snapshots::at;
use super::{Anything, CalibrationError, Snapshots};
use crate::recovery::Largest;
use crate::sum::max_abs;
use crate::{Buffer, Certificate, ColumnOperator, Iteration, LinearOperator, Real};

/// Gradient steps on f of [`ProjectedGradient`](super::ProjectedGradient), of which the K largest
/// entries of the signal are kept (BC-IHT):
///
/// x ← H_K(x − μ ∇ₓf), γ ← γ − μ' ∇⊥f,
///
/// μ being the best step along ∇ₓf restricted to the places of x's non-zeros, μ' that along ∇⊥f, both
/// at the same point. From the K largest entries of n / ‖A‖² Σ A_lᵀ y_l and γ = 1. Needs fewer
/// equations than unknowns: about 2.5 to 3 (K + m).
///
/// The certificate is the larger of ‖Δx‖ / ‖x‖ and ‖Δγ‖ / ‖γ‖ of the step to come. f may rise where
/// the places change, and the end need not be the best K-sparse x.
///
/// Shapes: x is n, γ is m, y is m p. Storage: beside the snapshots K numbers and K + 1 indices here,
/// 3 n + 2 m + 2 m p + K + 3 numbers and K + 1 indices in [`SparseProjectedGradientState`]. Cost of a
/// step: two products with all A_l, one with all A_lᵀ, the choice of K of n.
///
/// ```
/// use solvekit::calibration::{Order, Snapshots, SparseProjectedGradient};
/// use solvekit::{SMatrix, SVector, Stop, recovery::Largest, solve};
/// // Four snapshots of three sensors, eight unknowns of which one is not zero.
/// let rows = SMatrix::<f32, 8, 12>::from_fn(|j, k| ((k * k + 5 * j * k + 3 * j) as f32).sin());
/// let gains = [1.2, 0.7, 1.1];
/// let y = SVector::<f32, 12>::from_fn(|k, _| gains[k % 3] * rows[(5, k)] * 2.0);
/// let snapshots = Snapshots::new(&rows, &y, SVector::<f32, 3>::zeros(), Order::BySnapshot)?;
/// let room = Largest::new([0; 1], SVector::<f32, 1>::zeros());
/// let descent = SparseProjectedGradient::new(snapshots, room)?;
/// let mut state = descent.start();
/// assert!(solve(&descent, &mut state, Stop::relative(1e-6)?).converged());
/// assert!((state.x[5] - 2.0).abs() < 1e-4 && (state.gains[1] - 0.7).abs() < 1e-4);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Source: Cambareri, Moshtaghpour and Jacques 2016, *A Greedy Blind Calibration Method for
/// Compressed Sensing with Unknown Sensor Gains*.
#[derive(Clone, Debug)]
pub struct SparseProjectedGradient<'a, R: Real, A: LinearOperator<R>, G, I, V> {
    snapshots: Snapshots<'a, R, A, G>,
    blank: Largest<I, V>,
}

/// Signal and gains, those to come, and room for K places: 3 n + 2 m + 2 m p + K + 3 numbers and
/// K + 1 indices.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct SparseProjectedGradientState<R, X, G, Y, I, V> {
    /// The signal. Whoever changes it starts a new [`Run`](crate::Run), which looks at it anew.
    pub x: X,
    /// The gains, of mean 1.
    pub gains: G,
    next: X,
    along: X,
    next_gains: G,
    u: Y,
    image: Y,
    kept: Largest<I, V>,
    objective: R,
    change: R,
    fresh: bool,
}

impl<R: Real, X, G, Y, I, V> SparseProjectedGradientState<R, X, G, Y, I, V> {
    /// f where the certificate was evaluated last; zero before.
    pub const fn objective(&self) -> R {
        self.objective
    }
}

type StateOf<R, A, G, I, V> = SparseProjectedGradientState<
    R,
    <A as LinearOperator<R>>::Range,
    G,
    <A as LinearOperator<R>>::Domain,
    I,
    V,
>;

impl<'a, R, A, G, I, V> SparseProjectedGradient<'a, R, A, G, I, V>
where
    R: Real,
    A: ColumnOperator<R>,
    G: Buffer<R>,
    I: AsRef<[usize]> + AsMut<[usize]> + Clone,
    V: Buffer<R>,
{
    /// K is what `room` has room for.
    ///
    /// # Errors
    /// [`CalibrationError::Sparsity`] for K = 0 or K > n.
    pub fn new(
        snapshots: Snapshots<'a, R, A, G>,
        room: Largest<I, V>,
    ) -> Result<Self, CalibrationError> {
        let (asked, most) = (room.capacity(), snapshots.counts().unknowns);
        if asked == 0 || asked > most {
            return Err(CalibrationError::Sparsity { asked, most });
        }
        Ok(Self { snapshots, blank: room })
    }

    /// The state to begin with: H_K(n / ‖A‖² Σ A_lᵀ y_l), γ = 1.
    pub fn start(&self) -> StateOf<R, A, G, I, V> {
        let mut state = self.fresh(self.snapshots.back_projection(), self.snapshots.ones());
        state.kept.keep(state.x.as_mut_slice());
        state
    }

    /// The state with a given signal, which may have more than K non-zeros, and given gains.
    ///
    /// # Errors
    /// [`CalibrationError`]: `Length`, `NonFiniteStart`.
    pub fn start_at(
        &self,
        x: A::Range,
        gains: G,
    ) -> Result<StateOf<R, A, G, I, V>, CalibrationError> {
        self.snapshots.check_start(&x, &gains)?;
        Ok(self.fresh(x, gains))
    }

    fn fresh(&self, x: A::Range, gains: G) -> StateOf<R, A, G, I, V> {
        let rows = self.snapshots.rows();
        SparseProjectedGradientState {
            x,
            next_gains: gains.clone(),
            gains,
            next: rows.zero_range(),
            along: rows.zero_range(),
            u: rows.zero_domain(),
            image: rows.zero_domain(),
            kept: self.blank.clone(),
            objective: R::ZERO,
            change: R::ZERO,
            fresh: true,
        }
    }

    fn propose(&self, state: &mut StateOf<R, A, G, I, V>) {
        if !state.fresh {
            return;
        }
        let SparseProjectedGradientState { x, gains, next, along, next_gains, u, image, .. } =
            state;
        let snapshots = &self.snapshots;
        let scale = snapshots.scale();
        snapshots.predict(x, u);
        let known = (gains.as_slice(), u.as_slice());
        let residual = weighted_residual(snapshots, known, image.as_mut_slice());
        state.objective = R::from_f64(0.5) * residual / snapshots.equations() / scale / scale;
        snapshots.rows().apply(image, next);
        let unit = max_abs(next.as_slice()).unit_scale();
        next.as_mut_slice().iter_mut().for_each(|g| *g *= unit);
        along.as_mut_slice().iter_mut().zip(next.as_slice()).for_each(|(along, g)| *along = *g);
        if max_abs(x.as_slice()) == R::ZERO {
            state.kept.keep(along.as_mut_slice());
        } else {
            for (along, x) in along.as_mut_slice().iter_mut().zip(x.as_slice()) {
                *along = if *x == R::ZERO { R::ZERO } else { *along };
            }
        }
        snapshots.rows().apply_adjoint(along, image);
        let curved = weighted_square(snapshots, gains.as_slice(), image.as_slice());
        let step = or_zero(squares(along.as_slice()) / (unit * curved)) / scale;
        for (next, x) in next.as_mut_slice().iter_mut().zip(x.as_slice()) {
            *next = *x - step * *next;
        }
        state.kept.keep(next.as_mut_slice());
        let u = u.as_slice();
        gain_step(snapshots, &Anything, Steps::Joint, (gains, |k: usize| at(u, k)), next_gains);
        for ((along, next), x) in
            along.as_mut_slice().iter_mut().zip(next.as_slice()).zip(x.as_slice())
        {
            *along = *next - *x;
        }
        let moved = relative(length(along.as_slice()), length(x.as_slice()));
        state.change = moved.max(gain_change(gains.as_slice(), next_gains.as_slice()));
        state.fresh = false;
    }
}

impl<R, A, G, I, V> Iteration for SparseProjectedGradient<'_, R, A, G, I, V>
where
    R: Real,
    A: ColumnOperator<R>,
    G: Buffer<R>,
    I: AsRef<[usize]> + AsMut<[usize]> + Clone,
    V: Buffer<R>,
{
    type Real = R;
    type State = StateOf<R, A, G, I, V>;
    const CERTIFICATE: Certificate = Certificate::RelativeChange;

    fn step(&self, state: &mut Self::State) {
        self.propose(state);
        // No step is made that overflows, or from what is not finite.
        if (state.change + size(&state.x, &state.gains)).is_finite() {
            core::mem::swap(&mut state.x, &mut state.next);
            core::mem::swap(&mut state.gains, &mut state.next_gains);
        }
        state.fresh = true;
    }

    fn residual(&self, state: &mut Self::State) -> R {
        self.propose(state);
        state.change
    }

    fn certify(&self, state: &mut Self::State) -> Option<R> {
        state.fresh = true;
        Some(self.residual(state))
    }

    fn reference(&self) -> R {
        R::ONE
    }

    fn restore(&self, state: &mut Self::State) {
        restore(&mut state.x, &mut state.gains);
        state.fresh = true;
    }
}
