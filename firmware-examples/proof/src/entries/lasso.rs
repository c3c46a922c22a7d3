//! The lasso with memory for all columns, for some and for none.

use core::hint::black_box;
use solvekit::lasso::{Concomitant, Lasso, Path, Workspace, indices, numbers};
use solvekit::operator::zeros;
use solvekit::{Run, SMatrix, SVector, Stop};

const M: usize = 8;
const N: usize = 6;

#[inline(never)]
fn solve<const W: usize, const S: usize, const K: usize>(
    design: &SMatrix<f32, M, N>,
    response: &SVector<f32, M>,
    stop: Stop<f32>,
) {
    let Ok(lasso) = Lasso::new(design, response, black_box(0.1)) else { return };
    let memory = Workspace::new(black_box(W), zeros::<f32, S, 1>(), [0; K]);
    let Ok(mut state) = lasso.start(memory) else { return };
    let _ = black_box(Run::new(stop).advance(&lasso, &mut state, black_box(10)));
    let Ok(lasso) = lasso.nonnegative().with_share(black_box(0.5)) else { return };
    let half = black_box(0.5) * lasso.largest_lambda();
    let Ok(lasso) = lasso.with_lambda(half) else { return };
    let _ = black_box(solvekit::solve(&lasso, &mut state, stop));
    if let Some(x) = state.x_mut().get_mut(black_box(2)) {
        *x = black_box(f32::NAN);
    }
    let _ = black_box(solvekit::solve(&lasso, &mut state, stop));
    let mut lasso = lasso;
    if let Ok(mut path) = Path::new(&lasso, black_box(0.1), black_box(3), stop) {
        while let Some(point) = path.advance(&mut lasso, &mut state, black_box(5)) {
            let _ = black_box(point);
        }
    }
    black_box((state.gap(), lasso.objective(state.x())));
    let memory = Workspace::new(black_box(W), zeros::<f32, S, 1>(), [0; K]);
    if let Ok(mut again) = lasso.start_at(black_box(*state.x()), memory) {
        let _ = black_box(solvekit::solve(&lasso, &mut again, stop));
    }
}

#[inline(never)]
fn concomitant<const W: usize, const S: usize, const K: usize>(
    design: &SMatrix<f32, M, N>,
    response: &SVector<f32, M>,
    stop: Stop<f32>,
) {
    let Ok(lasso) = Concomitant::new(design, response, black_box(0.1)) else { return };
    let Ok(mut lasso) = lasso.with_floor(black_box(0.01)) else { return };
    let memory = Workspace::new(black_box(W), zeros::<f32, S, 1>(), [0; K]);
    let Ok(mut state) = lasso.start(memory) else { return };
    let _ = black_box(solvekit::solve(&lasso, &mut state, stop));
    if let Some(x) = state.x_mut().get_mut(black_box(2)) {
        *x = black_box(f32::NAN);
    }
    let _ = black_box(solvekit::solve(&lasso, &mut state, stop));
    black_box((state.gap(), state.sigma(), state.scale(), lasso.objective(state.x())));
    if let Ok(mut path) = Path::new(&lasso, black_box(0.1), black_box(3), stop) {
        while let Some(point) = path.advance(&mut lasso, &mut state, black_box(5)) {
            let _ = black_box(point);
        }
    }
    let lasso = lasso.nonnegative();
    let memory = Workspace::new(black_box(W), zeros::<f32, S, 1>(), [0; K]);
    if let Ok(mut again) = lasso.start_at(black_box(*state.x()), memory) {
        let _ = black_box(solvekit::solve(&lasso, &mut again, stop));
    }
}

#[inline(never)]
pub(super) fn solve_all() {
    let Ok(stop) = Stop::relative(black_box(1e-5)) else { return };
    let design = SMatrix::<f32, M, N>::from_element(black_box(1.0));
    let response = SVector::<f32, M>::from_element(black_box(1.0));
    solve::<N, { numbers(N) }, { indices(N, N) }>(&design, &response, stop);
    solve::<2, { numbers(2) }, { indices(N, 2) }>(&design, &response, stop);
    solve::<0, 0, { indices(N, 0) }>(&design, &response, stop);
    concomitant::<N, { numbers(N) }, { indices(N, N) }>(&design, &response, stop);
    concomitant::<0, 0, { indices(N, 0) }>(&design, &response, stop);
}
