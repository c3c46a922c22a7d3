//! Counts one SOR sweep over a dense 16 × 16 system in f32.
#![no_std]
#![no_main]

use core::hint::black_box;
use firmware_examples::region;
use scenarios::Line;
use solvekit::{
    Iteration, SMatrix, SVector,
    sor::{Sor, SorState},
};

const N: usize = 16;
type Matrix = SMatrix<f32, N, N>;
type Vector = SVector<f32, N>;

firmware_examples::kernels!(count);

fn count(say: &mut impl FnMut(Line)) {
    let a = Matrix::from_fn(|i, j| if i == j { 4.0 } else { 0.1 / (1 + i + j) as f32 });
    let b = Vector::from_fn(|i, _| 1.0 + i as f32);
    let Ok(sor) = Sor::new(black_box(&a), black_box(&b), black_box(1.1)) else {
        panic!("the system was refused")
    };
    let mut state = black_box(sor.start());
    for _ in 0..4 {
        region("SOR sweep, dense 16 x 16", || sweep(&sor, &mut state));
    }
    region("residual, dense 16 x 16", || residual(&sor, &mut state));
    say(Line::Real("first unknown", state.x[0]));
    say(Line::Real("last unknown", state.x[N - 1]));
}

#[inline(never)]
fn sweep(sor: &Sor<'_, f32, Matrix>, state: &mut SorState<Vector>) {
    sor.step(state);
}

#[inline(never)]
fn residual(sor: &Sor<'_, f32, Matrix>, state: &mut SorState<Vector>) -> f32 {
    sor.residual(state)
}
