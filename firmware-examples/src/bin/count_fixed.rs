//! Counts solvers in fixed-point numbers: a dense system of 16 unknowns, a dictionary of 64 × 128.
#![no_std]
#![no_main]

use core::hint::black_box;
use firmware_examples::region;
use scenarios::Line;
use solvekit::Iteration;
use solvekit::fixed::{Cholesky, I1F31, Refinement, RefinementState, Saturations, words};

const N: usize = 16;
type Matrix = [[I1F31; N]; N];
type Vector = [I1F31; N];

firmware_examples::kernels!(count);

fn count(say: &mut impl FnMut(Line)) {
    direct(say);
}

/// What `count_direct` solves in floating point, divided by 8: row sums are below 0.6.
fn matrix() -> Matrix {
    core::array::from_fn(|i| {
        core::array::from_fn(|j| {
            I1F31::from_num(if i == j { 0.5 } else { 0.0125 / (1 + i + j) as f32 })
        })
    })
}

fn direct(say: &mut impl FnMut(Line)) {
    let a = matrix();
    // An eighth of it for the matrix, and a sixteenth for the solution's head-room.
    let b: Vector = core::array::from_fn(|i| I1F31::from_num((1 + i) as f32 / 128.0));
    let (a, b) = (black_box(&a), black_box(&b));
    let mut memory = [0; words(N)];
    let Some(factor) = region("Cholesky factorisation in Q31, dense 16 x 16", || {
        factor(a, black_box(&mut memory))
    }) else {
        panic!("the matrix was refused")
    };
    let mut x = *black_box(b);
    let mut saturations = Saturations::NONE;
    region("Cholesky solution in Q31, dense 16 x 16", || back(&factor, &mut x, &mut saturations));
    say(Line::Real("first unknown", x[0].to_num()));
    say(Line::Count("its bits", x[0].to_bits().cast_unsigned()));
    say(Line::Count("cut off", saturations.count()));
    let direct = Refinement::new(a, b, factor);
    let mut state = black_box(direct.start());
    for _ in 0..2 {
        region("refinement step in Q31, dense 16 x 16", || refine(&direct, &mut state));
    }
    say(Line::Count("its bits, refined", state.x[0].to_bits().cast_unsigned()));
}

#[inline(never)]
fn factor<'a>(a: &Matrix, memory: &'a mut [i32]) -> Option<Cholesky<'a, N>> {
    Cholesky::factor(a, memory).ok()
}

#[inline(never)]
fn back(factor: &Cholesky<'_, N>, x: &mut Vector, saturations: &mut Saturations) {
    factor.solve(x, saturations);
}

#[inline(never)]
fn refine(direct: &Refinement<'_, I1F31, N>, state: &mut RefinementState<N>) {
    direct.step(state);
}
