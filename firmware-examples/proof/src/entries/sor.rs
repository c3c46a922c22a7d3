//! Over-relaxation in every order, by blocks, between bounds, adapted.

use core::hint::black_box;
use solvekit::sor::{AdaptiveSor, Backward, BlockSor, Multicolor, ProjectedSor, Sor, Symmetric};
use solvekit::{ColorOperator, RowOperator, Run, Stop};

#[inline(never)]
pub(super) fn solve<A: RowOperator<f32>>(a: &A, b: &A::Range, stop: Stop<f32>)
where
    A::Domain: Copy,
{
    if let Ok(mut sor) = Sor::new(a, b, black_box(1.5)) {
        black_box(sor.set_omega(black_box(1.2)).is_ok());
        let mut state = sor.start();
        let _ = black_box(Run::new(stop).advance(&sor, &mut state, black_box(10)));
        if let Ok(mut again) = sor.start_at(black_box(state.x)) {
            let _ = black_box(solvekit::solve(&sor, &mut again, stop));
            black_box(sor.residual_norm(&again.x));
        }
    }
    if let Ok(adaptive) = AdaptiveSor::new(a, b) {
        let mut state = adaptive.start();
        let _ = black_box(Run::new(stop).advance(&adaptive, &mut state, black_box(10)));
        if let Ok(mut again) = adaptive.start_at(black_box(state.x)) {
            let _ = black_box(solvekit::solve(&adaptive, &mut again, stop));
            black_box(&again);
        }
    }
    if let Ok(sor) = Sor::ordered(a, b, black_box(1.5), Symmetric) {
        let _ = black_box(solvekit::solve(&sor, &mut sor.start(), stop));
    }
    if let Ok(mut sor) = BlockSor::<f32, A, 3>::new(a, b, black_box(1.5)) {
        black_box((sor.set_omega(black_box(1.2)).is_ok(), sor.omega()));
        let mut state = sor.start();
        let _ = black_box(solvekit::solve(&sor, &mut state, stop));
        black_box((sor.start_at(state.x).is_ok(), sor.residual_norm(&state.x)));
    }
    let (lower, upper) = (black_box(a.zero_domain()), black_box(a.zero_domain()));
    let bounds = (black_box(&lower), black_box(&upper));
    if let Ok(mut sor) = ProjectedSor::ordered(a, b, black_box(1.5), bounds.0, bounds.1, Backward) {
        black_box((sor.set_omega(black_box(1.2)).is_ok(), sor.omega()));
        let mut state = sor.start();
        let _ = black_box(solvekit::solve(&sor, &mut state, stop));
        black_box((sor.start_at(state.x).is_ok(), sor.natural_residual(&state.x)));
    }
}

/// Sweeps by colour.
pub(super) fn colored<A: ColorOperator<f32>>(a: &A, b: &A::Range) {
    if let Ok(sor) = Sor::ordered(a, b, black_box(1.5), Multicolor)
        && let Ok(stop) = Stop::relative(black_box(1e-5))
    {
        let mut state = sor.start();
        let _ = black_box(solvekit::solve(&sor, &mut state, stop));
        black_box(&state);
    }
}
