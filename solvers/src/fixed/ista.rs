//! [`Ista`]: iterative shrinkage and thresholding in fixed point.

use super::dictionary::soft_threshold;
use super::proximal::{Point, distance, gradient_step, step_size};
use super::{FixedError, Format, I1F31, Saturations, Scale, Sensing};
use crate::{Certificate, Iteration, Scalar};

/// Proximal gradient steps on ½‖y − A x‖² + λ‖x‖₁:
///
/// x⁺ = S(x + α Aᵀ(y − A x); α λ).
///
/// α at most 1 / ‖A‖² (see [`largest_eigenvalue`](crate::recovery::largest_eigenvalue); on the host,
/// once). A longer one need not converge, and shows by overflows. The certificate is
/// max |x − x⁺| / α, which is free, since the next step needs what it is made of. No floating point in
/// a step.
///
/// Shapes: A is M × N, y has M entries, x has N. Storage: 8 words here, 2 N + M + 2 in
/// [`IstaState`]. Cost of a step: M products for each non-zero of x, M N for Aᵀ, N for α.
///
/// ```
/// use solvekit::fixed::{Dictionary, I1F15, I1F31, Ista, Sensing};
/// use solvekit::{Stop, solve};
/// // Two measurements of three unknowns, of which the last alone explains them.
/// let q = I1F15::from_num::<f32>;
/// let columns = [[q(0.9), q(0.0)], [q(0.0), q(0.9)], [q(0.54), q(0.72)]];
/// let y = [0.27_f32, 0.36].map(I1F31::from_num);
/// let sensing = Sensing::new(Dictionary::new(&columns, 0)?, &y);
/// let ista = Ista::new(sensing, 0.005, 0.6)?;
/// let mut state = ista.start();
/// let report = solve(&ista, &mut state, Stop::relative(1e-5)?);
/// assert!(report.converged() && report.overflows == 0, "{report:?}");
/// assert_eq!(state.x[..2], [I1F31::ZERO; 2]);
/// assert!((state.x[2].to_num::<f32>() - 0.4938).abs() < 1e-3); // 0.5 − λ / ‖a‖²
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Source: Daubechies, Defrise and De Mol 2004.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ista<'a, F, const M: usize, const N: usize> {
    sensing: Sensing<'a, F, M, N>,
    threshold: i32,
    step: Scale,
}

/// The iterate, its residual, the next iterate, and the numbers that were cut off: 2 N + M + 2 words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct IstaState<const M: usize, const N: usize> {
    /// The iterate. Whoever changes it starts a new [`Run`](crate::Run), which looks at it anew.
    #[cfg_attr(feature = "serde", serde(with = "crate::array"))]
    pub x: [I1F31; N],
    point: Point<M, N>,
}

impl<const M: usize, const N: usize> IstaState<M, N> {
    /// Starts from `x`; `const`.
    pub const fn new(x: [I1F31; N]) -> Self {
        Self { x, point: Point::new() }
    }

    /// The numbers that were cut off.
    pub const fn saturations(&self) -> Saturations {
        self.point.saturations
    }
}

impl<'a, F: Format, const M: usize, const N: usize> Ista<'a, F, M, N> {
    /// λ and α.
    ///
    /// # Errors
    /// [`FixedError::Parameter`] unless λ ≥ 0 and α > 0 are finite.
    pub fn new(sensing: Sensing<'a, F, M, N>, lambda: f32, step: f32) -> Result<Self, FixedError> {
        if !(lambda >= 0.0 && lambda.is_finite()) {
            return Err(FixedError::Parameter);
        }
        let scale = step_size(step)?;
        // Not below zero; what is too large (λ α may be) is cut off. `from_num` panics for NaN.
        let threshold = I1F31::checked_from_num(Scalar::abs(lambda * step)).unwrap_or(I1F31::MAX);
        Ok(Self { sensing, threshold: threshold.to_bits(), step: scale })
    }

    /// The state with x = 0.
    pub const fn start(&self) -> IstaState<M, N> {
        IstaState::new([I1F31::ZERO; N])
    }

    /// A and y.
    pub const fn sensing(&self) -> &Sensing<'a, F, M, N> {
        &self.sensing
    }

    fn propose(&self, IstaState { x, point }: &mut IstaState<M, N>) {
        if !point.proposed {
            gradient_step(&self.sensing, self.step, x, point);
            for next in &mut point.next {
                *next = I1F31::from_bits(soft_threshold(next.to_bits(), self.threshold));
            }
            point.proposed = true;
        }
    }
}

impl<F: Format, const M: usize, const N: usize> Iteration for Ista<'_, F, M, N> {
    type Real = f32;
    type State = IstaState<M, N>;
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
