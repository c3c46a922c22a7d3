//! Batches of right-hand sides over one sparse matrix.

use crate::same::{assert_equal, assert_same, assert_untouched};
use crate::sor::right_hand_sides;
use nalgebra::{DMatrix, DVector};
use solvekit::{Status, Stop, SystemError};
use solvekit_host::batch::{
    Backend, BatchError, Laned, Relaxation, Runner, SorBatch, SparseSystems,
};
use solvekit_host::matrix::{CsrMatrix, Triplets};
use solvekit_host::precision::Precision;
use std::num::NonZeroU32;

/// Rows of one to nine entries, not symmetric, with some far from the diagonal.
fn matrix<R: Precision>(order: usize) -> CsrMatrix<R> {
    let mut triplets = Triplets::new(order, order).expect("a size");
    let mut push = |i: usize, j: usize, a: f64| {
        triplets.push(i, j, R::from_f64(a)).expect("inside");
    };
    for i in 0..order {
        push(i, i, 5.0 + (i % 3) as f64);
        for k in 0..i % 9 {
            let j = (i * 7 + k * k * 5 + 1) % order;
            if j != i {
                push(i, j, 0.6 * (0.37 * (i * i + k) as f64).sin());
            }
        }
    }
    triplets.into_csr().expect("few entries")
}

fn stop<R: Laned>() -> Stop<R> {
    Stop::relative(R::from_f64(1e-4)).expect("a tolerance")
}

fn batch<'a, R: Laned>(
    a: &'a CsrMatrix<R>,
    b: &'a [R],
    omega: f64,
) -> SorBatch<'a, R, SparseSystems<'a, R>> {
    let systems = SparseSystems::new(a, b).expect("whole systems");
    SorBatch::new(systems, R::from_f64(omega), stop())
}

fn every_size<R: Precision>() {
    for order in [1, 2, 3, 4, 5, 9, 16, 40] {
        let a = matrix::<R>(order);
        for count in [0, 1, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 100] {
            let b = right_hand_sides::<R>(order, count);
            for relaxation in [Relaxation::Forward, Relaxation::Symmetric] {
                let what = format!("{count} of {order}, {relaxation:?}");
                let batch = batch(&a, &b, 1.1).relaxation(relaxation);
                assert_same(&batch, Backend::Simd, &what);
                // A few problems that take long are shared by the threads.
                let alone = Runner::new(Backend::Scalar).run(&batch).expect("scalar");
                let shared = Runner::new(Backend::Scalar).threads(3).run(&batch).expect("scalar");
                assert_equal(&shared, &alone, &what);
            }
        }
    }
}

in_both_precisions!(every_size);

#[test]
fn an_omega_and_a_start_of_its_own_for_each() {
    let (order, count) = (12, 45);
    let (a, b) = (matrix::<f64>(order), right_hand_sides::<f64>(order, count));
    // Some take ten times as many sweeps as others; the first and the last one are no ω.
    let omegas: Vec<f64> = (0..count).map(|k| 2.0 * k as f64 / (count - 1) as f64).collect();
    let mut start: Vec<f64> = (0..count * order).map(|k| (k as f64).sin()).collect();
    start[7 * order + 3] = f64::NAN;
    for interval in [1, 3] {
        let stop = stop::<f64>().check_every(NonZeroU32::new(interval).expect("not zero"));
        for cap in [0, 1, 7, 10_000] {
            let systems = SparseSystems::new(&a, &b).expect("whole systems");
            let batch = SorBatch::new(systems, 1.0, stop.max_iterations(cap));
            let batch = batch.omegas(&omegas).expect("one each");
            assert_same(&batch, Backend::Simd, &format!("from zero, cap {cap}"));
            let batch = batch.starting_at(&start).expect("all numbers");
            assert_same(&batch, Backend::Simd, &format!("cap {cap}"));
            let found = Runner::new(Backend::Simd).run(&batch).expect("simd");
            let outcome = |k: usize| found.outcomes[k].expect("an outcome");
            assert_eq!(outcome(0), Err(SystemError::Omega));
            assert_eq!(outcome(7), Err(SystemError::NonFiniteStart { row: 3 }));
            assert_eq!(outcome(count - 1), Err(SystemError::Omega));
        }
    }
}

/// nalgebra's elimination of the same matrix, in f64.
#[test]
fn answers_are_those_of_an_independent_factor() {
    let (order, count) = (30, 40);
    let (a, b) = (matrix::<f64>(order), right_hand_sides::<f64>(order, count));
    let dense = DMatrix::from_fn(order, order, |i, j| a.entry(i, j)).lu();
    for relaxation in [Relaxation::Forward, Relaxation::Symmetric] {
        let systems = SparseSystems::new(&a, &b).expect("whole systems");
        let stop = Stop::relative(1e-13).expect("a tolerance");
        let batch = SorBatch::new(systems, 1.05, stop).relaxation(relaxation);
        let found = Runner::new(Backend::Simd).threads(2).run(&batch).expect("simd");
        for (k, outcome) in found.outcomes.iter().enumerate() {
            assert!(outcome.expect("an outcome").expect("a report").converged(), "system {k}");
            let known = dense.solve(&DVector::from_column_slice(&b[k * order..][..order]));
            let apart =
                (known.expect("regular") - DVector::from_column_slice(found.answer(k))).amax();
            // A residual of 1e-13 of b, and a condition below 10.
            assert!(apart < 1e-12, "system {k}: {apart}");
        }
    }
}

/// What is no right-hand side says so, and nobody beside it notices.
#[test]
fn a_bad_right_hand_side_leaves_its_neighbours_alone() {
    let (order, count) = (8, 70);
    let (a, mut b) = (matrix::<f32>(order), right_hand_sides::<f32>(order, count));
    let good = Runner::new(Backend::Simd).run(&batch(&a, &b, 1.1)).expect("simd");
    let bad = [0, 4, 33, 34, 35, 36, 69];
    b[2] = f32::NAN;
    b[4 * order + 2] = f32::INFINITY;
    b[33 * order] = 3e38;
    b[33 * order + 1] = 3e38;
    b[34 * order..35 * order].fill(0.0);
    b[35 * order..36 * order].fill(-0.0);
    // Denormal numbers, and numbers whose squares are beyond the range.
    b[36 * order..37 * order].fill(1e-42);
    b[69 * order..70 * order].fill(1e37);
    let batch = batch(&a, &b, 1.1);
    assert_same(&batch, Backend::Simd, "bad neighbours");
    let found = Runner::new(Backend::Simd).run(&batch).expect("simd");
    assert_untouched(&found, &good, &bad);
    let outcome = |k: usize| found.outcomes[k].expect("an outcome");
    assert_eq!(outcome(0), Err(SystemError::NonFiniteRightHandSide { row: 2 }));
    assert_eq!(outcome(4), Err(SystemError::NonFiniteRightHandSide { row: 2 }));
    assert_eq!(outcome(33), Err(SystemError::HugeRightHandSide));
    for k in [34, 35] {
        let report = outcome(k).expect("a report");
        assert!(report.status == Status::Converged && report.iterations == 0, "{report:?}");
    }
    assert!(outcome(69).expect("a report").converged());
}

/// Whatever is wrong with it is said of every system, in the words of the solver.
#[test]
fn a_matrix_that_cannot_be_relaxed_is_refused_for_every_system() {
    let refusals = [
        (0.0, SystemError::ZeroDiagonal { row: 2 }),
        (1e-310, SystemError::TinyDiagonal { row: 2 }),
        (f64::INFINITY, SystemError::NonFiniteEntry { row: 2, column: 2 }),
    ];
    for (diagonal, refusal) in refusals {
        let mut triplets = Triplets::new(3, 3).expect("a size");
        for (row, value) in [(0, 1.0), (1, 2.0), (2, diagonal)] {
            triplets.push(row, row, value).expect("inside");
        }
        let a = triplets.into_csr().expect("few entries");
        let b = right_hand_sides::<f64>(3, 20);
        assert_same(&batch(&a, &b, 1.1), Backend::Simd, "a bad matrix");
        let found = Runner::new(Backend::Simd).run(&batch(&a, &b, 1.1)).expect("simd");
        assert!(found.outcomes.iter().all(|outcome| *outcome == Some(Err(refusal))));
        assert!(found.numbers.iter().all(|x| *x == 0.0));
    }
}

/// Coupled far too strongly: some leave the range at once, all are told to diverge.
#[test]
fn what_diverges_says_so_and_stays_finite() {
    let mut triplets = Triplets::new(4, 4).expect("a size");
    for k in 0..16 {
        let value = if k % 5 == 0 { 0.01 } else { 5.0 };
        triplets.push(k / 4, k % 4, value).expect("inside");
    }
    let a = triplets.into_csr().expect("few entries");
    let mut b = right_hand_sides::<f32>(4, 40);
    b[4..8].fill(1e36);
    let batch = batch(&a, &b, 1.1);
    assert_same(&batch, Backend::Simd, "divergence");
    let found = Runner::new(Backend::Simd).run(&batch).expect("simd");
    for outcome in found.outcomes {
        let status = outcome.expect("an outcome").expect("a report").status;
        assert!(matches!(status, Status::Diverged | Status::NonFinite), "{status:?}");
    }
    assert!(found.numbers.iter().all(|x| x.is_finite()));
}

#[test]
fn what_does_not_fit_is_refused_with_the_reason() {
    let b = [1.0_f64; 7];
    let refused = |a: &CsrMatrix<f64>| SparseSystems::new(a, &b).expect_err("refused");
    let ragged = BatchError::Ragged { what: "right-hand sides", size: 3, found: 7 };
    assert_eq!(refused(&matrix(3)), ragged);
    let wide = Triplets::new(7, 8).expect("a size").into_csr().expect("no entry");
    let what = "columns of the shared matrix";
    assert_eq!(refused(&wide), BatchError::Count { what, expected: 7, found: 8 });

    let a = matrix(7);
    let systems = SparseSystems::new(&a, &b).expect("one system");
    let batch = SorBatch::new(systems, 1.1, stop());
    let count = BatchError::Count { what: "values of omega", expected: 1, found: 2 };
    assert_eq!(batch.clone().omegas(&b[..2]).expect_err("refused"), count);
    let what = "numbers to start from";
    let count = BatchError::Count { what, expected: 7, found: 6 };
    assert_eq!(batch.clone().starting_at(&b[..6]).expect_err("refused"), count);
    let none = Runner::new(Backend::Simd).threads(0).run(&batch).expect_err("refused");
    assert_eq!(none, BatchError::NoThreads);
    let cuda = Runner::new(Backend::Cuda).run(&batch).expect_err("refused");
    assert!(matches!(cuda, BatchError::Unavailable { backend: Backend::Cuda, .. }), "{cuda}");
}
