//! Several systems of one shape: side by side in lanes, against one after the other. The lanes'
//! answer must be the scalar one to the bit. Times are per system.

use super::dense::{matrix, right_hand_side};
use crate::case::{Case, keep};
use crate::number::Number;
use solvekit::sor::{Forward, Multicolor, Order, Sor, SorState};
use solvekit::{Buffer, FivePoint, Iteration, Lanes, RowOperator, SMatrix, SVector, Scalar};
use std::hint::black_box;

const OMEGA: f64 = 1.2;
const SWEEPS: usize = 5;

/// One system, kept, with its relaxation.
type Scalars<T, A, O> = Vec<(&'static Sor<'static, T, A, O>, SorState<<A as Domain<T>>::Vector>)>;

/// The domain of an operator, by a shorter name.
pub trait Domain<T> {
    /// Its vector.
    type Vector;
}

impl<T: Scalar, A: solvekit::LinearOperator<T>> Domain<T> for A {
    type Vector = A::Domain;
}

/// Dense sweeps of different matrices.
pub fn dense<T: Number, const N: usize>() -> Case {
    let system = |lane: usize| {
        let b = SVector::<T, N>::from_fn(|i, _| right_hand_side(i + 5 * lane));
        (matrix::<T, N>(0.1 * lane as f64), b)
    };
    fn packed<T: Number, const N: usize, const L: usize>(
        systems: &[(SMatrix<T, N, N>, SVector<T, N>)],
    ) -> Side<L, T, SMatrix<Lanes<L, T>, N, N>, Forward> {
        let a = SMatrix::from_fn(|i, j| Lanes(core::array::from_fn(|l| systems[l].0[(i, j)])));
        let b = SVector::from_fn(|i, _| Lanes(core::array::from_fn(|l| systems[l].1[i])));
        Side::new(a, b, Forward)
    }
    let systems: Vec<_> = (0..16).map(system).collect();
    let sides = (packed::<T, N, 8>(&systems), packed::<T, N, 16>(&systems));
    contest(&systems, Forward, sides)
}

/// Stencil sweeps with different shifts.
pub fn grid<T: Number, const N: usize>() -> Case {
    ordered::<T, Forward, N>(Forward)
}

/// The same, red–black.
pub fn red_black<T: Number, const N: usize>() -> Case {
    ordered::<T, Multicolor, N>(Multicolor)
}

fn ordered<T: Number, O, const N: usize>(order: O) -> Case
where
    O: Copy
        + 'static
        + Order<T, FivePoint<T, N, N>>
        + Order<Lanes<8, T>, FivePoint<Lanes<8, T>, N, N>>
        + Order<Lanes<16, T>, FivePoint<Lanes<16, T>, N, N>>,
{
    let system = |lane: usize| {
        let b = SMatrix::<T, N, N>::from_fn(|i, j| right_hand_side(j * N + i + 5 * lane));
        (FivePoint::<T, N, N>::laplacian(T::of(0.1 * lane as f64)), b)
    };
    fn packed<T: Number, O, const N: usize, const L: usize>(
        systems: &[(FivePoint<T, N, N>, SMatrix<T, N, N>)],
        order: O,
    ) -> Side<L, T, FivePoint<Lanes<L, T>, N, N>, O>
    where
        O: Order<Lanes<L, T>, FivePoint<Lanes<L, T>, N, N>>,
    {
        let lanes = |of: &dyn Fn(usize) -> T| Lanes(core::array::from_fn(of));
        let a = FivePoint {
            center: lanes(&|l| systems[l].0.center),
            vertical: lanes(&|l| systems[l].0.vertical),
            horizontal: lanes(&|l| systems[l].0.horizontal),
        };
        Side::new(a, SMatrix::from_fn(|i, j| lanes(&|l| systems[l].1[(i, j)])), order)
    }
    let systems: Vec<_> = (0..16).map(system).collect();
    let sides = (packed::<T, O, N, 8>(&systems, order), packed::<T, O, N, 16>(&systems, order));
    contest(&systems, order, sides)
}

/// `L` systems side by side.
struct Side<const L: usize, T: Number, A: RowOperator<Lanes<L, T>> + 'static, O: 'static> {
    sor: &'static Sor<'static, Lanes<L, T>, A, O>,
    state: SorState<A::Domain>,
}

impl<const L: usize, T: Number, A, O> Side<L, T, A, O>
where
    A: RowOperator<Lanes<L, T>>,
    O: Order<Lanes<L, T>, A>,
{
    fn new(a: A, b: A::Range, order: O) -> Self {
        let omega = Lanes::splat(T::of(OMEGA));
        let sor = Sor::ordered(keep(a), keep(b), omega, order).expect("sound systems");
        let sor = keep(sor);
        Self { sor, state: sor.start() }
    }

    /// Asserts that every lane carries the scalar bits.
    fn check<S: RowOperator<T>>(&mut self, scalars: &Scalars<T, S, O>) {
        (0..SWEEPS).for_each(|_| lanes_sweep(self.sor, &mut self.state));
        for (lane, (_, state)) in scalars.iter().enumerate().take(L) {
            let pairs = self.state.x.as_slice().iter().zip(state.x.as_slice());
            let same = pairs.into_iter().all(|(side, one)| side.0[lane] == *one);
            assert!(same, "lane {lane} of {L} differs from its scalar run");
        }
    }
}

fn contest<T, S, A8, A16, O>(
    systems: &[(S, S::Range)],
    order: O,
    (mut eight, mut sixteen): (Side<8, T, A8, O>, Side<16, T, A16, O>),
) -> Case
where
    T: Number,
    S: RowOperator<T> + Clone + 'static,
    S::Range: 'static,
    A8: RowOperator<Lanes<8, T>>,
    A16: RowOperator<Lanes<16, T>>,
    O: Copy + 'static + Order<T, S> + Order<Lanes<8, T>, A8> + Order<Lanes<16, T>, A16>,
{
    let mut scalars: Scalars<T, S, O> = systems
        .iter()
        .map(|(a, b)| {
            let (a, b) = (keep(a.clone()), keep(b.clone()));
            let sor: &'static Sor<'static, T, S, O> =
                keep(Sor::ordered(a, b, T::of(OMEGA), order).expect("a sound system"));
            let mut state = sor.start();
            (0..SWEEPS).for_each(|_| scalar_sweep(sor, &mut state));
            (sor, state)
        })
        .collect();
    eight.check(&scalars);
    sixteen.check(&scalars);
    Case::new("sweep of one system")
        .with_jobs("16 scalar sweeps", 16, move || {
            for (sor, state) in &mut scalars {
                scalar_sweep(black_box(*sor), black_box(state));
            }
        })
        .with_jobs("Lanes<8>", 8, move || {
            lanes_sweep(black_box(eight.sor), black_box(&mut eight.state));
        })
        .with_jobs("Lanes<16>", 16, move || {
            lanes_sweep(black_box(sixteen.sor), black_box(&mut sixteen.state));
        })
}

#[inline(never)]
fn scalar_sweep<T: Number, A: RowOperator<T>, O: Order<T, A>>(
    sor: &Sor<'_, T, A, O>,
    state: &mut SorState<A::Domain>,
) {
    sor.step(state);
}

#[inline(never)]
fn lanes_sweep<const L: usize, T: Number, A, O>(
    sor: &Sor<'_, Lanes<L, T>, A, O>,
    state: &mut SorState<A::Domain>,
) where
    A: RowOperator<Lanes<L, T>>,
    O: Order<Lanes<L, T>, A>,
{
    sor.step(state);
}
