//! Counts steps of ISTA at 16 measurements of 32 unknowns in f32: with a fixed step length, and with one
//! that is guarded.
#![no_std]
#![no_main]

use core::hint::black_box;
use firmware_examples::region;
use scenarios::Line;
use solvekit::penalty::L1;
use solvekit::recovery::{Ista, IstaState, Sensing, StepSize};
use solvekit::{Iteration, LinearOperator, SMatrix, SVector};

/// Measurements.
const M: usize = 16;
/// Unknowns.
const N: usize = 32;
type Matrix = SMatrix<f32, M, N>;
type Solver<'a> = Ista<'a, f32, Matrix, L1<f32>>;
type State = IstaState<f32, SVector<f32, N>, SVector<f32, M>>;

firmware_examples::kernels!(count);

fn count(say: &mut impl FnMut(Line)) {
    let a = black_box(Matrix::from_fn(|i, j| {
        (((i * 7 + j * 13 + i * j * 5) % 31) as f32 - 15.0) / 64.0
    }));
    let mut y = SVector::zeros();
    a.apply(&SVector::from_fn(|j, _| if j % 8 == 1 { 1.0 } else { 0.0 }), &mut y);
    let y = black_box(y);
    let (Ok(sensing), Ok(penalty)) = (Sensing::new(&a, &y), L1::new(black_box(0.01))) else {
        panic!("the problem was refused")
    };
    let Ok(guarded) = StepSize::automatic(&a) else { panic!("the matrix was refused") };
    let fixed = StepSize::Fixed(guarded.initial());
    for (name, length) in [("ISTA step, 16 x 32", fixed), ("guarded ISTA step, 16 x 32", guarded)] {
        let Ok(ista) = Ista::new(sensing, penalty, black_box(length)) else {
            panic!("the step was refused")
        };
        let mut state = black_box(ista.start());
        // The first step looks at x as well.
        step(&ista, &mut state);
        for _ in 0..4 {
            region(name, || step(&ista, &mut state));
        }
        say(Line::Real("largest unknown", state.x.max()));
    }
}

#[inline(never)]
fn step(ista: &Solver<'_>, state: &mut State) {
    ista.step(state);
}
