//! Parts, threads, progress, and bad input.

use crate::same::assert_equal;
use crate::sor::{matrices, right_hand_sides};
use solvekit::Stop;
use solvekit_host::batch::{
    Backend, BatchError, Crossovers, Matrices, Progress, Runner, SorBatch, Stopped, Systems,
};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

fn stop() -> Stop<f32> {
    Stop::relative(1e-4).expect("a tolerance")
}

/// A hundred thousand problems, on one thread and on several.
#[test]
fn the_number_of_threads_changes_nothing() {
    let (order, count) = (4, 100_000);
    let (a, b) = (matrices::<f32>(order, 1), right_hand_sides::<f32>(order, count));
    let systems = Systems::new(order, Matrices::Shared(&a), &b).expect("whole systems");
    let batch = SorBatch::new(systems, 1.1, stop());
    let known = Runner::new(Backend::Simd).run(&batch).expect("simd");
    assert!(known.outcomes.iter().flatten().flatten().all(|report| report.converged()));
    assert_eq!(known.outcomes.iter().flatten().count(), count);
    for threads in [2, 5] {
        let found = Runner::new(Backend::Simd).threads(threads).run(&batch).expect("simd");
        assert!(found.numbers == known.numbers && found.outcomes == known.outcomes);
    }
}

#[test]
fn progress_counts_every_problem_and_a_cancelled_batch_keeps_what_is_done() {
    let (order, count) = (3, 2_000);
    let (a, b) = (matrices::<f32>(order, 1), right_hand_sides::<f32>(order, count));
    let systems = Systems::new(order, Matrices::Shared(&a), &b).expect("whole systems");
    let batch = SorBatch::new(systems, 1.1, stop());
    let told = Mutex::new(Vec::new());
    let listen = |progress: Progress| told.lock().expect("no panic").push(progress);
    let all = Runner::new(Backend::Scalar).progress(&listen).run(&batch).expect("scalar");
    let told = told.into_inner().expect("no panic");
    assert!(told.windows(2).all(|pair| pair[0].done < pair[1].done));
    assert_eq!(told.last(), Some(&Progress { done: count, total: count }));

    let cancel = AtomicBool::new(false);
    let stop_at_half = |progress: Progress| {
        if progress.done >= count / 2 {
            cancel.store(true, Ordering::Relaxed);
        }
    };
    let runner = Runner::new(Backend::Scalar).progress(&stop_at_half).cancel(&cancel);
    let mut some = runner.run(&batch).expect("scalar");
    let done = some.outcomes.iter().flatten().count();
    assert!((count / 2..count).contains(&done), "{done}");
    assert_eq!(some.stopped.take(), Some(Stopped::Cancelled));
    some.outcomes.truncate(done);
    let mut known = all.clone();
    known.outcomes.truncate(done);
    assert_equal(&some, &known, "what was done");
}

#[test]
fn what_is_no_batch_is_refused_with_the_reason() {
    let (a, b) = ([1.0_f32; 12], [1.0_f32; 6]);
    let refused = |order, matrices| Systems::new(order, matrices, &b).expect_err("refused");
    assert_eq!(refused(0, Matrices::Own(&a)), BatchError::NoUnknowns);
    let ragged = BatchError::Ragged { what: "right-hand sides", size: 4, found: 6 };
    assert_eq!(refused(4, Matrices::Own(&a)), ragged);
    let ragged = BatchError::Ragged { what: "matrices", size: 4, found: 11 };
    assert_eq!(refused(2, Matrices::Own(&a[1..])), ragged);
    let count = BatchError::Count { what: "matrices", expected: 3, found: 2 };
    assert_eq!(refused(2, Matrices::Own(&a[..8])), count);
    let what = "numbers of the shared matrix";
    let count = BatchError::Count { what, expected: 4, found: 12 };
    assert_eq!(refused(2, Matrices::Shared(&a)), count);

    let systems = Systems::new(2, Matrices::Own(&a), &b).expect("three systems");
    let batch = SorBatch::new(systems, 1.1, stop());
    let count = BatchError::Count { what: "values of omega", expected: 3, found: 2 };
    assert_eq!(batch.clone().omegas(&b[..2]).expect_err("refused"), count);
    let none = Runner::new(Backend::Simd).threads(0).run(&batch);
    assert_eq!(none.expect_err("refused"), BatchError::NoThreads);
}

/// Whatever is chosen, and however little is known.
#[test]
fn the_fastest_way_gives_the_same_answers() {
    let crossovers = Crossovers::unknown();
    for count in [0, 1, 3, 40, 5_000, 3, 1] {
        let (order, a) = (4, matrices::<f32>(4, 1));
        let b = right_hand_sides::<f32>(order, count);
        let systems = Systems::new(order, Matrices::Shared(&a), &b).expect("whole systems");
        let batch = SorBatch::new(systems, 1.1, stop());
        let known = Runner::new(Backend::Scalar).run(&batch).expect("scalar");
        let runner = Runner::auto().threads(2).crossovers(&crossovers);
        assert_equal(&runner.run(&batch).expect("auto"), &known, &format!("{count}"));
    }
    let found = crossovers.known();
    let [crossover] = found.as_slice() else { panic!("one shape: {found:?}") };
    assert_eq!((crossover.family.as_str(), crossover.sizes), ("sor, one matrix", [4, 1, 1]));
    // Sixteen at a time are faster than one after the other, on any machine with registers for it.
    let best = crossover.fastest(crossover.measured).expect("measured");
    assert!(crossover.measured >= 16 && crossover.curves.len() == 4, "{best:?}");
}
