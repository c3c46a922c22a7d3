//! Relaxation on a graphics processor.

use crate::device::trial;
use crate::same::assert_near_by;
use libtest_mimic::Trial;
use solvekit::{Status, Stop};
use solvekit_host::batch::gpu::{Gpu, GpuLimits};
use solvekit_host::batch::{Backend, BatchError, Matrices, Relaxation, Runner, SorBatch, Systems};
use std::num::NonZeroU32;

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        trial("sor::every_size", every_size),
        trial("sor::an_omega_and_a_start_of_its_own_for_each", own_omegas),
        trial("sor::a_bad_system_leaves_its_neighbours_alone", bad_neighbours),
        trial("sor::more_than_a_dispatch_takes", more_than_a_dispatch_takes),
        trial("sor::stalls_are_seen", stalls_are_seen),
        trial("sor::what_has_no_kernel_is_refused", refused),
    ]
}

/// Symmetric, diagonally dominant, and different from system to system.
pub(crate) fn matrices(order: usize, count: usize) -> Vec<f32> {
    let entry = |k: usize| {
        let (system, within) = (k / (order * order), k % (order * order));
        let (i, j) = (within / order, within % order);
        let (low, high) = (i.min(j) as f64, i.max(j) as f64);
        let wave = (0.7 * low + 1.3 * high + 0.37 * system as f64).sin();
        if i == j { order as f64 * 0.5 + 2.0 + (system % 7) as f64 } else { 0.5 * wave }
    };
    (0..count * order * order).map(|k| entry(k) as f32).collect()
}

pub(crate) fn right_hand_sides(order: usize, count: usize) -> Vec<f32> {
    (0..count * order).map(|k| (k as f64 * 1.7).cos() as f32).collect()
}

fn stop() -> Stop<f32> {
    Stop::relative(1e-4).expect("a tolerance")
}

fn assert_near(batch: &SorBatch<'_, f32>, gpu: &Gpu, what: &str) {
    assert_near_by(&Runner::new(Backend::Gpu).gpu(gpu), batch, Backend::Gpu, what);
}

fn every_size(gpu: Gpu) {
    for order in [1, 3, 8, 21, 65, 128] {
        let counts: &[usize] = if order > 21 { &[70] } else { &[0, 1, 63, 64, 65, 130] };
        for count in counts.iter().copied() {
            let (a, b) = (matrices(order, count), right_hand_sides(order, count));
            let own = Systems::new(order, Matrices::Own(&a), &b).expect("whole systems");
            let one = matrices(order, 1);
            let shared = Systems::new(order, Matrices::Shared(&one), &b).expect("whole systems");
            for systems in [own, shared] {
                for relaxation in [Relaxation::Forward, Relaxation::Symmetric] {
                    let batch = SorBatch::new(systems, 1.1, stop()).relaxation(relaxation);
                    let what = format!("{count} of {order}, {relaxation:?}");
                    assert_near(&batch, &gpu, &what);
                }
            }
        }
    }
}

fn own_omegas(gpu: Gpu) {
    let (order, count) = (6, 70);
    let (a, b) = (matrices(order, count), right_hand_sides(order, count));
    let omegas: Vec<f32> = (0..count).map(|k| 0.2 + 0.02 * k as f32).collect();
    let start: Vec<f32> = (0..count * order).map(|k| (k as f32).sin()).collect();
    let systems = Systems::new(order, Matrices::Own(&a), &b).expect("whole systems");
    for interval in [1, 3] {
        let stop = stop().check_every(NonZeroU32::new(interval).expect("not zero"));
        for cap in [0, 1, 7, 10_000] {
            let batch = SorBatch::new(systems, 1.0, stop.max_iterations(cap));
            let batch = batch.omegas(&omegas).expect("one each").starting_at(&start);
            assert_near(&batch.expect("all numbers"), &gpu, &format!("cap {cap}"));
        }
    }
}

fn bad_neighbours(gpu: Gpu) {
    let (order, count) = (8, 70);
    let (mut a, mut b) = (matrices(order, count), right_hand_sides(order, count));
    let runner = Runner::new(Backend::Gpu).gpu(&gpu);
    let good = {
        let systems = Systems::new(order, Matrices::Own(&a), &b).expect("whole systems");
        runner.run(&SorBatch::new(systems, 1.1, stop())).expect("gpu")
    };
    let size = order * order;
    let bad = [3, 4, 17, 33, 34, 69];
    a[3 * size + 5] = f32::NAN;
    b[4 * order + 2] = f32::INFINITY;
    a[17 * size] = 0.0;
    b[33 * order] = 3e38;
    b[33 * order + 1] = 3e38;
    // They grow until they are said to diverge, or out of the range.
    (0..size).for_each(|k| a[34 * size + k] = if k % (order + 1) == 0 { 0.01 } else { 5.0 });
    (0..size).for_each(|k| a[69 * size + k] = if k % (order + 1) == 0 { 1e-30 } else { 1e30 });
    let systems = Systems::new(order, Matrices::Own(&a), &b).expect("whole systems");
    let batch = SorBatch::new(systems, 1.1, stop());
    let found = runner.run(&batch).expect("gpu");
    let known = Runner::new(Backend::Scalar).run(&batch).expect("scalar");
    assert!(found.is_complete() && found.replaced.is_none());
    for k in (0..count).filter(|k| !bad.contains(k)) {
        assert_eq!(found.answer(k), good.answer(k), "system {k}");
        assert_eq!(found.outcomes[k], good.outcomes[k], "system {k}");
    }
    for k in [3, 4, 17, 33] {
        let outcome = found.outcomes[k].expect("an outcome");
        assert!(outcome.is_err() && found.answer(k).iter().all(|x| *x == 0.0), "system {k}");
        assert_eq!(Some(outcome), known.outcomes[k]);
    }
    for k in [34, 69] {
        let report = found.outcomes[k].expect("an outcome").expect("a report");
        assert!(matches!(report.status, Status::Diverged | Status::NonFinite), "{report:?}");
    }
    assert!(found.numbers.iter().all(|x| x.is_finite()));
}

fn more_than_a_dispatch_takes(gpu: Gpu) {
    let (order, count) = (5, 1_000);
    let (a, b) = (matrices(order, count), right_hand_sides(order, count));
    let all = Runner::new(Backend::Gpu).gpu(&gpu);
    let systems = Systems::new(order, Matrices::Own(&a), &b).expect("whole systems");
    let batch = SorBatch::new(systems, 1.1, stop());
    let at_once = all.run(&batch).expect("gpu");
    for (buffer_bytes, workgroups) in [(u64::MAX, 3), (30_000, u32::MAX)] {
        let gpu = Gpu::find().expect("again").limited(GpuLimits { buffer_bytes, workgroups });
        let found = Runner::new(Backend::Gpu).gpu(&gpu).run(&batch).expect("gpu");
        assert!(found.is_complete() && found.replaced.is_none(), "{:?}", found.replaced);
        assert!(found.numbers == at_once.numbers && found.outcomes == at_once.outcomes);
        assert_near(&batch, &gpu, "in pieces");
    }
    // Not even one system fits.
    let gpu = gpu.limited(GpuLimits { buffer_bytes: 100, workgroups: 1 });
    let found = Runner::new(Backend::Gpu).gpu(&gpu).run(&batch).expect("a retry");
    assert!(found.is_complete());
    let replaced = found.replaced.expect("made up for").to_string();
    assert!(replaced.contains("more than the device's 100"), "{replaced}");
}

fn stalls_are_seen(gpu: Gpu) {
    let (order, count) = (7, 40);
    let (a, b) = (matrices(order, count), right_hand_sides(order, count));
    let systems = Systems::new(order, Matrices::Own(&a), &b).expect("whole systems");
    // No f32 gets there.
    let stop = Stop::relative(1e-12).expect("a tolerance").stall_window(10);
    let batch = SorBatch::new(systems, 1.1, stop);
    let found = Runner::new(Backend::Gpu).gpu(&gpu).run(&batch).expect("gpu");
    let known = Runner::new(Backend::Scalar).run(&batch).expect("scalar");
    for k in 0..count {
        let (found, known) = (found.outcomes[k], known.outcomes[k]);
        let status = found.expect("an outcome").expect("a report").status;
        let expected = known.expect("an outcome").expect("a report").status;
        // The floor of the precision is noise: by chance one of two finds an exact zero.
        assert!(matches!(status, Status::Stalled | Status::Converged), "{status:?}");
        assert!(matches!(expected, Status::Stalled | Status::Converged), "{expected:?}");
    }
    let stalled = found.outcomes.iter().flatten().flatten();
    assert!(stalled.filter(|report| report.status == Status::Stalled).count() > count / 2);
}

fn refused(gpu: Gpu) {
    let runner = Runner::new(Backend::Gpu).gpu(&gpu);
    let reason = |error: BatchError| match error {
        BatchError::Unavailable { backend: Backend::Gpu, reason } => reason,
        other => panic!("{other}"),
    };
    let (a, b) = ([2.0_f64, 0.0, 0.0, 2.0], [1.0_f64, 1.0]);
    let systems = Systems::new(2, Matrices::Shared(&a), &b).expect("one system");
    let stop_f64 = Stop::relative(1e-4).expect("a tolerance");
    let refusal = runner.run(&SorBatch::new(systems, 1.0, stop_f64)).expect_err("refused");
    let known = "no kernel for sor, one matrix in f64, sizes [2, 1, 1]: it is for f32";
    assert_eq!(reason(refusal), known);
    let (a, b) = (matrices(129, 1), right_hand_sides(129, 1));
    let systems = Systems::new(129, Matrices::Shared(&a), &b).expect("one system");
    let refusal = runner.run(&SorBatch::new(systems, 1.0, stop())).expect_err("refused");
    assert!(reason(refusal).contains("at most 128 unknowns"));
}
