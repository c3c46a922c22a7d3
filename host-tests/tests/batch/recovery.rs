//! Batches of sparse recovery.

use crate::same::{assert_equal, assert_near, assert_same, assert_untouched};
use solvekit::penalty::L1;
use solvekit::recovery::{RecoveryError, StepSize, largest_eigenvalue};
use solvekit::{Status, Stop};
use solvekit_host::batch::{
    Backend, BatchError, RecoveryBatch, RecoveryMethod, Runner, Tiled, Weight,
};
use solvekit_host::matrix::DenseMatrix;
use std::num::NonZeroU32;

/// Numbers without pattern in −1 … 1 (splitmix64).
pub(crate) fn number(seed: u64, k: usize) -> f64 {
    let mut z = (seed << 32 | k as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (z ^ (z >> 31)) as f64 / 2.0_f64.powi(63) - 1.0
}

/// A dictionary whose columns are about of length 1.
pub(crate) fn dictionary<R: Tiled>(rows: usize, columns: usize) -> DenseMatrix<R> {
    let scale = (3.0 / rows as f64).sqrt();
    let numbers = (0..rows * columns).map(|k| R::from_f64(scale * number(1, k)));
    DenseMatrix::from_columns(rows, numbers.collect()).expect("whole columns")
}

/// y = A x + noise of signals with one entry in ten that is not zero, of sizes from signal to signal
/// that differ by a thousand.
pub(crate) fn measurements<R: Tiled + Into<f64>>(a: &DenseMatrix<R>, count: usize) -> Vec<R> {
    let rows = a.column(0).len();
    let columns = a.values().len() / rows;
    let signal = |s: usize| {
        let size = 10.0_f64.powf(1.5 * number(2, s));
        let mut y: Vec<f64> = (0..rows).map(|i| 0.01 * size * number(3, s * rows + i)).collect();
        for j in 0..columns {
            let k = s * columns + j;
            if number(4, k) > 0.8 {
                let x = size * (number(5, k) + number(5, k).signum());
                y.iter_mut().zip(a.column(j)).for_each(|(y, a)| *y += x * (*a).into());
            }
        }
        y
    };
    (0..count).flat_map(signal).map(R::from_f64).collect()
}

/// Shapes that fill panels and registers, and shapes that do not.
const SHAPES: [(usize, usize); 4] = [(16, 32), (13, 29), (1, 3), (40, 17)];
/// Around the lanes that there may be, and several parts.
const COUNTS: [usize; 9] = [0, 1, 7, 8, 15, 16, 17, 33, 1000];

fn weights<R: Tiled>() -> [Weight<R>; 2] {
    let penalty = L1::new(R::from_f64(0.05)).expect("a weight");
    [Weight::Is(penalty), Weight::Fraction(R::from_f64(0.2))]
}

/// A step of a tenth more than is safe, and one that is guarded and five times too long.
fn steps<R: Tiled>(a: &DenseMatrix<R>) -> [StepSize<R>; 2] {
    let longest = R::ONE / largest_eigenvalue(a, 40);
    [StepSize::Fixed(R::from_f64(1.1) * longest), StepSize::Guarded(R::from_f64(5.0) * longest)]
}

/// Every method in two ways.
fn methods<R: Tiled>(a: &DenseMatrix<R>) -> Vec<RecoveryMethod<R>> {
    let columns = a.values().len() / a.column(0).len();
    let ways = weights().into_iter().zip(steps(a)).zip([3.min(columns), 1]);
    let methods = ways.map(|((weight, step), sparsity)| {
        [
            RecoveryMethod::Ista { weight, step },
            RecoveryMethod::Fista { weight, step },
            RecoveryMethod::Iht { sparsity, step },
            RecoveryMethod::Niht { sparsity },
        ]
    });
    methods.flatten().collect()
}

/// Near the reference; of a method that goes by itself the same.
fn assert_as_promised<R: Tiled + Into<f64>>(
    batch: &RecoveryBatch<'_, R>,
    method: RecoveryMethod<R>,
    what: &str,
) {
    match method {
        RecoveryMethod::Niht { .. } => assert_same(batch, Backend::Simd, what),
        _ => assert_near(batch, Backend::Simd, what),
    }
}

fn every_method_is_that_of_the_reference<R: Tiled + Into<f64>>() {
    for (rows, columns) in SHAPES {
        let a = dictionary::<R>(rows, columns);
        for count in COUNTS {
            let y = measurements(&a, count);
            for method in methods(&a) {
                // One measurement of three unknowns leaves x free along a plane; which place on it is
                // taken depends on the restarts, and so on rounding.
                if rows == 1 && matches!(method, RecoveryMethod::Fista { .. }) {
                    continue;
                }
                let stop = Stop::relative(R::from_f64(1e-3)).expect("a tolerance");
                let what = format!("{count} of {rows} x {columns}, {method:?}");
                // To the end, and cut off after as many steps for all.
                for stop in [stop.max_iterations(400), stop.max_iterations(12)] {
                    let batch = RecoveryBatch::new(&a, &y, method, stop).expect("a batch");
                    assert_as_promised(&batch, method, &what);
                }
            }
        }
    }
}

#[test]
fn methods_side_by_side_are_those_of_the_reference_in_f32() {
    every_method_is_that_of_the_reference::<f32>();
}

#[test]
fn methods_side_by_side_are_those_of_the_reference_in_f64() {
    every_method_is_that_of_the_reference::<f64>();
}

/// Looking at certificates more rarely, never, and from steps of none.
#[test]
fn the_stop_counts_as_it_does_for_one() {
    let a = dictionary::<f32>(16, 32);
    let y = measurements(&a, 70);
    let stop = Stop::relative(1e-3).expect("a tolerance");
    for (interval, cap) in [(1, 0), (1, 1), (3, 400), (20, 20), (7, 33), (1000, 5)] {
        let interval = NonZeroU32::new(interval).expect("not zero");
        let stop = stop.check_every(interval).max_iterations(cap);
        for method in methods(&a) {
            let batch = RecoveryBatch::new(&a, &y, method, stop).expect("a batch");
            assert_as_promised(&batch, method, &format!("every {interval}, at most {cap}"));
        }
    }
}

/// Signals that are no signals are told apart with the reason, and nobody beside them notices.
#[test]
fn a_bad_signal_leaves_its_neighbours_alone() {
    let (rows, columns, count) = (16, 32, 90);
    let a = dictionary::<f32>(rows, columns);
    let y = measurements(&a, count);
    let mut broken = y.clone();
    let bad = [0, 5, 31, 32, 40, 89];
    broken[3] = f32::NAN;
    broken[5 * rows + 15] = f32::INFINITY;
    broken[31 * rows..32 * rows].fill(3e38);
    broken[32 * rows..33 * rows].fill(0.0);
    // Its norm is a number, its correlations may be none, and its residuals leave the range.
    broken[40 * rows..41 * rows].fill(5e37);
    broken[89 * rows..90 * rows].fill(1e-40);
    let stop = Stop::relative(1e-3).expect("a tolerance");
    for method in methods(&a) {
        let good = RecoveryBatch::new(&a, &y, method, stop).expect("a batch");
        let batch = RecoveryBatch::new(&a, &broken, method, stop).expect("a batch");
        let good = Runner::new(Backend::Simd).run(&good).expect("simd");
        let found = Runner::new(Backend::Simd).run(&batch).expect("simd");
        assert_untouched(&found, &good, &bad);
        let outcome = |k: usize| found.outcomes[k].expect("an outcome");
        let not_finite = |row| Err(RecoveryError::NonFiniteMeasurement { row });
        assert_eq!(outcome(0), not_finite(3));
        assert_eq!(outcome(5), not_finite(15));
        assert_eq!(outcome(31), Err(RecoveryError::HugeMeasurements));
        assert_eq!(outcome(32).expect("zeros").status, Status::Converged);
        assert!(found.numbers.iter().all(|x| x.is_finite()));
        let known = Runner::new(Backend::Scalar).run(&batch).expect("the reference");
        for k in bad {
            let kind = |outcome: Result<solvekit::Report<f32>, _>| outcome.map(|one| one.status);
            let known = known.outcomes[k].expect("an outcome");
            assert_eq!(kind(outcome(k)), kind(known), "signal {k}");
        }
    }
}

/// What every signal would be refused for.
#[test]
fn what_is_no_batch_is_refused_with_the_reason() {
    let a = dictionary::<f32>(4, 6);
    let y = measurements(&a, 3);
    let [weight, _] = weights();
    let stop = Stop::relative(1e-3).expect("a tolerance");
    let ista = |step| RecoveryMethod::Ista { weight, step };
    let guarded = ista(StepSize::automatic(&a).expect("a step"));
    let refused = RecoveryBatch::new(&a, &y[1..], guarded, stop).expect_err("refused");
    assert_eq!(refused, BatchError::Ragged { what: "measurements", size: 4, found: 11 });
    let none = DenseMatrix::from_columns(4, Vec::new()).expect("no columns");
    let refused = RecoveryBatch::new(&none, &y, guarded, stop).expect_err("refused");
    assert_eq!(refused, BatchError::NoUnknowns);

    let mut values = a.values().to_vec();
    values[4 * 2 + 1] = f32::NAN;
    let holed = DenseMatrix::from_columns(4, values).expect("whole columns");
    let long = ista(StepSize::Fixed(1e3));
    let dense = RecoveryMethod::Niht { sparsity: 7 };
    for (a, method, error) in [
        (&holed, guarded, RecoveryError::NonFiniteEntry { row: 1, column: 2 }),
        (&a, long, RecoveryError::Step),
        (&a, dense, RecoveryError::Sparsity { asked: 7, most: 6 }),
    ] {
        let batch = RecoveryBatch::new(a, &y, method, stop).expect("a batch");
        let known = Runner::new(Backend::Scalar).run(&batch).expect("the reference");
        assert!(known.outcomes.iter().all(|outcome| *outcome == Some(Err(error))), "{error:?}");
        let found = Runner::new(Backend::Simd).run(&batch).expect("simd");
        assert_equal(&found, &known, "refused");
    }
}
