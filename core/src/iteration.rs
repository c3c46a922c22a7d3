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

    /// The certificate of the present iterate; NaN and infinity propagate into it.
    fn residual(&self, state: &mut Self::State) -> Self::Real;

    /// What a relative tolerance refers to, in the certificate's units.
    fn reference(&self) -> Self::Real;

    /// Replaces whatever is not finite, after the certificate said so. The [`Run`](crate::Run) calls it once,
    /// so that a caller never finds NaN in a state whose report says [`Status::NonFinite`](crate::Status::NonFinite).
    fn restore(&self, state: &mut Self::State);
}
