//! Batches of sparse fits.

use crate::same::{assert_same, assert_untouched};
use solvekit::fit::FitError;
use solvekit::lasso::LassoError;
use solvekit::{Certificate, Status, Stop};
use solvekit_host::batch::{Backend, BatchError, Designs, Laned, LassoBatch, Runner};

/// Like random numbers, different from fit to fit.
fn designs<R: Laned>([rows, columns]: [usize; 2], count: usize) -> Vec<R> {
    let entry = |k: usize| (0.37 * (k * k) as f64 + k as f64).sin() + 0.2;
    (0..rows * columns * count).map(|k| R::from_f64(entry(k))).collect()
}

fn responses<R: Laned>(rows: usize, count: usize) -> Vec<R> {
    (0..rows * count).map(|k| R::from_f64((k as f64 * 1.7).cos())).collect()
}

fn every_size<R: Laned>(tolerance: f64) {
    let stop = Stop::relative(R::from_f64(tolerance)).expect("a tolerance").max_iterations(300);
    for shape in [[1, 1], [3, 2], [4, 9], [16, 5], [17, 12]] {
        for count in [0, 1, 7, 8, 9, 15, 16, 17, 33, 80] {
            let (a, y) = (designs::<R>(shape, count), responses::<R>(shape[0], count));
            let one = designs::<R>(shape, 1);
            let lambdas: Vec<R> = (0..count).map(|k| R::from_f64(0.02 * k as f64)).collect();
            for designs in [Designs::Own(&a), Designs::Shared(&one)] {
                let batch = LassoBatch::new(shape, designs, &y, R::ONE, stop).expect("whole fits");
                let batch = batch.lambdas(&lambdas).expect("one each");
                assert_same(&batch, Backend::Simd, &format!("{count} of {shape:?}"));
            }
        }
    }
}

#[test]
fn side_by_side_has_the_bits_of_one_after_the_other_in_f32() {
    every_size::<f32>(1e-4);
}

#[test]
fn side_by_side_has_the_bits_of_one_after_the_other_in_f64() {
    every_size::<f64>(1e-7);
}

/// The condition of a minimum, in the order in which one writes it down: |aⱼᵀr| ≤ λ, with equality and
/// the sign of wⱼ where that is not zero.
#[test]
fn answers_satisfy_the_condition_of_a_minimum() {
    let (shape, count, lambda) = ([20, 12], 50, 1.5);
    let (a, y) = (designs::<f64>(shape, count), responses::<f64>(shape[0], count));
    let stop = Stop::relative(1e-14).expect("a tolerance").max_iterations(100_000);
    let batch = LassoBatch::new(shape, Designs::Own(&a), &y, lambda, stop).expect("whole fits");
    let found = Runner::new(Backend::Simd).run(&batch).expect("simd");
    let mut nonzeros = 0;
    for k in 0..count {
        let report = found.outcomes[k].expect("an outcome").expect("a report");
        assert_eq!(report.status, Status::Converged, "fit {k}: {report:?}");
        assert_eq!(report.certificate, Certificate::DualityGap);
        let (a, w) = (&a[k * 240..][..240], found.answer(k));
        let mut r = y[k * 20..][..20].to_vec();
        for (column, w) in a.chunks(20).zip(w) {
            r.iter_mut().zip(column).for_each(|(r, a)| *r -= a * w);
        }
        for (j, (column, w)) in a.chunks(20).zip(w).enumerate() {
            let pull: f64 = column.iter().zip(&r).map(|(a, r)| a * r).sum();
            nonzeros += usize::from(*w != 0.0);
            // A gap of 1e-13 in the objective leaves about its root in the slopes.
            let off =
                if *w == 0.0 { pull.abs() - lambda } else { (pull - lambda * w.signum()).abs() };
            assert!(off < 2e-6, "fit {k}, coordinate {j}: {w}, {pull}");
        }
    }
    assert!((count..8 * count).contains(&nonzeros), "{nonzeros}");
}

#[test]
fn a_bad_fit_leaves_its_neighbours_alone() {
    let (shape, count) = ([6, 4], 60);
    let (mut a, mut y) = (designs::<f32>(shape, count), responses::<f32>(6, count));
    let stop = Stop::relative(1e-4).expect("a tolerance").max_iterations(500);
    let mut lambdas = vec![0.3_f32; count];
    let good = {
        let batch = LassoBatch::new(shape, Designs::Own(&a), &y, 0.3, stop).expect("whole fits");
        Runner::new(Backend::Simd).run(&batch).expect("simd")
    };
    a[2 * 24 + 7] = f32::NAN;
    y[5 * 6 + 1] = f32::INFINITY;
    lambdas[20] = -1.0;
    a[40 * 24 + 18..41 * 24].fill(1e30);
    a[41 * 24..42 * 24].fill(0.0);
    y[42 * 6..43 * 6].fill(0.0);
    y[43 * 6..44 * 6].fill(1e-30);
    let batch = LassoBatch::new(shape, Designs::Own(&a), &y, 0.3, stop).expect("whole fits");
    let batch = batch.lambdas(&lambdas).expect("one each");
    assert_same(&batch, Backend::Simd, "bad neighbours");
    let found = Runner::new(Backend::Simd).run(&batch).expect("simd");
    let outcome = |k: usize| found.outcomes[k].expect("an outcome");
    let entry = FitError::NonFiniteEntry { row: 1, column: 1 };
    assert_eq!(outcome(2), Err(LassoError::Fit(entry)));
    assert_eq!(outcome(5), Err(LassoError::Fit(FitError::NonFiniteResponse { row: 1 })));
    assert_eq!(outcome(20), Err(LassoError::Lambda));
    assert_eq!(outcome(40), Err(LassoError::Fit(FitError::HugeColumn { column: 3 })));
    assert_eq!(outcome(43), Err(LassoError::TinyResponse));
    for k in [41, 42] {
        assert!(outcome(k).expect("a report").converged(), "fit {k}");
        assert_eq!(found.answer(k), [0.0; 4]);
    }
    assert_untouched(&found, &good, &[2, 5, 20, 40, 41, 42, 43]);
}

#[test]
fn what_is_no_batch_is_refused_with_the_reason() {
    let stop = Stop::relative(1e-4).expect("a tolerance");
    let numbers = [1.0_f32; 12];
    let refused =
        |shape, designs, y| LassoBatch::new(shape, designs, y, 0.1, stop).expect_err("refused");
    assert_eq!(refused([0, 2], Designs::Own(&[]), &[]), BatchError::NoUnknowns);
    let ragged = BatchError::Ragged { what: "responses", size: 3, found: 4 };
    assert_eq!(refused([3, 2], Designs::Own(&numbers), &numbers[..4]), ragged);
    let ragged = BatchError::Ragged { what: "designs", size: 6, found: 11 };
    assert_eq!(refused([3, 2], Designs::Own(&numbers[..11]), &numbers[..6]), ragged);
    let count = BatchError::Count { what: "designs", expected: 3, found: 2 };
    assert_eq!(refused([3, 2], Designs::Own(&numbers), &numbers[..9]), count);
    let what = "numbers of the shared design";
    let count = BatchError::Count { what, expected: 6, found: 12 };
    assert_eq!(refused([3, 2], Designs::Shared(&numbers), &numbers[..9]), count);
}
