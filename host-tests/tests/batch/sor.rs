//! Batches of relaxations.

use crate::same::{assert_same, assert_untouched};
use solvekit::{Status, Stop};
use solvekit_host::batch::{Backend, Laned, Matrices, Relaxation, Runner, SorBatch, Systems};
use std::num::NonZeroU32;

/// Diagonally dominant, symmetric, and different from system to system: some take ten times as many
/// sweeps as others.
pub(crate) fn entry(order: usize, system: usize, i: usize, j: usize) -> f64 {
    let (low, high) = (i.min(j) as f64, i.max(j) as f64);
    let wave = (0.7 * low + 1.3 * high + 0.37 * system as f64).sin();
    if i == j { order as f64 * 0.5 + 2.0 + (system % 7) as f64 } else { 0.5 * wave }
}

pub(crate) fn matrices<R: Laned>(order: usize, count: usize) -> Vec<R> {
    let all = (0..count * order * order).map(|k| {
        let (system, within) = (k / (order * order), k % (order * order));
        entry(order, system, within / order, within % order)
    });
    all.map(R::from_f64).collect()
}

pub(crate) fn right_hand_sides<R: Laned>(order: usize, count: usize) -> Vec<R> {
    (0..count * order).map(|k| R::from_f64((k as f64 * 1.7).cos())).collect()
}

fn stop<R: Laned>() -> Stop<R> {
    Stop::relative(R::from_f64(1e-4)).expect("a tolerance")
}

fn every_size<R: Laned>() {
    for order in [1, 2, 3, 5, 8, 13, 16, 21] {
        for count in [0, 1, 7, 8, 9, 15, 16, 17, 31, 32, 33, 100] {
            let (a, b) = (matrices::<R>(order, count), right_hand_sides::<R>(order, count));
            let own = Systems::new(order, Matrices::Own(&a), &b).expect("whole systems");
            let one = matrices::<R>(order, 1);
            let shared = Systems::new(order, Matrices::Shared(&one), &b).expect("whole systems");
            for systems in [own, shared] {
                for relaxation in [Relaxation::Forward, Relaxation::Symmetric] {
                    let batch = SorBatch::new(systems, R::from_f64(1.1), stop());
                    let what = format!("{count} of {order}, {relaxation:?}");
                    assert_same(&batch.relaxation(relaxation), Backend::Simd, &what);
                }
            }
        }
    }
}

in_both_precisions!(every_size);

#[test]
fn an_omega_and_a_start_of_its_own_for_each() {
    let (order, count) = (6, 45);
    let (a, b) = (matrices::<f32>(order, count), right_hand_sides::<f32>(order, count));
    let omegas: Vec<f32> = (0..count).map(|k| 0.2 + 0.04 * k as f32).collect();
    let start: Vec<f32> = (0..count * order).map(|k| (k as f32).sin()).collect();
    let systems = Systems::new(order, Matrices::Own(&a), &b).expect("whole systems");
    for interval in [1, 3] {
        let stop = stop::<f32>().check_every(NonZeroU32::new(interval).expect("not zero"));
        for cap in [0, 1, 7, 10_000] {
            let batch = SorBatch::new(systems, 1.0, stop.max_iterations(cap));
            let batch = batch.omegas(&omegas).expect("one each").starting_at(&start);
            assert_same(&batch.expect("all numbers"), Backend::Simd, &format!("cap {cap}"));
        }
    }
}

/// Broken systems are told apart with the reason, those that diverge say so, and nobody beside them
/// notices.
#[test]
fn a_bad_system_leaves_its_neighbours_alone() {
    let (order, count) = (8, 70);
    let (mut a, mut b) = (matrices::<f32>(order, count), right_hand_sides::<f32>(order, count));
    let good = {
        let systems = Systems::new(order, Matrices::Own(&a), &b).expect("whole systems");
        Runner::new(Backend::Simd).run(&SorBatch::new(systems, 1.1, stop())).expect("simd")
    };
    let size = order * order;
    let bad = [3, 4, 17, 33, 34, 69];
    a[3 * size + 5] = f32::NAN;
    b[4 * order + 2] = f32::INFINITY;
    a[17 * size] = 0.0;
    b[33 * order] = 3e38;
    b[33 * order + 1] = 3e38;
    // Not positive definite: it grows until it is said to diverge, or out of the range.
    (0..size).for_each(|k| a[34 * size + k] = if k % (order + 1) == 0 { 0.01 } else { 5.0 });
    (0..size).for_each(|k| a[69 * size + k] = if k % (order + 1) == 0 { 1e-30 } else { 1e30 });
    let systems = Systems::new(order, Matrices::Own(&a), &b).expect("whole systems");
    let batch = SorBatch::new(systems, 1.1, stop());
    assert_same(&batch, Backend::Simd, "bad neighbours");
    let found = Runner::new(Backend::Simd).run(&batch).expect("simd");
    assert_untouched(&found, &good, &bad);
    let outcome = |k: usize| found.outcomes[k].expect("an outcome");
    for k in [3, 4, 17, 33] {
        assert!(outcome(k).is_err() && found.answer(k).iter().all(|x| *x == 0.0), "system {k}");
    }
    let grown = outcome(34).expect("a report").status;
    assert!(matches!(grown, Status::Diverged | Status::NonFinite), "{grown:?}");
    assert!(found.numbers.iter().all(|x| x.is_finite()));
}
