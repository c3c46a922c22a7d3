//! Which method to solve with.

use core::hint::black_box;
use solvekit::choice::{Candidate, Effort, MethodChoice};

#[inline(never)]
pub(super) fn choose() {
    let candidate = |steps| Candidate {
        setup: black_box(9.0_f32),
        step: black_box(500.0),
        steps: black_box(steps),
        storage: black_box(100),
    };
    let candidates = [candidate(None), candidate(Some(1)), candidate(None)];
    let mut choice = MethodChoice::<f32, 3>::new();
    for _ in 0..black_box(10) {
        let Some(selection) = black_box(choice.choose(&candidates, black_box(1_000))) else {
            choice.give_up();
            continue;
        };
        let effort = if black_box(true) { Effort::Solved(black_box(20)) } else { Effort::Lost };
        choice.learn(black_box(selection.method), effort);
    }
    black_box((choice.steps(black_box(1)), choice.rounds()));
}
