//! [`Recurrence`]: the numbers that conjugate gradients carry from step to step.

use crate::sum::{Accumulator, max_abs, norm, square};
use crate::{Buffer, Real, Scalar};

/// What the residual buffer of a state holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(super) enum Phase {
    /// Nothing: x was given and not looked at.
    Blank,
    /// The residual recomputed from x; the next direction is a first one.
    Fresh,
    /// The recurrence's.
    Running,
}

/// Scales and inner products, lane by lane.
///
/// Residuals are kept times s and products of the operator times t, both exact powers of two, so
/// that no square leaves the range whatever the units are. Steps and directions need neither.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(super) struct Recurrence<T> {
    pub(super) phase: Phase,
    broken: bool,
    /// s.
    pub(super) residual_scale: T,
    /// t.
    pub(super) operator_scale: T,
    /// rᵀr (or rᵀM⁻¹r) of the present residual, scaled.
    pub(super) energy: T,
    /// What the last direction enters the next one with.
    pub(super) beta: T,
    /// pᵀAp / pᵀp of the direction that broke.
    curvature: T,
}

impl<T: Scalar> Recurrence<T> {
    pub(super) const BLANK: Self = Self {
        phase: Phase::Blank,
        broken: false,
        residual_scale: T::ONE,
        operator_scale: T::ONE,
        energy: T::ZERO,
        beta: T::ZERO,
        curvature: T::ZERO,
    };

    /// Begins anew from a residual scaled by `scale`.
    pub(super) fn restart(&mut self, scale: T, energy: T) {
        self.phase = Phase::Fresh;
        self.residual_scale = scale;
        self.energy = energy;
        self.beta = T::ZERO;
    }

    /// The exact step α = rᵀr / pᵀAp along p, in scaled units; zero in a lane that is solved and in
    /// one whose curvature is not positive.
    pub(super) fn length(&mut self, p: &impl Buffer<T>, curvature: T) -> T {
        let solved = |energy: T::Real| energy == T::Real::ZERO;
        let flat = curvature.select(|c| c <= T::Real::ZERO, T::ONE, T::ZERO);
        self.broken = !self.energy.select(solved, T::ZERO, flat).all(|bad| bad == T::Real::ZERO);
        if self.broken {
            self.curvature = rayleigh(p, curvature, self.operator_scale);
        }
        let length = curvature.select(|c| c > T::Real::ZERO, self.energy / curvature, T::ZERO);
        self.energy.select(solved, T::ZERO, length)
    }

    /// Takes the new rᵀr; rescales r and p where it left the range in which squares are exact
    /// enough.
    pub(super) fn advance(
        &mut self,
        r: &mut impl Buffer<T>,
        p: &mut impl Buffer<T>,
        energy: T,
        weigh: impl Fn(&[T]) -> T,
    ) {
        let before = self.energy;
        self.energy = energy;
        let mut factor = T::ONE;
        if !energy.all(in_range) && !self.broken {
            factor = self.rescale(r.as_mut_slice(), p.as_mut_slice());
            let rescaled = weigh(r.as_slice());
            // What is still too small to square is nothing to go on from.
            let vanishes = |energy: T::Real| energy < square(square(T::Real::EPSILON));
            let rescaled = rescaled.select(vanishes, T::ZERO, rescaled);
            self.energy = energy.select(in_range, energy, rescaled);
        }
        // Divided by the factor twice: its square may leave the range.
        let beta = self.energy / before / factor / factor;
        self.beta = before.select(|before| before == T::Real::ZERO, T::ZERO, beta);
    }

    /// Brings r to about 1 in the lanes that are out of range; the power of two it took.
    #[inline(never)]
    fn rescale(&mut self, r: &mut [T], p: &mut [T]) -> T {
        let wanted = max_abs(r).unit_scale();
        // The scale and its reciprocal stay normal numbers.
        let limit = T::Real::MAX * T::Real::from_f64(0.25);
        let scale = self.residual_scale * wanted;
        let fits = |scale: T::Real| scale <= limit && T::Real::ONE / scale <= limit;
        let possible = scale.select(fits, wanted, T::ONE);
        let factor = self.energy.select(in_range, T::ONE, possible);
        for value in r.iter_mut().chain(p) {
            *value *= factor;
        }
        self.residual_scale *= factor;
        factor
    }

    /// Breaks before a step, at a curvature of A that is known without one.
    pub(super) fn break_at(&mut self, curvature: T) {
        self.broken = true;
        self.curvature = curvature;
    }

    pub(super) const fn broken(&self) -> bool {
        self.broken
    }

    pub(super) fn curvature(&self) -> Option<T> {
        self.broken.then_some(self.curvature)
    }
}

/// pᵀAp / pᵀp from the scaled curvature. Kept out of line: it is needed once.
#[inline(never)]
pub(super) fn rayleigh<T: Scalar>(p: &impl Buffer<T>, curvature: T, operator_scale: T) -> T {
    let scale = max_abs(p.as_slice()).unit_scale();
    let mut squares = Accumulator::default();
    p.as_slice().iter().enumerate().for_each(|(k, p)| squares.add(k, square(*p * scale)));
    let squares = squares.total();
    let quotient = curvature * scale / squares * scale / operator_scale;
    squares.select(|squares| squares > T::Real::ZERO, quotient, T::ZERO)
}

/// Are squares that sum to so much free of under- and overflow?
pub(super) fn in_range<R: Real>(squares: R) -> bool {
    let tiny = square(square(R::EPSILON));
    squares >= tiny && squares * tiny <= R::ONE
}

/// ‖r‖₂ of a scaled residual in its own units, from Σ r² where that is in range.
pub(super) fn unscaled_norm<T: Scalar>(r: &impl Buffer<T>, squares: T, scale: T) -> T {
    let plain = squares.sqrt() / scale;
    if squares.all(in_range) {
        return plain;
    }
    squares.select(in_range, plain, norm(r) / scale)
}

/// Σ rᵢ² in the fixed order.
pub(super) fn squares<T: Scalar>(r: &[T]) -> T {
    let mut sum = Accumulator::default();
    r.iter().enumerate().for_each(|(k, r)| sum.add(k, square(*r)));
    sum.total()
}
