//! Counts one step of conjugate gradients, plain and with symmetric SOR, on a 10 × 10 grid.
#![no_std]
#![no_main]

use core::hint::black_box;
use firmware_examples::region;
use scenarios::Line;
use scenarios::sequence::{Grid, Laplacian};
use solvekit::Iteration;
use solvekit::krylov::{Cg, SsorCg};

firmware_examples::kernels!(count);

fn count(say: &mut impl FnMut(Line)) {
    let plate = Laplacian::laplacian(0.1);
    let load = Grid::from_fn(|i, j| 1.0 + i as f32 - 0.5 * j as f32);
    let (plate, load) = (black_box(&plate), black_box(&load));
    let Ok(cg) = Cg::new(plate, load) else { panic!("the system was refused") };
    let state = cg.start();
    steps("CG step, five-point 10 x 10", &cg, state, |state| state.x[0], say);
    let Ok(ssor) = SsorCg::new(plate, load, black_box(1.5)) else {
        panic!("the system was refused")
    };
    let state = ssor.start();
    steps("SSOR-CG step, five-point 10 x 10", &ssor, state, |state| state.x[0], say);
}

/// Counts four steps and says what they came to.
#[inline(never)]
fn steps<I: Iteration<Real = f32>>(
    name: &'static str,
    solver: &I,
    start: I::State,
    first: fn(&I::State) -> f32,
    say: &mut impl FnMut(Line),
) {
    let mut state = black_box(start);
    // A run begins by looking at the residual, which sets the directions up.
    say(Line::Real("residual", solver.residual(&mut state)));
    for _ in 0..4 {
        region(name, || step(solver, &mut state));
    }
    say(Line::Real("residual", solver.residual(&mut state)));
    say(Line::Real(name, first(&state)));
}

#[inline(never)]
fn step<I: Iteration>(solver: &I, state: &mut I::State) {
    solver.step(state);
}
