//! Over-relaxation that finds its ω.

use core::hint::black_box;
use solvekit::sor::{AutoMemory, AutoSor, Halves};
use solvekit::{RowOperator, Run, Stop};

/// A sequence with a context, and one without.
pub(super) fn solve<A: RowOperator<f32>, O: Halves<f32, A> + Copy>(a: &A, b: &A::Range, order: O)
where
    A::Domain: Copy,
{
    let Ok(stop) = Stop::relative(black_box(1e-5)) else { return };
    let mut memory = AutoMemory::new(a.zero_domain());
    if let Ok(told) = memory.with_context(black_box(0.0), black_box(1.0)) {
        memory = black_box(told);
    }
    for _ in 0..black_box(10) {
        memory.tell_context(black_box(0.5));
        let Ok(sor) = AutoSor::ordered(a, b, &memory, black_box(1e-5), order) else { return };
        let mut state = sor.start();
        let report = Run::new(stop).advance(&sor, &mut state, black_box(10));
        black_box(memory.learn(&sor, &state, &report));
        if let Ok(mut again) = sor.start_at(black_box(state.x)) {
            let report = solvekit::solve(&sor, &mut again, stop);
            black_box(memory.learn(&sor, &again, &report));
            black_box((sor.residual_norm(&again.x), again.omega(), sor.charged()));
        }
    }
    black_box((memory.solves(), memory.charged(), memory.clamped(), memory.exponent()));
}
