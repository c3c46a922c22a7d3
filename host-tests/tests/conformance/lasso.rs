//! The lasso in both precisions, with memory for all columns and with none.

use crate::case::Case;
use crate::sor::{read, uneven};
use solvekit::lasso::{Lasso, LassoState, Workspace, indices, numbers};
use solvekit::operator::zeros;
use solvekit::{Real, SMatrix, SVector};

pub(crate) const M: usize = 24;
pub(crate) const N: usize = 20;

/// So many columns that the fourth step finds the run still going.
pub(crate) fn design<R: Real>() -> SMatrix<R, M, N> {
    SMatrix::from_fn(|i, j| {
        let own = if i == j { 2.0 } else { 0.0 };
        R::from_f64(own + ((i * i * 7 + j * j * 13 + i * j * 5) as f64 * 0.37).sin())
    })
}

pub(crate) fn response<R: Real>() -> SVector<R, M> {
    SVector::from_fn(|i, _| uneven(5 * i + 1))
}

/// Cyclic coordinate descent for very many passes.
fn answer(lambda: f64) -> Vec<f64> {
    let (a, mut r) = (design::<f64>(), response::<f64>());
    let mut x = vec![0.0; N];
    for _ in 0..50_000 {
        for (j, x) in x.iter_mut().enumerate() {
            let square = a.column(j).norm_squared();
            let v = a.column(j).dot(&r) + square * *x;
            let new = v.signum() * (v.abs() - lambda).max(0.0) / square;
            r -= a.column(j) * (new - *x);
            *x = new;
        }
    }
    x
}

fn check<R: Real + Into<f64>, const W: usize, const S: usize, const K: usize>(ceiling: u32) {
    // A gap of t · ½‖y‖² leaves x uncertain by about √t times the condition of the columns.
    let (tolerance, accuracy) = if R::EPSILON.into() < 1e-10 { (1e-13, 1e-5) } else { (1e-6, 0.1) };
    let (a, y) = (design::<R>(), response::<R>());
    let lambda = 0.005 * (design::<f64>().transpose() * response::<f64>()).amax();
    let lasso = Lasso::new(&a, &y, R::from_f64(lambda)).expect("valid data");
    let memory = Workspace::new(W, zeros::<R, S, 1>(), [0; K]);
    let start = lasso.start(memory).expect("enough memory");
    Case {
        name: "Lasso",
        iteration: &lasso,
        start,
        read: |state: &LassoState<R, SVector<R, N>, SVector<R, M>, SVector<R, S>, [usize; K]>| {
            read(state.x())
        },
        poke: |state, i, value| state.x_mut()[i] = R::from_f64(value),
        answer: answer(lambda),
        accuracy,
        tolerance,
        ceiling,
    }
    .check();
    assert_eq!((a, y), (design(), response()));
}

#[test]
fn with_memory_for_all_columns() {
    check::<f64, N, { numbers(N) }, { indices(N, N) }>(100);
    check::<f32, N, { numbers(N) }, { indices(N, N) }>(100);
}

#[test]
fn with_no_memory() {
    check::<f64, 0, 0, { indices(N, 0) }>(10_000);
    check::<f32, 0, 0, { indices(N, 0) }>(10_000);
}
