//! [`Iteration`]: what a method must offer to be run.

use crate::{Certificate, Real};

/// A method with its problem and parameters; everything that changes is in [`State`](Self::State).
///
/// How to add one: `solvekit`'s SOR is the smallest.
pub trait Iteration {
    /// The number in which the certificate is compared.
    type Real: Real;
    /// Every buffer and counter that a step changes. Cloning it is a checkpoint.
    type State: Clone;
    /// What [`residual`](Self::residual) evaluates.
    const CERTIFICATE: Certificate;

    /// One step: bounded work, never fails, leaves a usable iterate.
    fn step(&self, state: &mut Self::State);

    /// The certificate of the present iterate, or the method's running estimate of it where the
    /// certificate costs as much as a step; NaN and infinity propagate into it.
    fn residual(&self, state: &mut Self::State) -> Self::Real;

    /// The certificate evaluated from the iterate, where [`residual`](Self::residual) only estimates
    /// it; `None` where that is the certificate. A [`Run`](crate::Run) asks at the start and before
    /// it reports anything final, so no estimate is ever called converged. The method goes on from
    /// what was found.
    fn certify(&self, _state: &mut Self::State) -> Option<Self::Real> {
        None
    }

    /// Has the method met something it cannot go on from (a curvature that is not positive, a zero
    /// pivot)? Asked after every step; the state says what it was.
    fn breakdown(&self, _state: &Self::State) -> bool {
        false
    }

    /// The parameter that the next step takes, for who watches
    /// ([`Observation`](crate::Observation)): ω of SOR. `None` where there is none to tell.
    #[inline]
    fn parameter(&self, _state: &Self::State) -> Option<Self::Real> {
        None
    }

    /// How many numbers were cut off at the ends of their format, as this state counts them: of use
    /// where numbers are fixed-point, whose end is near. Zero where none can be: floats end as
    /// infinities, which the certificate shows.
    fn overflows(&self, _state: &Self::State) -> u32 {
        0
    }

    /// What a relative tolerance refers to, in the certificate's units.
    fn reference(&self) -> Self::Real;

    /// Replaces whatever is not finite, after the certificate said so. The [`Run`](crate::Run) calls it once,
    /// so that a caller never finds NaN in a state whose report says [`Status::NonFinite`](crate::Status::NonFinite).
    fn restore(&self, state: &mut Self::State);
}
