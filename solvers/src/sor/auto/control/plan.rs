//! [`Plan`]: what is known before the first sweep.

use crate::sor::auto::leader::Play;

/// What a solve sets out with; it does not change.
#[derive(Clone, Copy, Debug)]
pub(in crate::sor::auto) struct Plan<R> {
    /// Nothing is known about the slowest mode.
    pub(in crate::sor::auto) first: bool,
    pub(in crate::sor::auto) play: Play<R>,
    /// λ and 2 − ω_Y.
    pub(in crate::sor::auto) lambda: R,
    pub(in crate::sor::auto) young: R,
    /// The slowest mode is still changing.
    pub(in crate::sor::auto) unsettled: bool,
    /// A sweep falls into two halves, so that each can have its own ω.
    pub(in crate::sor::auto) halves: bool,
    /// A diagonal entry is not positive: Gauss–Seidel, and nothing to learn.
    pub(in crate::sor::auto) plain: bool,
    /// ‖r‖ at which the solve is to end; zero while only its ratio to the first one is known.
    pub(in crate::sor::auto) target: R,
    pub(in crate::sor::auto) tolerance: R,
}
