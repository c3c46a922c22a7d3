//! The five-point stencil: SOR against index loops and, as a matrix, nalgebra's sparse Cholesky.

use super::dense::{right_hand_side, rounding};
use super::sparse::{self, Direct};
use crate::case::{Case, keep};
use crate::number::{Number, agree};
use crate::peer::grid::Grid;
use solvekit::sor::{AdaptiveSor, Backward, Multicolor, Order, Sor, SorState, young_omega};
use solvekit::{FivePoint, Iteration, SMatrix, Stop, operator, solve as run};
use std::hint::black_box;

const SHIFT: f64 = 0.1;

/// One system, as solvekit's and as the peer's.
struct System<T: Number, const N: usize, const P: usize> {
    a: FivePoint<T, N, N>,
    b: SMatrix<T, N, N>,
    peer: Grid<T, N, P>,
    omega: T,
}

impl<T: Number, const N: usize, const P: usize> System<T, N, P> {
    fn new() -> &'static Self {
        assert_eq!(P, N + 2);
        let a = FivePoint::laplacian(T::of(SHIFT));
        let b = SMatrix::from_fn(|i, j| right_hand_side(j * N + i));
        let radius = 4.0 * (std::f64::consts::PI / (N + 1) as f64).cos() / (4.0 + SHIFT);
        let omega = T::of(young_omega(radius).expect("a radius below 1"));
        keep(Self { a, b, peer: Grid { center: a.center, b: b.data.0 }, omega })
    }
}

/// One sweep.
pub fn sweep<T: Number, const N: usize, const P: usize>() -> Case {
    let System { a, b, peer, omega } = System::<T, N, P>::new();
    let sor = keep(Sor::new(a, b, *omega).expect("a sound system"));
    let adaptive = keep(AdaptiveSor::new(a, b).expect("a sound system"));

    let mut plain = keep_grid::<T, P>();
    let mut state = sor.start();
    for _ in 0..3 {
        peer.sweep(&mut plain, *omega);
        sor_sweep(sor, &mut state);
    }
    agree("sweeps", state.x.as_slice(), &Grid::<T, N, P>::inside(&plain), 16.0 * rounding::<T>());

    let red_black = keep(Sor::ordered(a, b, *omega, Multicolor).expect("a sound system"));
    let backward = keep(Sor::ordered(a, b, *omega, Backward).expect("a sound system"));
    let (mut colored, mut back) = (red_black.start(), backward.start());
    let mut plain_colored = keep_grid::<T, P>();
    for _ in 0..3 {
        peer.red_black_sweep(&mut plain_colored, *omega);
        sor_sweep(red_black, &mut colored);
    }
    let inside = Grid::<T, N, P>::inside(&plain_colored);
    agree("red–black sweeps", colored.x.as_slice(), &inside, 16.0 * rounding::<T>());

    let mut adapting = adaptive.start();
    Case::new("sweep")
        .with("index loops", move || black_box(peer).sweep(black_box(&mut plain), *omega))
        .with("Sor", move || sor_sweep(black_box(sor), black_box(&mut state)))
        .with("index loops, red–black", move || {
            black_box(peer).red_black_sweep(black_box(&mut plain_colored), *omega);
        })
        .with("Sor, red–black", move || sor_sweep(black_box(red_black), black_box(&mut colored)))
        .with("Sor, backward", move || sor_sweep(black_box(backward), black_box(&mut back)))
        .with("AdaptiveSor", move || black_box(adaptive).step(black_box(&mut adapting)))
}

/// ‖b − A x‖₂.
pub fn residual<T: Number, const N: usize, const P: usize>() -> Case {
    let System { a, b, peer, .. } = System::<T, N, P>::new();
    let x = SMatrix::<T, N, N>::from_fn(|i, j| right_hand_side(2 * (j * N + i) + 1));
    let mut plain = keep_grid::<T, P>();
    for j in 0..N {
        plain[j + 1][1..=N].copy_from_slice(&x.data.0[j]);
    }
    agree("residual", &[norm_of(a, b, &x)], &[peer.residual(&plain)], 64.0 * rounding::<T>());
    Case::new("residual")
        .with("index loops", move || _ = black_box(black_box(peer).residual(black_box(&plain))))
        .with("residual_norm", move || _ = black_box(norm_of(black_box(a), b, black_box(&x))))
}

/// A whole solve, the checks of A and b included.
pub fn solve<T: Number, const N: usize, const P: usize>() -> Case {
    let System { a, b, peer, omega } = System::<T, N, P>::new();
    let (omega, tolerance) = (*omega, T::of(T::TOLERANCE));
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
    let mut direct = Direct::new(&sparse::assemble(a, N * N), b.as_slice());

    let exact = direct.solve();
    let (report, x) = sor();
    let (adapted, y) = adaptive();
    let mut plain = keep_grid::<T, P>();
    let sweeps = peer.solve(&mut plain, omega, tolerance);
    assert!(report.converged() && adapted.converged() && sweeps.abs_diff(report.iterations) <= 1);
    for (what, x) in [("Sor", x), ("AdaptiveSor", y)] {
        agree(what, x.as_slice(), exact.as_slice(), 100.0 * T::TOLERANCE);
    }
    Case::new("solve")
        .with("index loops", move || {
            black_box(black_box(peer).solve(black_box(&mut plain), omega, tolerance));
        })
        .sweeps(sweeps.into())
        .with("Sor, Young's ω", move || _ = black_box(sor()))
        .sweeps(report.iterations.into())
        .with("AdaptiveSor", move || _ = black_box(adaptive()))
        .sweeps(adapted.iterations.into())
        .with("nalgebra-sparse Cholesky, pattern kept", move || _ = black_box(direct.solve()))
}

fn keep_grid<T: Number, const P: usize>() -> Box<[[T; P]; P]> {
    Box::new([[T::ZERO; P]; P])
}

#[inline(never)]
fn sor_sweep<T: Number, const N: usize, O: Order<T, FivePoint<T, N, N>>>(
    sor: &Sor<'_, T, FivePoint<T, N, N>, O>,
    state: &mut SorState<SMatrix<T, N, N>>,
) {
    sor.step(state);
}

#[inline(never)]
fn norm_of<T: Number, const N: usize>(
    a: &FivePoint<T, N, N>,
    b: &SMatrix<T, N, N>,
    x: &SMatrix<T, N, N>,
) -> T {
    operator::residual_norm(a, b, x, T::ONE)
}
