//! [`Refinement`]: a direct solution in fixed point, with a report.

use super::arithmetic::shifted;
use super::norm::{norm, norm_of};
use super::{Cholesky, Format, I1F31, Saturations, system};
use crate::{Certificate, Iteration};

/// A x = b by a factor of A, or of a matrix near it: x ← x + 2⁻ˢ F⁻¹ (2ˢ (b − A x)).
///
/// From x = 0 the first step is the direct solution, each further one a refinement: the residual is
/// enlarged by the power of two that makes it as large as b, so that its solution has as many bits
/// as x has. x then comes within a unit or two of the last of 31 bits. Where an enlarged correction
/// does not fit, it is enlarged less.
///
/// The certificate is ‖b − A x‖₂. A step takes no floating-point operation, a look a handful.
///
/// Shapes: A is N × N, b and x have N entries. Storage: 5 words here with the factor's, 4 N + 1 words
/// in the state. Cost: a step is N² products and one solution with the factor; a look is as many
/// products again.
///
/// ```
/// use solvekit::fixed::{Cholesky, I1F31, Refinement, words};
/// use solvekit::{Stop, solve};
/// let q = I1F31::from_num::<f32>;
/// let a = [[q(0.5), q(0.25)], [q(0.25), q(0.5)]];
/// let b = [q(0.25), q(0.125)];
/// let mut memory = [0; words(2)];
/// let direct = Refinement::new(&a, &b, Cholesky::factor(&a, &mut memory)?);
/// let mut state = direct.start();
/// let report = solve(&direct, &mut state, Stop::relative(1e-8)?);
/// assert!(report.converged() && report.overflows == 0, "{report:?}");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Source: Wilkinson, *Rounding Errors in Algebraic Processes*, 1963, ch. 3 (block-floating vectors); Golub and Van Loan,
/// *Matrix Computations*, §3.5.
#[derive(Clone, Debug)]
pub struct Refinement<'a, F, const N: usize> {
    a: &'a [[F; N]; N],
    b: &'a [I1F31; N],
    factor: Cholesky<'a, N>,
    b_norm: f32,
}

/// Bits by which a correction that does not fit is enlarged less the next time.
const RETREAT: i32 = 4;

/// The iterate, its residual, room for a correction, and the numbers that were cut off: 4 N + 1 words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct RefinementState<const N: usize> {
    /// The iterate.
    #[cfg_attr(feature = "serde", serde(with = "crate::array"))]
    pub x: [I1F31; N],
    #[cfg_attr(feature = "serde", serde(with = "crate::array"))]
    correction: [I1F31; N],
    #[cfg_attr(feature = "serde", serde(with = "crate::array"))]
    residual: [i64; N],
    saturations: Saturations,
}

impl<const N: usize> RefinementState<N> {
    /// Starts from `x`; `const`.
    pub const fn new(x: [I1F31; N]) -> Self {
        let (correction, residual) = ([I1F31::ZERO; N], [0; N]);
        Self { x, correction, residual, saturations: Saturations::NONE }
    }

    /// The numbers that were cut off.
    pub const fn saturations(&self) -> Saturations {
        self.saturations
    }
}

impl<'a, F: Format, const N: usize> Refinement<'a, F, N> {
    /// Puts the parts together.
    pub fn new(a: &'a [[F; N]; N], b: &'a [I1F31; N], factor: Cholesky<'a, N>) -> Self {
        Self { a, b, factor, b_norm: norm_of(b) }
    }

    /// The state with x = 0.
    pub const fn start(&self) -> RefinementState<N> {
        RefinementState::new([I1F31::ZERO; N])
    }
}

/// c ← 2ˢ r in Q31 for the largest s, `most` at most, with which it has no more bits than `size`; s.
fn enlarge<const N: usize>(r: &[i64; N], c: &mut [I1F31; N], size: u32, most: i32) -> i32 {
    let all = r.iter().fold(0, |all, r| all | r.unsigned_abs());
    let spare = all.leading_zeros().cast_signed() - size.leading_zeros().cast_signed();
    let exponent = (spare - 17).min(most);
    // Rounding may make one more bit of it; what is cut then is less than is rounded.
    let mut unseen = Saturations::NONE;
    for (c, r) in c.iter_mut().zip(r) {
        *c = I1F31::from_bits(unseen.cut(shifted(*r, 15 - exponent)));
    }
    exponent
}

impl<F: Format, const N: usize> Iteration for Refinement<'_, F, N> {
    type Real = f32;
    type State = RefinementState<N>;
    const CERTIFICATE: Certificate = Certificate::ResidualNorm;

    fn step(&self, state: &mut Self::State) {
        let RefinementState { x, correction, residual, saturations } = state;
        system::residual((self.a, self.b), x, residual);
        let size = self.b.iter().fold(1 << 28, |all, b| all | b.to_bits().unsigned_abs());
        let mut most = i32::MAX;
        let (exponent, cut) = loop {
            let exponent = enlarge(residual, correction, size, most);
            let mut cut = Saturations::NONE;
            self.factor.solve(correction, &mut cut);
            if cut == Saturations::NONE || exponent <= 0 {
                break (exponent, cut);
            }
            most = (exponent - RETREAT).max(0);
        };
        saturations.add(cut);
        for (x, correction) in x.iter_mut().zip(correction) {
            let step = shifted(i64::from(correction.to_bits()), exponent);
            let sum = i64::from(x.to_bits()).saturating_add(step);
            *x = I1F31::from_bits(saturations.cut(sum));
        }
    }

    fn residual(&self, state: &mut Self::State) -> f32 {
        system::residual((self.a, self.b), &state.x, &mut state.residual);
        norm(&state.residual)
    }

    fn overflows(&self, state: &Self::State) -> u32 {
        state.saturations.count()
    }

    fn reference(&self) -> f32 {
        self.b_norm
    }

    /// Never needed: every number of the format is finite.
    fn restore(&self, _: &mut Self::State) {}
}
