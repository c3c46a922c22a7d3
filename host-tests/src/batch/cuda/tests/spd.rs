use super::super::machine::Sums;
use super::Processor;
use crate::batch::device::{SpdOnDevice, SpdSystems};
use crate::batch::{Backend, CholeskyBatch, Matrices, Runner, Systems};
use nalgebra::{DMatrix, DVector};
use solvekit::{Status, Stop};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Diagonally dominant, and different from system to system.
fn matrices(order: usize, count: usize) -> Vec<f32> {
    let entry = |k: usize| {
        let (system, within) = (k / (order * order), k % (order * order));
        let (i, j) = (within / order, within % order);
        let (low, high) = (i.min(j) as f64, i.max(j) as f64);
        let wave = (0.7 * low + 1.3 * high + 0.37 * system as f64).sin();
        if i == j { order as f64 * 0.5 + 2.0 + (system % 7) as f64 } else { 0.5 * wave }
    };
    (0..count * order * order).map(|k| entry(k) as f32).collect()
}

fn right_hand_sides(order: usize, count: usize) -> Vec<f32> {
    (0..count * order).map(|k| (k as f64 * 1.7).cos() as f32).collect()
}

fn processor() -> Option<Processor> {
    Processor::find(Sums::Single, 1)
}

/// ‖b − A x‖₂ of the answer, and how far that is from the solution, both in f64.
fn oracle(a: &[f32], b: &[f32], x: &[f32]) -> (f64, f64) {
    let order = b.len();
    let wide =
        |numbers: &[f32]| DVector::from_iterator(order, numbers.iter().map(|x| f64::from(*x)));
    let a = DMatrix::from_row_iterator(order, order, a.iter().map(|a| f64::from(*a)));
    let (b, x) = (wide(b), wide(x));
    let solution = a.clone().cholesky().expect("positive definite").solve(&b);
    ((&b - a * &x).norm(), (x - &solution).amax() / solution.amax())
}

#[test]
fn every_size_against_double_precision() {
    let Some(processor) = processor() else { return };
    // One thread to a system up to 16 unknowns, one to a row beyond.
    for (order, shared) in
        [(1, false), (3, true), (16, false), (17, true), (33, false), (128, false)]
    {
        let count = if order > 33 { 3 } else { 35 };
        let a = matrices(order, if shared { 1 } else { count });
        let b = right_hand_sides(order, count);
        let scales = vec![0.25; count];
        let systems =
            SpdSystems { order, matrices: &a, shared, right_hand_sides: &b, scales: &scales };
        let there = super::super::spd::Spd::new(&processor, systems).expect("room");
        there.run(&processor).expect("a run");
        let found = there.read(&processor).expect("answers");
        for k in 0..count {
            let first = if shared { 0 } else { k * order * order };
            let own = k * order..(k + 1) * order;
            let a = &a[first..first + order * order];
            let (residual, apart) = oracle(a, &b[own.clone()], &found.x[own]);
            let what = format!("{k} of {order}, shared {shared}: {residual:e}, {apart:e}");
            // Roundings of N terms of sizes about ‖b‖ ≤ √N, in matrices whose conditions are below 10.
            assert!(residual < 1e-6 * order as f64 && apart < 1e-5, "{what}");
            // Its own rounding of the same sum.
            assert!(
                (f64::from(found.residuals[k]) - residual).abs() < 1e-6 * order as f64,
                "{what}"
            );
        }
    }
}

/// The whole way of a batch: refusals, statuses and answers are those of one system after the other.
#[test]
fn a_batch_ends_as_the_reference_does() {
    let Some(processor) = processor() else { return };
    let runner = Runner::new(Backend::Cuda);
    for order in [8, 20] {
        let (count, size) = (70, order * order);
        let (mut a, mut b) = (matrices(order, count), right_hand_sides(order, count));
        let bad = [0, 3, 4, 17, 33, 34, 35, 36, 69];
        a[5] = f32::NAN;
        a[3 * size + 63] = f32::INFINITY;
        b[4 * order + 2] = f32::NAN;
        a[17 * size + order + 1] = -1.0;
        a[33 * size..34 * size].fill(1.0);
        a[34 * size..35 * size].fill(1.0);
        (0..order).for_each(|row| a[34 * size + row * (order + 1)] = 1.0 + 3e-7);
        b[35 * order..36 * order].fill(0.0);
        a[36 * size..37 * size].iter_mut().for_each(|a| *a *= 1e-36);
        b[69 * order..].iter_mut().for_each(|b| *b *= 1e36);
        let systems = Systems::new(order, Matrices::Own(&a), &b).expect("whole systems");
        let stop = Stop::relative(1e-5).expect("a tolerance").max_iterations(20);
        let batch = CholeskyBatch::new(systems, stop);
        let found = runner
            .on_device(&batch, None, &processor, |batch, device, part| {
                batch.on_device(device, part)
            })
            .expect("answers");
        let known = Runner::new(Backend::Scalar).run(&batch).expect("scalar");
        assert!(found.is_complete() && found.replaced.is_none(), "{:?}", found.replaced);
        for k in 0..count {
            let (mine, other) = (found.outcomes[k].expect("one"), known.outcomes[k].expect("one"));
            match (mine, other) {
                (Err(mine), Err(other)) => {
                    assert_eq!(format!("{mine:?}"), format!("{other:?}"), "system {k}");
                }
                (Ok(mine), Ok(other)) => assert_eq!(mine.status, other.status, "system {k}"),
                _ => panic!("system {k}: {mine:?}, not {other:?}"),
            }
            if !bad.contains(&k) {
                assert_eq!(mine.expect("a report").status, Status::Converged);
                let own = k * order..(k + 1) * order;
                let (_, apart) = oracle(&a[k * size..(k + 1) * size], &b[own], found.answer(k));
                assert!(apart < 1e-5, "system {k}: {apart:e}");
            }
        }
        assert!(found.numbers.iter().all(|x| x.is_finite()));
    }
}

/// The tests above see it when a kernel is broken: by its numbers, by the order of its threads, or by the
/// guards around its memory.
#[test]
fn what_is_broken_is_seen() {
    let Some(mut processor) = processor() else { return };
    let sum = ("load_row(a + i * ORDER, ORDER, row)", "load_row(a, ORDER, row)");
    let beyond = ("answers[first * ORDER + k] =", "answers[first * ORDER + k + 1] =");
    let barrier = ("        __syncthreads();\n        if (row > k) {", "        if (row > k) {");
    for (order, broken) in [(8, None), (8, Some(sum)), (8, Some(beyond)), (17, Some(barrier))] {
        processor.broken = broken;
        let (a, b) = (matrices(order, 3), right_hand_sides(order, 3));
        let systems = SpdSystems {
            order,
            matrices: &a,
            shared: false,
            right_hand_sides: &b,
            scales: &[1.0; 3],
        };
        let is_right = || {
            let there = super::super::spd::Spd::new(&processor, systems).expect("room");
            there.run(&processor).expect("a run");
            let found = there.read(&processor).expect("answers");
            let (residual, apart) = oracle(&a[..order * order], &b[..order], &found.x[..order]);
            apart < 1e-5 && (f64::from(found.residuals[0]) - residual).abs() < 1e-5
        };
        let seen = !catch_unwind(AssertUnwindSafe(is_right)).unwrap_or(false);
        assert_eq!(seen, broken.is_some(), "{broken:?}");
    }
}
