//! One frame's step against plain dense algebra.

use super::walk::{Walk, advance, room};
use crate::problem::{Problem, Shape};
use nalgebra::{DMatrix, DVector};
use solvekit::calibration::tracking::{Forgetting, FrameStatus, GainTracker};
use solvekit_host::vector::Vector;

const SHAPE: Shape = Shape { n: 6, m: 8, p: 3 };

/// Signal by least squares for given gains, over the measurements that are there.
fn signal(problem: &Problem, gains: &[f64]) -> DVector<f64> {
    let m = problem.shape.m;
    let there: Vec<usize> = (0..problem.y.len()).filter(|k| problem.y[*k].is_finite()).collect();
    let a = DMatrix::from_fn(there.len(), problem.shape.n, |r, j| {
        gains[there[r] % m] * problem.rows.column(there[r])[j]
    });
    let y = DVector::from_fn(there.len(), |r, _| problem.y[there[r]]);
    a.svd(true, true).solve(&y, 1e-12).expect("a decomposition")
}

/// uᵀy and ‖u‖² of each sensor, the least residual and how many measurements are there.
fn products(problem: &Problem, x: &DVector<f64>) -> (Vec<f64>, Vec<f64>, f64, usize) {
    let m = problem.shape.m;
    let (mut cross, mut own) = (vec![0.0; m], vec![0.0; m]);
    let u = |k: usize| -> f64 { problem.rows.column(k).iter().zip(x).map(|(a, x)| a * x).sum() };
    let there: Vec<usize> = (0..problem.y.len()).filter(|k| problem.y[*k].is_finite()).collect();
    for &k in &there {
        cross[k % m] += u(k) * problem.y[k];
        own[k % m] += u(k) * u(k);
    }
    let left = there
        .iter()
        .map(|k| (cross[k % m] / own[k % m] * u(*k) - problem.y[*k]).powi(2))
        .sum::<f64>();
    (cross, own, left, there.len())
}

/// Gains and standard errors after one frame, from gains known to `error`.
fn stepped(problem: &Problem, gains: &[f64], error: f64, keep: f64) -> (Vec<f64>, Vec<f64>) {
    let Shape { n, m, .. } = problem.shape;
    let mut x = signal(problem, gains);
    let (cross, own, left, there) = products(problem, &x);
    let kept = own.iter().filter(|w| **w > 0.0).count();
    let freedom = (there + 1 - n - kept) as f64;
    let noise = left / freedom;
    let leverage = 1.0 - n as f64 / there as f64;
    let known = noise / (error * error);
    if keep > 0.3 {
        // A Gauss–Newton step in x and γ at once, from the gains that suit x and the prior.
        let kappa = (1.0 - keep) * known / leverage;
        let at: Vec<f64> =
            (0..m).map(|i| (cross[i] + kappa * gains[i]) / (own[i] + kappa)).collect();
        let there: Vec<usize> =
            (0..problem.y.len()).filter(|k| problem.y[*k].is_finite()).collect();
        let rows = there.len() + m;
        let (mut j, mut r) = (DMatrix::zeros(rows, n + m), DVector::zeros(rows));
        for (row, &k) in there.iter().enumerate() {
            let a = problem.rows.column(k);
            let u: f64 = a.iter().zip(&x).map(|(a, x)| a * x).sum();
            for (c, a) in a.iter().enumerate() {
                j[(row, c)] = at[k % m] * a;
            }
            j[(row, n + k % m)] = u;
            r[row] = at[k % m] * u - problem.y[k];
        }
        for i in 0..m {
            j[(there.len() + i, n + i)] = kappa.sqrt();
            r[there.len() + i] = kappa.sqrt() * (at[i] - gains[i]);
        }
        let d = j.svd(true, true).solve(&-r, 1e-12).expect("a decomposition");
        x += d.rows(0, n);
    }
    let (cross, own, left, _) = products(problem, &x);
    // Of the first noise and this one, the second is an average with what there was: nothing.
    let noise = left / freedom;
    let mut next = gains.to_vec();
    let mut information = vec![0.0; m];
    for i in 0..m {
        let w = own[i] * leverage;
        information[i] = (1.0 - keep) * known + w;
        if w > 0.0 {
            next[i] += (cross[i] / own[i] - gains[i]) * w / information[i];
        }
    }
    let mean = next.iter().sum::<f64>() / m as f64;
    next.iter_mut().for_each(|gain| *gain /= mean);
    (next, information.iter().map(|v| (noise / v).sqrt() / mean).collect())
}

#[test]
fn a_step_is_that_of_dense_algebra() {
    for seed in 0..6 {
        for (keep, missing) in [(0.1, false), (0.25, true), (0.6, false), (0.6, true)] {
            let mut walk = Walk::new(seed, SHAPE, 0.02, 30.0);
            let known = walk.gains.clone();
            walk.next();
            let mut problem = walk.next();
            if missing {
                // One measurement of sensor 1, all of sensor 6.
                for k in [9, 6, 14, 22] {
                    problem.y[k] = f64::NAN;
                }
            }
            let (gains, errors) = stepped(&problem, &known, 0.02, keep);
            let tracker = GainTracker::new(Forgetting::Fixed { gain: keep }).expect("valid");
            let mut track = tracker.start_at(Vector::from(known.clone()), 0.02).expect("valid");
            let report = advance(&tracker, &mut track, &problem, &mut room(SHAPE));
            assert_eq!(report.status, FrameStatus::Tracked);
            assert_eq!(report.missing, usize::from(missing));
            for i in 0..SHAPE.m {
                // A ridge of 1e-6 of the mean diagonal in the refining step; rounding otherwise.
                let allowed = if keep > 0.3 { 1e-6 } else { 1e-12 };
                let off = (track.gains()[i] - gains[i]).abs();
                assert!(off < allowed, "seed {seed}, K {keep}: gain {i} is off by {off}");
                let ratio = track.error(i) / errors[i];
                let allowed = if keep > 0.3 { 1e-4 } else { 1e-11 };
                assert!((ratio - 1.0).abs() < allowed, "seed {seed}, K {keep}: error {i} {ratio}");
            }
        }
    }
}

#[test]
fn the_first_frame_is_a_fit_of_two_steps_with_its_errors() {
    use solvekit::calibration::GaussNewton;
    use solvekit::direct::packed;
    use solvekit::{Iteration, SVector};
    let shape = Shape { n: 6, m: 8, p: 4 };
    for seed in 0..4 {
        let problem = Walk::new(seed, shape, 0.0, 30.0).next();
        let tracker = GainTracker::steered();
        let mut track = tracker.start(super::walk::zeros(8));
        let _ = advance(&tracker, &mut track, &problem, &mut room(shape));
        let fit = GaussNewton::new(problem.snapshots()).unwrap();
        let mut state = fit.start(SVector::<f64, { packed(6) }>::zeros()).unwrap();
        (0..3).for_each(|_| fit.step(&mut state));
        let gains = state.gains().clone();
        let (mut errors, mut of_signal) = (super::walk::zeros(8), super::walk::zeros(6));
        fit.errors(&mut state, &mut errors, &mut of_signal).expect("freedom is left");
        for i in 0..8 {
            assert!((track.gains()[i] - gains[i]).abs() < 1e-12);
            assert!((track.error(i) / errors[i] - 1.0).abs() < 1e-9, "{i}");
        }
    }
}
