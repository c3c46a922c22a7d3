//! The concomitant lasso in both precisions, with memory for all columns and with none.

use crate::case::Case;
use crate::lasso::{M, N, design, response};
use crate::sor::read;
use solvekit::lasso::{Concomitant, ConcomitantState, Workspace, indices, numbers};
use solvekit::operator::zeros;
use solvekit::{Real, SVector};

/// Of λ_max.
const PART: f64 = 0.05;

fn lambda() -> f64 {
    let (a, y) = (design::<f64>(), response::<f64>());
    PART * (a.transpose() * y).amax() / ((M as f64).sqrt() * y.norm())
}

/// Cyclic coordinate descent for very many passes, σ in its closed form between them.
fn answer() -> Vec<f64> {
    let (a, mut r) = (design::<f64>(), response::<f64>());
    let floor = 0.01 * r.norm() / (M as f64).sqrt();
    let mut x = vec![0.0; N];
    for _ in 0..50_000 {
        let sigma = (r.norm() / (M as f64).sqrt()).max(floor);
        let weight = M as f64 * lambda() * sigma;
        for (j, x) in x.iter_mut().enumerate() {
            let square = a.column(j).norm_squared();
            let v = a.column(j).dot(&r) + square * *x;
            let new = v.signum() * (v.abs() - weight).max(0.0) / square;
            r -= a.column(j) * (new - *x);
            *x = new;
        }
    }
    x
}

type State<R, const S: usize, const K: usize> =
    ConcomitantState<R, SVector<R, N>, SVector<R, M>, SVector<R, S>, [usize; K]>;

fn check<R: Real + Into<f64>, const W: usize, const S: usize, const K: usize>(ceiling: u32) {
    // The gap grows as the error of σ does, and as the square of what x is off besides.
    let (tolerance, accuracy) = if R::EPSILON.into() < 1e-10 { (1e-12, 1e-5) } else { (1e-5, 0.1) };
    let (a, y) = (design::<R>(), response::<R>());
    let lasso = Concomitant::new(&a, &y, R::from_f64(lambda())).expect("valid data");
    let memory = Workspace::new(W, zeros::<R, S, 1>(), [0; K]);
    let start = lasso.start(memory).expect("enough memory");
    Case {
        name: "Concomitant",
        iteration: &lasso,
        start,
        read: |state: &State<R, S, K>| read(state.x()),
        poke: |state, i, value| state.x_mut()[i] = R::from_f64(value),
        answer: answer(),
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
