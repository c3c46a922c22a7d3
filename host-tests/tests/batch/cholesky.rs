//! Batches of direct solutions.

use crate::same::{assert_same, assert_untouched};
use crate::sor::{matrices, right_hand_sides};
use nalgebra::{DMatrix, DVector};
use solvekit::direct::CholeskyError;
use solvekit::{Status, Stop, SystemError};
use solvekit_host::batch::{Backend, CholeskyBatch, DirectError, Laned, Matrices, Runner, Systems};

fn every_size<R: Laned>() {
    // The loose one is met by the first step; the tight one by few, and below rounding by none.
    for tolerance in [1e-3, 16.0, 0.5] {
        let tolerance = match tolerance {
            1e-3 => R::from_f64(tolerance),
            times => R::from_f64(times) * R::EPSILON,
        };
        let stop = Stop::relative(tolerance).expect("a tolerance").max_iterations(6);
        for order in [1, 2, 3, 4, 5, 7, 8, 9, 13, 16, 21] {
            for count in [0, 1, 7, 8, 9, 15, 16, 17, 31, 33, 70] {
                let (a, b) = (matrices::<R>(order, count), right_hand_sides::<R>(order, count));
                let own = Systems::new(order, Matrices::Own(&a), &b).expect("whole systems");
                let one = matrices::<R>(order, 1);
                let shared = Systems::new(order, Matrices::Shared(&one), &b).expect("whole");
                for systems in [own, shared] {
                    let what = format!("{count} of {order} to {tolerance:?}");
                    assert_same(&CholeskyBatch::new(systems, stop), Backend::Simd, &what);
                }
            }
        }
    }
}

in_both_precisions!(every_size);

/// nalgebra's factor of the same matrices, in f64.
#[test]
fn answers_are_those_of_an_independent_factor() {
    let (order, count) = (11, 40);
    let (a, b) = (matrices::<f64>(order, count), right_hand_sides::<f64>(order, count));
    let systems = Systems::new(order, Matrices::Own(&a), &b).expect("whole systems");
    let stop = Stop::relative(1e-13).expect("a tolerance");
    let found = Runner::new(Backend::Simd).run(&CholeskyBatch::new(systems, stop)).expect("simd");
    for k in 0..count {
        let own = DMatrix::from_row_slice(order, order, &a[k * order * order..][..order * order]);
        let x = own
            .cholesky()
            .expect("definite")
            .solve(&DVector::from_column_slice(&b[k * order..][..order]));
        let report = found.outcomes[k].expect("an outcome").expect("a report");
        assert!(report.converged() && report.iterations == 1, "{report:?}");
        // Conditions are below 10.
        let apart = (x - DVector::from_column_slice(found.answer(k))).amax();
        assert!(apart < 1e-13, "system {k}: {apart}");
    }
}

/// What has no factor is refused with the reason, what nearly has none is solved as it is alone.
#[test]
fn a_bad_system_leaves_its_neighbours_alone() {
    let (order, count) = (8, 70);
    let size = order * order;
    let stop = Stop::relative(1e-5).expect("a tolerance").max_iterations(20);
    let (mut a, mut b) = (matrices::<f32>(order, count), right_hand_sides::<f32>(order, count));
    let good = {
        let systems = Systems::new(order, Matrices::Own(&a), &b).expect("whole systems");
        Runner::new(Backend::Simd).run(&CholeskyBatch::new(systems, stop)).expect("simd")
    };
    let bad = [0, 3, 4, 17, 33, 34, 35, 36, 37, 69];
    a[5] = f32::NAN;
    a[3 * size + 63] = f32::INFINITY;
    b[4 * order + 2] = f32::NAN;
    // Indefinite: −1 somewhere on the diagonal.
    a[17 * size + 27] = -1.0;
    b[33 * order..34 * order].fill(3e38);
    // 1 and 1 + ε beside each other: all but a last digit of a pivot is lost.
    (0..size).for_each(|k| a[34 * size + k] = 1.0);
    (0..order).for_each(|k| a[34 * size + k * (order + 1)] = 1.0 + 1e-6);
    b[35 * order..36 * order].fill(0.0);
    b[36 * order..37 * order].fill(-0.0);
    b[37 * order..38 * order].fill(1e-42);
    a[69 * size..70 * size].iter_mut().for_each(|a| *a *= 1e37);
    let systems = Systems::new(order, Matrices::Own(&a), &b).expect("whole systems");
    let batch = CholeskyBatch::new(systems, stop);
    assert_same(&batch, Backend::Simd, "bad neighbours");
    let found = Runner::new(Backend::Simd).run(&batch).expect("simd");
    assert_untouched(&found, &good, &bad);
    let outcome = |k: usize| found.outcomes[k].expect("an outcome");
    let entry = CholeskyError::NonFiniteEntry { row: 0, column: 5 };
    assert_eq!(outcome(0), Err(DirectError::Factor(entry)));
    let row = SystemError::NonFiniteRightHandSide { row: 2 };
    assert_eq!(outcome(4), Err(DirectError::System(row)));
    assert!(matches!(outcome(17), Err(DirectError::Factor(CholeskyError::Pivot { row: 3, .. }))));
    assert_eq!(outcome(33), Err(DirectError::System(SystemError::HugeRightHandSide)));
    for k in [35, 36] {
        let report = outcome(k).expect("a report");
        assert!(report.status == Status::Converged && report.iterations == 0, "{report:?}");
    }
}

#[test]
fn a_shared_matrix_without_a_factor_is_refused_for_every_system() {
    let (a, b) = ([1.0_f64, 2.0, 2.0, 1.0], [1.0; 8]);
    let systems = Systems::new(2, Matrices::Shared(&a), &b).expect("four systems");
    let batch = CholeskyBatch::new(systems, Stop::relative(1e-9).expect("a tolerance"));
    assert_same(&batch, Backend::Simd, "a saddle");
    let found = Runner::new(Backend::Simd).run(&batch).expect("simd");
    let pivot = DirectError::Factor(CholeskyError::Pivot { row: 1, value: -3.0 });
    assert!(found.outcomes.iter().all(|outcome| *outcome == Some(Err(pivot))));
}
