//! [`Iterate`]: where each state keeps x.

use solvekit::direct::RefinementState;
use solvekit::krylov::{CgState, ConjugateDirectionsState, SsorCgState};
use solvekit::network::{NetworkState, SafeguardedState};
use solvekit::recovery::{FistaState, HtpState, IhtState, IstaState, OmpState};
use solvekit::sor::{AdaptiveSorState, AutoSorState, SorState};
use solvekit::{Buffer, Real};

/// A state that can be looked into.
pub(crate) trait Iterate<R> {
    /// The unknowns.
    fn x(&mut self) -> &mut [R];
}

impl<R: Real, X: Buffer<R>, Y: Buffer<R>> Iterate<R> for RefinementState<X, Y> {
    fn x(&mut self) -> &mut [R] {
        self.x.as_mut_slice()
    }
}

impl<R: Real, X: Buffer<R>, Y: Buffer<R>> Iterate<R> for CgState<R, X, Y> {
    fn x(&mut self) -> &mut [R] {
        self.x.as_mut_slice()
    }
}

impl<R: Real, X: Buffer<R>, Y: Buffer<R>> Iterate<R> for ConjugateDirectionsState<R, X, Y> {
    fn x(&mut self) -> &mut [R] {
        self.x.as_mut_slice()
    }
}

impl<R: Real, X: Buffer<R>> Iterate<R> for SsorCgState<R, X> {
    fn x(&mut self) -> &mut [R] {
        self.x.as_mut_slice()
    }
}

impl<R: Real, X: Buffer<R>> Iterate<R> for AdaptiveSorState<R, X> {
    fn x(&mut self) -> &mut [R] {
        self.x.as_mut_slice()
    }
}

impl<R: Real, X: Buffer<R>> Iterate<R> for AutoSorState<R, X> {
    fn x(&mut self) -> &mut [R] {
        self.x.as_mut_slice()
    }
}

impl<R: Real, X: Buffer<R>> Iterate<R> for SorState<X> {
    fn x(&mut self) -> &mut [R] {
        self.x.as_mut_slice()
    }
}

impl<R: Real, X: Buffer<R>, Y: Buffer<R>> Iterate<R> for IstaState<R, X, Y> {
    fn x(&mut self) -> &mut [R] {
        self.x.as_mut_slice()
    }
}

impl<R: Real, X: Buffer<R>, Y: Buffer<R>> Iterate<R> for FistaState<R, X, Y> {
    fn x(&mut self) -> &mut [R] {
        self.x.as_mut_slice()
    }
}

impl<R: Real, X: Buffer<R>, Y: Buffer<R>, I, V> Iterate<R> for IhtState<R, X, Y, I, V> {
    fn x(&mut self) -> &mut [R] {
        self.x.as_mut_slice()
    }
}

impl<R: Real, X: Buffer<R>, Y: Buffer<R>, I, V, W> Iterate<R> for HtpState<R, X, Y, I, V, W> {
    fn x(&mut self) -> &mut [R] {
        self.x.as_mut_slice()
    }
}

impl<R: Real, X: Buffer<R>, Y: Buffer<R>, I, V, W> Iterate<R> for OmpState<R, X, Y, I, V, W> {
    fn x(&mut self) -> &mut [R] {
        self.x.as_mut_slice()
    }
}

impl<R: Real, X: Buffer<R>, Y: Buffer<R>, S> Iterate<R> for NetworkState<X, Y, S> {
    fn x(&mut self) -> &mut [R] {
        self.x.as_mut_slice()
    }
}

impl<R: Real, X: Buffer<R>, Y: Buffer<R>, S> Iterate<R> for SafeguardedState<R, X, Y, S> {
    fn x(&mut self) -> &mut [R] {
        self.x_mut().as_mut_slice()
    }
}
