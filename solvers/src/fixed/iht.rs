//! [`Iht`]: iterative hard thresholding in fixed point.

use super::proximal::{Point, distance, gradient_step, step_size};
use super::{FixedError, Format, I1F31, Saturations, Scale, Sensing};
use crate::network::largest;
use crate::{Certificate, Iteration};

/// Gradient steps on ½‖y − A x‖² of which the K largest entries are kept:
///
/// x⁺ = H_K(x + α Aᵀ(y − A x)).
///
/// Of equal entries the first are kept. α is fixed, at most 1 / ‖A‖² so that the residual never
/// grows. The certificate is max |x − x⁺| / α, which is free. No floating point in a step.
///
/// Shapes: A is M × N, y has M entries, x has N. Storage: 8 words here, 3 N + M + 2 in
/// [`IhtState`]. Cost of a step: M products for each of the K non-zeros of x, M N for Aᵀ, N for α,
/// and a selection.
///
/// ```
/// use solvekit::fixed::{Dictionary, I1F15, I1F31, Iht, Sensing};
/// use solvekit::{Stop, solve};
/// // Three measurements of four unknowns, of which one is not zero.
/// let q = I1F15::from_num::<f32>;
/// let columns = [[0.5, 0.0, 0.0], [0.0, 0.5, 0.0], [0.0, 0.0, 0.5], [0.3, 0.0, 0.4]];
/// let columns = columns.map(|column| column.map(q));
/// let y = [0.15_f32, 0.0, 0.2].map(I1F31::from_num);
/// let iht = Iht::new(Sensing::new(Dictionary::new(&columns, 0)?, &y), 1, 2.0)?;
/// let mut state = iht.start();
/// assert!(solve(&iht, &mut state, Stop::relative(1e-4)?).converged());
/// assert!((state.x[3].to_num::<f32>() - 0.5).abs() < 1e-3);
/// assert_eq!(state.x.iter().filter(|x| !x.is_zero()).count(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Source: Blumensath and Davies 2009.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Iht<'a, F, const M: usize, const N: usize> {
    sensing: Sensing<'a, F, M, N>,
    sparsity: usize,
    step: Scale,
}

/// The iterate, its residual, the next iterate, room, and the numbers that were cut off:
/// 3 N + M + 2 words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct IhtState<const M: usize, const N: usize> {
    /// The iterate. Whoever changes it starts a new [`Run`](crate::Run), which looks at it anew.
    #[cfg_attr(feature = "serde", serde(with = "crate::array"))]
    pub x: [I1F31; N],
    point: Point<M, N>,
    #[cfg_attr(feature = "serde", serde(with = "crate::array"))]
    room: [u32; N],
}

impl<const M: usize, const N: usize> IhtState<M, N> {
    /// Starts from `x`; `const`.
    pub const fn new(x: [I1F31; N]) -> Self {
        Self { x, point: Point::new(), room: [0; N] }
    }

    /// The numbers that were cut off.
    pub const fn saturations(&self) -> Saturations {
        self.point.saturations
    }
}

impl<'a, F: Format, const M: usize, const N: usize> Iht<'a, F, M, N> {
    /// K and α.
    ///
    /// # Errors
    /// [`FixedError::Sparsity`] for K = 0 or K > N; [`FixedError::Parameter`] unless α > 0 is finite.
    pub fn new(
        sensing: Sensing<'a, F, M, N>,
        sparsity: usize,
        step: f32,
    ) -> Result<Self, FixedError> {
        if sparsity == 0 || sparsity > N {
            return Err(FixedError::Sparsity { asked: sparsity, most: N });
        }
        Ok(Self { sensing, sparsity, step: step_size(step)? })
    }

    /// The state with x = 0.
    pub const fn start(&self) -> IhtState<M, N> {
        IhtState::new([I1F31::ZERO; N])
    }

    /// A and y.
    pub const fn sensing(&self) -> &Sensing<'a, F, M, N> {
        &self.sensing
    }

    fn propose(&self, IhtState { x, point, room }: &mut IhtState<M, N>) {
        if !point.proposed {
            gradient_step(&self.sensing, self.step, x, point);
            keep(&mut point.next, room, self.sparsity);
            point.proposed = true;
        }
    }
}

/// v ← H_K(v).
fn keep<const N: usize>(v: &mut [I1F31; N], room: &mut [u32; N], sparsity: usize) {
    for (size, v) in room.iter_mut().zip(v.iter()) {
        *size = v.to_bits().unsigned_abs();
    }
    let level = largest(room, sparsity).unwrap_or(0);
    let size = |v: &I1F31| v.to_bits().unsigned_abs();
    let above = v.iter().filter(|v| size(v) > level).count();
    let mut at_level = sparsity.saturating_sub(above);
    for v in v {
        let kept = size(v) > level || size(v) == level && at_level > 0;
        if size(v) == level {
            at_level = at_level.saturating_sub(1);
        }
        *v = if kept { *v } else { I1F31::ZERO };
    }
}

impl<F: Format, const M: usize, const N: usize> Iteration for Iht<'_, F, M, N> {
    type Real = f32;
    type State = IhtState<M, N>;
    const CERTIFICATE: Certificate = Certificate::ProximalResidual;

    fn step(&self, state: &mut Self::State) {
        self.propose(state);
        core::mem::swap(&mut state.x, &mut state.point.next);
        state.point.proposed = false;
    }

    fn residual(&self, state: &mut Self::State) -> f32 {
        self.propose(state);
        distance(&state.x, &state.point.next, self.step)
    }

    fn certify(&self, state: &mut Self::State) -> Option<f32> {
        state.point.proposed = false;
        Some(self.residual(state))
    }

    fn overflows(&self, state: &Self::State) -> u32 {
        state.point.saturations.count()
    }

    fn reference(&self) -> f32 {
        self.sensing.largest_correlation()
    }

    /// Never needed: every number of the format is finite.
    fn restore(&self, _: &mut Self::State) {}
}
