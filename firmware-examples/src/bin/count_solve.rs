//! Counts solves of the paper's sequence (n = 100, low variance) by SOR with the
//! best fixed ω, relative tolerance 1e-5: what a tuner's own cost is held against.
#![no_std]
#![no_main]

use core::hint::black_box;
use firmware_examples::region;
use scenarios::{
    Line,
    sequence::{Grid, Laplacian, Sequence, Variance},
};
use solvekit::{
    Report, Status, Stop,
    operator::zeros,
    solve,
    sor::{Sor, SorState},
};

/// Solves to take the mean of.
const SYSTEMS: u32 = 20;
/// The best of the paper's fixed ω for this sequence.
const OMEGA: f32 = 1.65;

firmware_examples::kernels!(count);

fn count(say: &mut impl FnMut(Line)) {
    let mut sequence = Sequence::new(Variance::Low, 1, 0);
    let mut b = zeros();
    let mut sweeps = 0;
    let mut first = 0.0;
    for _ in 0..SYSTEMS {
        let a = sequence.next_system(&mut b);
        let mut state = SorState::new(zeros());
        let report = region("mean solve, n = 100, 1e-5", || {
            one(black_box(&a), black_box(&b), black_box(OMEGA), &mut state)
        });
        assert!(report.is_some_and(|report| report.status == Status::Converged));
        sweeps += report.map_or(0, |report| report.iterations);
        first = state.x[0];
    }
    say(Line::Count("sweeps", sweeps));
    say(Line::Real("first unknown of the last", first));
}

#[inline(never)]
fn one(
    a: &Laplacian<f32>,
    b: &Grid<f32>,
    omega: f32,
    state: &mut SorState<Grid<f32>>,
) -> Option<Report<f32>> {
    let sor = Sor::new(a, b, omega).ok()?;
    Some(solve(&sor, state, Stop::relative(1e-5).ok()?))
}
