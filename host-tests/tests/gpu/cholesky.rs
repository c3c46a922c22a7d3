//! Direct solution on a graphics processor.

use crate::device::trial;
use crate::same::assert_near_by;
use crate::sor::{matrices, right_hand_sides};
use libtest_mimic::Trial;
use solvekit::Stop;
use solvekit_host::batch::gpu::{Gpu, GpuLimits};
use solvekit_host::batch::{Backend, BatchError, CholeskyBatch, Matrices, Runner, Systems};

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        trial("cholesky::every_size", |gpu| {
            every_size(&Runner::new(Backend::Gpu).gpu(&gpu), Backend::Gpu);
        }),
        trial("cholesky::a_bad_system_leaves_its_neighbours_alone", |gpu| {
            bad_neighbours(&Runner::new(Backend::Gpu).gpu(&gpu));
        }),
        trial("cholesky::more_than_a_dispatch_takes", more_than_a_dispatch_takes),
        trial("cholesky::what_has_no_kernel_is_refused", refused),
    ]
}

fn stop() -> Stop<f32> {
    Stop::relative(1e-5).expect("a tolerance").max_iterations(20)
}

pub(crate) fn every_size(runner: &Runner<'_>, backend: Backend) {
    for order in [1, 2, 3, 8, 16, 33, 88] {
        for count in [0, 1, 2, 50] {
            let (a, b) = (matrices(order, count), right_hand_sides(order, count));
            let own = Systems::new(order, Matrices::Own(&a), &b).expect("whole systems");
            let one = matrices(order, 1);
            let shared = Systems::new(order, Matrices::Shared(&one), &b).expect("whole systems");
            // The second asks for more steps than one, the third for none.
            for stop in [stop(), Stop::relative(2e-7).expect("a tolerance").max_iterations(6)] {
                for systems in [own, shared] {
                    let batch = CholeskyBatch::new(systems, stop);
                    assert_near_by(runner, &batch, backend, &format!("{count} of {order}"));
                }
            }
        }
    }
}

pub(crate) fn bad_neighbours(runner: &Runner<'_>) {
    let (order, count) = (8, 70);
    let size = order * order;
    let (mut a, mut b) = (matrices(order, count), right_hand_sides(order, count));
    let good = {
        let systems = Systems::new(order, Matrices::Own(&a), &b).expect("whole systems");
        runner.run(&CholeskyBatch::new(systems, stop())).expect("answers")
    };
    let bad = [0, 3, 4, 17, 33, 34, 35, 36, 69];
    a[5] = f32::NAN;
    a[3 * size + 63] = f32::INFINITY;
    b[4 * order + 2] = f32::NAN;
    // Indefinite, singular, and nearly so; then all zeros, and numbers at both ends of the range.
    a[17 * size + 9] = -1.0;
    a[33 * size..34 * size].fill(1.0);
    a[34 * size..35 * size].fill(1.0);
    (0..order).for_each(|row| a[34 * size + row * 9] = 1.0 + 3e-7);
    b[35 * order..36 * order].fill(0.0);
    a[36 * size..37 * size].iter_mut().for_each(|a| *a *= 1e-36);
    b[69 * order..].iter_mut().for_each(|b| *b *= 1e36);
    let systems = Systems::new(order, Matrices::Own(&a), &b).expect("whole systems");
    let batch = CholeskyBatch::new(systems, stop());
    let found = runner.run(&batch).expect("answers");
    let known = Runner::new(Backend::Scalar).run(&batch).expect("scalar");
    assert!(found.is_complete() && found.replaced.is_none());
    for k in (0..count).filter(|k| !bad.contains(k)) {
        assert_eq!(found.answer(k), good.answer(k), "system {k}");
        assert_eq!(found.outcomes[k], good.outcomes[k], "system {k}");
    }
    for k in bad {
        let (found, known) = (found.outcomes[k].expect("one"), known.outcomes[k].expect("one"));
        match (found, known) {
            (Err(found), Err(known)) => {
                assert_eq!(format!("{found:?}"), format!("{known:?}"), "system {k}");
            }
            (Ok(found), Ok(known)) => assert_eq!(found.status, known.status, "system {k}"),
            _ => panic!("system {k}: {found:?}, not {known:?}"),
        }
    }
    assert!(found.numbers.iter().all(|x| x.is_finite()));
}

fn more_than_a_dispatch_takes(gpu: Gpu) {
    let (order, count) = (5, 1_000);
    let (a, b) = (matrices(order, count), right_hand_sides(order, count));
    let systems = Systems::new(order, Matrices::Own(&a), &b).expect("whole systems");
    let batch = CholeskyBatch::new(systems, stop());
    let at_once = Runner::new(Backend::Gpu).gpu(&gpu).run(&batch).expect("answers");
    let found = {
        let limits = GpuLimits { buffer_bytes: 30_000, workgroups: 4 };
        let gpu = gpu.limited(limits);
        Runner::new(Backend::Gpu).gpu(&gpu).run(&batch).expect("answers")
    };
    assert!(found.is_complete() && found.replaced.is_none(), "{:?}", found.replaced);
    assert!(found.numbers == at_once.numbers && found.outcomes == at_once.outcomes);
}

fn refused(gpu: Gpu) {
    let (a, b) = (matrices(89, 1), right_hand_sides(89, 1));
    let systems = Systems::new(89, Matrices::Shared(&a), &b).expect("one system");
    let refusal = Runner::new(Backend::Gpu).gpu(&gpu).run(&CholeskyBatch::new(systems, stop()));
    match refusal.expect_err("refused") {
        BatchError::Unavailable { reason, .. } => assert!(reason.contains("at most 88 unknowns")),
        other => panic!("{other}"),
    }
}
