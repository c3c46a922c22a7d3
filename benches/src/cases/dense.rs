//! Dense systems: SOR against index loops and nalgebra's direct solvers.

use crate::case::{Case, keep};
use crate::number::{Number, agree};
use crate::peer::dense::Dense;
use nalgebra::{Const, DimMin};
use solvekit::sor::{AdaptiveSor, Sor};
use solvekit::{Iteration, RowOperator, SMatrix, SVector, Stop, operator, solve as run};
use std::hint::black_box;

const OMEGA: f64 = 1.2;

/// aᵢⱼ = 1 / (1 + (i − j)²) and 1 more on the diagonal: symmetric positive definite.
pub(crate) fn matrix<T: Number, const N: usize>(shift: f64) -> SMatrix<T, N, N> {
    SMatrix::from_fn(|i, j| {
        let distance = i.abs_diff(j) as f64;
        let diagonal = if i == j { 1.0 + shift } else { 0.0 };
        T::of(1.0 / (1.0 + distance * distance) + diagonal)
    })
}

/// Numbers of either sign around 1.
pub(crate) fn right_hand_side<T: Number>(k: usize) -> T {
    T::of(1.0 + (1.7 * k as f64).sin())
}

/// One system, as solvekit's and as the peer's.
struct System<T: Number, const N: usize> {
    a: SMatrix<T, N, N>,
    b: SVector<T, N>,
    peer: Dense<T, N>,
}

impl<T: Number, const N: usize> System<T, N> {
    fn new() -> &'static Self {
        let a = matrix::<T, N>(0.0);
        let b = SVector::from_fn(|i, _| right_hand_side(i));
        let rows = core::array::from_fn(|i| core::array::from_fn(|j| a[(i, j)]));
        let inverse = core::array::from_fn(|i| T::ONE / a[(i, i)]);
        keep(Self { a, b, peer: Dense { a: rows, b: b.data.0[0], inverse } })
    }
}

/// One sweep.
pub fn sweep<T: Number, const N: usize>() -> Case {
    let system = System::<T, N>::new();
    let omega = T::of(OMEGA);
    let sor = keep(Sor::new(&system.a, &system.b, omega).expect("a sound system"));
    let adaptive = keep(AdaptiveSor::new(&system.a, &system.b).expect("a sound system"));

    let mut plain = [T::ZERO; N];
    let mut state = sor.start();
    for _ in 0..3 {
        system.peer.sweep(&mut plain, omega);
        sor_sweep(sor, &mut state);
    }
    agree("three sweeps", state.x.as_slice(), &plain, 16.0 * rounding::<T>());

    let mut adapting = adaptive.start();
    Case::new("sweep")
        .with("index loops", move || black_box(&system.peer).sweep(black_box(&mut plain), omega))
        .with("Sor", move || sor_sweep(black_box(sor), black_box(&mut state)))
        .with("AdaptiveSor", move || black_box(adaptive).step(black_box(&mut adapting)))
}

/// ‖b − A x‖₂.
pub fn residual<T: Number, const N: usize>() -> Case {
    let system = System::<T, N>::new();
    let x = SVector::<T, N>::from_fn(|i, _| right_hand_side(2 * i + 1));
    let ours = norm_of(&system.a, &system.b, &x);
    agree("residual", &[ours], &[system.peer.residual(&x.data.0[0])], 16.0 * rounding::<T>());
    Case::new("residual")
        .with("index loops", move || {
            black_box(black_box(&system.peer).residual(black_box(&x.data.0[0])));
        })
        .with("residual_norm", move || {
            black_box(norm_of(black_box(&system.a), &system.b, black_box(&x)));
        })
}

/// A whole solve, the checks of A and b included.
pub fn solve<T: Number, const N: usize>() -> Case
where
    Const<N>: DimMin<Const<N>, Output = Const<N>>,
{
    let system = System::<T, N>::new();
    let (a, b) = (&system.a, &system.b);
    let (omega, tolerance) = (T::of(OMEGA), T::of(T::TOLERANCE));
    let stop = Stop::relative(tolerance).expect("valid");
    let sor = move || {
        let sor = Sor::new(black_box(a), b, omega).expect("a sound system");
        let mut state = sor.start();
        (run(&sor, &mut state, stop), state.x)
    };
    let adaptive = move || {
        let sor = AdaptiveSor::new(black_box(a), b).expect("a sound system");
        let mut state = sor.start();
        (run(&sor, &mut state, stop), state.x)
    };
    let cholesky = move || black_box(a).cholesky().expect("positive definite").solve(b);
    let lu = move || black_box(*a).lu().solve(b).expect("regular");

    let direct = cholesky();
    let (report, x) = sor();
    let (adapted, y) = adaptive();
    let mut plain = [T::ZERO; N];
    let sweeps = system.peer.solve(&mut plain, omega, tolerance);
    assert!(report.converged() && adapted.converged() && sweeps.abs_diff(report.iterations) <= 1);
    for (what, x) in [("Sor", x), ("AdaptiveSor", y), ("LU", lu())] {
        agree(what, x.as_slice(), direct.as_slice(), 10.0 * T::TOLERANCE);
    }
    Case::new("solve")
        .with("index loops", move || {
            black_box(black_box(&system.peer).solve(black_box(&mut plain), omega, tolerance));
        })
        .sweeps(sweeps.into())
        .with("Sor", move || _ = black_box(sor()))
        .sweeps(report.iterations.into())
        .with("AdaptiveSor", move || _ = black_box(adaptive()))
        .sweeps(adapted.iterations.into())
        .with("nalgebra Cholesky", move || _ = black_box(cholesky()))
        .with("nalgebra LU", move || _ = black_box(lu()))
}

#[inline(never)]
fn sor_sweep<T: Number, const N: usize>(
    sor: &Sor<'_, T, SMatrix<T, N, N>>,
    state: &mut solvekit::sor::SorState<SVector<T, N>>,
) {
    sor.step(state);
}

#[inline(never)]
fn norm_of<T: Number, A: RowOperator<T>>(a: &A, b: &A::Range, x: &A::Domain) -> T {
    operator::residual_norm(a, b, x, T::ONE)
}

/// The precision's ε.
pub(crate) fn rounding<T: Number>() -> f64 {
    <T as solvekit::Real>::EPSILON.to_f64()
}
