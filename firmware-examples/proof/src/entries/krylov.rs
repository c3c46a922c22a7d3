//! Conjugate gradients and the shells around a direction.

use core::hint::black_box;
use solvekit::krylov::{Cg, ConjugateDirections, Residual, SsorCg, Sweep};
use solvekit::sor::Symmetric;
use solvekit::{RowOperator, Run, Stop};

#[inline(never)]
pub(super) fn solve<A: RowOperator<f32>>(a: &A, b: &A::Range, stop: Stop<f32>)
where
    A::Domain: Copy,
{
    if let Ok(cg) = Cg::new(a, b) {
        let mut state = cg.start();
        let _ = black_box(Run::new(stop).advance(&cg, &mut state, black_box(10)));
        if let Ok(mut again) = cg.start_at(black_box(state.x)) {
            let _ = black_box(solvekit::solve(&cg, &mut again, stop));
            black_box((again.curvature(), cg.residual_norm(&mut again)));
        }
    }
    if let Ok(mut ssor) = SsorCg::new(a, b, black_box(1.5)) {
        black_box(ssor.set_omega(black_box(1.2)).is_ok());
        let mut state = ssor.start();
        let _ = black_box(Run::new(stop).advance(&ssor, &mut state, black_box(10)));
        if let Ok(mut again) = ssor.start_at(black_box(state.x)) {
            let _ = black_box(solvekit::solve(&ssor, &mut again, stop));
            black_box((again.curvature(), ssor.residual_norm(&mut again)));
        }
    }
    if let Ok(shell) = ConjugateDirections::new(a, b, Residual) {
        let _ = black_box(solvekit::solve(&shell, &mut shell.start(), stop));
    }
    let Ok(sweep) = Sweep::new(a, black_box(1.5), Symmetric) else { return };
    if let Ok(shell) = ConjugateDirections::new(a, b, sweep) {
        let mut state = shell.start();
        let _ = black_box(Run::new(stop).advance(&shell, &mut state, black_box(10)));
        if let Ok(mut again) = shell.start_at(black_box(state.x)) {
            let _ = black_box(solvekit::solve(&shell, &mut again, stop));
            black_box((again.curvature(), shell.residual_norm(&mut again)));
        }
    }
}
