//! Counts Cholesky's factorisation, a solution with it and a step of refinement, dense 16 × 16.
#![no_std]
#![no_main]

use core::hint::black_box;
use firmware_examples::region;
use scenarios::Line;
use solvekit::direct::{Cholesky, Factor, Refinement, RefinementState, packed};
use solvekit::{Iteration, SMatrix, SVector};

const N: usize = 16;
type Matrix = SMatrix<f32, N, N>;
type Vector = SVector<f32, N>;

firmware_examples::kernels!(count);

fn count(say: &mut impl FnMut(Line)) {
    let a = Matrix::from_fn(|i, j| if i == j { 4.0 } else { 0.1 / (1 + i + j) as f32 });
    let b = Vector::from_fn(|i, _| 1.0 + i as f32);
    let (a, b) = (black_box(&a), black_box(&b));
    let mut memory = [0.0; packed(N)];
    let mut x = *black_box(b);
    region("SPD solve, dense 16 x 16", || {
        if let Some(factor) = factor(a, black_box(&mut memory)) {
            back(&factor, x.as_mut_slice());
        }
    });
    say(Line::Real("first unknown", x[0]));
    let Some(factor) =
        region("Cholesky factorisation, dense 16 x 16", || factor(a, black_box(&mut memory)))
    else {
        panic!("the matrix was refused")
    };
    let mut x = *black_box(b);
    region("Cholesky solution, dense 16 x 16", || back(&factor, x.as_mut_slice()));
    say(Line::Real("first unknown", x[0]));
    let Ok(direct) = Refinement::new(a, b, factor) else { panic!("the system was refused") };
    let mut state = black_box(direct.start());
    for _ in 0..2 {
        region("refinement step, dense 16 x 16", || refine(&direct, &mut state));
    }
    say(Line::Real("first unknown, refined", state.x[0]));
}

#[inline(never)]
fn factor<'a>(a: &Matrix, memory: &'a mut [f32]) -> Option<Cholesky<'a, f32>> {
    Cholesky::factor(a, memory).ok()
}

#[inline(never)]
fn back(factor: &Cholesky<'_, f32>, x: &mut [f32]) {
    factor.solve(x);
}

#[inline(never)]
fn refine(
    direct: &Refinement<'_, f32, Matrix, Cholesky<'_, f32>>,
    state: &mut RefinementState<Vector, Vector>,
) {
    direct.step(state);
}
