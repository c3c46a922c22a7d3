use super::super::ista::Ista;
use super::super::machine::Sums;
use super::Processor;
use crate::batch::device::{IstaOnDevice, IstaRule, IstaSetting, IstaSignals};
use crate::batch::{Backend, RecoveryBatch, RecoveryMethod, Runner, Weight};
use crate::matrix::DenseMatrix;
use solvekit::recovery::{StepSize, largest_eigenvalue};
use solvekit::{LinearOperator, Status, Stop};
use std::panic::{AssertUnwindSafe, catch_unwind};

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

fn measurements(rows: usize, count: usize) -> Vec<f32> {
    (0..rows * count).map(|k| number(3, k)).collect()
}

/// By the definition, in f64.
fn oracle(a: &DenseMatrix<f32>, y: &[f32], step: f32, threshold: f32, iterations: u32) -> Vec<f64> {
    let (step, threshold) = (f64::from(step), f64::from(threshold));
    let mut all = Vec::new();
    for y in y.chunks(a.rows()) {
        let mut x = vec![0.0_f64; a.columns()];
        for _ in 0..iterations {
            let mut r: Vec<f64> = y.iter().map(|y| f64::from(*y)).collect();
            for (j, x) in x.iter().enumerate() {
                r.iter_mut().zip(a.column(j)).for_each(|(r, a)| *r -= f64::from(*a) * x);
            }
            for (j, x) in x.iter_mut().enumerate() {
                let inner = a.column(j).iter().zip(&r).map(|(a, r)| f64::from(*a) * r);
                let z = *x + step * inner.sum::<f64>();
                *x = z - z.clamp(-threshold, threshold);
            }
        }
        all.extend(x);
    }
    all
}

/// Largest distance from it, relative to its largest number.
fn apart(x: &[f32], known: &[f64]) -> f64 {
    assert_eq!(x.len(), known.len());
    let largest = known.iter().fold(0.0_f64, |most, x| most.max(x.abs()));
    x.iter().zip(known).fold(0.0_f64, |most, (x, known)| most.max((f64::from(*x) - known).abs()))
        / largest
}

/// x after so many iterations.
fn after(
    processor: &Processor,
    a: &DenseMatrix<f32>,
    y: &[f32],
    iterations: u32,
) -> (f32, Vec<f32>) {
    let step = 0.9 / largest_eigenvalue(a, 40);
    let signals = IstaSignals {
        rows: a.rows(),
        columns: a.columns(),
        dictionary: a.values(),
        measurements: y,
        step,
    };
    let there = Ista::new(processor, signals).expect("room");
    let rule = IstaRule { check_every: 1_000, max_iterations: iterations, stall_window: 0 };
    let setting =
        IstaSetting { is_done: false, threshold: 0.03 * step, tolerance: -1.0, divergence: 1e9 };
    let settings = vec![setting; y.len() / a.rows()];
    // The second run begins where the first did.
    for _ in 0..2 {
        there.run(processor, rule, &settings).expect("a run");
    }
    let (ends, x) = there.read(processor).expect("answers");
    for end in ends {
        let end = end.expect("an end");
        assert_eq!((end.status, end.iterations), (Status::IterationLimit, iterations));
    }
    (step, x)
}

#[test]
fn iterates_against_double_precision() {
    for sums in [Sums::Single, Sums::Split] {
        let Some(mut processor) = Processor::find(sums, 1) else { return };
        // Columns that fill whole fours and columns that do not; in groups that fill whole blocks or not.
        for ((rows, columns, count), at_once) in
            [((5, 9, 3), 2), ((16, 32, 11), 100), ((30, 61, 9), 8), ((1, 1, 1), 1)]
        {
            processor.settings.signals_at_once = at_once;
            let (a, y) = (dictionary(rows, columns), measurements(rows, count));
            for iterations in [1, 2, 12] {
                let (step, x) = after(&processor, &a, &y, iterations);
                let known = oracle(&a, &y, step, 0.03 * step, iterations);
                let apart = apart(&x, &known);
                // A few roundings of y in each residual, which a contraction does not let grow: as many of
                // numbers that are two of 11 bits as of those that are one of 24. Without the second
                // ones they would be a thousand times as large.
                let what = format!("{rows} x {columns}, {sums:?}, {iterations}: {apart:e}");
                assert!(apart < 1e-6, "{what}");
            }
        }
    }
}

/// The test above sees it when a kernel is broken.
#[test]
fn what_is_broken_is_seen() {
    let Some(mut processor) = Processor::find(Sums::Split, 3) else { return };
    let (a, y) = (dictionary(9, 14), measurements(9, 5));
    let second = ("first.x + second.x", "first.x");
    let signal = ("product += (size_t)signal * fours;", "");
    let shrinks = ("z < -threshold ? -threshold", "z < -threshold ? threshold");
    for broken in [None, Some(second), Some(signal), Some(shrinks)] {
        processor.broken = broken;
        let is_right = || {
            let (step, x) = after(&processor, &a, &y, 5);
            apart(&x, &oracle(&a, &y, step, 0.03 * step, 5)) < 1e-6
        };
        let seen = !catch_unwind(AssertUnwindSafe(is_right)).unwrap_or(false);
        assert_eq!(seen, broken.is_some(), "{broken:?}");
    }
}

/// The whole way of a batch: refusals, statuses and answers are those of one signal after the other.
#[test]
fn a_batch_ends_as_the_reference_does() {
    let (rows, columns, count) = (16, 32, 30);
    let a = dictionary(rows, columns);
    let mut y = measurements(rows, count);
    y[5 * rows + 1] = f32::NAN;
    y[6 * rows + 15] = f32::INFINITY;
    y[13 * rows..14 * rows].fill(3e38);
    y[20 * rows..21 * rows].fill(0.0);
    let weight = Weight::Fraction(0.2);
    let step = StepSize::Fixed(0.9 / largest_eigenvalue(&a, 40));
    let method = RecoveryMethod::Ista { weight, step };
    let stop = Stop::relative(1e-3).expect("a tolerance").max_iterations(60);
    let stalling = Stop::relative(1e-12).expect("a tolerance").stall_window(10).max_iterations(150);
    for (sums, stops) in
        [(Sums::Single, &[(stop, false), (stalling, true)][..]), (Sums::Split, &[(stop, false)])]
    {
        let Some(processor) = Processor::find(sums, 8) else { return };
        for (stop, stalls) in stops.iter().copied() {
            let batch = RecoveryBatch::new(&a, &y, method, stop).expect("a batch");
            let found = Runner::new(Backend::Cuda)
                .on_device(&batch, None, &processor, |batch, device, part| {
                    batch.on_device(device, part)
                })
                .expect("answers");
            let known = Runner::new(Backend::Scalar).run(&batch).expect("scalar");
            assert!(found.is_complete() && found.replaced.is_none(), "{:?}", found.replaced);
            for k in 0..count {
                let (mine, other) =
                    (found.outcomes[k].expect("one"), known.outcomes[k].expect("one"));
                let (mine, other) = match (mine, other) {
                    (Ok(mine), Ok(other)) => (mine, other),
                    _ => {
                        assert_eq!(mine, other, "signal {k}");
                        assert!(found.answer(k).iter().all(|x| *x == 0.0));
                        continue;
                    }
                };
                // The floor of the precision is noise: by chance one of two finds an exact zero.
                let ended = |status| match status {
                    Status::Stalled | Status::Converged if stalls => Status::Stalled,
                    other => other,
                };
                assert_eq!(
                    ended(mine.status),
                    ended(other.status),
                    "signal {k}: {mine:?}, {other:?}"
                );
                if ended(mine.status) != Status::Stalled {
                    let steps = mine.iterations.abs_diff(other.iterations);
                    assert!(steps <= 1, "signal {k}: {mine:?}, {other:?}");
                }
                let known: Vec<f64> = known.answer(k).iter().map(|x| f64::from(*x)).collect();
                if known.iter().any(|x| *x != 0.0) {
                    // A step more or less moves x by α times the certificate.
                    assert!(apart(found.answer(k), &known) < 1e-2, "signal {k}");
                }
            }
        }
    }
}
