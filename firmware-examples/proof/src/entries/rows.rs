//! Row-action methods under every rule.

use core::hint::black_box;
use rand_pcg::Pcg32;
use solvekit::bcd::Partition;
use solvekit::direct::packed;
use solvekit::rows::rule::{Distance, Greedy, InTurn, Residual, RowRule, Sampled};
use solvekit::rows::{BlockKaczmarz, Kaczmarz};
use solvekit::{CsrSlice, RowOperator, Run, SMatrix, SVector, Stop};

/// Rows and columns, neither a multiple of 4.
const M: usize = 5;
const N: usize = 7;

#[inline(never)]
pub(super) fn solve() {
    let b = SVector::<f32, M>::from_element(black_box(1.0));
    on(&SMatrix::<f32, M, N>::from_element(black_box(2.0)), &b);
    let ends = black_box([1, 2, 3, 4, 5]);
    let (columns, values) = (black_box([0, 1, 2, 3, 6]), black_box([2.0_f32; M]));
    // Unchecked: a wrong table must not panic either.
    on(&CsrSlice::<f32, M, N>::from_parts(ends, &columns, &values), &b);
}

fn on<A: RowOperator<f32>>(a: &A, b: &A::Range) {
    let scores = SVector::<f32, 2>::zeros();
    if let Ok(partition) = Partition::consecutive(black_box([0; M]), black_box(2)) {
        run(a, b, InTurn::new(partition));
    }
    if let Ok(sampled) = Sampled::of(a, SVector::<f32, M>::zeros(), Pcg32::new(black_box(1), 0)) {
        run(a, b, sampled);
    }
    run(a, b, Greedy::new(Residual, black_box([0; 2]), scores));
    run(a, b, Greedy::new(Distance, black_box([0; 2]), scores));
}

fn run<A: RowOperator<f32>, S: RowRule<f32, A> + Clone>(a: &A, b: &A::Range, rule: S) {
    let Ok(stop) = Stop::relative(black_box(1e-5)) else { return };
    if let Ok(kaczmarz) = Kaczmarz::new(a, b, rule.clone(), black_box(1.0)) {
        let mut state = kaczmarz.start();
        let _ = black_box(Run::new(stop).advance(&kaczmarz, &mut state, black_box(10)));
        if let Ok(again) = kaczmarz.start_at(black_box(state.x)) {
            black_box(kaczmarz.residual_norm(&again.x));
        }
    }
    let (direction, factor) = (SVector::<f32, 3>::zeros(), SVector::<f32, { packed(3) }>::zeros());
    if let Ok(block) = BlockKaczmarz::new(a, b, rule, black_box(1.0), direction, factor) {
        let mut state = block.start();
        let _ = black_box(Run::new(stop).advance(&block, &mut state, black_box(10)));
        black_box((state.added(), state.pivot()));
        if let Ok(again) = block.start_at(black_box(state.x)) {
            black_box(block.residual_norm(&again.x));
        }
    }
}
