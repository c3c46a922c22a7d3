//! [`AutoSor`] and its state.

use super::Halves;
use super::control::{Control, Plan};
use super::exponent::{usable, young_distance};
use super::memory::AutoMemory;
use super::ritz::{Rayleigh, rayleigh};
use crate::sor::{Forward, Sor, SorError};
use crate::sum::{Accumulator, max_abs, square, sum_of};
use crate::system::restore_finite;
use crate::{Buffer, Certificate, Iteration, Real, RowOperator};

/// SOR that needs no ω: [`AutoMemory`] knows the slowest mode of the systems before.
///
/// Young's ω of λ = λ_min(D⁻¹A) is 2 / (1 + √(1 − β²)), β = 1 − λ. The Rayleigh quotient of the
/// remembered mode estimates λ for this A, at the price of one product; the memory may know λ
/// without it. 2 − ω is then (2 − ω_Y)ˢ, with the exponent s that the memory found best: s = 1 is
/// Young's ω, s = 0 Gauss–Seidel.
///
/// Inside the solve:
///
/// 1. Without a mode ω starts at 1 and is raised by the Rayleigh quotients of x at sweeps 4, 8, 16, …
/// 2. While the mode is not settled, Hageman and Young's rule raises ω; raises that do not pay by
///    the sweep at which the ratio before them would have ended the solve are taken back.
/// 3. A probe of another exponent is cut off once its projected length is too long, and the solve
///    goes on from the same x with the leader's.
/// 4. A solve that takes 2.5 times as long as it should falls back to s / 2, then to Gauss–Seidel; one
///    whose residual grows 10⁴-fold, as for A that is not symmetric positive definite, at once.
///
/// In [`Multicolor`](crate::sor::Multicolor) order with two colours every half-sweep has its own ω
/// by Golub and Varga's schedule: 1, 1 / (1 − β²/2), then 1 / (1 − β² w / 4) with w the one before.
/// Where a diagonal entry is negative, so that A is not positive definite, it is plain
/// Gauss–Seidel, and [`AutoMemory`] learns nothing.
///
/// Needs [`Real`]: it branches on data. Storage: [`Sor`]'s and about 25 numbers here; N numbers and
/// 22 words in the state. Every step computes the residual, whatever
/// [`Stop::check_every`](crate::Stop::check_every) says: a sweep and one product.
///
/// ```
/// use solvekit::{FivePoint, SMatrix, Stop, operator::zeros, solve};
/// use solvekit::sor::{AutoMemory, AutoSor};
///
/// let mut memory = AutoMemory::new(zeros());
/// let mut sweeps = Vec::new();
/// for step in 0..10 {
///     let a = FivePoint::<f64, 10, 10>::laplacian(0.01 * f64::from(step));
///     let b = SMatrix::from_fn(|i, j| ((7 * i + 3 * j + step as usize) % 5) as f64);
///     let sor = AutoSor::new(&a, &b, &memory, 1e-8)?;
///     let mut state = sor.start();
///     let report = solve(&sor, &mut state, Stop::relative(1e-8)?);
///     let charged = memory.learn(&sor, &state, &report);
///     sweeps.push(report.iterations + charged);
/// }
/// assert!(sweeps[9] < 45, "{sweeps:?}"); // Gauss–Seidel: 150 to 200
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Source: Young 1971; Golub and Varga, *Numerische Mathematik* 3, 1961; Hageman and Young, *Applied
/// Iterative Methods*, 1981, chapter 9.
#[derive(Clone, Debug)]
pub struct AutoSor<'a, R: Real, A: RowOperator<R>, O = Forward> {
    pub(super) sor: Sor<'a, R, A, O>,
    pub(super) plan: Plan<R>,
    pub(super) pass: Option<Rayleigh<R>>,
    /// A power of two that brings the diagonal to about 1.
    pub(super) unit: R,
    /// Σ 1/aᵢᵢ.
    pub(super) inverse_trace: R,
    b_norm: R,
}

/// The iterate and where the solve stands: N numbers and 22 words.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct AutoSorState<R, X> {
    /// The iterate.
    pub x: X,
    pub(super) control: Control<R>,
}

impl<R: Real, X> AutoSorState<R, X> {
    /// Starts from `x`; `const`, and so unchecked ([`AutoSor::start_at`] checks).
    pub const fn new(x: X) -> Self {
        Self { x, control: Control::new() }
    }

    /// The present ω; where every half-sweep has its own, the one that they tend to.
    pub const fn omega(&self) -> R {
        self.control.omega()
    }
}

impl<'a, R: Real, A: RowOperator<R>> AutoSor<'a, R, A> {
    /// Checks the system and sets out with what the memory knows. Forward order.
    ///
    /// # Errors
    /// As [`ordered`](AutoSor::ordered).
    pub fn new(
        a: &'a A,
        b: &'a A::Range,
        memory: &AutoMemory<R, A::Domain>,
        tolerance: R,
    ) -> Result<Self, SorError> {
        Self::ordered(a, b, memory, tolerance, Forward)
    }
}

impl<'a, R: Real, A: RowOperator<R>, O: Halves<R, A>> AutoSor<'a, R, A, O> {
    /// Checks the system and sets out with what the memory knows; sweeps in the given order.
    /// `tolerance` is that of the [`Stop`](crate::Stop), relative to ‖b‖₂: from it the length of
    /// the solve is foreseen. A wrong one makes the solve slower, never its answer wrong. Cost: that
    /// of [`Sor::ordered`], and at most one product.
    ///
    /// # Errors
    /// As [`Sor::ordered`], and [`SorError::Tolerance`] unless 0 < `tolerance` < 1.
    pub fn ordered(
        a: &'a A,
        b: &'a A::Range,
        memory: &AutoMemory<R, A::Domain>,
        tolerance: R,
        order: O,
    ) -> Result<Self, SorError> {
        if !(tolerance > R::ZERO && tolerance < R::ONE) {
            return Err(SorError::Tolerance);
        }
        let sor = Sor::ordered(a, b, R::ONE, order)?;
        let inverse = sor.inverse_diagonal.as_slice();
        let plain = inverse.iter().any(|inverse| *inverse < R::ZERO);
        let unit = R::ONE / max_abs(inverse).unit_scale();
        let inverse_trace = sum_of(inverse.len(), |k| inverse.get(k).copied().unwrap_or(R::ZERO));
        let b_norm = sor.reference_norm();
        let fits = memory.fits(a.columns()) && !plain;
        let predicted = if fits { memory.predicted(inverse_trace) } else { None };
        let pass = if fits && predicted.is_none() {
            rayleigh(a, &sor.inverse_diagonal, unit, memory.mode())
        } else {
            None
        };
        let lambda = predicted.or(pass.map(|pass| pass.lambda));
        let first = lambda.is_none() && !plain;
        let lambda = usable(lambda.unwrap_or(R::ONE));
        let plan = Plan {
            first,
            play: memory.play(first || plain),
            lambda,
            young: young_distance(lambda),
            unsettled: memory.unsettled(pass.as_ref()),
            halves: O::two_halves(a),
            plain,
            target: tolerance * b_norm,
            tolerance,
        };
        Ok(Self { sor, plan, pass, unit, inverse_trace, b_norm })
    }

    /// The state with x = 0.
    pub fn start(&self) -> AutoSorState<R, A::Domain> {
        AutoSorState::new(self.sor.start().x)
    }

    /// The state with a given x.
    ///
    /// # Errors
    /// [`SorError::Length`], [`SorError::NonFiniteStart`].
    pub fn start_at(&self, x: A::Domain) -> Result<AutoSorState<R, A::Domain>, SorError> {
        Ok(AutoSorState::new(self.sor.start_at(x)?.x))
    }

    /// ‖b − A x‖₂.
    pub fn residual_norm(&self, x: &A::Domain) -> R {
        self.sor.residual_norm(x)
    }

    /// Products with A made before the first sweep: 0 or 1. [`AutoMemory::learn`] counts them.
    pub const fn charged(&self) -> u32 {
        self.pass.is_some() as u32
    }

    /// ‖b − A x‖₂ and xᵀAx / xᵀDx from one product.
    // Not inlined: its sums are on the stack at no other time.
    #[inline(never)]
    fn residual_and_quotient(&self, x: &A::Domain) -> (R, R) {
        let size = max_abs(x.as_slice()).unit_scale();
        let scale = self.sor.system.scale;
        let [mut squares, mut energy, mut mass] = <[Accumulator<R>; 3]>::default();
        let (b, inverse) = (self.sor.system.b.as_slice(), self.sor.inverse_diagonal.as_slice());
        let slice = x.as_slice();
        self.sor.system.a.visit(x, |row, dot| {
            if let (Some(x), Some(b), Some(inverse)) =
                (slice.get(row), b.get(row), inverse.get(row))
            {
                squares.add(row, square((*b - dot) * scale));
                energy.add(row, *x * size * (dot * size * self.unit));
                mass.add(row, square(*x * size) * (self.unit / *inverse));
            }
        });
        let squares = squares.total();
        let in_range = squares >= square(square(R::EPSILON)) && squares.is_finite();
        let residual = if in_range { squares.sqrt() / scale } else { self.sor.worst_residual(x) };
        (residual, energy.total() / mass.total())
    }
}

impl<R: Real, A: RowOperator<R>, O: Halves<R, A>> Iteration for AutoSor<'_, R, A, O> {
    type Real = R;
    type State = AutoSorState<R, A::Domain>;
    const CERTIFICATE: Certificate = Certificate::ResidualNorm;

    fn step(&self, state: &mut Self::State) {
        let _ = self.residual(state);
        let AutoSorState { x, control } = state;
        let (b, inverse) = (self.sor.system.b.as_slice(), self.sor.inverse_diagonal.as_slice());
        O::relax_parts(
            self.sor.system.a,
            x,
            || control.next_weight(&self.plan),
            |omega, row, dot, old| match (b.get(row), inverse.get(row)) {
                (Some(b), Some(inverse)) => (old + (omega * *inverse) * (*b - dot)).finite_or(old),
                _ => old,
            },
        );
        control.sweeps = control.sweeps.saturating_add(1);
        let (residual, quotient) = if control.wants_quotient(&self.plan) {
            let (residual, quotient) = self.residual_and_quotient(x);
            (residual, Some(quotient))
        } else {
            (self.sor.worst_residual(x), None)
        };
        control.observe(&self.plan, residual, quotient);
    }

    fn residual(&self, state: &mut Self::State) -> R {
        if !state.control.evaluated {
            let residual = self.sor.worst_residual(&state.x);
            state.control.begin(&self.plan, residual);
        }
        state.control.residual
    }

    fn parameter(&self, state: &Self::State) -> Option<R> {
        Some(state.omega())
    }

    fn reference(&self) -> R {
        self.b_norm
    }

    fn restore(&self, state: &mut Self::State) {
        restore_finite(&mut state.x);
        state.control = Control::new();
    }
}
