//! ISTA on a graphics processor.

use crate::device::trial;
use crate::same::assert_near_by;
use libtest_mimic::Trial;
use solvekit::Stop;
use solvekit::penalty::L1;
use solvekit::recovery::{StepSize, largest_eigenvalue};
use solvekit_host::batch::gpu::{Gpu, GpuLimits};
use solvekit_host::batch::{Backend, BatchError, RecoveryBatch, RecoveryMethod, Runner, Weight};
use solvekit_host::matrix::DenseMatrix;
use std::num::NonZeroU32;

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        trial("ista::every_size", |gpu| {
            every_size(&Runner::new(Backend::Gpu).gpu(&gpu), Backend::Gpu);
        }),
        trial("ista::a_bad_signal_leaves_its_neighbours_alone", |gpu| {
            bad_neighbours(&Runner::new(Backend::Gpu).gpu(&gpu));
        }),
        trial("ista::more_than_a_buffer_takes", more_than_a_buffer_takes),
        trial("ista::what_has_no_kernel_is_refused", refused),
    ]
}

/// Numbers without pattern in −1 … 1 (splitmix64).
fn number(seed: u64, k: usize) -> f32 {
    let mut z = (seed << 32 | k as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((z ^ (z >> 31)) as f64 / 2.0_f64.powi(63) - 1.0) as f32
}

fn dictionary(rows: usize, columns: usize) -> DenseMatrix<f32> {
    let scale = (3.0 / rows as f32).sqrt();
    let numbers = (0..rows * columns).map(|k| scale * number(1, k));
    DenseMatrix::from_columns(rows, numbers.collect()).expect("whole columns")
}

/// Of sizes that differ by a thousand, and none.
fn measurements(rows: usize, count: usize) -> Vec<f32> {
    let size = |signal: usize| if signal == 2 { 0.0 } else { 30.0_f32.powf(number(2, signal)) };
    (0..rows * count).map(|k| size(k / rows) * number(3, k)).collect()
}

fn fixed(a: &DenseMatrix<f32>) -> StepSize<f32> {
    StepSize::Fixed(0.9 / largest_eigenvalue(a, 40))
}

fn stop() -> Stop<f32> {
    Stop::relative(1e-3).expect("a tolerance")
}

pub(crate) fn every_size(runner: &Runner<'_>, backend: Backend) {
    let weights = [Weight::Is(L1::new(0.05).expect("a weight")), Weight::Fraction(0.2)];
    for (rows, columns) in [(1, 3), (13, 29), (40, 17), (130, 140)] {
        let a = dictionary(rows, columns);
        // No shorter than is safe, and no longer.
        let guarded = StepSize::Guarded(0.9 / largest_eigenvalue(&a, 40));
        // More signals and columns than a workgroup has, and few of both: software takes its time.
        let counts: &[usize] = if rows == 13 { &[0, 1, 129] } else { &[3] };
        for count in counts.iter().copied() {
            let y = measurements(rows, count);
            for (weight, step) in weights.into_iter().zip([fixed(&a), guarded]) {
                let every = NonZeroU32::new(7).expect("not zero");
                let stop = stop().max_iterations(50);
                for stop in [stop, stop.max_iterations(9).check_every(every)] {
                    let method = RecoveryMethod::Ista { weight, step };
                    let batch = RecoveryBatch::new(&a, &y, method, stop).expect("a batch");
                    let what = format!("{count} of {rows} x {columns}, {weight:?}");
                    assert_near_by(runner, &batch, backend, &what);
                }
            }
        }
    }
}

pub(crate) fn bad_neighbours(runner: &Runner<'_>) {
    let (rows, columns, count) = (16, 32, 150);
    let a = dictionary(rows, columns);
    let mut y = measurements(rows, count);
    let weight = Weight::Fraction(0.2);
    let method = RecoveryMethod::Ista { weight, step: fixed(&a) };
    let solve = |y: &[f32]| {
        let batch = RecoveryBatch::new(&a, y, method, stop()).expect("a batch");
        let known = Runner::new(Backend::Scalar).run(&batch).expect("scalar");
        (runner.run(&batch).expect("answers"), known)
    };
    let (good, _) = solve(&y);
    y[5 * rows + 1] = f32::NAN;
    y[6 * rows + 15] = f32::INFINITY;
    y[130 * rows..131 * rows].fill(3e38);
    let (found, known) = solve(&y);
    assert!(found.is_complete() && found.replaced.is_none());
    for k in (0..count).filter(|k| ![5, 6, 130].contains(k)) {
        assert_eq!(found.answer(k), good.answer(k), "signal {k}");
        assert_eq!(found.outcomes[k], good.outcomes[k], "signal {k}");
    }
    for k in [5, 6, 130] {
        assert!(found.outcomes[k].expect("an outcome").is_err());
        assert_eq!(found.outcomes[k], known.outcomes[k], "signal {k}");
        assert!(found.answer(k).iter().all(|x| *x == 0.0));
    }
}

fn more_than_a_buffer_takes(gpu: Gpu) {
    let (rows, columns, count) = (16, 32, 900);
    let (a, y) = (dictionary(rows, columns), measurements(rows, count));
    let weight = Weight::Fraction(0.2);
    let method = RecoveryMethod::Ista { weight, step: fixed(&a) };
    let batch = RecoveryBatch::new(&a, &y, method, stop()).expect("a batch");
    let at_once = Runner::new(Backend::Gpu).gpu(&gpu).run(&batch).expect("answers");
    let limits = GpuLimits { buffer_bytes: 20_000, workgroups: 2 };
    let gpu = gpu.limited(limits);
    let found = Runner::new(Backend::Gpu).gpu(&gpu).run(&batch).expect("answers");
    assert!(found.is_complete() && found.replaced.is_none(), "{:?}", found.replaced);
    assert!(found.numbers == at_once.numbers && found.outcomes == at_once.outcomes);
}

fn refused(gpu: Gpu) {
    let (a, y) = (dictionary(5, 9), measurements(5, 4));
    let step = StepSize::Guarded(1.2 / largest_eigenvalue(&a, 40));
    let method = RecoveryMethod::Ista { weight: Weight::Fraction(0.2), step };
    let batch = RecoveryBatch::new(&a, &y, method, stop()).expect("a batch");
    let refusal = Runner::new(Backend::Gpu).gpu(&gpu).run(&batch).expect_err("refused");
    match refusal {
        BatchError::Unavailable { reason, .. } => assert!(reason.contains("guarded step")),
        other => panic!("{other}"),
    }
}
