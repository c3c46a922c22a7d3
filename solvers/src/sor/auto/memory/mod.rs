//! [`AutoMemory`]: what one solve leaves to the next.

mod mode;

use super::Halves;
use super::context::Context;
use super::control::Probe;
#[cfg(feature = "storage")]
use super::exponent::usable;
use super::exponent::{GAUSS_SEIDEL, YOUNG, exponent, young_distance};
use super::leader::{Leader, Play};
use super::ritz::Rayleigh;
use super::solve::{AutoSor, AutoSorState};
use crate::sor::SorError;
#[cfg(feature = "storage")]
use crate::sum::max_abs;
use crate::{Buffer, Real, Report, RowOperator, Status};

/// What one solve leaves to the next: the slowest mode of D⁻¹A, which exponent leads, and where
/// there is a context, how λ depends on it.
///
/// After a solve that converged, [`learn`](Self::learn) refines the mode v to the smallest Ritz
/// vector on span{v, x} (A x is b, so that needs no product), and where the mode is still moving and
/// the solve was long by one sweep on (A − 0.9 λ D) v = 0. The products beyond the sweeps are
/// counted: [`charged`](Self::charged). While λ stays where it is, products are left out: three
/// solves in four go without, and seven in eight while Gauss–Seidel leads, which needs no λ.
///
/// Exponents other than the leader's are probed now and then, more rarely the longer none wins. A
/// solve that did not converge teaches nothing about the mode and counts as lost for its exponent.
///
/// Storage: N numbers for the mode and 37 words in f32, 15 of them for the context: 548 bytes for
/// N = 100.
/// One memory goes with one kind of system, one order and one number of unknowns; another number of
/// unknowns counts as nothing known.
///
/// ```
/// use solvekit::{SVector, operator::zeros, sor::AutoMemory};
/// static FRESH: AutoMemory<f32, SVector<f32, 16>> = AutoMemory::new(zeros()); // lives in .bss
/// assert_eq!((FRESH.solves(), FRESH.exponent()), (0, 1.0));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct AutoMemory<R, X> {
    /// The slowest mode, largest entry about 1.
    mode: X,
    known: bool,
    /// Solves that taught.
    solves: u32,
    lambda: R,
    /// Running relative improvement of λ by the Ritz step.
    drift: R,
    /// Raises inside a solve were a detour once.
    struck: bool,
    /// Passes in a row that found λ where it was, and solves since the last pass.
    calm: u8,
    since: u8,
    /// Σ 1/aᵢᵢ at the last pass.
    inverse_trace: R,
    /// The last pass's squared eigen-residual over λ².
    defect: R,
    leader: Leader<R>,
    context: Option<Context<R>>,
    charged: u32,
}

/// Drift below which exponents can be compared, and solves after which they are all the same.
const SETTLED: f64 = 0.03;
const PATIENT: u32 = 30;
/// Drift above which ω is still raised inside the solve.
const RAISING: f64 = 0.02;
/// So many passes in a row that found λ where it was, and one is left out.
const CALM: u8 = 2;
/// ω is also raised inside a solve while the squared eigen-residual is above this part of λ².
const CROOKED: f64 = 0.05;
/// The diagonal may have moved by so much since the last pass.
const SAME: f64 = 0.02;
/// A solve without a pass that takes so many times the leader's mean has shown that λ moved.
const MOVED: f64 = 1.25;
/// Solves that Gauss–Seidel may lead without a pass.
const IDLE: u8 = 7;

impl<R: Real, X> AutoMemory<R, X> {
    /// Knows nothing; `zero` is a zero x.
    pub const fn new(zero: X) -> Self {
        Self {
            mode: zero,
            known: false,
            solves: 0,
            lambda: R::ZERO,
            drift: R::ONE,
            struck: false,
            calm: 0,
            since: 0,
            inverse_trace: R::ZERO,
            defect: R::MAX,
            leader: Leader::new(),
            context: None,
            charged: 0,
        }
    }

    /// Learns λ as a quadratic of a number in [`low`, `high`] that the caller knows about each
    /// system, so that most solves need no product: see [`tell_context`](Self::tell_context).
    ///
    /// ```
    /// use solvekit::{SVector, operator::zeros, sor::AutoMemory};
    /// let mut memory = AutoMemory::<f32, SVector<f32, 16>>::new(zeros()).with_context(0.0, 1.0)?;
    /// memory.tell_context(0.3); // before each AutoSor
    /// memory.tell_context(7.0);
    /// assert_eq!(memory.clamped(), 1);
    /// # Ok::<(), solvekit::sor::SorError>(())
    /// ```
    ///
    /// # Errors
    /// [`SorError::ContextInterval`] unless `low` < `high`, both finite.
    pub fn with_context(self, low: R, high: R) -> Result<Self, SorError> {
        let context = Context::new(low, high).ok_or(SorError::ContextInterval)?;
        Ok(Self { context: Some(context), ..self })
    }

    /// The context of the next solve; one outside the interval is moved to its end, one that is NaN
    /// or infinite to its middle, and [`clamped`](Self::clamped) counts both. Nothing without
    /// [`with_context`](Self::with_context).
    pub fn tell_context(&mut self, context: R) {
        if let Some(own) = &mut self.context {
            own.tell(context);
        }
    }

    /// Contexts so far that were outside the interval or not finite.
    pub fn clamped(&self) -> u32 {
        self.context.as_ref().map_or(0, Context::clamped)
    }

    /// Products with A beyond the sweeps so far.
    pub const fn charged(&self) -> u32 {
        self.charged
    }

    /// Solves learned from.
    pub const fn solves(&self) -> u32 {
        self.solves
    }

    /// The exponent that leads: 1 is Young's ω, 0 Gauss–Seidel.
    pub fn exponent(&self) -> R {
        exponent(self.leader.arm())
    }

    pub(super) const fn mode(&self) -> &X {
        &self.mode
    }

    /// λ of the next solve, where it is known well enough without a product.
    pub(super) fn predicted(&self, inverse_trace: R) -> Option<R> {
        if self.idle() && self.since < IDLE {
            return Some(self.lambda);
        }
        if let Some(context) = &self.context {
            return context.trusted(self.solves);
        }
        let change = (inverse_trace - self.inverse_trace).abs();
        let same = change <= R::from_f64(SAME) * self.inverse_trace;
        (same && self.since < self.gap()).then_some(self.lambda)
    }

    /// Will the next solve be Gauss–Seidel, which needs no λ?
    fn idle(&self) -> bool {
        self.leader.rests() && !self.play(false).probe
    }

    /// Solves that may go without a pass.
    fn gap(&self) -> u8 {
        match self.calm {
            0..CALM => 0,
            CALM => 1,
            _ => 3,
        }
    }

    pub(super) fn unsettled(&self, pass: Option<&Rayleigh<R>>) -> bool {
        let crooked =
            pass.is_some_and(|pass| pass.defect > R::from_f64(CROOKED) * pass.lambda * pass.lambda);
        (crooked || self.drift > R::from_f64(RAISING)) && !self.struck
    }

    pub(super) fn play(&self, alone: bool) -> Play<R> {
        if alone {
            return Play { arm: YOUNG, probe: false, leader: YOUNG, mean: R::ZERO };
        }
        let settled = self.drift < R::from_f64(SETTLED) || self.solves >= PATIENT;
        self.leader.play(self.solves, settled)
    }
}

impl<R: Real, X: Buffer<R>> AutoMemory<R, X> {
    /// Whether every field has a value that [`new`](Self::new), `tell_context` and `learn` could
    /// have left there: what was restored from storage need not.
    #[cfg(feature = "storage")]
    pub(crate) fn check(&self) -> bool {
        let unlearned = self.lambda == R::ZERO && !self.known;
        // Its length hidden, this stays a loop.
        core::hint::black_box(self.mode.as_slice()).iter().all(|v| v.is_finite())
            && (!self.known || (max_abs(self.mode.as_slice()) > R::ZERO && self.solves > 0))
            && (unlearned || (self.lambda > R::ZERO && usable(self.lambda) == self.lambda))
            && self.drift.is_finite()
            && self.drift <= R::ONE
            // A sum that may have overflowed, and a square that may: infinity is no harm in either.
            && self.inverse_trace >= R::ZERO
            // At least −1, but for rounding: λ is at least 10⁻⁷.
            && self.defect >= -(R::ONE + R::ONE)
            && self.leader.check()
            && self.context.as_ref().is_none_or(Context::check)
    }

    pub(super) fn fits(&self, columns: usize) -> bool {
        self.known && self.mode.as_slice().len() == columns
    }

    /// Learns from a solve that `sor` ran; returns the products with A that it took beyond the
    /// sweeps, this refinement included: 0, 1 or 2, each as dear as half a step.
    pub fn learn<A: RowOperator<R, Domain = X>, O: Halves<R, A>>(
        &mut self,
        sor: &AutoSor<'_, R, A, O>,
        state: &AutoSorState<R, X>,
        report: &Report<R>,
    ) -> u32 {
        let mut charged = sor.charged();
        let taught = report.status == Status::Converged && state.control.sweeps > 0;
        if !sor.plan.plain && taught {
            charged += u32::from(self.learn_mode(sor, state));
        }
        if !sor.plan.plain && report.status.is_final() && (taught || !report.converged()) {
            self.learn_exponent(sor, state, taught);
        }
        self.solves = self.solves.saturating_add(u32::from(taught && !sor.plan.plain));
        if let Some(context) = &mut self.context {
            context.forget_place();
        }
        self.charged = self.charged.saturating_add(charged);
        charged
    }

    fn learn_exponent<A: RowOperator<R, Domain = X>, O: Halves<R, A>>(
        &mut self,
        sor: &AutoSor<'_, R, A, O>,
        state: &AutoSorState<R, X>,
        taught: bool,
    ) {
        let (plan, control) = (&sor.plan, &state.control);
        self.struck |= control.struck;
        if plan.first {
            self.leader.judge(if taught { control.violations } else { 2 });
            return;
        }
        // By the λ that this solve has shown, so that an early, poor one does not look like a
        // matrix that Young's ω is no match for.
        let lambda = if taught && sor.pass.is_some() { self.lambda } else { plan.lambda };
        // Gauss–Seidel needs no pass once it leads.
        let pass = if plan.play.arm == GAUSS_SEIDEL { 0 } else { sor.charged() };
        let spent = control.sweeps.saturating_add(pass);
        let cost = R::from_u32(spent) / control.unit(plan, young_distance(lambda));
        // By the tolerance that `sor` was told, a solve may have had nothing to do: no cost then.
        let cost = (cost > R::ZERO && cost.is_finite()).then_some(cost);
        if plan.play.probe {
            let cut = control.probe == Probe::Lost || !taught;
            self.leader.probed(self.solves, &plan.play, cost.filter(|_| !cut));
            return;
        }
        let mean = plan.play.mean;
        let long = |cost: R| mean > R::ZERO && cost > R::from_f64(MOVED) * mean;
        let moved = cost.is_some_and(long);
        if control.violations > 0 || moved {
            self.calm = 0;
            self.since = u8::MAX;
        }
        // In units of an old λ a cost says little.
        let old = self.idle() && sor.pass.is_none();
        if let Some(cost) = cost.filter(|_| taught && !control.raised() && !old) {
            self.leader.led(self.solves, cost);
        }
        self.leader.judge(if taught { control.violations } else { 2 });
    }
}

#[cfg(test)]
mod tests;
