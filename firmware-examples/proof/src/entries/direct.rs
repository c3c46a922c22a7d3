//! Cholesky and refinement.

use core::hint::black_box;
use solvekit::direct::{Cholesky, Factor, Refinement, packed};
use solvekit::{RowOperator, Run, Stop};

#[inline(never)]
pub(super) fn solve<A: RowOperator<f32>>(a: &A, b: &A::Range, stop: Stop<f32>)
where
    A::Domain: Copy,
{
    // Room for the largest of the systems here, the 5 × 3 grid.
    let mut memory = black_box([0.0_f32; packed(15)]);
    let Ok(factor) = Cholesky::factor(a, &mut memory) else { return };
    let mut x = black_box([1.0_f32; 15]);
    factor.solve(&mut x);
    black_box((x, factor.order()));
    let Ok(direct) = Refinement::new(a, b, factor) else { return };
    let mut state = direct.start();
    let _ = black_box(solvekit::solve(&direct, &mut state, stop));
    if let Ok(mut again) = direct.start_at(black_box(state.x)) {
        let _ = black_box(Run::new(stop).advance(&direct, &mut again, black_box(2)));
        black_box(&again);
    }
}
