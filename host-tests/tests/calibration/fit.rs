//! Gauss–Newton with eliminated gains against dense algebra in all unknowns.

use crate::dense::{covariance, jacobian, least_squares, residuals};
use crate::problem::{Problem, Shape, draw, error, normal};
use nalgebra::{DMatrix, DVector};
use rand_pcg::Pcg32;
use solvekit::calibration::{CalibrationError, Form, Gauge, GaussNewton, Order, Snapshots};
use solvekit::direct::packed;
use solvekit::{Iteration, Status, Stop, solve};
use solvekit_host::{matrix::DenseMatrix, vector::Vector};

const SHAPE: Shape = Shape { n: 12, m: 10, p: 4 };

fn memory(n: usize) -> Vector<f64> {
    Vector::filled(packed(n), 0.0)
}

/// Every sensor gets an offset.
fn displaced(mut problem: Problem) -> (Problem, Vec<f64>) {
    let m = problem.shape.m;
    let offsets: Vec<f64> = (0..m).map(|i| 0.3 + 0.2 * i as f64).collect();
    problem.y.iter_mut().enumerate().for_each(|(k, y)| *y += offsets[k % m]);
    (problem, offsets)
}

#[test]
fn the_start_is_the_weighted_linear_one() {
    for seed in 0..5 {
        let problem = draw(seed, SHAPE, 12, 0.9, 15.0);
        let Shape { n, m, p } = SHAPE;
        // K = Σ ‖y‖² AᵀA − b bᵀ, h = Σ b / ‖y‖, b = Aᵀ y.
        let (mut k, mut h) = (DMatrix::zeros(n, n), DVector::zeros(n));
        for i in 0..m {
            let a = DMatrix::from_fn(p, n, |l, j| problem.row(i, l)[j]);
            let y = DVector::from_fn(p, |l, _| problem.y(i, l));
            let b = a.transpose() * &y;
            k += a.transpose() * &a * y.norm_squared() - &b * b.transpose();
            h += b / y.norm();
        }
        let x = k.lu().solve(&h).expect("noise makes it regular");
        let fit = GaussNewton::new(problem.snapshots()).unwrap();
        let mut state = fit.start(memory(n)).unwrap();
        fit.step(&mut state);
        let x: Vec<f64> = (x.clone() * (state.x()[0] / x[0])).as_slice().to_vec();
        // Conditioning of some thousands, and the ridge.
        assert!(error(state.x(), &x) < 1e-10, "{}", error(state.x(), &x));
        let mean = state.gains().iter().sum::<f64>() / m as f64;
        assert!((mean - 1.0).abs() < 1e-14);
    }
}

#[test]
fn a_step_is_that_of_all_unknowns_at_once() {
    for seed in 0..5 {
        let problem = draw(seed, SHAPE, 12, 0.5, 30.0);
        for form in [Form::Cholesky, Form::Rotations] {
            let fit = GaussNewton::new(problem.snapshots()).unwrap().in_form(form);
            let mut state = fit.start(memory(12)).unwrap();
            fit.step(&mut state);
            let (x, gains) = (state.x().to_vec(), state.gains().to_vec());
            let j = jacobian(&problem, &x, &gains, false);
            let r = residuals(&problem, &x, &gains, &[0.0; 10]);
            let d = j.svd(true, true).solve(&-r, 1e-9).expect("a decomposition");
            // What is along x, the gauge decides.
            let (along, square) = (0..12)
                .fold((0.0, 0.0), |(along, square), i| (along + d[i] * x[i], square + x[i] * x[i]));
            let next: Vec<f64> = (0..12).map(|i| x[i] + d[i] - x[i] * along / square).collect();
            fit.step(&mut state);
            let factor = state.x()[0] / next[0];
            let next: Vec<f64> = next.iter().map(|x| factor * x).collect();
            assert!(error(state.x(), &next) < 1e-11, "{form:?}: {}", error(state.x(), &next));
        }
    }
}

#[test]
fn it_ends_where_all_unknowns_at_once_do() {
    for (seed, rho, snr) in [(1, 0.1, 40.0), (2, 0.5, 30.0), (3, 0.9, 20.0), (4, 0.5, 20.0)] {
        let problem = draw(seed, SHAPE, 12, rho, snr);
        let answer = least_squares(&problem, (&problem.x, &problem.gains), false, 0.0);
        for form in [Form::Cholesky, Form::Rotations] {
            let fit = GaussNewton::new(problem.snapshots()).unwrap().in_form(form);
            let mut state = fit.start(memory(12)).unwrap();
            let report = solve(&fit, &mut state, Stop::relative(1e-11).unwrap());
            assert!(report.converged(), "{report:?}");
            // A step of Gauss–Newton with residuals left shrinks the error to a tenth or so.
            assert!(error(state.x(), &answer.x) < 1e-9, "{form:?}");
            assert!(error(state.gains(), &answer.gains) < 1e-9, "{form:?}");
        }
    }
}

#[test]
fn with_offsets_it_ends_where_all_unknowns_at_once_do() {
    let (problem, offsets) = displaced(draw(7, SHAPE, 12, 0.5, 40.0));
    let answer = least_squares(&problem, (&problem.x, &problem.gains), true, 0.0);
    let fit = GaussNewton::new(problem.snapshots()).unwrap().with_offsets().unwrap();
    let mut state = fit.start(memory(12)).unwrap();
    assert!(solve(&fit, &mut state, Stop::relative(1e-11).unwrap()).converged());
    assert!(error(state.x(), &answer.x) < 1e-9 && error(state.gains(), &answer.gains) < 1e-9);
    assert!(error(&answer.offsets, &offsets) < 0.05);
    // Without noise near the counting bound of offsets: 3 m ≥ n + 2 m − 1.
    for (n, m) in [(15, 16), (16, 16), (12, 12)] {
        let shape = Shape { n, m, p: 3 };
        let (problem, _) = displaced(draw(8, shape, n, 0.5, f64::INFINITY));
        let fit = GaussNewton::new(problem.snapshots()).unwrap().with_offsets().unwrap();
        let mut state = fit.start(memory(n)).unwrap();
        let _ = solve(&fit, &mut state, Stop::relative(1e-10).unwrap().max_iterations(10));
        let off = error(state.x(), &problem.x).max(error(state.gains(), &problem.gains));
        assert!(off < 1e-6, "n {n} m {m}: {off}");
    }
}

#[test]
fn errors_are_those_of_the_bordered_normal_matrix() {
    for (seed, offsets) in [(1, false), (2, false), (3, true)] {
        let mut problem = draw(seed, SHAPE, 12, 0.5, 30.0);
        // The second one with three signs changed: gains of mean square 1.
        let flipped: &[usize] = if seed == 2 { &[1, 4, 5, 8] } else { &[] };
        problem.y.iter_mut().enumerate().for_each(|(k, y)| {
            *y = if flipped.contains(&(k % 10)) { -*y } else { *y };
        });
        let mut fit = GaussNewton::new(problem.snapshots()).unwrap();
        if offsets {
            fit = fit.with_offsets().unwrap();
        }
        let mut state = fit.start(memory(12)).unwrap();
        let (mut of_gains, mut of_signal) = (Vector::filled(10, 0.0), Vector::filled(12, 0.0));
        assert_eq!(fit.errors(&mut state, &mut of_gains, &mut of_signal), None);
        assert!(solve(&fit, &mut state, Stop::relative(1e-12).unwrap()).converged());
        let sigma = fit.errors(&mut state, &mut of_gains, &mut of_signal).expect("freedom is left");
        let (x, gains) = (state.x().to_vec(), state.gains().to_vec());
        let gauge = match state.gauge() {
            Gauge::Mean => vec![1.0; 10],
            _ => gains.clone(),
        };
        assert_eq!(state.gauge() == Gauge::Mean, seed != 2);
        let answer = least_squares(&problem, (&x, &gains), offsets, 0.0);
        let freedom = 40 - if offsets { 31 } else { 21 };
        let due = (answer.square / f64::from(freedom)).sqrt();
        assert!((sigma / due - 1.0).abs() < 1e-9, "{sigma} {due}");
        let covariance = covariance(&problem, (&x, &gains), &gauge, offsets);
        let root = |j: usize| sigma * covariance[(j, j)].sqrt();
        for j in 0..12 {
            let ratio = of_signal[j] / root(j);
            assert!((ratio - 1.0).abs() < 1e-8, "seed {seed}: x[{j}] {ratio}");
        }
        for i in 0..10 {
            let ratio = of_gains[i] / root(12 + i);
            assert!((ratio - 1.0).abs() < 1e-8, "seed {seed}: gain {i} {ratio}");
        }
    }
}

#[test]
fn gains_of_any_sign_are_found() {
    let mut random = Pcg32::new(3, 3);
    for seed in 0..10 {
        let mut problem = draw(seed, SHAPE, 12, 0.5, f64::INFINITY);
        let signs: Vec<f64> = (0..10).map(|_| normal(&mut random).signum()).collect();
        problem.y.iter_mut().enumerate().for_each(|(k, y)| *y *= signs[k % 10]);
        let fit = GaussNewton::new(problem.snapshots()).unwrap();
        let mut state = fit.start(memory(12)).unwrap();
        let _ = solve(&fit, &mut state, Stop::relative(1e-9).unwrap().max_iterations(5));
        let signed: Vec<f64> = problem.gains.iter().zip(&signs).map(|(g, s)| g * s).collect();
        // Up to the gauge.
        let factor = state.gains()[0] / signed[0];
        let scaled: Vec<f64> = signed.iter().map(|g| factor * g).collect();
        assert!(error(state.gains(), &scaled) < 1e-8, "seed {seed}");
        let negative = state.gains().iter().filter(|gain| **gain < 0.0).count();
        assert!(negative <= 5, "seed {seed}: the majority decides the sign");
        let gains = state.gains();
        let held = match state.gauge() {
            Gauge::Mean => gains.iter().sum::<f64>() / 10.0,
            _ => gains.iter().map(|gain| gain * gain).sum::<f64>() / 10.0,
        };
        assert!((held - 1.0).abs() < 1e-12);
    }
}

#[test]
fn gains_drawn_to_one_end_where_all_unknowns_at_once_do() {
    for (seed, kappa) in [(1, 0.03), (2, 0.3), (3, 3.0)] {
        let problem = draw(seed, Shape { n: 16, m: 16, p: 2 }, 16, 0.5, 20.0);
        let fit = GaussNewton::new(problem.snapshots()).unwrap().drawn_to_one(kappa).unwrap();
        let mut state = fit.start(memory(16)).unwrap();
        let report = solve(&fit, &mut state, Stop::relative(1e-11).unwrap());
        assert!(report.converged(), "{report:?}");
        // From its end, so that both are in the same valley.
        let answer = least_squares(&problem, (state.x(), state.gains()), false, kappa);
        assert!(error(state.x(), &answer.x) < 1e-8, "{}", error(state.x(), &answer.x));
        assert!(error(state.gains(), &answer.gains) < 1e-8);
    }
}

#[test]
fn what_the_snapshots_cannot_tell_is_said() {
    // The same sensing matrix in every snapshot: any signal fits.
    let mut problem = draw(2, SHAPE, 12, 0.5, 40.0);
    let first: Vec<f64> = problem.rows.values()[..120].to_vec();
    problem.rows = DenseMatrix::from_columns(12, first.repeat(4)).unwrap();
    let room = Vector::filled(10, 0.0);
    for noise in [0.0, 1e-3] {
        let x: Vec<f64> = (0..12).map(|j| (j as f64).cos()).collect();
        let mut random = Pcg32::new(1, 1);
        let y: Vector<f64> = (0..40)
            .map(|k| {
                let dot: f64 = problem.rows.column(k).iter().zip(&x).map(|(a, x)| a * x).sum();
                problem.gains[k % 10] * dot + noise * normal(&mut random)
            })
            .collect();
        let snapshots = Snapshots::new(&problem.rows, &y, room.clone(), Order::BySnapshot).unwrap();
        let fit = GaussNewton::new(snapshots).unwrap();
        let mut state = fit.start(memory(12)).unwrap();
        let report = solve(&fit, &mut state, Stop::relative(1e-9).unwrap());
        assert_eq!(report.status, Status::Breakdown, "{report:?}");
        assert!(state.x().iter().chain(state.gains().iter()).all(|v| v.is_finite()));
        let (mut of_gains, mut of_signal) = (Vector::filled(10, 0.0), Vector::filled(12, 0.0));
        assert_eq!(fit.errors(&mut state, &mut of_gains, &mut of_signal), None);
    }
    // Two unknowns always seen in the same proportion.
    let mut values = problem.rows.values().to_vec();
    let mut random = Pcg32::new(5, 1);
    values.chunks_mut(12).for_each(|row| {
        row.iter_mut().for_each(|a| *a = normal(&mut random));
        row[7] = 2.0 * row[3];
    });
    problem.rows = DenseMatrix::from_columns(12, values).unwrap();
    let fit = GaussNewton::new(problem.snapshots()).unwrap();
    let mut state = fit.start(memory(12)).unwrap();
    let report = solve(&fit, &mut state, Stop::relative(1e-9).unwrap());
    assert_eq!(report.status, Status::Breakdown, "{report:?}");
}

#[test]
fn refusals_name_what_is_missing() {
    let problem = draw(1, Shape { n: 64, m: 64, p: 1 }, 64, 0.5, 20.0);
    let error = GaussNewton::<f64, _, _, Vector<f64>>::new(problem.snapshots()).err().unwrap();
    assert_eq!(
        error.to_string(),
        "1 snapshot of 64 sensors cannot fix 64 gains and 64 unknowns: \
         127 equations are needed, 64 given"
    );
    let problem = draw(1, Shape { n: 4, m: 3, p: 2 }, 4, 0.5, 20.0);
    let fit = GaussNewton::new(problem.snapshots()).unwrap();
    let error = CalibrationError::Length { expected: 10, found: 9 };
    assert_eq!(fit.start(Vector::filled(9, 0.0)).err(), Some(error));
    for bad in [-1.0, f64::NAN, f64::INFINITY] {
        assert_eq!(fit.clone().drawn_to_one(bad).err(), Some(CalibrationError::Precision));
    }
    // 3 × 2 < 4 + 5.
    assert!(matches!(fit.with_offsets().err(), Some(CalibrationError::Unidentifiable(_))));
}
