//! [`Sor`]: successive over-relaxation in fixed point.

use super::norm::{norm, norm_of};
use super::system::{self, check_size, left};
use super::{FixedError, Format, I1F31, Saturations, Scale};
use crate::{Certificate, Iteration};

/// Successive over-relaxation of A x = b, A dense of a fixed size: for i = 1, …, N
///
/// xᵢ ← xᵢ + ω (bᵢ − Σⱼ aᵢⱼ xⱼ) / aᵢᵢ.
///
/// ω / aᵢᵢ is made once, with 31 bits and a power of two, so diagonal entries may be small and a sweep
/// divides nothing. A row's sum is rounded once as that power of two says and once as a product; a
/// change or an unknown that does not fit is cut off and counted. Where |x| may reach 1, divide b by a
/// power of two: x is smaller by as much. A in 16 bits ([`I1F15`](super::I1F15)) takes half the memory
/// and half the time on a core without a wide multiplication, x is in 32 bits all the same.
///
/// The certificate is ‖b − A x‖₂, which costs as much as a sweep: see
/// [`Stop::check_every`](crate::Stop::check_every). A step takes no floating-point operation, a look a
/// handful. It converges for A symmetric positive definite.
///
/// Shapes: A is N × N, by rows; b and x have N entries. Storage: 2 N + 3 words here, 3 N + 1 in
/// [`SorState`]. Cost: N² + N products a sweep, N² a look.
///
/// ```
/// use solvekit::fixed::{I1F15, I1F31, Sor};
/// use solvekit::{Stop, solve};
/// let (q, wide) = (I1F15::from_num::<f32>, I1F31::from_num::<f32>);
/// let a = [[q(0.5), q(-0.25)], [q(-0.25), q(0.5)]];
/// let b = [wide(0.125), wide(0.125)];
/// let sor = Sor::new(&a, &b, 1.1)?;
/// let mut state = sor.start();
/// let report = solve(&sor, &mut state, Stop::relative(1e-6)?);
/// assert!(report.converged() && report.overflows == 0, "{report:?}");
/// assert!((state.x[0] - wide(0.5)).abs() < wide(1e-6));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Source: Young 1954 (relaxation).
#[derive(Clone, Debug)]
pub struct Sor<'a, F, const N: usize> {
    a: &'a [[F; N]; N],
    b: &'a [I1F31; N],
    /// ω / aᵢᵢ.
    steps: [Scale; N],
    b_norm: f32,
}

/// The iterate, its residual, and the numbers that were cut off: 3 N + 1 words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct SorState<const N: usize> {
    /// The iterate.
    #[cfg_attr(feature = "serde", serde(with = "crate::array"))]
    pub x: [I1F31; N],
    #[cfg_attr(feature = "serde", serde(with = "crate::array"))]
    residual: [i64; N],
    saturations: Saturations,
}

impl<const N: usize> SorState<N> {
    /// Starts from `x`; `const`.
    pub const fn new(x: [I1F31; N]) -> Self {
        Self { x, residual: [0; N], saturations: Saturations::NONE }
    }

    /// The numbers that were cut off.
    pub const fn saturations(&self) -> Saturations {
        self.saturations
    }
}

impl<'a, F: Format, const N: usize> Sor<'a, F, N> {
    /// Checks the system once, so that no step has to.
    ///
    /// # Errors
    /// [`FixedError`]: `Empty`, `Size` beyond 2¹⁵ rows, `Omega` unless 0 < ω < 2, `Diagonal` for an
    /// entry that is not positive.
    pub fn new(a: &'a [[F; N]; N], b: &'a [I1F31; N], omega: f32) -> Result<Self, FixedError> {
        check_size(N)?;
        let omega = if omega > 0.0 && omega < 2.0 { Scale::from_f32(omega) } else { None };
        let omega = omega.filter(|omega| *omega != Scale::ZERO).ok_or(FixedError::Omega)?;
        let mut steps = [Scale::ZERO; N];
        for (row, (entries, step)) in a.iter().zip(&mut steps).enumerate() {
            let diagonal = entries.get(row).map_or(0, |entry| entry.widened());
            *step = omega.over(diagonal).ok_or(FixedError::Diagonal { row })?;
        }
        Ok(Self { a, b, steps, b_norm: norm_of(b) })
    }

    /// The state with x = 0.
    pub const fn start(&self) -> SorState<N> {
        SorState::new([I1F31::ZERO; N])
    }
}

impl<F: Format, const N: usize> Iteration for Sor<'_, F, N> {
    type Real = f32;
    type State = SorState<N>;
    const CERTIFICATE: Certificate = Certificate::ResidualNorm;

    fn step(&self, SorState { x, saturations, .. }: &mut Self::State) {
        let rows = self.a.iter().zip(self.b).zip(&self.steps);
        for (i, ((row, b), step)) in rows.enumerate() {
            let change = step.apply(left(row, *b, x), saturations);
            if let Some(x) = x.get_mut(i) {
                let moved = i64::from(x.to_bits()) + i64::from(change);
                *x = I1F31::from_bits(saturations.cut(moved));
            }
        }
    }

    fn residual(&self, SorState { x, residual, .. }: &mut Self::State) -> f32 {
        system::residual((self.a, self.b), x, residual);
        norm(residual)
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
