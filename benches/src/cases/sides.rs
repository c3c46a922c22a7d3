//! Many right-hand sides over one sparse matrix: one after the other, and side by side. Times are per
//! system, and of a sweep with the look at its residual.

use super::dense::right_hand_side;
use crate::case::{Case, keep};
use crate::number::Number;
use solvekit::Stop;
use solvekit_host::batch::{Backend, Runner, SorBatch, SparseSystems};
use solvekit_host::matrix::{CsrMatrix, Triplets};
use std::hint::black_box;

/// Unknowns along one side of the grid.
const SIDE: usize = 64;
/// Right-hand sides.
const COUNT: usize = 256;
/// Sweeps of each, so that its checks hardly count.
const SWEEPS: u32 = 50;

/// The 5-point Laplacian.
fn laplacian<T: Number>() -> CsrMatrix<T> {
    let n = SIDE * SIDE;
    let mut entries = Triplets::new(n, n).expect("indices fit");
    let mut push = |i: usize, j: usize, a: f64| {
        entries.push(i, j, T::of(a)).expect("inside");
    };
    for i in 0..n {
        push(i, i, 4.0);
        if !(i + 1).is_multiple_of(SIDE) && i + 1 < n {
            push(i, i + 1, -1.0);
            push(i + 1, i, -1.0);
        }
        if i + SIDE < n {
            push(i, i + SIDE, -1.0);
            push(i + SIDE, i, -1.0);
        }
    }
    entries.into_csr().expect("few entries")
}

/// One sweep and its residual of one system, of fifty of each.
pub fn sweep<T: Number>() -> Case {
    let a = keep(laplacian::<T>());
    let b: &Vec<T> = keep((0..COUNT * SIDE * SIDE).map(right_hand_side).collect());
    let systems = SparseSystems::new(a, b).expect("whole systems");
    // A tolerance that nobody reaches, and Young's ω.
    let stop = Stop::relative(T::of(1e-30)).expect("a tolerance").max_iterations(SWEEPS);
    let batch = keep(SorBatch::new(systems, T::of(1.908), stop));
    let known = Runner::new(Backend::Scalar).run(batch).expect("the reference");
    let all = std::thread::available_parallelism().map_or(1, usize::from);
    let mut case = Case::new("sweep and residual");
    for (backend, threads) in
        [(Backend::Scalar, 1), (Backend::Simd, 1), (Backend::Scalar, all), (Backend::Simd, all)]
    {
        let runner = Runner::new(backend).threads(threads);
        let found = runner.run(batch).expect("on the processor");
        let name = format!("{backend}, {threads} threads");
        assert!(found.numbers == known.numbers && found.outcomes == known.outcomes, "{name}");
        case = case.with_jobs(name, COUNT as u32 * SWEEPS, move || {
            black_box(runner.run(black_box(batch)).expect("on the processor"));
        });
    }
    case
}
