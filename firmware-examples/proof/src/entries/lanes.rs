//! Several systems of one shape side by side.

use core::hint::black_box;
use solvekit::krylov::{Cg, ConjugateDirections, Residual, SsorCg};
use solvekit::sor::Sor;
use solvekit::{FivePoint, Lanes, SMatrix, Scalar, Stop};

#[inline(never)]
pub(super) fn solve() {
    type Four = Lanes<4>;
    let a = FivePoint::<Four, 3, 5>::laplacian(Four::splat(black_box(0.1)));
    let b = SMatrix::from_element(Four::splat(black_box(1.0)));
    let Ok(sor) = Sor::new(&a, &b, Four::splat(black_box(1.5))) else { return };
    let Ok(stop) = Stop::relative(black_box(1e-5)) else { return };
    let mut state = sor.start();
    let _ = black_box(solvekit::solve(&sor, &mut state, stop));
    black_box(&state);
    if let Ok(cg) = Cg::new(&a, &b) {
        let _ = black_box(solvekit::solve(&cg, &mut cg.start(), stop));
    }
    if let Ok(ssor) = SsorCg::new(&a, &b, Four::splat(black_box(1.5))) {
        let _ = black_box(solvekit::solve(&ssor, &mut ssor.start(), stop));
    }
    if let Ok(shell) = ConjugateDirections::new(&a, &b, Residual) {
        let _ = black_box(solvekit::solve(&shell, &mut shell.start(), stop));
    }
}
