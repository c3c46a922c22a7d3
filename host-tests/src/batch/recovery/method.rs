//! [`RecoveryMethod`]: how the signals of a batch are recovered.

use solvekit::penalty::L1;
use solvekit::recovery::StepSize;

/// How every signal of a batch is recovered.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum RecoveryMethod<R> {
    /// [`Ista`](solvekit::recovery::Ista) with an [`L1`] penalty.
    Ista {
        /// λ.
        weight: Weight<R>,
        /// α.
        step: StepSize<R>,
    },
    /// [`Fista`](solvekit::recovery::Fista) with an [`L1`] penalty.
    Fista {
        /// λ.
        weight: Weight<R>,
        /// α.
        step: StepSize<R>,
    },
    /// [`Iht`](solvekit::recovery::Iht).
    Iht {
        /// K.
        sparsity: usize,
        /// α.
        step: StepSize<R>,
    },
    /// [`Iht::normalised`](solvekit::recovery::Iht::normalised).
    Niht {
        /// K.
        sparsity: usize,
    },
}

/// λ of a penalty.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Weight<R> {
    /// The same for all signals.
    Is(L1<R>),
    /// A part of ‖Aᵀy‖_∞, from which on nothing but x = 0 is left.
    Fraction(R),
}
