//! Batches through the layers of networks.

use crate::model::{COLUMNS, LAYERS, ROWS, dictionary, measurements, models};
use crate::same::{Ending, assert_near, assert_untouched};
use solvekit::network::Spline;
use solvekit::recovery::RecoveryError;
use solvekit_host::batch::{Backend, BatchError, Inferred, NetworkBatch, Runner};
use solvekit_host::network::{Kind, Model, ModelError, Numbers};

impl<E: std::fmt::Debug + PartialEq> Ending for Result<Inferred, E> {
    fn kind(&self) -> String {
        match self {
            Ok(Inferred { is_finite, .. }) => format!("finite: {is_finite}"),
            Err(refusal) => format!("{refusal:?}"),
        }
    }
    fn steps(&self) -> u32 {
        self.as_ref().map_or(0, |inferred| inferred.layers)
    }
}

/// Every kind, and those that can have it with a learned shrinkage.
fn all_models() -> Vec<Model> {
    let spline = |k: usize| {
        let top = 2.0 + 0.37 * k as f32;
        Spline::new(&[1.0, top, 2.0 * top], &[0.0, 0.8 * top, 2.0 * top]).expect("a spline")
    };
    let splines: Vec<_> = (0..LAYERS).map(spline).collect();
    let plain = models(&dictionary(1));
    let learned = plain.iter().filter(|model| model.kind().learned_shrinkage());
    let curved: Vec<Model> =
        learned.map(|model| Model { splines: splines.clone().into(), ..model.clone() }).collect();
    plain.into_iter().chain(curved).collect()
}

fn flat(count: usize) -> Vec<f32> {
    measurements(&dictionary(1), count).iter().flat_map(|y| y.iter().copied()).collect()
}

#[test]
fn every_network_side_by_side_is_that_of_the_reference() {
    let a = dictionary(1);
    let all = all_models();
    assert_eq!(all.len(), 12);
    for model in &all {
        for depth in [None, Some(1), Some(3)] {
            for count in [0, 1, 15, 16, 17, 31, 32, 33, 1000] {
                let y = flat(count);
                let batch = NetworkBatch::new(&a, &y, model, depth).expect("a batch");
                let curved = if model.splines.is_empty() { "" } else { " with splines" };
                let what = format!("{count} through {depth:?} of {}{curved}", model.kind());
                assert_near(&batch, Backend::Simd, &what);
            }
        }
    }
}

/// y − A x of what came out, and ‖y‖.
#[test]
fn residuals_are_those_of_the_answers() {
    let (a, y) = (dictionary(1), flat(50));
    for model in &all_models() {
        let batch = NetworkBatch::new(&a, &y, model, None).expect("a batch");
        let answers = Runner::new(Backend::Simd).run(&batch).expect("simd");
        for (k, outcome) in answers.outcomes.iter().enumerate() {
            let inferred = outcome.expect("an outcome").expect("a signal");
            let left = (0..ROWS).map(|i| {
                let found = (0..COLUMNS)
                    .map(|j| f64::from(a.column(j)[i]) * f64::from(answers.answer(k)[j]));
                (f64::from(y[k * ROWS + i]) - found.sum::<f64>()).powi(2)
            });
            let exact = left.sum::<f64>().sqrt();
            let own = &y[k * ROWS..(k + 1) * ROWS];
            let size = own.iter().map(|y| f64::from(*y).powi(2)).sum::<f64>().sqrt();
            // A few roundings of y.
            assert!((f64::from(inferred.residual) - exact).abs() <= 2e-6 * size, "{k}");
            assert!((f64::from(inferred.reference) - size).abs() <= 1e-6 * size, "{k}");
            assert_eq!(inferred.layers as usize, LAYERS);
        }
    }
}

/// Signals that are no signals, and layers that leave the range.
#[test]
fn a_bad_signal_leaves_its_neighbours_alone() {
    let (a, y) = (dictionary(1), flat(70));
    let mut broken = y.clone();
    broken[3] = f32::NAN;
    broken[20 * ROWS..21 * ROWS].fill(3e38);
    broken[33 * ROWS + 1] = f32::NEG_INFINITY;
    broken[40 * ROWS..41 * ROWS].fill(0.0);
    broken[69 * ROWS..70 * ROWS].fill(2e37);
    let bad = [0, 20, 33, 40, 69];
    for model in &all_models() {
        let run = |y: &[f32], backend| {
            let batch = NetworkBatch::new(&a, y, model, None).expect("a batch");
            Runner::new(backend).run(&batch).expect("a backend")
        };
        let (good, found) = (run(&y, Backend::Simd), run(&broken, Backend::Simd));
        assert_untouched(&found, &good, &bad);
        let known = run(&broken, Backend::Scalar);
        for k in bad {
            let [found, known] = [&found, &known].map(|all| all.outcomes[k].expect("an outcome"));
            assert_eq!(found.kind(), known.kind(), "signal {k}, {}", model.kind());
        }
        let refused = |k: usize| found.outcomes[k].expect("an outcome").expect_err("refused");
        assert_eq!(refused(0), RecoveryError::NonFiniteMeasurement { row: 3 });
        assert_eq!(refused(20), RecoveryError::HugeMeasurements);
        assert!(found.numbers.iter().all(|x| x.is_finite()));
    }
    // Steps that diverge: the answers are no numbers, said of each.
    let mut wild = models(&a).swap_remove(0);
    assert_eq!(wild.kind(), Kind::UnfoldedIsta);
    wild.numbers = Numbers::UnfoldedIsta { lambda: 0.0, steps: vec![1e12; LAYERS] };
    let batch = NetworkBatch::new(&a, &y, &wild, None).expect("a batch");
    assert_near(&batch, Backend::Simd, "wild steps");
    let found = Runner::new(Backend::Simd).run(&batch).expect("simd");
    let ended = found.outcomes.iter().flatten().flatten();
    assert!(ended.filter(|inferred| !inferred.is_finite).count() == 70);
    assert!(found.numbers.iter().all(|x| x.is_finite()));
}

#[test]
fn what_is_no_batch_is_refused_with_the_reason() {
    let (a, y) = (dictionary(1), flat(3));
    let (other, model) = (dictionary(2), &models(&a)[0]);
    let refused =
        |a, y, depth| NetworkBatch::new(a, y, model, depth).map(drop).expect_err("refused");
    let ragged = BatchError::Ragged { what: "measurements", size: ROWS, found: 3 * ROWS - 1 };
    let told = refused(&a, &y[1..], None);
    assert!(matches!(&told, ModelError::Batch(error) if *error == ragged), "{told}");
    assert!(matches!(refused(&other, &y, None), ModelError::Dictionary { .. }));
    assert!(matches!(refused(&a, &y, Some(0)), ModelError::Depth { asked: 0, .. }));
}
